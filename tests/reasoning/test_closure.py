"""What a closure tells: statements, counts, classes of the same, contradictions; and what importing it costs."""

import subprocess
import sys
from datetime import date

import pytest

from cnrs_kg.rdf.namespaces import OWL
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.program import compile_program

from .turtle import triple, triples

DAY = date(2026, 1, 1)


def test_counts_by_rule_are_those_of_the_inferred() -> None:
    closure = close(triples(":A rdfs:subClassOf :B ."), triples(":x a :A . :y a :A, :B ."), as_of=DAY)
    assert closure.inferred == {triple(":x a :B")}
    assert closure.counts == {"cax-sco": 1}


@pytest.mark.parametrize(
    "text",
    [
        ":C rdfs:subClassOf owl:Thing . :x a :C .",
        ":C rdfs:subClassOf owl:Thing . :p rdfs:domain :C ; rdfs:range :C .",
        ":p rdfs:domain owl:Thing ; rdfs:range owl:Thing . :a :p :b .",
        "owl:Nothing rdfs:subClassOf :C .",
        ":C rdfs:subClassOf :C . :p rdfs:subPropertyOf :p . :a owl:sameAs :a .",
        ":C a owl:Class . :p a owl:ObjectProperty . :a :p 1 .",
    ],
)
def test_what_says_nothing_is_not_written(text: str) -> None:
    trivial = {found for found in close(triples(text), [], as_of=DAY).inferred if "Thing" in str(found.object)}
    assert trivial == set()
    if "Thing" not in text:
        assert close(triples(text), [], as_of=DAY).inferred == frozenset()


def test_what_the_ontology_implies_and_the_data_state_is_asserted() -> None:
    ontology = triples(":A rdfs:subClassOf :B . :x a :A .")
    closure = close(ontology, triples(":x a :B ."), as_of=DAY)
    assert closure.inferred == frozenset() and closure.counts == {}


def test_equal_values_are_one_and_are_not_repeated_in_other_forms() -> None:
    ontology = triples(":p a owl:FunctionalProperty .")
    closure = close(ontology, triples(":a :p 1, 1.0 . :b :q 1 ."), as_of=DAY)
    assert closure.inferred == frozenset() and closure.consistent and closure.same == ()


def test_different_values_are_a_contradiction_and_are_not_merged() -> None:
    closure = close(triples(":p a owl:FunctionalProperty ."), triples(":a :p 1, 2 . :b :q 1 ."), as_of=DAY)
    assert closure.inferred == frozenset() and not closure.consistent


def test_an_inconsistency_names_rule_premises_and_says_it_twice() -> None:
    closure = close(triples(":A owl:disjointWith :B ."), triples(":x a :A, :B ."), as_of=DAY)
    (found,) = closure.inconsistencies
    assert found.rule == "cax-dw" and not closure.consistent
    assert set(found.premises) == set(triples(":A owl:disjointWith :B . :x a :A, :B ."))
    assert found.message == {
        "en": "<urn:t:x> belongs to <urn:t:A> and to <urn:t:B>, which are disjoint.",
        "fr": "<urn:t:x> appartient à <urn:t:A> et à <urn:t:B>, qui sont disjointes.",
    }


def test_a_contradiction_between_two_names_of_a_thing_names_both() -> None:
    stated = triples(":x a :A . :y a :B . :x owl:sameAs :y . :A owl:disjointWith :B .")
    (found,) = close(stated, [], as_of=DAY).inconsistencies
    assert set(found.premises) == set(stated)


def test_same_things_are_told_with_what_ties_them() -> None:
    data = triples(":a :id 1 . :b :id 1 . :b owl:sameAs :c . :d owl:sameAs :e .")
    closure = close(triples(":id a owl:InverseFunctionalProperty ."), data, as_of=DAY)
    classes = {frozenset(map(str, found.terms)): set(map(str, found.ties)) for found in closure.same}
    assert set(map(len, classes)) == {2, 3}
    ties = set().union(*classes.values())
    assert str(triple(":b owl:sameAs :c")) in ties and len(ties) == 3


def test_names_are_short_where_a_prefix_is_known() -> None:
    stated = triples(":p rdfs:range xsd:gYear . cnrs:a :p '2010-12'^^xsd:gYearMonth .")
    (found,) = close(stated, [], as_of=DAY).inconsistencies
    assert found.message["en"] == '"2010-12"^^xsd:gYearMonth is not a value of xsd:gYear.'


def test_importing_is_light() -> None:
    """Serving must not load what only tests and other engines need."""
    code = "import sys, cnrs_kg.reasoning.closure, cnrs_kg.reasoning.proof; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"owlrl", "rdflib", "pyshacl", "numpy"} & set(loaded) == set()


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        (":A rdfs:subClassOf owl:Nothing . :B a owl:Class .", ":A rdfs:subClassOf :B"),
        ("owl:Thing rdfs:subClassOf :A . :B a owl:Class .", ":B rdfs:subClassOf :A"),
        ("owl:Thing rdfs:subClassOf :A . :B a owl:Class . :x a :B .", ":x a :A"),
        (":C owl:intersectionOf (owl:Thing :A) . :A a owl:Class . :x a :A .", ":x a :C"),
        (":C owl:unionOf (owl:Thing) . :A a owl:Class . :x a :A .", ":x a :C"),
        (":A owl:someValuesFrom :X ; owl:onProperty :p . :X a owl:Class . "
         ":B owl:someValuesFrom owl:Thing ; owl:onProperty :p .", ":A rdfs:subClassOf :B"),
        (":A a owl:Class ; owl:sameAs :B .", ":A owl:equivalentClass :B"),
        (":p a owl:ObjectProperty ; owl:sameAs :q .", ":q rdfs:subPropertyOf :p"),
        (":A owl:hasValue :v ; owl:onProperty :p . :B owl:hasValue :v ; owl:onProperty :p . :p a owl:ObjectProperty .",
         ":A rdfs:subClassOf :B"),
        (":A owl:someValuesFrom :X ; owl:onProperty :p . :B owl:someValuesFrom :X ; owl:onProperty :p ."
         " :X a owl:Class .", ":A rdfs:subClassOf :B"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("compiled", [True, False])
def test_what_is_not_written_is_built_upon(text: str, follows: str, compiled: bool) -> None:
    closure = close(triples(text), [], as_of=DAY, compiled=compiled)
    assert triple(follows) in closure.inferred
    assert not any(found.object == OWL("Thing") for found in closure.inferred)
    assert not {triple("owl:Thing a owl:Class"), triple("owl:Nothing a owl:Class")} & closure.inferred


def test_a_restriction_on_owl_thing_asks_nothing_about_its_values() -> None:
    """So that changes of the data are served by look-ups."""
    program = compile_program(
        triples(":R owl:onProperty :p ; owl:someValuesFrom owl:Thing ; owl:onClass owl:Thing ;"
                " owl:maxQualifiedCardinality 1 .")
    )  # fmt: skip
    asked = [atom for clause in (*program.linear, *program.joins) for atom in clause.body]
    assert OWL("Thing") not in {atom.o for atom in asked}


def test_from_a_contradiction_not_everything_follows() -> None:
    closure = close(
        triples(":A a owl:Class . :B a owl:Class ; owl:disjointWith :A . :x a owl:Nothing ."), [], as_of=DAY
    )
    assert [found.rule for found in closure.inconsistencies] == ["cls-nothing2"]
    assert closure.inferred == frozenset()
