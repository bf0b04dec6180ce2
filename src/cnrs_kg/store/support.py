"""Which graphs hold a triple, before and after a change: what keeps each triple once in the default graph."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH, GraphName
from cnrs_kg.store.graphs import PUBLISHED, Roles

BATCH = 10_000
"""Quads written in one transaction of the store."""
BULK_FROM = 50_000
"""Quads from which on they are written past the transactions: a fifth of the time, but 200 MB for however few."""


class Delta(NamedTuple):
    """Statements gained and lost; a quad of the default graph is an inferred one."""

    added: tuple[ox.Quad, ...] = ()
    removed: tuple[ox.Quad, ...] = ()


class Support:
    """What holds one triple: `held` in the store, `named` as it shall be, `inferred` whether a rule concludes it."""

    __slots__ = ("before", "held", "inferred", "inferred_before", "named")

    def __init__(self, held: frozenset[GraphName], *, derived: bool, roles: Roles) -> None:
        self.before = self.held = held
        self.named = set(held - {DEFAULT_GRAPH})
        self.inferred_before = DEFAULT_GRAPH in held and not _asserted(held, roles)
        self.inferred = self.inferred_before or derived


def _asserted(graphs: Iterable[GraphName], roles: Roles) -> bool:
    return any(roles.merged(graph) for graph in graphs)


class Supports:
    """The triples that a change touches, read from the store when first asked for."""

    def __init__(self, store: ox.Store, roles: Roles = PUBLISHED) -> None:
        self._store = store
        self._roles = roles
        self._known: dict[ox.Triple, Support] = {}
        self._derived: set[ox.Triple] = set()
        """Triples that are asserted and that a rule concludes too: they stay when the assertion goes."""

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self._known)

    def __contains__(self, triple: ox.Triple) -> bool:
        return triple in self._known

    def of(self, triple: ox.Triple) -> Support:
        """What holds the triple."""
        support = self._known.get(triple)
        if support is None:
            found = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
            held = frozenset(quad.graph_name for quad in found)
            support = Support(held, derived=triple in self._derived, roles=self._roles)
            self._known[triple] = support
        return support

    def infer(self, triple: ox.Triple, *, holds: bool) -> None:
        """A rule concludes the triple, or does so no more."""
        self.of(triple).inferred = holds
        self._derived.discard(triple)

    def only_inferred(self, closure: set[ox.Triple], before: Iterable[ox.Triple]) -> set[ox.Triple]:
        """Make `closure` all that rules conclude, where `before` is inferred now; returns the triples to settle."""
        lost = {triple for triple in before if triple not in closure}
        lost |= {triple for triple, support in self._known.items() if support.inferred and triple not in closure}
        self._derived.clear()
        touched = set(lost)
        for triple in closure:
            if triple in self._known or _in_default(triple) not in self._store:
                touched.add(triple)
                self.infer(triple, holds=True)
            else:
                self._derived.add(triple)
        for triple in lost:
            self.infer(triple, holds=False)
        return touched

    def settle(self, triples: Iterable[ox.Triple]) -> None:
        """Write to the store what follows for these triples: named graphs, and the default graph once."""
        added: list[ox.Quad] = []
        removed: list[ox.Quad] = []
        for triple in triples:
            support = self._known[triple]
            wanted = frozenset(support.named)
            if support.inferred or _asserted(wanted, self._roles):
                wanted |= {DEFAULT_GRAPH}
            added += (_quad(triple, graph) for graph in wanted - support.held)
            removed += (_quad(triple, graph) for graph in support.held - wanted)
            support.held = wanted
        if len(added) >= BULK_FROM:
            self._store.bulk_extend(added)
        else:
            for start in range(0, len(added), BATCH):
                self._store.extend(added[start : start + BATCH])
        for quad in removed:
            self._store.remove(quad)
        self._forget_empty({quad.graph_name for quad in removed})

    def undo(self) -> None:
        """Bring the store back to what it was before the change."""
        for support in self._known.values():
            support.named = set(support.before - {DEFAULT_GRAPH})
            support.inferred = support.inferred_before
        self.settle(self._known)

    def delta(self) -> Delta:
        """The change so far, in a fixed order."""
        found = self.changed()
        return Delta(tuple(sorted(found.added, key=str)), tuple(sorted(found.removed, key=str)))

    def changed(self) -> Delta:
        """The change so far, in any order."""
        added: list[ox.Quad] = []
        removed: list[ox.Quad] = []
        for triple, support in self._known.items():
            before, after = self._logical(support)
            added += (_quad(triple, graph) for graph in after - before)
            removed += (_quad(triple, graph) for graph in before - after)
        return Delta(tuple(added), tuple(removed))

    def statements_gained(self) -> int:
        """By how much the default graph has grown."""
        return sum(
            (DEFAULT_GRAPH in support.held) - (DEFAULT_GRAPH in support.before) for support in self._known.values()
        )

    def physical(self, limit: int) -> Iterator[tuple[ox.Quad, bool]]:
        """Up to `limit` quads that the change wrote, each with whether the store must now hold it."""
        for triple, support in self._known.items():
            for graph in support.before ^ support.held:
                if limit <= 0:
                    return
                limit -= 1
                yield _quad(triple, graph), graph in support.held

    def _logical(self, support: Support) -> tuple[frozenset[GraphName], frozenset[GraphName]]:
        before, after = support.before - {DEFAULT_GRAPH}, support.held - {DEFAULT_GRAPH}
        if support.inferred_before:
            before |= {DEFAULT_GRAPH}
        if DEFAULT_GRAPH in support.held and not _asserted(after, self._roles):
            after |= {DEFAULT_GRAPH}
        return before, after

    def _forget_empty(self, graphs: set[GraphName]) -> None:
        """The store lists a named graph for ever; ours exists while it holds a statement."""
        for graph in graphs - {DEFAULT_GRAPH}:
            if next(self._store.quads_for_pattern(None, None, None, graph), None) is None:
                self._store.remove_graph(graph)


def _quad(triple: ox.Triple, graph: GraphName) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _in_default(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)
