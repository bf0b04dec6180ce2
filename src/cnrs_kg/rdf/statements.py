"""The statements of a store as the judge of shapes reads them: now, and before a change that is already applied."""

from collections.abc import Callable, Collection, Iterator
from copy import copy
from typing import Protocol, Self

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH, GraphName, Subject, Term

Merged = Callable[[GraphName], bool]


class Statements(Protocol):
    """A graph that is read by pattern."""

    def match(self, subject: Subject | None, predicate: ox.NamedNode | None, value: Term | None) -> Iterator[ox.Triple]:
        """The statements of the pattern, each once; None stands for any term."""

    def has(self, triple: ox.Triple) -> bool:
        """Whether the statement holds."""

    @property
    def asserted(self) -> Self:
        """Those of the statements that a named graph asserts, without what was inferred."""


class Stored:
    """The default graph of a store, alone; `merged` tells which named graphs it merges."""

    def __init__(self, store: ox.Store, merged: Merged = lambda graph: True) -> None:
        self._store, self._merged, self._only_asserted = store, merged, False

    @property
    def asserted(self) -> Self:
        """What merged named graphs assert."""
        found = copy(self)
        found._only_asserted = True
        return found

    def match(self, subject: Subject | None, predicate: ox.NamedNode | None, value: Term | None) -> Iterator[ox.Triple]:
        """The statements of the pattern."""
        for quad in self._quads(subject, predicate, value, DEFAULT_GRAPH):
            if not self._only_asserted or self._is_asserted(quad.triple):
                yield quad.triple

    def has(self, triple: ox.Triple) -> bool:
        """Whether the statement holds."""
        return next(self.match(triple.subject, triple.predicate, triple.object), None) is not None

    def _is_asserted(self, triple: ox.Triple) -> bool:
        found = self._quads(triple.subject, triple.predicate, triple.object, None)
        return any(quad.graph_name != DEFAULT_GRAPH and self._merged(quad.graph_name) for quad in found)

    def _quads(
        self, subject: Subject | None, predicate: ox.NamedNode | None, value: Term | None, graph: GraphName | None
    ) -> Iterator[ox.Quad]:
        return self._store.quads_for_pattern(subject, predicate, value, graph)


class Before(Stored):
    """The same as before a change that the store holds: `added` taken away, `removed` put back."""

    def __init__(
        self,
        store: ox.Store,
        added: Collection[ox.Quad],
        removed: Collection[ox.Quad],
        merged: Merged = lambda graph: True,
    ) -> None:
        super().__init__(store, merged)
        self._added, self._removed = frozenset(added), tuple(removed)
        self._subjects = frozenset(quad.subject for quad in self._added)
        self._gone = ox.Store()
        self._gone.extend(self._removed)

    def _quads(
        self, subject: Subject | None, predicate: ox.NamedNode | None, value: Term | None, graph: GraphName | None
    ) -> Iterator[ox.Quad]:
        if self._removed:
            yield from self._gone.quads_for_pattern(subject, predicate, value, graph)
        found = self._store.quads_for_pattern(subject, predicate, value, graph)
        if subject is not None and subject not in self._subjects:
            yield from found
            return
        for quad in found:
            if quad not in self._added:
                yield quad
