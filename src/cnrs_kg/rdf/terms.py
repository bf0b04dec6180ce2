"""RDF terms as the store keeps them.

The store rewrites some literals: `"01"^^xsd:integer` comes back as `"1"`, `"1"^^xsd:boolean` as `"true"`,
`+00:00` as `Z`, `xsd:int` as `xsd:integer`. Deltas, digests and positions compare stored forms only;
reports quote what was written.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from threading import Lock

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, XSD

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

DEFAULT_GRAPH = ox.DefaultGraph()
_KEPT = {XSD("string").value, RDF("langString").value, RDF("dirLangString").value, XSD("anyURI").value}
_PROBE = ox.NamedNode("urn:x-cnrs-kg:probe")
_probe_store = ox.Store()
_probe_lock = Lock()


@lru_cache(maxsize=65_536)
def _stored_literal(literal: ox.Literal) -> ox.Literal:
    quad = ox.Quad(_PROBE, _PROBE, literal)
    with _probe_lock:
        _probe_store.add(quad)
        (stored,) = _probe_store
        _probe_store.remove(stored)
    assert isinstance(stored.object, ox.Literal)
    return stored.object


def stored_term(term: Term) -> Term:
    """The term that comes back after `term` was written to the store."""
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        return _stored_literal(term) if datatype.startswith(XSD.iri) and datatype not in _KEPT else term
    if isinstance(term, ox.Triple):
        return ox.Triple(term.subject, term.predicate, stored_term(term.object))
    return term


def stored_triple(triple: ox.Triple) -> ox.Triple:
    """The triple that comes back after `triple` was written to the store."""
    return ox.Triple(triple.subject, triple.predicate, stored_term(triple.object))


def stored_quad(quad: ox.Quad) -> ox.Quad:
    """The quad that comes back after `quad` was written to the store."""
    return ox.Quad(quad.subject, quad.predicate, stored_term(quad.object), quad.graph_name)


def in_graph(triples: Iterable[ox.Triple], graph: GraphName) -> Iterator[ox.Quad]:
    """The triples as quads of one graph."""
    return (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
