"""Paths of a transitive property over what is asserted, breadth-first from both ends: the fewest edges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.reasoning.compose import Clause, X, Y
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.reasons import Reason, Statement
from cnrs_kg.reasoning.rules.model import TYPE
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.view import View

NODES = 100_000
"""Nodes that a search for a path visits at most."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement of the property that is asserted (no reason), or that an asserted one entails by itself."""

    start: Node
    end: Node
    reason: Reason | None


Step = Callable[[Node], Iterator[Edge]]


def shortest_path(program: Program, base: View, statement: Statement) -> list[Edge] | None:
    """The edges from the statement's subject to its object; None when asserted statements alone do not connect them."""
    start, predicate, end = statement
    edges = _Edges(program, base, predicate)
    trails: tuple[dict[Node, Edge | None], dict[Node, Edge | None]] = ({start: None}, {end: None})
    fronts: list[list[Node]] = [[start], [end]]
    while fronts[0] and fronts[1] and len(trails[0]) + len(trails[1]) < NODES:
        side = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        step, mine, theirs = (edges.leaving, edges.arriving)[side], trails[side], trails[1 - side]
        front: list[Node] = []
        for node in fronts[side]:
            for edge in step(node):
                far = edge.start if side else edge.end
                if far in theirs:
                    return _joined(trails, edge)
                if far not in mine:
                    mine[far] = edge
                    front.append(far)
        fronts[side] = front
    return None


def _joined(trails: tuple[dict[Node, Edge | None], dict[Node, Edge | None]], middle: Edge) -> list[Edge]:
    before: list[Edge] = []
    node = middle.start
    while (edge := trails[0].get(node)) is not None:
        before.append(edge)
        node = edge.start
    after: list[Edge] = []
    node = middle.end
    while (edge := trails[1].get(node)) is not None:
        after.append(edge)
        node = edge.end
    return [*reversed(before), middle, *after]


class _Edges:
    """The edges of a property that leave or reach a node."""

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
