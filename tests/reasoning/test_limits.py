"""A closure that explodes stops, with the name of the axiom."""

from datetime import date

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import ReasoningBudget
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.limits import Budget, exceeded

from .turtle import triple, triples

DAY = date(2026, 1, 1)


def links(predicate: str, pairs: list[tuple[int, int]]) -> list[ox.Triple]:
    name = ox.NamedNode(f"urn:t:{predicate}")
    return [ox.Triple(ox.NamedNode(f"urn:t:n{a}"), name, ox.NamedNode(f"urn:t:n{b}")) for a, b in pairs]


CHAIN = links("p", [(number, number + 1) for number in range(300)])


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "plain"])
def test_too_many_statements_name_the_axiom(compiled: bool) -> None:
    ontology = triples(":p a owl:TransitiveProperty . :q rdfs:domain :C .")
    with pytest.raises(ReasoningBudget) as caught:
        close(ontology, CHAIN, as_of=DAY, budget=Budget(statements=1_000), compiled=compiled)
    assert caught.value.limit == "statements"
    assert caught.value.extra["rule"] == "prp-trp"
    assert caught.value.extra["counts"]["prp-trp"] > 900
    if compiled:
        assert caught.value.extra["axiom"] == "<urn:t:p> rdf:type owl:TransitiveProperty"


def test_a_chain_is_named_by_its_list() -> None:
    ontology = triples(":p owl:propertyChainAxiom ( :p :p ) .")
    with pytest.raises(ReasoningBudget) as caught:
        close(ontology, CHAIN, as_of=DAY, budget=Budget(statements=1_000))
    assert caught.value.extra["axiom"] == "<urn:t:p> owl:propertyChainAxiom ( <urn:t:p> <urn:t:p> )"


def test_time_runs_out() -> None:
    with pytest.raises(ReasoningBudget) as caught:
        close(triples(":p a owl:TransitiveProperty ."), CHAIN, as_of=DAY, budget=Budget(seconds=0))
    assert caught.value.limit == "seconds"


def test_sameness_with_a_hub_is_refused_before_it_is_written() -> None:
    spokes = [(0, number) for number in range(1, 4_000)]
    stated = [*links("p", spokes), triple(":n0 owl:sameAs :other"), triple(":other :p :x"), triple(":other :p :y")]
    with pytest.raises(ReasoningBudget) as caught:
        close([], stated, as_of=DAY, budget=Budget(sameness=8_000))
    assert caught.value.limit == "sameness"
    assert "would be the same" in caught.value.detail
    assert "<urn:t:n0>" in caught.value.detail and "<urn:t:other>" in caught.value.detail
    assert caught.value.extra["axiom"] == "<urn:t:n0> owl:sameAs <urn:t:other>"
    assert len(close([], stated, as_of=DAY).inferred) > 4_000


def test_sameness_that_grows_afterwards_is_refused_too() -> None:
    """Little is known of the two things until they are one."""
    values = " ".join(f":D rdfs:subClassOf :R{n} . :R{n} owl:onProperty :p ; owl:hasValue :v{n} ." for n in range(100))
    ontology = triples(f":D owl:intersectionOf ( :A :B ) . {values}")
    data = triples(":x a :A . :y a :B . :x owl:sameAs :y .")
    assert len(close(ontology, data, as_of=DAY).inferred) > 400
    with pytest.raises(ReasoningBudget) as caught:
        close(ontology, data, as_of=DAY, budget=Budget(sameness=300))
    assert caught.value.extra["axiom"] == "<urn:t:x> owl:sameAs <urn:t:y>"


def test_sameness_by_an_axiom_names_it() -> None:
    spokes = [(0, number) for number in range(1, 200)]
    ontology = triples(":p a owl:FunctionalProperty .")
    with pytest.raises(ReasoningBudget) as caught:
        close(ontology, links("p", spokes), as_of=DAY, budget=Budget(sameness=5_000))
    assert caught.value.extra["axiom"] == "<urn:t:p> rdf:type owl:FunctionalProperty"
    assert caught.value.extra["rule"] == "prp-fp"


def test_inconsistencies_are_counted_up_to_the_limit() -> None:
    ontology = triples(":p a owl:IrreflexiveProperty .")
    loops = links("p", [(number, number) for number in range(50)])
    assert len(close(ontology, loops, as_of=DAY, budget=Budget(inconsistencies=10)).inconsistencies) == 10
    assert len(close(ontology, loops, as_of=DAY).inconsistencies) == 50


def test_progress_is_told() -> None:
    told: list[tuple[str, int]] = []
    closure = close(triples(":p a owl:TransitiveProperty ."), CHAIN, as_of=DAY, progress=lambda *at: told.append(at))
    assert [phase for phase, _ in dict.fromkeys(told)][-1] == "expanded"
    assert told[-1][1] >= len(closure.inferred) == 300 * 301 // 2 - 300


def test_a_long_circle_is_closed_edge_by_edge() -> None:
    """A symmetric and transitive property over a circle: all pairs, without trying all paths."""
    ontology = triples(":p a owl:TransitiveProperty, owl:SymmetricProperty .")
    circle = links("p", [(number, (number + 1) % 120) for number in range(120)])
    assert len(close(ontology, circle, as_of=DAY).inferred) == 120 * 120 - 120


def test_lists_that_lead_into_each_other_are_told_all_the_same() -> None:
    """Two readings of malformed lists, one leading into the other, and back."""
    cells = triples(":l rdf:first :p ; rdf:rest :m . :m rdf:first :q ; rdf:rest :l . :p owl:propertyChainAxiom :l .")
    error = exceeded("statements", "too many", axioms=cells, rule=None, counts={})
    assert error.extra["axiom"] == "<urn:t:p> owl:propertyChainAxiom ( <urn:t:p> <urn:t:q> )"
