"""What SPARQL in shapes may ask, and which predicates it reads.

https://www.w3.org/TR/shacl/#sparql-constraints and https://www.w3.org/TR/shacl/#pre-binding
"""

from collections.abc import Iterator
from typing import Any

import rdflib
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from pyshacl.shape import Shape
from rdflib.namespace import SH
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node, URIRef, Variable

from cnrs_kg.errors import ShapesError
from cnrs_kg.validation.shapes_graph import asks_shapes

PATH = URIRef("urn:x-shacl:path")
"""What stands for `$PATH` in a parsed query."""

_ELSEWHERE = {
    "ServiceGraphPattern": "SERVICE",
    "Graph": "GRAPH",
    "GraphGraphPattern": "GRAPH",
    "DatasetClause": "FROM",
}


def check_queries(graph: rdflib.Graph, shape: Shape) -> None:
    """`ShapesError` for a query that is malformed, forbidden by SHACL, or reads anything but the data graph.

    `shape` is any shape of the graph: pySHACL reads prefixes through it.
    """
    for predicate in (SH.select, SH.ask):
        for node in graph.subjects(predicate):
            query = parsed(node, shape)
            for part in _parts(query.algebra):
                if part.name in _ELSEWHERE and not asks_shapes(part, node, graph):
                    what = f"{_ELSEWHERE[part.name]} in the query of a shape"
                    raise ShapesError(
                        f"{_name(node)}: {what}: it reads the data graph alone",
                        advice="Ask about the default graph, which holds everything published.",
                    )


def parsed(node: Node, shape: Shape) -> Query:
    """The query of a SPARQL constraint, target or validator; `ShapesError` if it is malformed or forbidden."""
    graph = shape.sg.graph
    texts = [(predicate, text) for predicate in (SH.select, SH.ask) for text in graph.objects(node, predicate)]
    if len(texts) != 1:
        raise ShapesError(f"{_name(node)} must have one query, sh:select or sh:ask")
    ((predicate, text),) = texts
    helper = SPARQLQueryHelper(shape, node, str(text))
    try:
        helper.check_invalid_sparql(str(text), valuenode=predicate == SH.ask or None)
        helper.collect_prefixes()
        standing_in = helper.bind_path_regex.sub(rf"\g<1><{PATH}>", str(text))
        return prepareQuery(helper.apply_prefixes(standing_in))
    except Exception as error:  # rdflib raises bare ones for what its grammar lets through
        raise ShapesError(f"{_name(node)}: {error}") from error


def predicates_read(query: Query) -> frozenset[URIRef] | None:
    """The predicates of all patterns of a query; None where one is a variable."""
    found: set[URIRef] = set()
    for triple in _triples(query.algebra):
        for predicate in triple[1::3]:
            if isinstance(predicate, Variable):
                return None
            found |= set(_of_path(predicate))
    return frozenset(found)


def required(query: Query) -> list[tuple[Node, Node, Node]]:
    """The triple patterns that every solution of a query matches, whatever its filters say; not those with paths."""
    found: list[tuple[Node, Node, Node]] = []
    waiting = [query.algebra]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, CompValue):
            continue
        if part.name == "BGP":
            found += [triple for triple in part.triples if not isinstance(triple[1], Path)]
        elif part.name in _PASSING:
            waiting += [part.get(name) for name in _PASSING[part.name]]
    return found


_PASSING = dict.fromkeys(
    ("SelectQuery", "Project", "Distinct", "Reduced", "Filter", "Extend", "OrderBy", "Slice"), ("p",)
) | {"Join": ("p1", "p2"), "LeftJoin": ("p1",), "Minus": ("p1",)}
"""The operators of SPARQL's algebra whose solutions are solutions of these operands, extended or fewer."""


def _of_path(predicate: Any) -> Iterator[URIRef]:
    if isinstance(predicate, URIRef):
        yield predicate
    elif isinstance(predicate, Path):
        for part in vars(predicate).values():
            for inner in part if isinstance(part, list) else [part]:
                yield from _of_path(inner)


def _triples(value: Any) -> Iterator[Any]:
    """The patterns over the data, not those over the shapes."""
    for part in _parts(value, beside="Graph"):
        yield from part.get("triples") or ()


def _parts(value: Any, beside: str | None = None) -> Iterator[CompValue]:
    if isinstance(value, CompValue):
        yield value
        for inner in value.values() if value.name != beside else ():
            yield from _parts(inner, beside)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _parts(inner, beside)


def _name(node: Node) -> str:
    return f"<{node}>" if isinstance(node, URIRef) else "a SPARQL constraint without a name"
