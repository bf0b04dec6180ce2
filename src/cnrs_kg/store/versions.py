"""The published versions of a data directory, and the way to a new one.

A version is an immutable directory that readers open read-only; a change works on a branch, one writer at a time.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.errors import StoreDamaged, StoreError, StoreLocked, VersionGone, VersionNotFound
from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.store import history
from cnrs_kg.store.branch import Branch, Record
from cnrs_kg.store.files import remove_tree, sync, sync_store
from cnrs_kg.store.graphs import Roles
from cnrs_kg.store.head import Head, HeadKeeper, discard
from cnrs_kg.store.layout import Layout, Workshop
from cnrs_kg.store.lock import WriterLock
from cnrs_kg.store.meta import Version, read_version
from cnrs_kg.store.opened import Opened
from cnrs_kg.store.publication import Target, publish
from cnrs_kg.store.retention import Retention
from cnrs_kg.store.scan import Progress
from cnrs_kg.store.verification import Problem, verify_patches, verify_store

log = logging.getLogger(__name__)

__all__ = ["Problem", "Retention", "Version", "Versions"]

# Named here, since inside the class `list` is its method.
Problems = list[Problem]
Records = list[Version]
Numbers = list[int]


class Versions:
    """The versions of one data directory; threads may share it, and other processes may use the same directory.

    A process that publishes often should keep one: its writing store stays open between changes. With `merged`
    off it is an ordinary dataset: the default graph is one graph more, which changes may write.
    """

    def __init__(
        self,
        data_dir: Path,
        retention: Retention | None = None,
        base_iri: str = BASE,
        *,
        merged: bool = True,
        lock_timeout: float = 30.0,
    ) -> None:
        self.data_dir = data_dir
        self.roles = Roles(base_iri, merging=merged)
        self._retention = retention or Retention()
        self._timeout = lock_timeout
        with self._translated(everything=True):
            self._layout = Layout(data_dir)
        self._lock = WriterLock(self._layout.lock)
        self._keeper = HeadKeeper()
        self._opened = Opened()
        self._workshop: Workshop | None = None
        self._process = os.getpid()
        self._inherited: list[object] = []
        self._records: dict[int, Version] = {}
        self._pruned: set[int] = set()
        self._mutex = threading.Lock()
        self._recover()

    def current(self) -> Version | None:
        """The newest version, also one that another process has just published; None before the first."""
        number = self._layout.current_number()
        return self.record(number) if number else None

    def record(self, number: int) -> Version:
        """What is recorded of a version, be its store kept or not; `VersionNotFound` if there never was one."""
        known = self._records.get(number)
        if known is not None:
            return known
        newest = self._layout.current_number()
        directory = self._layout.version(number)
        if not 1 <= number <= newest or not directory.is_dir():
            advice = f"The newest is version {newest}." if newest else "Nothing is published yet: run `cnrs-kg build`."
            raise VersionNotFound(f"there is no version {number}", advice=advice)
        return self._records.setdefault(number, read_version(directory))

    def version(self, number: int) -> Version:
        """A version whose store can be opened; `VersionGone` names the nearest ones kept if it was pruned."""
        version = self.record(number)
        if not version.kept:
            raise self._gone(version)
        return version

    def at(self, when: datetime) -> Version:
        """The version that was current at this time, or the first (RFC 7089, 4.5.3)."""
        newest = self._layout.current_number()
        if not newest:
            raise VersionNotFound("nothing has been published yet")
        numbers = [number for number in self._layout.numbers() if number <= newest]
        low, high = 0, len(numbers) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.record(numbers[middle]).created <= when:
                low = middle
            else:
                high = middle - 1
        return self.version(numbers[low])

    def list(self) -> list[Version]:
        """The records of all versions, oldest first; `kept` tells whether the store is still there."""
        newest = self._layout.current_number()
        return [self.record(number) for number in self._layout.numbers() if number <= newest]

    def open(self, version: Version) -> ox.Store:
        """A version's store, read-only; it stays open for whoever asks next."""
        self._own_process()
        try:
            return self._opened.get(version.path)
        except OSError as error:
            if not version.kept:
                raise self._gone(version) from error
            raise StoreError(f"{version.path}: {error}") from error

    def patch_file(self, number: int) -> Path:
        """The file with what a version added and removed."""
        self.record(number)
        return self._layout.version(number) / "patch"

    def patch(self, number: int) -> Patch:
        """What a version added and removed; a quad of the default graph is an inferred statement."""
        return history.read_version_patch(self.patch_file(number))

    def diff(self, before: int, after: int) -> Patch:
        """What leads from one version to another, from their patches; 0 is the empty store before the first."""
        for number in (before, after):
            if number:
                self.record(number)
        return history.difference(before, after, self.patch)

    @contextmanager
    def writing(self, timeout: float | None = None) -> Iterator[Branch]:
        """A branch of the current version, to change and publish; unpublished changes are dropped at the end.

        One writer at a time: `StoreLocked` if another does not end within the timeout.
        """
        with self._writer(timeout):
            base = self.current()
            workshop = self._own_workshop()
            with self._translated(everything=True):
                head = self._keeper.take(base, workshop)
            branch = Branch(base, head.store, workshop.path, self._publisher(head), self.roles)
            was, completed = head.number, False
            try:
                with self._translated():
                    yield branch
                completed = True
            finally:
                published = head.number != was
                undone = branch.close(undo=completed and not published)
                if published or undone:
                    self._keeper.give_back(head)
                else:
                    discard(head)

    @contextmanager
    def trial(self, version: Version | None = None) -> Iterator[Branch]:
        """A branch of a version (the current one) that cannot be published; needs no lock, leaves nothing."""
        base = version or self.current()
        workshop = self._own_workshop()
        path = workshop.place("trial")
        path.mkdir()
        try:
            with self._translated():
                if base is not None:
                    self.open(base).backup(str(path / "store"))
                branch = Branch(base, ox.Store(str(path / "store")), path, roles=self.roles)
                try:
                    yield branch
                finally:
                    branch.close(undo=False)
        finally:
            remove_tree(path)

    def verify(self, number: int | None = None, progress: Progress | None = None) -> Problems:
        """What does not agree, of one version or of all: nothing, if all is well. Reads every kept store whole."""
        versions, problems = self._readable()
        if number is not None and number not in self._layout.numbers():
            self.record(number)
        for version in versions:
            if version.kept and number in (None, version.number):
                problems += verify_store(version, self.roles, progress)
        chain = versions if number is None else [v for v in versions if v.number in (number - 1, number)]
        problems += verify_patches(chain, self.patch_file, self.roles)
        return [problem for problem in problems if number in (None, problem.version)]

    def rebuild(self, number: int, into: Path, *, from_first: bool = False) -> Version:
        """Make a version's store again at `into`, from the nearest store kept or from the first patch on."""
        version = self.record(number)
        origin = None if from_first else self._nearest(number)
        into.parent.mkdir(parents=True, exist_ok=True)
        history.rebuild(version, origin, into, self.patch_file, self.roles)
        return version

    def restore(self, number: int) -> Version:
        """Bring a pruned version's store back from the patches, pinned: the policy would let it go again at once."""
        with self._writer(None), self._translated(everything=True):
            version = self.record(number)
            if not version.kept:
                path = self._own_workshop().place("restored")
                self.rebuild(number, path)
                sync_store(path)
                path.rename(version.path)
                sync(version.path.parent)
                self._pruned.discard(number)
            self._pinned(number).touch()
            return version

    def prune(self) -> Numbers:
        """Remove the stores that the policy does not keep; their records and patches stay."""
        with self._writer(None), self._translated(everything=True):
            return self._prune()

    def pinned(self, number: int) -> bool:
        """Whether a version's store is kept whatever the policy says."""
        return self._pinned(number).exists()

    def pin(self, number: int) -> None:
        """Keep a version's store whatever the policy says."""
        self.version(number)
        with self._translated(everything=True):
            self._pinned(number).touch()

    def unpin(self, number: int) -> None:
        """Leave a version's store to the policy again."""
        self.record(number)
        with self._translated(everything=True):
            self._pinned(number).unlink(missing_ok=True)

    def keep_input(self, data: bytes) -> str:
        """Keep an upload for ever; returns its SHA-256, by which to ask for it."""
        with self._translated(everything=True):
            return self._layout.keep_input(data, self._own_workshop().place("input"))

    def input(self, name: str) -> bytes:
        """An upload that was kept."""
        return self._layout.input(name)

    def input_size(self, name: str) -> int:
        """The bytes that an upload takes."""
        return self._layout.input_size(name)

    def scratch(self) -> Path:
        """A directory on the same file system, for this process and its children, removed when they have ended."""
        return self._own_workshop().path

    def close(self) -> None:
        """Close the writing store and remove this process's working files."""
        if self._process == os.getpid():
            self._keeper.drop()
            self._opened.close()
            workshop, self._workshop = self._workshop, None
            if workshop is not None:
                workshop.remove()

    @contextmanager
    def _writer(self, timeout: float | None) -> Iterator[None]:
        with ExitStack() as held:
            with self._translated(everything=True):
                held.enter_context(self._lock.held(self._timeout if timeout is None else timeout))
                self._layout.recover(whole=False)
            yield

    def _recover(self) -> None:
        try:
            with self._lock.held(0):
                self._layout.recover()
        except StoreLocked:
            # Whoever is writing has already removed what was left before.
            return
        except OSError as error:
            # Who only reads needs nothing of it, and who writes is told.
            log.warning("%s: nothing can be written: %s", self.data_dir, error)

    def _own_process(self) -> None:
        if self._process != os.getpid():
            # A forked child: the parent's stores must be neither used nor closed here.
            self._inherited += [self._keeper, self._opened, self._workshop]
            self._keeper, self._opened, self._workshop, self._process = HeadKeeper(), Opened(), None, os.getpid()
            self._mutex = threading.Lock()

    def _own_workshop(self) -> Workshop:
        self._own_process()
        with self._mutex:
            if self._workshop is None:
                self._workshop = Workshop(self._layout.branches)
            return self._workshop

    def _publisher(self, head: Head) -> Callable[[Branch, Record], Version]:
        def publisher(branch: Branch, record: Record) -> Version:
            stage = self._own_workshop().place("stage")
            try:
                with self._translated(everything=True):
                    version = publish(branch, record, Target(self._layout, head, stage))
            finally:
                remove_tree(stage)
            try:
                self._prune()
            except OSError as error:
                # The version is published: what is in the way of old ones is no failure of it.
                log.warning("old versions stay: %s", error)
            return version

        return publisher

    @contextmanager
    def _translated(self, *, everything: bool = False) -> Iterator[None]:
        """Failures of the disk as `StoreError`: those of the embedded store, which carry no number, or all."""
        try:
            yield
        except OSError as error:
            if error.errno is not None and not everything:
                raise
            raise StoreError(
                f"{self.data_dir}: could not be written: {error}",
                advice="Nothing was published. See that the disk has room and is writable, then try again.",
            ) from error

    def _readable(self) -> tuple[Records, Problems]:
        """The records of all versions, and those that cannot be read."""
        newest = self._layout.current_number()
        versions, problems = [], []
        for number in self._layout.numbers():
            try:
                versions += [self.record(number)] if number <= newest else []
            except StoreDamaged as error:
                problems.append(Problem(number, "meta", error.detail))
        return versions, problems

    def _nearest(self, number: int) -> Version | None:
        kept = [version for version in self.list() if version.kept and version.number != number]
        return min(kept, key=lambda version: abs(version.number - number), default=None)

    def _gone(self, version: Version) -> VersionGone:
        numbers = [other.number for other in self.list() if other.kept]
        lower = [number for number in numbers if number < version.number][-1:]
        higher = [number for number in numbers if number > version.number][:1]
        return VersionGone(
            f"the store of version {version.number} was pruned",
            advice=f"Ask for version {' or '.join(map(str, lower + higher))}, or restore it from the patches.",
            neighbours=lower + higher,
        )

    def _pinned(self, number: int) -> Path:
        return self._layout.version(number) / "pinned"

    def _prune(self) -> Numbers:
        # Only what the policy lets go is looked at on the disk, since this is part of each publication.
        left = [number for number in range(1, self._layout.current_number() + 1) if number not in self._pruned]
        unpruned = [self.record(number) for number in left if self._layout.version(number).is_dir()]
        gone = []
        for version in self._retention.expendable(unpruned, datetime.now(UTC)):
            if version.kept and not self.pinned(version.number):
                self._opened.close(version.path)
                self._own_workshop().sweep(version.path)
                gone.append(version.number)
            if not version.kept:
                self._pruned.add(version.number)
        return gone
