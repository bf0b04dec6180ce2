"""What makes two terms the same by itself: an assertion, or a clause that concludes `owl:sameAs`.

Terms are the same when such ties lead from one to the other, so that proofs follow ties alone: of a class of a hundred
equal terms, each pair is published.
"""

from collections.abc import Callable, Iterator

from cnrs_kg.reasoning.paths import Edge
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.reasons import Backwards, Reason, Statement
from cnrs_kg.reasoning.rules.model import SAME_AS, Var
from cnrs_kg.reasoning.solve import ground
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.view import View


class Ties:
    """The ties of terms: those that `base` holds, and those that `backwards` finds by premises that are `taken`."""

    def __init__(
        self, program: Program, base: View, backwards: Backwards, taken: Callable[[Statement], bool] = lambda fact: True
    ) -> None:
        self._base, self._backwards, self._taken = base, backwards, taken
        self._clauses = program.to_key.get((SAME_AS, None), ())
        self._known: dict[tuple[Node, bool], list[Edge]] = {}

    def leaving(self, node: Node) -> list[Edge]:
        """The ties from a term."""
        return self._edges(node, forward=True)

    def arriving(self, node: Node) -> list[Edge]:
        """The ties to a term."""
        return self._edges(node, forward=False)

    def _edges(self, node: Node, *, forward: bool) -> list[Edge]:
        known = self._known.get((node, forward))
        if known is None:
            found: dict[Node, Edge] = {}
            for far, reason in self._found(node, forward=forward):
                if far != node and far not in found:
                    found[far] = Edge(node, far, reason) if forward else Edge(far, node, reason)
            known = self._known[node, forward] = list(found.values())
        return known

    def _found(self, node: Node, *, forward: bool) -> Iterator[tuple[Node, Reason | None]]:
        values, subjects = self._base.objects(node, SAME_AS), self._base.subjects(SAME_AS, node)
        straight, turned = (values, subjects) if forward else (subjects, values)
        yield from ((far, None) for far in straight)
        for far in turned:
            yield far, Reason(((far, SAME_AS, node) if forward else (node, SAME_AS, far),), "eq-sym")
        for clause in self._clauses:
            head = clause.head
            assert head is not None
            near = head.s if forward else head.o
            if not isinstance(near, Var):
                continue
            for reason in self._backwards.of_clause(clause, {near: node}):
                if all(map(self._taken, reason.facts)):
                    assert reason.binding is not None
                    subject, _, value = ground(head, dict(reason.binding))
                    yield value if forward else subject, reason
