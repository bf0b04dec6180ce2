import pyoxigraph as ox
import pytest
import rdflib

from cnrs_kg.errors import RdfError
from cnrs_kg.rdf.rdflib_terms import StatementsGraph, from_rdflib, to_rdflib
from cnrs_kg.rdf.statements import Before, Stored
from cnrs_kg.rdf.terms import DEFAULT_GRAPH

A, B, P, Q = (ox.NamedNode(f"http://example.org/{name}") for name in "abpq")
GRAPH, SHAPES = ox.NamedNode("http://example.org/graph"), ox.NamedNode("http://example.org/shapes")
ONE = ox.Literal("one")
INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")


def quad(
    subject: ox.NamedNode, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal, *graph: ox.NamedNode
) -> ox.Quad:
    return ox.Quad(subject, predicate, value, *(graph or (DEFAULT_GRAPH,)))


def store_of(*quads: ox.Quad) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


STORE = store_of(quad(A, P, B), quad(A, P, B, GRAPH), quad(A, P, ONE), quad(B, Q, A, SHAPES))


def graph_of(store: ox.Store) -> StatementsGraph:
    return StatementsGraph(Stored(store, lambda graph: graph == GRAPH))


def test_a_graph_is_the_default_graph_alone() -> None:
    graph = graph_of(STORE)
    assert set(graph) == {tuple(map(to_rdflib, (A, P, value))) for value in (B, ONE)}
    assert (to_rdflib(B), None, None) not in graph
    assert len(graph) == 2


def test_a_graph_is_true_though_it_is_empty() -> None:
    assert graph_of(ox.Store())


def test_what_is_asserted_is_told_from_what_is_inferred() -> None:
    assert set(graph_of(STORE).asserted) == {tuple(map(to_rdflib, (A, P, B)))}


def test_a_literal_or_a_blank_node_where_none_can_stand_matches_nothing() -> None:
    graph = graph_of(STORE)
    assert list(graph.objects(rdflib.Literal("one"), None)) == []
    assert list(graph.subject_objects(rdflib.BNode())) == []  # type: ignore[arg-type]


def test_ill_typed_and_odd_literals_stay_as_they_are() -> None:
    odd = [
        ox.Literal("many", datatype=INTEGER),
        ox.Literal("x", language="en-gb"),
        ox.Literal("2020-13-01", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    ]
    graph = graph_of(store_of(*(quad(A, P, literal) for literal in odd)))
    assert {from_rdflib(value) for value in graph.objects(to_rdflib(A))} == set(odd)
    assert from_rdflib(to_rdflib(ox.Literal("01", datatype=INTEGER))) == ox.Literal("01", datatype=INTEGER)


def test_a_query_sees_the_default_graph_and_no_other() -> None:
    graph = graph_of(STORE)
    assert len(list(graph.query("SELECT * { ?s ?p ?o }"))) == 2
    assert len(list(graph.query("SELECT * { ?s <http://example.org/p>+ ?o }"))) == 2
    with pytest.raises(Exception, match="dataset"):
        list(graph.query("SELECT * { GRAPH <http://example.org/shapes> { ?s ?p ?o } }"))


def test_a_graph_is_read_only() -> None:
    graph = graph_of(STORE)
    triple = rdflib.URIRef("http://e/s"), rdflib.URIRef("http://e/p"), rdflib.URIRef("http://e/o")
    for change in (graph.add, graph.remove):
        with pytest.raises(TypeError, match="read only"):
            change(triple)
    with pytest.raises(TypeError, match="read only"):
        graph.addN([(*triple, graph)])


def test_a_triple_term_is_refused_when_it_is_read() -> None:
    graph = graph_of(store_of(quad(A, P, ox.Triple(A, P, B))))  # type: ignore[arg-type]
    with pytest.raises(RdfError, match="triple term"):
        list(graph.objects(to_rdflib(A)))


def test_the_state_before_a_change_is_seen_through_it() -> None:
    added, removed = [quad(A, P, ONE)], [quad(A, Q, B), quad(B, Q, B, GRAPH), quad(B, Q, B)]
    before = Before(STORE, added, removed, lambda graph: graph == GRAPH)
    assert {(t.subject, t.predicate, t.object) for t in before.match(None, None, None)} == {
        (A, P, B),
        (A, Q, B),
        (B, Q, B),
    }
    assert before.has(ox.Triple(A, Q, B)) and not before.has(ox.Triple(A, P, ONE))
    assert [t.object for t in before.match(A, None, None)] in ([B, B],)
    assert {(t.subject, t.predicate) for t in before.asserted.match(None, None, None)} == {(A, P), (B, Q)}
    assert Stored(STORE).has(ox.Triple(A, P, ONE))
