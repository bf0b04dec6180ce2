"""The ontology compiled: what its clauses say, and what they remember."""

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import OWL, RDF, RDFS
from cnrs_kg.reasoning.compose import X, Y
from cnrs_kg.reasoning.program import Program, compile_program, digest, matching, schema_of
from cnrs_kg.reasoning.rules.model import TYPE, Atom

from . import checker
from .turtle import HERE, triples


def n(name: str) -> ox.NamedNode:
    return ox.NamedNode(HERE + name)


def program(text: str) -> Program:
    return compile_program(schema_of(matching(triples(text))))


def test_clauses_with_one_premise_are_composed_and_keep_their_steps() -> None:
    found = program(":p rdfs:subPropertyOf :q . :q owl:inverseOf :r . :r rdfs:domain :C . :C rdfs:subClassOf :D .")
    heads = {clause.head: clause for clause in found.linear if clause.body == (Atom(X, n("p"), Y),)}
    assert set(heads) == {
        Atom(X, n("q"), Y),
        Atom(Y, n("r"), X),
        Atom(Y, TYPE, n("C")),
        Atom(Y, TYPE, n("D")),
    }
    long = heads[Atom(Y, TYPE, n("D"))]
    assert [step.rule.name for step in long.steps] == ["prp-spo1", "prp-inv1", "prp-dom"]
    assert [step.conclusion for step in long.steps][:2] == [Atom(X, n("q"), Y), Atom(Y, n("r"), X)]


def test_each_step_of_a_composed_clause_is_a_right_application() -> None:
    found = program(
        ":p rdfs:subPropertyOf :q ; a owl:SymmetricProperty . :q rdfs:range :R ."
        " :R owl:onProperty :s ; owl:hasValue :v ."
        " :s owl:equivalentProperty :t . :R owl:equivalentClass :E ."
    )
    assert found.linear
    for clause in found.linear:
        before = clause.body[0]
        for step in clause.steps:
            assert step.conclusion is not None
            names = {X: n("x"), Y: n("y")}
            stated = [_ground(before, names), *((t.subject, t.predicate, t.object) for t in step.axioms)]
            assert checker.step_is_right(step.rule.name, stated, _ground(step.conclusion, names))
            before = step.conclusion


def _ground(atom: Atom, names: dict[object, ox.NamedNode]) -> tuple[object, object, object]:
    return names.get(atom.s, atom.s), names.get(atom.p, atom.p), names.get(atom.o, atom.o)


def test_the_axioms_of_a_dataset_come_with_their_lists_and_nothing_else() -> None:
    stated = triples(":C owl:intersectionOf (:A :B) . :x :list (:y :z) ; a :C . :p a owl:FunctionalProperty .")
    found = schema_of(matching(stated))
    assert {triple.predicate for triple in found} == {OWL("intersectionOf"), RDF("first"), RDF("rest"), TYPE}
    assert len(found) == 6


def test_what_follows_from_axioms_alone_has_its_derivation() -> None:
    found = program(":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .")
    derivation = found.given[ox.Triple(n("A"), RDFS("subClassOf"), n("C"))]
    assert derivation.rule.name == "scm-sco" and len(derivation.premises) == 2


def test_an_ontology_that_speaks_of_all_classes_cannot_be_compiled() -> None:
    assert program(":p rdfs:subPropertyOf rdf:type .").general == f"prp-spo1: <{HERE}p> rdfs:subPropertyOf rdf:type"


def test_lists_of_different_things_are_read() -> None:
    ((members, axioms),) = program("[] a owl:AllDifferent ; owl:members (:a :b) .").different
    assert members == (n("a"), n("b")) and len(axioms) == 6


@pytest.mark.parametrize(
    ("axiom", "rule"),
    [
        (":C owl:hasKey (:k) .", "prp-key"),
        (":p a owl:FunctionalProperty .", "prp-fp"),
        (":p owl:propertyChainAxiom (:q :r) .", "prp-spo2"),
        (":R owl:onProperty :p ; owl:someValuesFrom :C .", "cls-svf1"),
        (":R owl:onProperty :p ; owl:hasValue :v .", "cls-hv2"),
    ],
)
def test_what_needs_several_premises_or_a_given_one_is_a_join(axiom: str, rule: str) -> None:
    assert rule in {clause.steps[0].rule.name for clause in program(axiom).joins}


def test_the_digest_depends_on_axioms_only() -> None:
    one = triples(":A rdfs:subClassOf :B . :x a :A .")
    other = triples(":x a :B . :A rdfs:subClassOf :B .")
    assert digest(schema_of(matching(one))) == digest(schema_of(matching(other)))
