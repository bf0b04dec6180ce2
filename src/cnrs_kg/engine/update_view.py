"""The dataset as the operations of one request see it: the published version, and what they have changed so far.

The version itself is opened read-only and never touched. While no operation follows a change, there is nothing to
overlay; where one does, the changes go to a scratch copy: a hard-linked checkpoint beside the version, or a copy in
memory where no file can be opened (a worker confined by a limit of open files) or the store itself is in memory.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.errors import ResultTooLarge
from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.store.graphs import role

LOG = logging.getLogger(__name__)
_DEFAULT_GRAPH = ox.DefaultGraph()


@dataclass(frozen=True)
class Policy:
    """What the default graph means to an update, and what it may write."""

    default_target: ox.NamedNode | None = None
    """The named graph that INSERT without GRAPH writes, where the default graph is the merge of the named graphs and
    of inferences; None for a dataset whose default graph is a graph like any other."""
    protected: Callable[[ox.NamedNode], bool] = lambda graph: False
    """Whether no update may write a named graph."""
    merged: Callable[[ox.NamedNode], bool] = lambda graph: True
    """Whether the default graph shows the statements of a named graph, where it is the merge."""

    @property
    def merges(self) -> bool:
        return self.default_target is not None


PLAIN = Policy()
"""An ordinary RDF dataset, as the W3C suites have it."""
PUBLISHED = Policy(GRAPH("steward"), lambda graph: role(graph).protected, lambda graph: role(graph).merged)
"""The published graph: the default graph is the merge and the inferences; stewards write their own graph."""


@dataclass
class View:
    """Reading and changing the dataset of one request; `added` and `removed` tell the difference from the version."""

    base: ox.Store
    policy: Policy
    scratch: Path | None
    limit: int | None
    added: dict[ox.Quad, None] = field(default_factory=dict)
    removed: dict[ox.Quad, None] = field(default_factory=dict)
    missed: dict[ox.Quad, None] = field(default_factory=dict)
    """What was to be removed and shows in the default graph, though it is not asserted where it was meant."""
    created: set[ox.NamedNode] = field(default_factory=set)
    """Graphs that CREATE made: they may be empty, which a version does not record."""
    _copy: ox.Store | None = None
    _touched: set[ox.NamedNode] = field(default_factory=set)
    _pending: list[tuple[list[ox.Quad], list[ox.Quad]]] = field(default_factory=list)

    @property
    def store(self) -> ox.Store:
        """What the next operation reads."""
        if self._pending:
            if self._copy is None:
                self._copy = self._make_copy()
            for added, removed in self._pending:
                self._write(self._copy, added, removed)
            self._pending.clear()
        return self.base if self._copy is None else self._copy

    def close(self) -> None:
        """Let go of the copy, whose files may then be removed."""
        self._copy = None

    def exists(self, graph: ox.NamedNode) -> bool:
        """Whether the graph holds a statement, or was created by this request."""
        return graph in self.created or next(self.store.quads_for_pattern(None, None, None, graph), None) is not None

    def writable_graphs(self) -> Iterator[ox.NamedNode]:
        """The named graphs that hold something and may be written."""
        for graph in self.store.named_graphs():
            if isinstance(graph, ox.NamedNode) and not self.policy.protected(graph):
                yield graph

    def holds(self, quad: ox.Quad) -> bool:
        return quad in self.added or (quad not in self.removed and quad in self.base)

    def holders(self, triple: ox.Triple) -> list[ox.NamedNode]:
        """The named graphs that assert the triple."""
        found = _holders(self.base, triple)
        found += [graph for graph in self._touched if graph not in found]
        return [graph for graph in found if self.holds(_in_graph(triple, graph))]

    def change(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> None:
        """One operation's effect: the removals first, then the additions."""
        new = dict.fromkeys(added)
        gone = [quad for quad in dict.fromkeys(removed) if quad not in new and self.holds(quad)]
        fresh = [quad for quad in new if not self.holds(quad)]
        for quad in gone:
            _cancel_or_note(quad, self.added, self.removed)
        for quad in fresh:
            _cancel_or_note(quad, self.removed, self.added)
        self.check_size(0)
        self._touched |= {quad.graph_name for quad in fresh if isinstance(quad.graph_name, ox.NamedNode)}
        if gone or fresh:
            self._pending.append((fresh, gone))

    def miss(self, quad: ox.Quad) -> None:
        """Note a removal that removes nothing."""
        self.missed[quad] = None
        self.check_size(0)

    def check_size(self, more: int) -> None:
        """Raise ResultTooLarge where the change, with `more` statements to come, exceeds the limit."""
        if self.limit is not None and len(self.added) + len(self.removed) + len(self.missed) + more > self.limit:
            raise ResultTooLarge(
                f"The update changes more than {self.limit:,} statements",
                limit="update_size",
                advice="Send it in parts, or replace the graph by the Graph Store Protocol.",
            )

    def _make_copy(self) -> ox.Store:
        if self.scratch is not None:
            try:
                self.base.backup(str(self.scratch))
                return ox.Store(str(self.scratch))
            except OSError:
                LOG.info("no checkpoint at %s: copying the store into memory", self.scratch)
        copy = ox.Store()
        copy.extend(self.base)
        return copy

    def _write(self, store: ox.Store, added: list[ox.Quad], removed: list[ox.Quad]) -> None:
        for quad in removed:
            store.remove(quad)
        store.extend(added)
        if self.policy.merges:
            self._merge(store, added, removed)

    def _merge(self, store: ox.Store, added: list[ox.Quad], removed: list[ox.Quad]) -> None:
        """Keep the default graph the merge. What is inferred stays what the version inferred: the next operation of
        the request sees withdrawn statements gone and new ones there, not yet what follows from them."""
        for quad in removed:
            if not any(self.policy.merged(graph) for graph in _holders(store, quad.triple)):
                store.remove(_in_graph(quad.triple, _DEFAULT_GRAPH))
        store.extend(
            _in_graph(quad.triple, _DEFAULT_GRAPH)
            for quad in added
            if isinstance(quad.graph_name, ox.NamedNode) and self.policy.merged(quad.graph_name)
        )


def _cancel_or_note(quad: ox.Quad, opposite: dict[ox.Quad, None], same: dict[ox.Quad, None]) -> None:
    if quad in opposite:
        del opposite[quad]
    else:
        same[quad] = None


def _holders(store: ox.Store, triple: ox.Triple) -> list[ox.NamedNode]:
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return [quad.graph_name for quad in quads if isinstance(quad.graph_name, ox.NamedNode)]


def _in_graph(triple: ox.Triple, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
