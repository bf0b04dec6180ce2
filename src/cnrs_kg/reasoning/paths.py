"""Paths over what is asserted, of a transitive property or of sameness: breadth-first from both ends, fewest edges."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import pyoxigraph as ox

from cnrs_kg.reasoning.compose import Clause, X, Y
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.reasons import Reason
from cnrs_kg.reasoning.rules.model import TYPE
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.view import View

_CHUNK = 64
NODES = 100_000
"""Nodes that a search for a path visits at most."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement of the property that is asserted (no reason), or that an asserted one entails by itself."""

    start: Node
    end: Node
    reason: Reason | None


Step = Callable[[Node], Iterable[Edge]]


class Steps(Protocol):
    """The edges of a property that leave or reach a node."""

    def leaving(self, node: Node) -> Iterable[Edge]:
        """The edges that start in a node."""

    def arriving(self, node: Node) -> Iterable[Edge]:
        """The edges that end in a node."""


def shortest_path(edges: Steps, start: Node, end: Node) -> list[Edge] | None:
    """The edges that lead from one node to another; None when there are none.

    The next level of both ends is read in turns; whichever ends first is taken, so that a hub costs no more than the
    other end does.
    """
    sides = _Side(start, edges.leaving, forward=True), _Side(end, edges.arriving, forward=False)
    while all(side.front for side in sides) and sum(len(side.trail) for side in sides) < NODES:
        one, other = sides if sides[0].is_read() else reversed(sides) if sides[1].is_read() else (None, None)
        if one is not None and other is not None:
            met = one.step(other.trail)
            if met is not None:
                return _joined(sides[0].trail, met, sides[1].trail)
    return None


class _Side:
    """One end of a search: how each node was reached, and the nodes of the last level."""

    def __init__(self, node: Node, edges: Step, *, forward: bool) -> None:
        self.trail: dict[Node, Edge | None] = {node: None}
        self.front = [node]
        self._edges, self._forward = edges, forward
        self._begin()

    def _begin(self) -> None:
        front, edges = self.front, self._edges
        self._coming = (edge for node in front for edge in edges(node))
        self._level: list[Edge] = []

    def is_read(self) -> bool:
        """Read on in the edges of the next level; whether these are all."""
        chunk = list(islice(self._coming, _CHUNK))
        self._level += chunk
        return len(chunk) < _CHUNK

    def step(self, others: Mapping[Node, Edge | None]) -> Edge | None:
        """Take the next level; the edge that meets the other end's nodes, if there is one."""
        self.front = []
        for edge in self._level:
            far = edge.end if self._forward else edge.start
            if far in others:
                return edge
            if far not in self.trail:
                self.trail[far] = edge
                self.front.append(far)
        self._begin()
        return None


def _joined(before: Mapping[Node, Edge | None], middle: Edge, after: Mapping[Node, Edge | None]) -> list[Edge]:
    path = [middle]
    while (edge := before.get(path[0].start)) is not None:
        path.insert(0, edge)
    while (edge := after.get(path[-1].end)) is not None:
        path.append(edge)
    return path


class Edges:
    """The edges of a transitive property that asserted statements are, or entail by themselves."""

    def __init__(self, program: Program, base: View, predicate: ox.NamedNode) -> None:
        self._base, self._predicate = base, predicate
        self._moves = [clause for clause in program.to_key.get((predicate, None), ()) if _moves(clause)]

    def leaving(self, node: Node) -> Iterator[Edge]:
        """The edges that start in a node."""
        for far in self._base.objects(node, self._predicate):
            yield Edge(node, far, None)
        for clause in self._moves:
            yield from self._of(clause, node, leaving=True)

    def arriving(self, node: Node) -> Iterator[Edge]:
        """The edges that end in a node."""
        for far in self._base.subjects(self._predicate, node):
            yield Edge(far, node, None)
        for clause in self._moves:
            yield from self._of(clause, node, leaving=False)

    def _of(self, clause: Clause, node: Node, *, leaving: bool) -> Iterator[Edge]:
        assert clause.head is not None
        predicate = clause.body[0].p
        straight = clause.head.s == X
        assert isinstance(predicate, ox.NamedNode)
        if straight == leaving:
            found = ((node, far) for far in self._base.objects(node, predicate))
        else:
            found = ((far, node) for far in self._base.subjects(predicate, node))
        for subject, value in found:
            reason = Reason(((subject, predicate, value),), clause.steps[-1].rule.name, clause, {X: subject, Y: value})
            start, end = (subject, value) if straight else (value, subject)
            yield Edge(start, end, reason)


def _moves(clause: Clause) -> bool:
    """Whether the clause turns a fact of one property into one of another, both ends kept."""
    assert clause.head is not None
    return clause.is_linear and clause.body[0].p != TYPE and {clause.head.s, clause.head.o} == {X, Y}
