"""The columns say what the engine of single facts says."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from cnrs_kg.errors import ReasoningBudget
from cnrs_kg.rdf.terms import stored_triple
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.materialise import Materialised, NotCompilable, materialise
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.program import compile_program, matching, schema_of

from ..strategies import (
    Triples,
    about_ends,
    about_vocabulary,
    claim_parts,
    graphs,
    literal_axioms,
    literal_statements,
    own_axioms,
    same,
    same_anything,
    statements,
)
from ..test_agreement import EXAMPLES
from ..test_golden import DIRECTORIES
from ..turtle import HERE, triples

DAY = date(2026, 1, 1)
RELAXED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def columns(graph: Triples, budget: Budget | None = None, as_of: date = DAY) -> Materialised:
    program = compile_program(schema_of(matching(graph)))
    dictionary = Dictionary()
    return materialise(program, dictionary, dictionary.encode(graph), as_of=as_of, budget=budget or Budget())


def agree(graph: Triples) -> None:
    try:
        found = columns(graph)
    except NotCompilable:
        return
    wanted = close([], graph, as_of=DAY)
    inferred = set(found.triples())
    assert inferred - wanted.inferred == set(), "only the columns infer"
    assert wanted.inferred - inferred == set(), "only the engine infers"
    assert found.count == len(inferred)
    assert {one.rule for one in found.inconsistencies} == {one.rule for one in wanted.inconsistencies}


@RELAXED
@given(graphs(own_axioms, own_axioms, statements, statements))
def test_without_sameness(graph: Triples) -> None:
    agree(graph)


@RELAXED
@given(graphs(own_axioms, statements, statements, same, most=11))
def test_with_sameness_of_things(graph: Triples) -> None:
    agree(graph)


@RELAXED
@given(graphs(own_axioms, statements, same_anything, most=9))
def test_with_sameness_of_anything(graph: Triples) -> None:
    agree(graph)


@RELAXED
@given(graphs(about_vocabulary, own_axioms, statements, most=8))
def test_with_axioms_about_the_vocabulary(graph: Triples) -> None:
    agree(graph)


@RELAXED
@given(graphs(about_ends, own_axioms, statements, most=9))
def test_with_the_classes_of_everything_and_of_nothing(graph: Triples) -> None:
    agree(graph)


@RELAXED
@given(graphs(claim_parts, claim_parts, own_axioms, statements))
def test_with_claims(graph: Triples) -> None:
    agree(graph)


@pytest.mark.parametrize(
    "other",
    [
        ":claim1 rdf:subject :a .",
        ":claim1 a cnrs:Claim ; cnrs:rank cnrs:deprecatedRank ; rdf:subject :b ; rdf:object :c .",
    ],
    ids=["no claim", "deprecated"],
)
def test_a_claim_that_holds_makes_the_same_one_hold(other: str) -> None:
    own = ":claim0 a cnrs:Claim ; rdf:subject :b ; rdf:predicate :p ; rdf:object :a ."
    agree(triples(f"{other} {own} :claim0 owl:sameAs :claim1 ."))


@RELAXED
@given(graphs(literal_axioms, literal_axioms, literal_statements, literal_statements, same))
def test_with_values(graph: Triples) -> None:
    agree(list(dict.fromkeys(map(stored_triple, graph))))


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_the_examples(directory: object) -> None:
    agree(triples((directory / "in.ttl").read_text()))  # type: ignore[operator]


def test_a_circle_under_a_symmetric_and_transitive_property_closes() -> None:
    circle = "".join(f":n{number} :p :n{(number + 1) % 60} . " for number in range(60))
    found = columns(triples(f":p a owl:TransitiveProperty , owl:SymmetricProperty . {circle}"))
    assert found.count == 60 * 60 - 60


@pytest.mark.parametrize(
    ("limit", "budget"),
    [
        ("statements", Budget(statements=100)),
        ("seconds", Budget(seconds=0.0)),
        ("memory", Budget(memory=1_000)),
    ],
)
def test_an_explosion_stops_and_names_the_axiom(limit: str, budget: Budget) -> None:
    chain = "".join(f":n{number} :p :n{number + 1} . " for number in range(40))
    with pytest.raises(ReasoningBudget) as caught:
        columns(triples(f":p a owl:TransitiveProperty . {chain}"), budget)
    assert caught.value.limit == limit
    assert limit == "seconds" or caught.value.extra["rule"] == "prp-trp"
    assert limit == "seconds" or caught.value.extra["counts"]["prp-trp"] > 0


def test_a_chain_is_named_by_its_members() -> None:
    chain = "".join(f":n{number} :p :n{number + 1} . " for number in range(40))
    with pytest.raises(ReasoningBudget, match=r"propertyChainAxiom \( <urn:t:p> <urn:t:p> \)"):
        columns(triples(f":p owl:propertyChainAxiom (:p :p) . {chain}"), Budget(statements=100))


def test_costly_sameness_is_refused_by_name() -> None:
    hub = "".join(f":x{number} :p :hub . " for number in range(60))
    with pytest.raises(ReasoningBudget, match=r"<urn:t:hub>, <urn:t:other> would be the same") as caught:
        columns(triples(f":hub owl:sameAs :other . {hub}"), Budget(sameness=100))
    assert caught.value.limit == "sameness"
    assert caught.value.extra["axiom"] == "<urn:t:hub> owl:sameAs <urn:t:other>"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (":p rdfs:subPropertyOf rdf:type .", "prp-spo1"),
        (":p rdfs:subPropertyOf rdfs:subClassOf . :A :p :B .", "an axiom follows from data"),
        (":p owl:sameAs :q . :a :p :b .", "are the same"),
    ],
)
def test_what_changes_the_ontology_is_left_to_the_engine(text: str, reason: str) -> None:
    with pytest.raises(NotCompilable, match=reason):
        columns(triples(text))


def test_statements_about_literals_and_blank_predicates_stay_inside() -> None:
    found = columns(triples(":p owl:inverseOf :q ; rdfs:range :C . :a :p 'one' ."))
    assert found.count == 0


def test_contradictions_name_their_premises_in_both_languages() -> None:
    (found,) = columns(triples(":A owl:disjointWith :B . :x a :A , :B .")).inconsistencies
    assert found.rule == "cax-dw" and found.focus_node.value == HERE + "x"
    assert len(found.premises) == 3
    assert "disjoint" in found.message["en"] and "disjointes" in found.message["fr"]


def test_terms_that_a_rule_made_the_same_are_told() -> None:
    (tie,) = columns(triples(":p a owl:FunctionalProperty . :a :p :b , :c .")).ties
    assert {tie.subject.value, tie.object.value} == {HERE + "b", HERE + "c"}


@pytest.mark.parametrize("axiom", [":p rdfs:subPropertyOf :q . :a :p :v .", ":p owl:inverseOf :q . :v :p :a ."])
def test_a_given_value_of_another_property_counts(axiom: str) -> None:
    agree(triples(f":R owl:onProperty :q ; owl:hasValue :v . {axiom}"))


def test_given_values_reach_each_other() -> None:
    agree(triples(":p a owl:SymmetricProperty . :R owl:onProperty :p ; owl:hasValue :a , :b . :a :p :a ."))


@pytest.mark.parametrize(
    "text",
    [
        ":R owl:onProperty :p ; owl:hasValue 1 . :a :p 1.0 . :b :q 1 . :q rdfs:subPropertyOf :p .",
        ":p a owl:InverseFunctionalProperty . :a :p 1 . :b :p 1.0 .",
        ":C owl:hasKey (:p :q) . :a a :C ; :p 1 ; :q 'x' . :b a :C ; :p 1.0 ; :q 'x'^^xsd:token .",
        ":p owl:propertyDisjointWith :q . :a :p 1 ; :q 1.0 .",
        ":p a owl:FunctionalProperty . :a :p 1 , 2 .",
        ":p a owl:FunctionalProperty . :a :p 1 , 1.0 .",
        ":p rdfs:range xsd:integer . :a :p 'one' .",
        ":a :p 'one'^^xsd:integer .",
    ],
)
def test_values_are_compared_and_not_their_forms(text: str) -> None:
    agree(triples(text))
