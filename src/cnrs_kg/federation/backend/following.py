"""Another engine brought to the current version by SPARQL Update, and known to hold it.

https://www.w3.org/TR/sparql11-update/

Our default graph is a named graph there, since not every engine has a default graph of its own. A mark says which
version the engine holds. It says `moving` from before the first change till after the last, so whoever finds the same
mark before and after a query knows that nothing changed meanwhile, whoever might have changed it. What patches touch is
written as the version's store has it: patches that were applied in part are applied again.
"""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Event
from typing import NamedTuple

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError, OutboundAnswer, OutboundError, OutboundUnavailable, StoreLocked, VersionNotFound
from cnrs_kg.federation.backend import marks
from cnrs_kg.federation.backend.checking import Checking
from cnrs_kg.federation.backend.remote import Dataset, Remote
from cnrs_kg.federation.backend.updates import DEFAULT, dropped, operations
from cnrs_kg.rdf.patch import read_changes
from cnrs_kg.store.lock import WriterLock
from cnrs_kg.store.versions import Version, Versions

LOG = logging.getLogger(__name__)
BATCH = 500
"""Rows of a patch that go into one update: up to twice as many statements, with those of the default graph."""

PATIENCE = 5.0
"""Seconds in which the engine says what its mark is."""


class Held(NamedTuple):
    """A version that the engine holds, the mark that says so, and the graphs there that are its dataset."""

    version: Version
    mark: str
    dataset: Dataset


class Stopped(Exception):
    """The server ends; what was begun goes on when it starts again."""


class Follower:
    """Brings one engine from version to version; of all processes with this data directory one at a time does."""

    def __init__(self, remote: Remote, versions: Versions, checking: Checking) -> None:
        self.held: Held | None = None
        """What the engine is known to hold."""
        self.unfit = False
        """Whether it answered otherwise than SPARQL says, or did not hold what was loaded anew: nothing is asked of it
        before the server starts again.
        """
        self.stop = Event()
        """Set to leave off."""
        self._remote, self._versions = remote, versions
        self._checking = checking
        self._tried = False
        self._lock = WriterLock(versions.data_dir / "backend.lock")

    def still_holds(self, held: Held, seconds: float) -> bool:
        """Whether the engine holds what it held when this was found, and has held it all the time since."""
        return self._remote.rows(marks.MARKS, ("mark",), seconds=seconds) == [held.mark]

    def lose(self, held: Held) -> None:
        """The engine is no longer known to hold this, until it is looked at again."""
        if self.held is held:
            self.held = None

    def follow(self) -> None:
        """Bring the engine to the current version; an `OutboundError` if it does not come along."""
        target = self._versions.current()
        if target is None or self.unfit:
            return
        held = self.held
        if held is not None:
            if held.version == target and self._is_there(held):
                return
            self.lose(held)
        try:
            with self._lock.held(0):
                self._try_out()
                self.held = self._brought(target)
        except StoreLocked:
            LOG.debug("another process brings the engine along")

    def _is_there(self, held: Held) -> bool:
        try:
            return self.still_holds(held, PATIENCE)
        except OutboundError:
            self.lose(held)
            raise

    def _try_out(self) -> None:
        """Put queries to an engine that was not asked anything since the server started."""
        if not self._tried:
            try:
                self._checking.try_out()
            except OutboundAnswer as error:
                self.unfit = "answered" not in error.extra
                raise
            self._tried = True

    def _brought(self, target: Version) -> Held:
        found = self._remote.rows(marks.MARKS, ("mark",))
        mark = marks.read(found)
        if mark is not None and mark.of(target) and not mark.moving:
            return self._known(target, found[0])
        origin = self._origin(mark, target)
        if origin is not None:
            try:
                return self._patched(origin, target, found)
            except OutboundAnswer as error:
                LOG.warning("query_backend: %s; it is loaded anew", error.detail)
        return self._loaded(target)

    def _origin(self, mark: marks.Mark | None, target: Version) -> Version | None:
        """The version from which patches lead to the target, if they are less than all of it."""
        if mark is None or mark.number > target.number:
            return None
        try:
            origin = self._versions.record(mark.number)
            between = [self._versions.record(number) for number in range(origin.number + 1, target.number + 1)]
        except VersionNotFound:
            return None
        rows = sum(version.added + version.removed for version in between)
        return origin if mark.of(origin) and rows < target.quads else None

    def _patched(self, origin: Version, target: Version, found: list[str]) -> Held:
        moving = marks.made(origin, moving=True)
        self._remote.update(marks.replaced(found, moving))
        store, touched = self._versions.open(target), set[str]()
        for number in range(origin.number + 1, target.number + 1):
            with self._versions.patch_file(number).open("rb") as lines:
                for some in _batches(quad for _, quad in read_changes(lines)):
                    self._apply(store, some)
                    touched |= {graph.value for quad in some if isinstance(graph := quad.graph_name, ox.NamedNode)}
        self._checking.count(target)
        return self._finished(target, sorted(touched), [moving])

    def _loaded(self, target: Version) -> Held:
        store = self._versions.open(target)
        names = {graph.value for graph in store.named_graphs()}
        LOG.info("query_backend: version %d is loaded, %d statements", target.number, target.quads)
        self._remote.update(dropped(marks.STATE, DEFAULT, *sorted(names)))
        for some in _batches(iter(store)):
            self._send(*operations((True, quad) for quad in some))
        try:
            return self._finished(target, (DEFAULT, *sorted(names)), [])
        except OutboundUnavailable:
            raise
        except CnrsKgError:
            self.unfit = True
            raise

    def _apply(self, store: ox.Store, quads: list[ox.Quad]) -> None:
        """Make statements, in their graphs and in the default graph, what they are in the version's store."""
        meant = dict.fromkeys(quads) | dict.fromkeys(ox.Quad(*quad.triple) for quad in quads)
        self._send(*operations((quad in store, quad) for quad in meant))

    def _send(self, *operations: str) -> None:
        if self.stop.is_set():
            raise Stopped
        self._remote.update(operations)

    def _finished(self, version: Version, graphs: Iterable[str], found: list[str]) -> Held:
        """What the engine holds, once graphs were compared: only then the mark says so."""
        store, mark = self._versions.open(version), marks.made(version)
        for graph in graphs:
            self._checking.compare(version, store, graph)
        self._remote.update(marks.replaced(found, mark))
        LOG.info("query_backend: it holds version %d", version.number)
        return self._known(version, mark)

    def _known(self, version: Version, mark: str) -> Held:
        names = sorted(graph.value for graph in self._versions.open(version).named_graphs())
        return Held(version, mark, Dataset(DEFAULT, tuple(names)))


def _batches(quads: Iterator[ox.Quad]) -> Iterator[list[ox.Quad]]:
    while some := list(islice(quads, BATCH)):
        yield some
