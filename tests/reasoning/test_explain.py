"""Every inferred statement has a proof, each step of which is right, and which rests on what is asserted."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from cnrs_kg.reasoning.explain import Explainer
from cnrs_kg.reasoning.reasons import Derivations, Statement, statement_of

from . import checker
from .stores import explained
from .strategies import Triples, graphs, own_axioms, same, statements
from .test_agreement import EXAMPLES
from .test_golden import DIRECTORIES
from .turtle import triple, triples

DAY = date(2026, 1, 1)
RELAXED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(explainer: Explainer, statement: Statement, found: Derivations | None) -> None:
    """The derivations prove the statement: each step right, resting on what stands or came before."""
    assert found is not None, f"no proof of {statement}"
    assert statement in found or explainer.stands(statement)
    order = {one: number for number, one in enumerate(found)}
    for conclusion, (rule, premises) in found.items():
        assert not explainer.stands(conclusion), "what is asserted needs no step"
        if rule != "dt-type2":
            assert checker.step_is_right(rule, premises, conclusion), (rule, premises, conclusion)
        for premise in premises:
            came_before = premise in order and order[premise] < order[conclusion]
            assert came_before or explainer.stands(premise), (conclusion, rule, premise)


def check_all(stated: Triples) -> None:
    explainer, closure = explained(stated, DAY)
    if explainer.program.general is not None:
        return
    for inferred in closure.inferred:
        statement = statement_of(inferred)
        check(explainer, statement, explainer.derivations(statement))


@RELAXED
@given(graphs(own_axioms, statements, statements))
def test_proofs_of_random_graphs(graph: Triples) -> None:
    check_all(graph)


@RELAXED
@given(graphs(own_axioms, statements, same, most=10))
def test_proofs_by_sameness(graph: Triples) -> None:
    check_all(graph)


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_proofs_of_the_examples(directory: object) -> None:
    check_all(triples((directory / "in.ttl").read_text()))  # type: ignore[operator]


def circle(length: int) -> str:
    return "".join(f":n{number} :p :n{(number + 1) % length} . " for number in range(length))


def height(statement: Statement, found: Derivations) -> int:
    heights: dict[Statement, int] = {}
    for conclusion, (_, premises) in found.items():
        heights[conclusion] = 1 + max((heights.get(premise, 0) for premise in premises), default=0)
    return heights[statement]


def test_a_path_on_a_circle_takes_the_shorter_way_and_is_balanced() -> None:
    explainer, _ = explained(triples(f":p a owl:TransitiveProperty , owl:SymmetricProperty . {circle(64)}"), DAY)
    statement = statement_of(triple(":n0 :p :n40"))
    found = explainer.derivations(statement)
    check(explainer, statement, found)
    assert found is not None and height(statement, found) == 6  # 24 edges against their direction: 1 + 5 halvings
    assert sum(rule == "prp-symp" for rule, _ in found.values()) == 24


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = "".join(f":n{number} :in :n{number + 1} . " for number in range(300))
    axiom = ":at owl:propertyChainAxiom (:in :at) ."
    explainer, _ = explained(triples(f"{axiom} {chain} :n300 :at :end ."), DAY)
    statement = statement_of(triple(":n0 :at :end"))
    found = explainer.derivations(statement)
    check(explainer, statement, found)
    assert found is not None and len(found) == 300


def test_a_chain_of_a_property_with_itself_is_told_by_the_rule_of_chains() -> None:
    """It makes paths as a transitive property does, and is none."""
    chain = "".join(f":n{number} :p :n{number + 1} . " for number in range(9))
    explainer, _ = explained(triples(f":p owl:propertyChainAxiom (:p :p) . {chain}"), DAY)
    statement = statement_of(triple(":n0 :p :n9"))
    found = explainer.derivations(statement)
    check(explainer, statement, found)
    assert found is not None and {rule for rule, _ in found.values()} == {"prp-spo2"}


@pytest.mark.parametrize(
    ("text", "height_"),
    [
        ("".join(f":n{number} owl:sameAs :n{number + 1} . " for number in range(90)), 8),
        (":k a owl:InverseFunctionalProperty . " + "".join(f":n{number} :k :key . " for number in range(91)), 1),
    ],
    ids=["asserted", "by a shared value"],
)
def test_sameness_of_many_is_proved_by_what_ties_them(text: str, height_: int) -> None:
    """In the time of a path: every pair of them is published, and each may be proved in as many ways."""
    explainer, _ = explained(triples(f"{text} :n0 :p :v ."), DAY)
    for asked in (":n0 owl:sameAs :n34", ":n34 owl:sameAs :n0", ":n33 :p :v"):
        statement = statement_of(triple(asked))
        found = explainer.derivations(statement)
        check(explainer, statement, found)
        assert found is not None and height(statement, found) <= height_ + 1


def test_the_shortest_proof_is_found() -> None:
    text = """:p rdfs:domain :C . :C rdfs:subClassOf :D . :q rdfs:domain :D . :D owl:intersectionOf (:E :F) .
    :x :p :y ; :q :y ; a :E , :F ."""
    explainer, _ = explained(triples(text), DAY)
    statement = statement_of(triple(":x a :D"))
    found = explainer.derivations(statement)
    check(explainer, statement, found)
    assert found is not None and [rule for rule, _ in found.values()] in (["prp-dom"], ["cls-int1"])


def test_several_proofs_differ_in_their_last_step() -> None:
    text = ":p rdfs:domain :C . :q rdfs:range :C . :B rdfs:subClassOf :C . :x :p :y ; a :B . :y :q :x ."
    explainer, _ = explained(triples(text), DAY)
    statement = statement_of(triple(":x a :C"))
    found = list(explainer.alternatives(statement, 5))
    assert {proof[statement][0] for proof in found} == {"prp-dom", "prp-rng", "cax-sco"}
    for proof in found:
        check(explainer, statement, proof)
    assert len(list(explainer.alternatives(statement, 2))) == 2


def test_an_axiom_that_was_inferred_is_proved_too() -> None:
    explainer, _ = explained(triples(":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A ."), DAY)
    statement = statement_of(triple(":x a :C"))
    found = explainer.derivations(statement)
    check(explainer, statement, found)
    assert found is not None and [rule for rule, _ in found.values()] == ["scm-sco", "cax-sco"]


def test_what_does_not_hold_has_no_proof_and_what_stands_needs_none() -> None:
    explainer, _ = explained(triples(":x a :A ."), DAY)
    assert explainer.derivations(statement_of(triple(":x a :B"))) is None
    assert explainer.derivations(statement_of(triple(":x a :A"))) == {}


def test_values_are_found_in_another_form() -> None:
    text = ":R owl:onProperty :p ; owl:hasValue 1 . :p a owl:InverseFunctionalProperty . :a :p 1.0 . :b :p 1 ."
    check_all(triples(text))


def test_literals_have_types() -> None:
    check_all(triples(":R owl:onProperty :p ; owl:someValuesFrom xsd:integer . :a :p 1 ."))
    check_all(triples(":R owl:onProperty :p ; owl:someValuesFrom :C . :p rdfs:range :C . :a :p 'one' ."))


CLAIM = "@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> . :c a cnrs:Claim ; rdf:subject :a ; rdf:predicate :p ;"


def test_a_claim_proves_its_statement_with_its_dates() -> None:
    text = f"{CLAIM} rdf:object :b ; cnrs:validFrom '2020'^^xsd:gYear ; cnrs:rank cnrs:normalRank ."
    explainer, _ = explained(triples(text), DAY)
    statement = statement_of(triple(":a :p :b"))
    found = explainer.derivations(statement)
    check(explainer, statement, found)
    assert found is not None and len(found[statement][1]) == 6


def test_a_proof_that_turns_a_literal_round() -> None:
    """A symmetric property makes its literal value a subject, which no store holds, and a key finds it there."""
    key = ":R owl:hasKey :keys . :keys rdf:first :p ; rdf:rest rdf:nil ."
    check_all(triples(f":p a owl:SymmetricProperty ; rdfs:range :R . :a :p :a , 'one' . {key}"))
    check_all(triples(f":p a owl:SymmetricProperty ; rdfs:domain :R . :a :p :a , 'one' . {key}"))
