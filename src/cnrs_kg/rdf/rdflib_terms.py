"""Terms and graphs for rdflib, for the libraries that read nothing else (pySHACL)."""

from collections.abc import Iterable

import pyoxigraph as ox
import rdflib
from rdflib.term import Node

from cnrs_kg.errors import RdfError
from cnrs_kg.rdf.terms import Term


def to_rdflib(term: Term) -> Node:
    """The rdflib term; `RdfError` for a triple term, which rdflib does not have."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        return rdflib.Literal(
            term.value,
            datatype=None if datatype == str(rdflib.XSD.string) else rdflib.URIRef(datatype),
            normalize=False,
        )
    raise RdfError(f"the triple term {term} cannot be judged by a shape", advice="Write RDF 1.1.")


def from_rdflib(node: Node) -> Term:
    """The pyoxigraph term of an rdflib term."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return (
            ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype))) if node.datatype else ox.Literal(str(node))
        )
    return ox.BlankNode(str(node))


def graph_of(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The triples as a graph in memory; `RdfError` for triple terms."""
    graph = rdflib.Graph(bind_namespaces="none")
    seen: dict[Term, Node] = {}

    def node(term: Term) -> Node:
        found = seen.get(term)
        if found is None:
            found = seen[term] = to_rdflib(term)
        return found

    graph.addN((node(triple.subject), node(triple.predicate), node(triple.object), graph) for triple in triples)
    return graph
