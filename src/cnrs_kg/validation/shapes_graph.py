"""`$shapesGraph` in SPARQL constraints: the shapes as the one named graph that a query may ask.

https://www.w3.org/TR/shacl/#sparql-constraints-variables leaves it to each processor; pySHACL has it not.
"""

import re
from collections.abc import Generator, Iterator
from typing import Any

import rdflib
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.shape import Shape
from rdflib.term import Node

from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.rdf.rdflib_terms import PreparedGraph

VARIABLE = "shapesGraph"
_NAME = rdflib.URIRef(GRAPH("shapes").value)
_ASKED = re.compile(rf"[$?]{VARIABLE}\b")
_NEVER = re.compile(r"(?!)")


class ShapesAsked(SPARQLBasedConstraint):
    """SPARQL constraints whose queries may ask `GRAPH $shapesGraph`."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        for constraint in self.sparql_constraints:
            constraint.bind_sg_regex = _NEVER  # by which pySHACL finds the variable, to refuse it

    def _validate_sparql_query(self, query: str, init_binds: dict[str, Any], target_graph: rdflib.Graph) -> Any:
        if _ASKED.search(query):
            init_binds = {**init_binds, VARIABLE: _NAME}
            target_graph = _WithShapes(target_graph, self.shape.sg.graph)
        return super()._validate_sparql_query(query, init_binds, target_graph)  # type: ignore[no-untyped-call]


class _WithShapes(PreparedGraph, rdflib.Dataset):
    """Data as the default graph, and the shapes as a named one; read only."""

    def __init__(self, data: rdflib.Graph, shapes: rdflib.Graph) -> None:
        super().__init__()
        self._data, self._shapes = data, shapes

    @property  # type: ignore[misc]
    def default_context(self) -> rdflib.Graph:
        """The data; rdflib asks for it and warns of its own."""
        return self._data

    def triples(self, triple: Any, context: Any = None) -> Iterator[Any]:  # type: ignore[override]
        """Those of the data."""
        return self._data.triples(triple)

    def get_context(self, identifier: Any, *_: Any, **__: Any) -> rdflib.Graph:
        """The shapes, or an empty graph for any other name."""
        return self._shapes if identifier == _NAME else rdflib.Graph()

    def contexts(self, triple: Any = None) -> Generator[rdflib.Graph, None, None]:
        """None: a query names the graph that it asks."""
        yield from ()


def asks_shapes(part: Any, node: Node, graph: rdflib.Graph) -> bool:
    """Whether a part of the query of a SPARQL constraint is `GRAPH $shapesGraph`."""
    return bool(part.get("term") == rdflib.Variable(VARIABLE) and (None, rdflib.SH.sparql, node) in graph)
