"""owlrl as an oracle on small graphs.

Its known faults are kept out: it leaves the last property of a key uncompared, so that `owl:hasKey` is not drawn; it
misses `owl:AllDifferent` and `owl:AllDisjointProperties`; it reads one value only of a list cell that has several, so
that equal lists alone share cells; and it compares no values of literals (dt-diff), so that two different values that
would be one are looked at no further. What follows from a member of `owl:Nothing`, every class, is not compared.
"""

from datetime import date

import pyoxigraph as ox
import rdflib
from hypothesis import HealthCheck, given, settings
from owlrl import OWLRL_Semantics

from cnrs_kg.rdf.namespaces import OWL, RDF, RDFS, XSD
from cnrs_kg.reasoning.closure import close

from .strategies import Triples, about_ends, axioms, graphs, same, same_anything, statements
from .test_agreement import EXAMPLES
from .turtle import HERE

DAY = date(2026, 1, 1)
RELAXED = settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REFLEXIVE = {
    OWL("sameAs"),
    RDFS("subClassOf"),
    RDFS("subPropertyOf"),
    OWL("equivalentClass"),
    OWL("equivalentProperty"),
}


def rdflib_term(term: object) -> rdflib.term.Node:
    if isinstance(term, ox.Literal):
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))
    return rdflib.URIRef(term.value)  # type: ignore[attr-defined]


def own_term(term: rdflib.term.Node) -> object:
    if isinstance(term, rdflib.Literal):
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or XSD("string").value)))
    return ox.BlankNode() if isinstance(term, rdflib.BNode) else ox.NamedNode(str(term))


def worth_saying(triple: tuple[object, object, object]) -> bool:
    s, p, o = triple
    if not isinstance(s, ox.NamedNode) or not s.value.startswith(HERE):
        return False
    if s == o and p in REFLEXIVE:
        return False
    return o != OWL("Thing") or p not in (RDF("type"), RDFS("subClassOf"), RDFS("domain"), RDFS("range"))


def by_owlrl(graph: Triples) -> tuple[set[tuple[object, object, object]], bool]:
    """What owlrl says that is worth saying, and whether it found an inconsistency."""
    made = rdflib.Graph()
    for triple in graph:
        made.add(tuple(map(rdflib_term, (triple.subject, triple.predicate, triple.object))))  # type: ignore[arg-type]
    semantics = OWLRL_Semantics(made, False, False)
    semantics.closure()
    said = {tuple(map(own_term, triple)) for triple in made}
    return {triple for triple in said if worth_saying(triple)}, bool(semantics.error_messages)  # type: ignore[arg-type]


def compare(graph: Triples) -> None:
    closure = close(graph, [], as_of=DAY)
    theirs, faulty = by_owlrl(graph)
    if any("lt1" in bound for _, _, bound in closure.engine.contradictions.values()):
        return
    if any(found.rule == "cls-nothing2" for found in closure.inconsistencies):
        assert faulty
        return
    ours = {(t.subject, t.predicate, t.object) for t in {*graph, *closure.inferred}}
    ours = {triple for triple in ours if worth_saying(triple)}
    assert theirs - ours == set(), "only owlrl says"
    assert ours - theirs == set(), "only we say"
    assert closure.consistent == (not faulty)


@RELAXED
@given(graphs(axioms, statements, statements))
def test_without_sameness(graph: Triples) -> None:
    compare(graph)


@RELAXED
@given(graphs(axioms, statements, same, most=9))
def test_with_sameness(graph: Triples) -> None:
    compare(graph)


@RELAXED
@given(graphs(axioms, statements, same_anything, most=8))
def test_with_sameness_of_anything(graph: Triples) -> None:
    compare(graph)


@RELAXED
@given(graphs(about_ends, axioms, statements, most=9))
def test_with_the_classes_of_everything_and_of_nothing(graph: Triples) -> None:
    compare(graph)
