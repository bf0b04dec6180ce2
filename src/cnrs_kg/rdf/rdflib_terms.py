"""Terms and graphs for rdflib, for the libraries that read nothing else (pySHACL)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from cnrs_kg.errors import RdfError
from cnrs_kg.rdf.skolem import GENID
from cnrs_kg.rdf.terms import Term


class PreparedGraph(rdflib.Graph):
    """A graph that parses a query once: a SHACL-SPARQL constraint is asked once for each focus node."""

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> Result:
        """As `rdflib.Graph.query`."""
        if isinstance(query_object, str):
            namespaces = tuple(sorted((options.get("initNs") or {}).items()))
            query_object = _prepared(query_object, namespaces)
        return super().query(query_object, *args, **options)


@lru_cache(maxsize=256)
def _prepared(text: str, namespaces: tuple[tuple[str, Any], ...]) -> Query:
    return prepareQuery(text, initNs=dict(namespaces))


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


def graph_of(triples: Iterable[ox.Triple], *, blank: bool = False) -> rdflib.Graph:
    """The triples as a graph in memory; `RdfError` for triple terms.

    With `blank`, IRIs that intake gave to blank nodes are blank again: a property path of SHACL must be.
    """
    graph = PreparedGraph(bind_namespaces="none")
    seen: dict[Term, Node] = {}

    def node(term: Term) -> Node:
        found = seen.get(term)
        if found is None:
            if blank and isinstance(term, ox.NamedNode) and term.value.startswith(GENID):
                found = rdflib.BNode(term.value.removeprefix(GENID))
            else:
                found = to_rdflib(term)
            seen[term] = found
        return found

    graph.addN((node(triple.subject), node(triple.predicate), node(triple.object), graph) for triple in triples)
    return graph
