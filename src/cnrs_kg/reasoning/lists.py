"""RDF lists as their members: LIST[h, e1 ... en] of the spec.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.reasoning.index import Index
from cnrs_kg.reasoning.terms import Fact, Terms

Reading = tuple[tuple[int, ...], tuple[Fact, ...]]
_FORKS = 1_000


@dataclass
class _Walk:
    """A way along a list so far."""

    cell: int
    members: list[int] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def step(self, first: Fact, rest: Fact) -> None:
        self.members.append(first[2])
        self.facts += (first, rest)
        self.seen.add(self.cell)
        self.cell = rest[2]

    def copy(self) -> "_Walk":
        return _Walk(self.cell, list(self.members), list(self.facts), set(self.seen))


class Lists:
    """Reads the lists of the index. `malformed` tells, by the list's head, what is wrong with it."""

    def __init__(self, index: Index, terms: Terms) -> None:
        self._first = index.subjects_of(terms.id(RDF("first")))
        self._rest = index.subjects_of(terms.id(RDF("rest")))
        self._nil = terms.id(RDF("nil"))
        self.malformed: dict[int, str] = {}

    def read(self, head: int) -> Iterator[Reading]:
        """The members of a list with the facts of its cells.

        A cell with several values gives several readings; a list without an end, or on a cycle, gives none.
        """
        self.malformed.pop(head, None)
        if head == self._nil:
            self.malformed[head] = "the list is empty"
            return
        walks, forks, found = [_Walk(head)], 0, False
        while walks:
            walk = walks.pop()
            branches = self._advance(walk)
            if walk.cell == self._nil:
                found = True
                yield tuple(walk.members), tuple(walk.facts)
            for first, rest in branches:
                walks.append(branch := walk.copy())
                branch.step(first, rest)
            forks += len(branches)
            if forks > _FORKS:
                self.malformed[head] = f"cells with several values give over {_FORKS} readings; the rest is left out"
                return
        if not found:
            self.malformed[head] = "a cell lacks its value or its next cell, or the list runs in a circle"

    def _advance(self, walk: _Walk) -> list[tuple[Fact, Fact]]:
        """Go on while there is one way only; the ways where there are several."""
        while walk.cell != self._nil and walk.cell not in walk.seen:
            ways = list(product(self._first.get(walk.cell, ()), self._rest.get(walk.cell, ())))
            if len(ways) != 1:
                return ways
            walk.step(*ways[0])
        return []
