"""Search over the names of the published version; a process of its own keeps the index in step with what is published.

A search never waits long for that: it answers from the index of an earlier version, and says which.
"""

import fcntl
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cnrs_kg.browsing import index
from cnrs_kg.browsing.index import Hit, Hits
from cnrs_kg.browsing.names import all_entries, entry, named_by
from cnrs_kg.errors import CnrsKgError, EngineBusy, StoreError
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.companion import Answer, Companion, Ended, serve

LOG = logging.getLogger(__name__)
STEPS, CHANGED = 50, 20_000
"""Versions, and rows of their patches, up to which an index is brought up to date rather than written anew."""
FIRST, NEXT = 10.0, 0.5
"""Seconds that a search waits for an index where there is none, and for one of the current version."""


@dataclass(frozen=True)
class Task:
    """Where versions are, and the IRI that the project's own begin with."""

    data_dir: Path
    base_iri: str


@dataclass(frozen=True)
class Found:
    """What a search found, and the number of the version whose names were searched."""

    hits: Hits
    version: int


class Search:
    """Finds things by their names; safe to use from several threads."""

    def __init__(self, task: Task, current: Callable[[], Version | None]) -> None:
        self._current = current
        self._companion = Companion(__name__, task)
        self._file = place(task.data_dir)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._refreshing: threading.Thread | None = None
        self._closed = False

    def find(self, text: str) -> Found:
        """The things whose names have the words of a text; `EngineBusy` while there is no index at all yet."""
        version = self._current()
        if version is None:
            raise StoreError("nothing is published yet", advice="Run `cnrs-kg build`.")
        self._wait(version)
        connection = self._opened()
        if connection is None:
            raise EngineBusy("the names are being indexed", advice="Ask again in a moment.", retry_after=5)
        try:
            return Found(index.search(connection, text), index.stamp(connection)[0])
        except sqlite3.Error as error:
            raise StoreError(f"the index of names cannot be read: {error}") from error

    def beginning(self, start: str, most: int = 20_000) -> list[Hit]:
        """The things whose IRIs begin like this, up to so many, as far as the index knows them now."""
        connection = self._opened()
        try:
            return [] if connection is None else index.beginning(connection, start, most)
        except sqlite3.Error:
            return []

    def prepare(self) -> None:
        """Bring the index in step with the current version, in the background."""
        version = self._current()
        if version is not None and self._known() != (version.number, version.digest):
            self._refresh(version)

    def close(self) -> None:
        """End the process that writes the index."""
        self._closed = True
        with self._lock:
            thread = self._refreshing
        self._companion.interrupt()
        if thread is not None:
            thread.join()
        self._companion.stop()

    def _wait(self, version: Version) -> None:
        known = self._known()
        if known != (version.number, version.digest):
            self._refresh(version).join(NEXT if known else FIRST)

    def _refresh(self, version: Version) -> threading.Thread:
        with self._lock:
            if self._refreshing is None or not self._refreshing.is_alive():
                self._refreshing = threading.Thread(target=self._ask, args=(version.number,), daemon=True)
                self._refreshing.start()
            return self._refreshing

    def _ask(self, number: int) -> None:
        try:
            self._companion.ask(number)
        except (CnrsKgError, Ended) as error:
            if not self._closed:
                LOG.error("the names of version %d are not indexed: %s", number, error)

    def _known(self) -> tuple[int, str] | None:
        connection = self._opened()
        try:
            return None if connection is None else index.stamp(connection)
        except sqlite3.Error:
            return None

    def _opened(self) -> sqlite3.Connection | None:
        """This thread's connection to the file that now has the name; None if there is none."""
        try:
            inode = self._file.stat().st_ino
            if getattr(self._local, "inode", None) != inode:
                self._local.connection = index.opened(self._file)
                self._local.inode = inode
        except (OSError, sqlite3.Error):
            return None
        found: sqlite3.Connection = self._local.connection
        return found


def place(data_dir: Path) -> Path:
    """Where the index of a data directory is."""
    return data_dir / "search" / "names.sqlite"


def refresh(versions: Versions, number: int) -> None:
    """Make the index in a data directory that of a version, from the one of an earlier version where that is near."""
    file = place(versions.data_dir)
    file.parent.mkdir(exist_ok=True)
    with (file.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        version = versions.version(number)
        before = _stamp(file)
        if before == (number, version.digest):
            return
        store = versions.open(version)
        if before is not None and _near(versions, before, version):
            patch = versions.diff(before[0], number)
            changed = sorted(named_by((*patch.added, *patch.removed)))
            index.update(file, [(iri, entry(store, iri)) for iri in changed], number, version.digest)
        else:
            index.build(file, all_entries(store), number, version.digest)


def _stamp(file: Path) -> tuple[int, str] | None:
    try:
        connection = index.opened(file)
    except sqlite3.Error:
        return None
    try:
        return index.stamp(connection)
    except (sqlite3.Error, TypeError):
        return None
    finally:
        connection.close()


def _near(versions: Versions, before: tuple[int, str], version: Version) -> bool:
    number, digest = before
    if not 0 < version.number - number <= STEPS or versions.record(number).digest != digest:
        return False
    steps = [versions.record(step) for step in range(number + 1, version.number + 1)]
    return sum(step.added + step.removed for step in steps) <= CHANGED


@contextmanager
def _indexing(task: Task) -> Iterator[Answer]:
    versions = Versions(task.data_dir, base_iri=task.base_iri)

    def answer(number: int) -> None:
        refresh(versions, number)

    try:
        yield answer
    finally:
        versions.close()


def main() -> None:
    """Index the versions whose numbers come on standard input until it ends."""
    serve(_indexing)
