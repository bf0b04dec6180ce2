"""Proofs read back: what they rest on, how they are told, and their JSON."""

import json
from datetime import date

import pyoxigraph as ox
import pytest

from cnrs_kg.reasoning import proof as proofs
from cnrs_kg.reasoning.closure import Closure, close
from cnrs_kg.reasoning.proof import Graphs, Proof, Sources, contradiction
from cnrs_kg.reasoning.reasons import statement_of

from .turtle import triple, triples

DAY = date(2026, 1, 1)
ONTOLOGY = triples(
    """:A rdfs:subClassOf :B . :B rdfs:subClassOf :C .
    :inCountry owl:propertyChainAxiom ( :inCity :ofCountry ) .
    :French owl:equivalentClass [ owl:onProperty :inCountry ; owl:hasValue :fr ] ."""
)
DATA = triples(":x a :A ; :inCity :paris . :paris :ofCountry :fr . :x owl:sameAs :y .")


def proof(closure: Closure, stated: ox.Triple, *, graph: Graphs = lambda triple: None) -> Proof | None:
    if closure.fact(stated) is None:
        return None
    statement = statement_of(stated)
    return proofs.proof(statement, closure.derivations([statement]), Sources(graph=graph))


def contradictions(closure: Closure) -> list[Proof]:
    return [
        contradiction(found, closure.derivations(map(statement_of, found.premises)))
        for found in closure.inconsistencies
    ]


def leaves(found: Proof) -> set[str]:
    if not found.premises:
        return set() if found.repeated else {found.rule}
    return set().union(*map(leaves, found.premises))


@pytest.mark.parametrize("text", [":x a :C", ":x :inCountry :fr", ":x a :French", ":y a :French", ":y owl:sameAs :x"])
def test_a_proof_ends_in_what_is_asserted(text: str) -> None:
    found = proof(close(ONTOLOGY, DATA, as_of=DAY), triple(text))
    assert found is not None and found.rule != "asserted"
    assert leaves(found) == {"asserted"}


def test_a_proof_is_read_back_from_its_json() -> None:
    found = proof(close(ONTOLOGY, DATA, as_of=DAY), triple(":y a :French"), graph=lambda one: "urn:graph")
    assert found is not None and proofs.proof_of_json(json.loads(json.dumps(found.to_json()))) == found


def test_a_step_names_its_rule_and_axiom() -> None:
    found = proof(close(ONTOLOGY, DATA, as_of=DAY), triple(":x :inCountry :fr"))
    assert found is not None
    assert found.rule == "prp-spo2"
    assert found.axiom == "<urn:t:inCountry> owl:propertyChainAxiom ( <urn:t:inCity> <urn:t:ofCountry> )"
    assert [str(premise.predicate)[1:-1].removeprefix("urn:t:") for premise in found.premises][1:] == [
        "inCity",
        "ofCountry",
    ]


def test_what_neither_stands_nor_follows_has_no_proof() -> None:
    closure = close(ONTOLOGY, DATA, as_of=DAY)
    assert proof(closure, triple(":x a :D")) is None
    assert proof(closure, triple(":paris a :A")) is None


def test_what_is_asserted_names_its_graph() -> None:
    found = proof(close(ONTOLOGY, DATA, as_of=DAY), triple(":x a :A"), graph=lambda stated: "urn:g")
    assert found is not None
    assert (found.rule, found.graph, found.premises) == ("asserted", "urn:g", ())


def test_what_is_asserted_and_inferred_is_asserted() -> None:
    closure = close(ONTOLOGY, [*DATA, triple(":x a :C")], as_of=DAY)
    assert triple(":x a :C") not in closure.inferred
    found = proof(closure, triple(":x a :C"))
    assert found is not None and found.rule == "asserted"


def test_json() -> None:
    closure = close(triples(":p rdfs:domain :C ."), triples(":a :p 'A'@fr ."), as_of=DAY)
    found = proof(closure, triple(":a a :C"), graph=lambda stated: "urn:g")
    assert found is not None
    made = found.to_json()
    assert made["rule"] == "prp-dom"
    assert made["statement"] == {
        "subject": {"type": "uri", "value": "urn:t:a"},
        "predicate": {"type": "uri", "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"},
        "object": {"type": "uri", "value": "urn:t:C"},
    }
    premises = made["premises"]
    assert isinstance(premises, list)
    assert [premise["graph"] for premise in premises] == ["urn:g", "urn:g"]
    assert premises[1]["statement"]["object"] == {"type": "literal", "value": "A", "xml:lang": "fr"}


def test_a_contradiction_is_proved_down_to_what_is_asserted() -> None:
    stated = triples(":A rdfs:subClassOf :B . :B owl:disjointWith :C . :x a :A, :C .")
    closure = close(stated, [], as_of=DAY)
    (found,) = contradictions(closure)
    assert (str(found.subject), str(found.object)[1:-1].split("#")[1]) == ("<urn:t:x>", "Nothing")
    assert found.rule == "cax-dw" and found.axiom == "<urn:t:B> owl:disjointWith <urn:t:C>"
    assert leaves(found) == {"asserted"}


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        (":p rdfs:range xsd:gYear . :a :p '2010-12'^^xsd:gYearMonth .", "<urn:t:a>"),
        (":a :p 'x'^^xsd:integer .", "<urn:t:a>"),
        (":p a owl:FunctionalProperty . :a :p 1, 2 .", "<urn:t:a>"),
        ("[] a owl:AllDifferent ; owl:members ( :a :b ) . :a owl:sameAs :b .", "<urn:t:a>"),
        (":R owl:onProperty :p ; owl:maxCardinality 0 . :a a :R ; :p :b .", "<urn:t:a>"),
        ("[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetValue 1 . :a :p 1 .", "<urn:t:a>"),
    ],
)
def test_focus_nodes(text: str, focus: str) -> None:
    closure = close(triples(text), [], as_of=DAY)
    assert {str(found.focus_node) for found in closure.inconsistencies} == {focus}
    assert [leaves(found) for found in contradictions(closure)] == [{"asserted"}]


def test_a_premise_is_shown_once() -> None:
    ontology = triples(":o rdfs:subPropertyOf :p . :r owl:inverseOf :p . :q owl:propertyChainAxiom ( :p :r ) .")
    found = proof(close(ontology, triples(":a :o :b ."), as_of=DAY), triple(":a :q :a"))
    shown: list[Proof] = [found] if found else []
    for step in shown:
        shown.extend(step.premises)
    (again,) = [step for step in shown if step.repeated]
    (first,) = [step for step in shown if step.rule == again.rule and step.premises]
    assert (first.subject, first.predicate, first.object) == (again.subject, again.predicate, again.object)


def test_a_deep_proof_is_read_without_recursion() -> None:
    chain = triples(" ".join(f":n{number} :p :n{number + 1} ." for number in range(400)))
    closure = close(triples(":p a owl:TransitiveProperty ."), chain, as_of=DAY)
    found = proof(closure, triple(":n0 :p :n400"))
    depth = 0
    while found is not None and found.premises:
        depth += 1
        found = next((premise for premise in found.premises if premise.rule != "asserted"), None)
    assert depth == 399
