"""The statements of a store as clauses ask for them: what holds (the default graph), and what is asserted."""

from collections.abc import Callable, Iterator
from typing import Protocol

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH, GraphName
from cnrs_kg.reasoning.rules.model import Atom
from cnrs_kg.reasoning.terms import Node

_FEW = 6
"""Graphs up to which asking each is faster than walking over all that hold a statement."""


class View(Protocol):
    """What `solve` needs: statements that hold, found by two of their terms."""

    def has(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether the statement holds."""

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values of a subject's property, one at a time: reading on costs, stopping does not."""

    def subjects(self, predicate: ox.NamedNode, value: Node) -> Iterator[Node]:
        """The subjects that have the value."""

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every subject and value of a property: for a whole rule, never for a change."""


class StoreView:
    """The default graph of a store: everything published, asserted and inferred, each statement once."""

    def __init__(self, store: ox.Store) -> None:
        self._match = store.quads_for_pattern
        self._store = store

    def has(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether the default graph holds the statement."""
        if isinstance(subject, ox.Literal):
            return False
        return ox.Quad(subject, predicate, value) in self._store

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values of a subject's property."""
        if isinstance(subject, ox.Literal):
            return
        for quad in self._match(subject, predicate, None, DEFAULT_GRAPH):
            yield quad.object  # type: ignore[misc]

    def subjects(self, predicate: ox.NamedNode, value: Node) -> Iterator[Node]:
        """The subjects that have the value."""
        for quad in self._match(None, predicate, value, DEFAULT_GRAPH):
            yield quad.subject  # type: ignore[misc]

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every subject and value of a property."""
        for quad in self._match(None, predicate, None, DEFAULT_GRAPH):
            yield quad.subject, quad.object  # type: ignore[misc]


class Assertions:
    """What the merged named graphs of a store assert, whatever follows from it; the default graph holds it too.

    `merged` tells whether the default graph holds what a named graph asserts.
    """

    def __init__(self, store: ox.Store, merged: Callable[[GraphName], bool]) -> None:
        self._match, self._store = store.quads_for_pattern, store
        self._graphs = [graph for graph in store.named_graphs() if merged(graph)]
        self._merged = frozenset(self._graphs)

    def graphs(self, atom: Atom) -> list[GraphName]:
        """The graphs that assert a statement."""
        if isinstance(atom.s, ox.Literal):
            return []
        found = (quad.graph_name for quad in self._match(atom.s, atom.p, atom.o, None))  # type: ignore[arg-type]
        return [graph for graph in found if graph in self._merged]

    def has(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether any merged graph asserts the statement."""
        if isinstance(subject, ox.Literal) or ox.Quad(subject, predicate, value) not in self._store:
            return False
        if len(self._graphs) <= _FEW:
            return any(ox.Quad(subject, predicate, value, graph) in self._store for graph in self._graphs)
        return any(quad.graph_name in self._merged for quad in self._match(subject, predicate, value, None))

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values that any graph asserts; a value that two graphs assert comes twice."""
        if isinstance(subject, ox.Literal):
            return
        for graph in self._graphs:
            for quad in self._match(subject, predicate, None, graph):
                yield quad.object  # type: ignore[misc]

    def subjects(self, predicate: ox.NamedNode, value: Node) -> Iterator[Node]:
        """The subjects of which any graph asserts the value; one that two graphs name comes twice."""
        for graph in self._graphs:
            for quad in self._match(None, predicate, value, graph):
                yield quad.subject  # type: ignore[misc]

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every subject and value that any graph asserts."""
        for graph in self._graphs:
            for quad in self._match(None, predicate, None, graph):
                yield quad.subject, quad.object  # type: ignore[misc]

    def around(self, node: Node) -> Iterator[tuple[Node, ox.NamedNode, Node]]:
        """The asserted statements with the term as subject or object; one that two graphs assert comes twice."""
        for graph in self._graphs:
            if not isinstance(node, ox.Literal):
                for quad in self._match(node, None, None, graph):
                    yield quad.subject, quad.predicate, quad.object  # type: ignore[misc]
            for quad in self._match(None, None, node, graph):
                yield quad.subject, quad.predicate, quad.object  # type: ignore[misc]

    def everything(self) -> Iterator[tuple[Node, ox.NamedNode, Node]]:
        """Every asserted statement; one that two graphs assert comes twice."""
        for graph in self._graphs:
            for quad in self._match(None, None, None, graph):
                yield quad.subject, quad.predicate, quad.object  # type: ignore[misc]
