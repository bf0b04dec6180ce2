"""Classes of equal terms: one term of each class stands for all while rules run; statements are expanded at the end.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 4: what `eq-sym`,
`eq-trans` and `eq-rep-*` would conclude, each conclusion with its support.
"""

from collections.abc import Callable, Iterator
from itertools import product

from cnrs_kg.reasoning.rules.model import REPLACING
from cnrs_kg.reasoning.terms import Fact

Record = Callable[[Fact, str, tuple[Fact, ...]], None]


class Sameness:
    """Terms known to be the same. `record(fact, rule, premises)` is told each conclusion of an eq-rule."""

    def __init__(self, same_as: int, record: Record) -> None:
        self._same_as = same_as
        self._record = record
        self.representative: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self.ties: list[Fact] = []
        self._linked: dict[int, int] = {}

    def link(self, first: int, second: int) -> bool:
        """Whether the two terms were not known, nor waiting, to be the same until now."""
        one, other = self._root(first), self._root(second)
        self._linked[other] = one
        return one != other

    def _root(self, node: int) -> int:
        root = node
        while (above := self._linked.get(root, root)) != root:
            root = above
        while node != root:
            self._linked[node], node = root, self._linked.get(node, node)
        return root

    def of(self, node: int) -> int:
        """The term that stands for this one."""
        return self.representative.get(node, node)

    def class_of(self, node: int) -> list[int]:
        """All terms that are the same as this one, itself included."""
        return self.members.get(self.of(node), [node])

    def merge(self, fact: Fact, *, keep: int) -> None:
        """Join the classes of the two terms of an `owl:sameAs` fact; `keep` stands for all from now on.

        Each conclusion rests on facts recorded before it, so that proofs never run in a circle.
        """
        first, _, second = fact
        self.ties.append(fact)
        if self.of(first) != keep:
            fact = self._flip(fact)
            first, second = second, first
        gone = self.of(second)
        across = self._chain(self._chain((keep, self._same_as, first), fact), (second, self._same_as, gone))
        moved = self.members.pop(gone, [gone])
        for node in moved:
            self._flip(self._chain(across, (gone, self._same_as, node)))
            self.representative[node] = keep
        self.members.setdefault(keep, [keep]).extend(moved)
        self._record((keep, self._same_as, keep), "eq-trans", (across, (gone, self._same_as, keep)))

    def _flip(self, fact: Fact) -> Fact:
        s, p, o = fact
        self._record((o, p, s), "eq-sym", (fact,))
        return o, p, s

    def _chain(self, first: Fact, second: Fact) -> Fact:
        """`first` o `second`, where a step from a term to itself is no step."""
        if first[0] == first[2]:
            return second
        if second[0] == second[2]:
            return first
        joined = (first[0], self._same_as, second[2])
        self._record(joined, "eq-trans", (first, second))
        return joined

    def canonical(self, fact: Fact) -> Fact:
        """The fact about the terms that stand for its terms."""
        s, p, o = fact
        return self.replace(fact, (self.of(s), self.of(p), self.of(o)))

    def replace(self, fact: Fact, wanted: Fact) -> Fact:
        """The fact with other terms of the same classes, each replacement recorded."""
        for position, rule in enumerate(REPLACING):
            old, new = fact[position], wanted[position]
            if old != new:
                changed = list(fact)
                changed[position] = new
                s, p, o = changed
                self._record((s, p, o), rule, (self._between(old, new), fact))
                fact = (s, p, o)
        return fact

    def _between(self, old: int, new: int) -> Fact:
        keep = self.of(old)
        return self._chain((old, self._same_as, keep), (keep, self._same_as, new))

    def pairs(self, keep: int) -> Iterator[tuple[int, int]]:
        """The pairs of different members of a class, each recorded as the same."""
        for first, second in product(self.members[keep], repeat=2):
            if first != second:
                self._between(first, second)
                yield first, second

    def expand(self, fact: Fact) -> Iterator[Fact]:
        """What the fact says of all members of its terms' classes, itself left out."""
        choices = [self.members.get(node, (node,)) for node in fact]
        for wanted in product(*choices):
            s, p, o = wanted
            if (s, p, o) != fact:
                yield self.replace(fact, (s, p, o))
