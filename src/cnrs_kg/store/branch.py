"""A branch: a change in the making, on a store of its own, until it is published or dropped."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import ProtectedGraph, StoreError
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Subject, Term, stored_quad, stored_triple
from cnrs_kg.store import scan
from cnrs_kg.store.bulk import Bulk
from cnrs_kg.store.digest import Sums
from cnrs_kg.store.graphs import PUBLISHED, Roles
from cnrs_kg.store.meta import Version
from cnrs_kg.store.scan import Progress
from cnrs_kg.store.support import BULK_FROM, Delta, Supports

_CLOSED = ox.Store()


@dataclass(frozen=True)
class Record:
    """What a version's record says of the change; None keeps what the version before said, where that makes sense.

    `header` has more rows for the head of the patch.
    """

    message: str | None = None
    agent: str | None = None
    submission: int | None = None
    as_of: date | None = None
    inputs: str | None = None
    sources: Mapping[str, Any] | None = None
    header: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Growth:
    """What a change does to a version's figures."""

    statements: int
    inferred: int
    quads: int
    sums: Sums
    added: int
    removed: int


class Branch:
    """A copy of the current version (or nothing) to change; `store` is for reading, changes go through the methods.

    A withdrawn statement leaves the default graph unless it was inferred on this same branch: what follows from
    the remaining ones is the reasoner's to say, by `infer` or `set_inferred`.
    """

    def __init__(
        self,
        base: Version | None,
        store: ox.Store,
        scratch: Path,
        publisher: Callable[["Branch", Record], Version] | None = None,
        roles: Roles = PUBLISHED,
    ) -> None:
        self.base = base
        self._store = store
        self._open = True
        self._scratch = scratch
        self._publisher = publisher
        self._roles = roles
        self._supports = Supports(store, roles)
        self._bulk: Bulk | None = None
        self.graphs_changed = False
        """Whether an empty graph was created or dropped, which no statement tells."""

    @property
    def store(self) -> ox.Store:
        """The store, read-write: never for a query from outside."""
        if not self._open:
            raise StoreError("the branch was published or dropped")
        return self._store

    @property
    def scratch(self) -> Path:
        """A directory of the branch's own, gone when it ends."""
        return self._scratch

    @property
    def roles(self) -> Roles:
        """How the graphs of the dataset are treated."""
        return self._roles

    @property
    def delta(self) -> Delta:
        """The statements gained and lost so far, in any order; those of the default graph are the inferred ones."""
        found: tuple[list[ox.Quad], list[ox.Quad]] = ([], [])
        for gained, quad in self.changes():
            found[not gained].append(quad)
        return Delta(*map(tuple, found))

    def changes(self, *, inferred: bool = True) -> Iterator[tuple[bool, ox.Quad]]:
        """The statements gained (true) and lost so far, as in `delta`, one at a time.

        Without `inferred` a caller that wants none of the default graph is spared the reading of most of them.
        """
        for gained, quads in zip((True, False), self._supports.changed(), strict=True):
            yield from ((gained, quad) for quad in quads)
        if self._bulk is not None:
            yield from self._bulk.changes(inferred=inferred)

    @property
    def is_bulk(self) -> bool:
        """Whether a bulk load took place, after which only inferences can be added."""
        return self._bulk is not None

    @property
    def tracked(self) -> Supports:
        """The triples that changes other than bulk loads have touched."""
        return self._supports

    def asserted(self, subject: Subject, predicate: ox.NamedNode, value: Term) -> bool:
        """Whether any merged named graph holds the triple."""
        return scan.asserted(self.store, stored_triple(ox.Triple(subject, predicate, value)), self._roles)

    def apply(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad] = ()) -> None:
        """Withdraw and add quads of named graphs, in this order, and keep the default graph their merge."""
        if not self._roles.merging:
            added, removed = list(added), list(removed)
            self.infer(_inferred(added), _inferred(removed))
            added, removed = _asserted(added), _asserted(removed)
        self._refuse_after_bulk()
        touched: dict[ox.Triple, None] = {}
        for quad in map(_named, removed):
            self._supports.of(quad.triple).named.discard(quad.graph_name)
            touched[quad.triple] = None
        for quad in map(_named, added):
            self._supports.of(quad.triple).named.add(quad.graph_name)
            touched[quad.triple] = None
        self._supports.settle(touched)

    def load(self, added: Collection[ox.Quad], removed: Iterable[ox.Quad] = ()) -> None:
        """Like `apply`, for a change after which all inferences are set anew: very many quads go in as a bulk load."""
        if not self._roles.merging or len(added) < BULK_FROM:
            self.apply(added, removed)
            return
        self.apply((), removed)
        if len(self._supports):
            known, added = _divided(added, self._supports)
            self.apply(known)
        self.bulk_load(added)

    def apply_patch(self, patch: Patch) -> None:
        """Apply the patch of a version, or a difference between two: inferred statements included."""
        self.apply(_asserted(patch.added), _asserted(patch.removed))
        self.infer(_inferred(patch.added), _inferred(patch.removed))

    def infer(self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple] = ()) -> None:
        """Withdraw and add inferred statements, in this order: the default graph holds them, no named graph does."""
        self._refuse_after_bulk()
        touched: dict[ox.Triple, None] = {}
        for holds, triples in ((False, removed), (True, added)):
            for triple in map(stored_triple, triples):
                self._supports.infer(triple, holds=holds)
                touched[triple] = None
        self._supports.settle(touched)

    def set_inferred(self, closure: Iterable[ox.Triple]) -> None:
        """Make `closure` all that is inferred; asserted statements in it change nothing."""
        if self._bulk is not None:
            self._set_inferred_in_bulk(closure)
            return
        self._refuse_after_bulk()
        wanted = {stored_triple(triple) for triple in closure}
        touched = self._supports.only_inferred(wanted, scan.inferred(self.store, self._roles))
        self._supports.settle(touched)

    def change_inferred(self, gained: Iterable[bytes], lost: Iterable[bytes]) -> None:
        """Add and take away inferred statements, told as lines of N-Triples as the store writes them.

        The caller sees to it that the default graph holds none of those gained and all of those lost, each told once.
        """
        if self._bulk is None:
            self.infer(_triples(gained), _triples(lost))
        else:
            self._change_inferred_in_bulk(self._bulk, gained, lost)

    def create_graph(self, graph: ox.NamedNode) -> None:
        """Let an empty graph be there, in an ordinary dataset; where graphs are merged, one is what it holds."""
        self._graph_is_there(graph, wanted=True)

    def drop_graph(self, graph: ox.NamedNode) -> None:
        """Let an empty graph be gone."""
        self._graph_is_there(graph, wanted=False)

    def empty_graphs(self) -> tuple[str, ...]:
        """The graphs without a statement, of an ordinary dataset."""
        if self._roles.merging:
            return ()
        return tuple(sorted(graph.value for graph in self._store.named_graphs() if self._is_empty(graph)))

    def bulk_load(self, quads: Iterable[ox.Quad], progress: Progress | None = None) -> None:
        """Add very many quads of named graphs, read once; afterwards only `bulk_infer` and `publish` are open.

        It is no transaction: when it fails, the branch is lost.
        """
        self._begin_bulk().load(map(_in_named_graph, quads), progress)

    def bulk_load_file(
        self,
        file: Path,
        syntax: ox.RdfFormat,
        graph: ox.NamedNode,
        *,
        base_iri: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Add the statements of a file, those without a graph to `graph`."""
        found = ox.parse(path=str(file), format=syntax, base_iri=base_iri)
        quads = (quad if isinstance(quad, ox.Quad) else ox.Quad(*quad) for quad in found)
        self.bulk_load((_into(quad, graph) for quad in quads), progress)

    def bulk_infer(self, triples: Iterable[ox.Triple], progress: Progress | None = None) -> None:
        """Add very many inferred statements, read once."""
        self._begin_bulk().infer(triples, progress)

    def publish(
        self,
        *,
        message: str | None = None,
        agent: str | None = None,
        submission: int | None = None,
        as_of: date | None = None,
        inputs: str | None = None,
        sources: Mapping[str, Any] | None = None,
        header: Mapping[str, str] | None = None,
    ) -> Version:
        """The new version, current from now on; or the base if nothing has changed but provenance.

        `as_of` is the day as of which claims were judged: another day is a change. A branch is published once.
        """
        if self._publisher is None:
            raise StoreError("a trial branch cannot be published")
        if not self._open:
            raise StoreError("the branch was published or dropped")
        if self._bulk is not None:
            self._bulk.close()
            self._bulk.compact()
        self._open = False
        return self._publisher(self, Record(message, agent, submission, as_of, inputs, sources, header or {}))

    def growth(self, delta: Delta) -> Growth:
        """What the change does to the figures; `delta` is that of `tracked`."""
        bulk = self._bulk
        derived = _count_inferred(delta.added) - _count_inferred(delta.removed)
        statements = self._supports.statements_gained()
        named = len(delta.added) - len(delta.removed) - derived
        sums = Sums().changed(delta.added, delta.removed, self._roles)
        return Growth(
            statements + (bulk.statements if bulk else 0),
            derived + (bulk.inferred if bulk else 0),
            statements + named + (bulk.quads if bulk else 0),
            sums.plus(bulk.sums) if bulk else sums,
            len(delta.added) + (bulk.added if bulk else 0),
            len(delta.removed) + (bulk.removed if bulk else 0),
        )

    def bulk_rows(self) -> Path | None:
        """The file with the patch rows of the bulk load."""
        return self._bulk.rows if self._bulk else None

    def close(self, *, undo: bool) -> bool:
        """End the branch and let go of its store; whether the store was brought back to the base, if asked to."""
        if self._bulk is not None:
            self._bulk.close()
        undone = undo and self._bulk is None and not self.graphs_changed and len(self._supports) < BULK_FROM
        if undone:
            self._supports.undo()
        self._open = False
        self._publisher = self._bulk = None
        self._store = _CLOSED
        self._supports = Supports(_CLOSED, self._roles)
        return undone

    def _graph_is_there(self, graph: ox.NamedNode, *, wanted: bool) -> None:
        if self._roles.merging:
            raise StoreError(f"{graph}: a graph without statements does not exist here")
        if self._is_empty(graph) and self.store.contains_named_graph(graph) != wanted:
            (self.store.add_graph if wanted else self.store.remove_graph)(graph)
            self.graphs_changed = True

    def _is_empty(self, graph: ox.NamedNode | ox.BlankNode) -> bool:
        return next(self._store.quads_for_pattern(None, None, None, graph), None) is None

    def _set_inferred_in_bulk(self, closure: Iterable[ox.Triple]) -> None:
        wanted = {stored_triple(triple) for triple in closure}
        before = set(scan.inferred(self.store, self._roles))
        gained = (triple for triple in wanted - before if ox.Quad(*triple) not in self.store)
        self.change_inferred(map(_line, gained), map(_line, before - wanted))

    def _change_inferred_in_bulk(self, bulk: Bulk, gained: Iterable[bytes], lost: Iterable[bytes]) -> None:
        """Beside the bulk, the few triples that `apply` has touched before are settled as it does."""
        known = {_line(triple): triple for triple in self._supports}
        met: dict[bytes, bool] = {}

        def untouched(lines: Iterable[bytes], *, holds: bool) -> Iterator[bytes]:
            for line in lines:
                if line in known:
                    met[line] = holds
                else:
                    yield line

        bulk.change_inferred(untouched(gained, holds=True), untouched(lost, holds=False))
        for line, holds in met.items():
            self._supports.infer(known[line], holds=holds)
        self._supports.settle(known.values())

    def _begin_bulk(self) -> Bulk:
        if self._bulk is None:
            self._bulk = Bulk(self.store, self._scratch / "bulk-rows", self._roles)
        return self._bulk

    def _refuse_after_bulk(self) -> None:
        if not self._open:
            raise StoreError("the branch was published or dropped")
        if self._bulk is not None:
            raise StoreError("a bulk load is published before anything else is changed")


def _divided(quads: Iterable[ox.Quad], supports: Supports) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The quads of triples that were touched, and the others."""
    found: tuple[list[ox.Quad], list[ox.Quad]] = ([], [])
    for quad in quads:
        found[stored_quad(quad).triple not in supports].append(quad)
    return found


def _triples(lines: Iterable[bytes]) -> Iterator[ox.Triple]:
    for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False):
        assert isinstance(quad, ox.Quad)
        yield quad.triple


def _line(triple: ox.Triple) -> bytes:
    return f"{triple} .\n".encode()


def _in_named_graph(quad: ox.Quad) -> ox.Quad:
    if quad.graph_name == DEFAULT_GRAPH:
        raise ProtectedGraph(
            f"{quad}: a change names a graph; the default graph follows from them",
            advice="Name the graph that asserts the statement.",
        )
    return quad


def _named(quad: ox.Quad) -> ox.Quad:
    return stored_quad(_in_named_graph(quad))


def _asserted(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    return [quad for quad in quads if quad.graph_name != DEFAULT_GRAPH]


def _inferred(quads: Iterable[ox.Quad]) -> list[ox.Triple]:
    return [quad.triple for quad in quads if quad.graph_name == DEFAULT_GRAPH]


def _count_inferred(quads: Iterable[ox.Quad]) -> int:
    return sum(quad.graph_name == DEFAULT_GRAPH for quad in quads)


def _into(quad: ox.Quad, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph) if quad.graph_name == DEFAULT_GRAPH else quad
