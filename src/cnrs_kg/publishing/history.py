"""What changed from one version to another, as people read it."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.errors import ResultTooLarge
from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.rdf.patch import Patch, read_patch
from cnrs_kg.rdf.statements import Stored
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.diff import Label, Thing, by_thing
from cnrs_kg.validation.labels import labels

MOST = 200_000
"""Rows of patches that are put together for the difference of two versions."""
FIRST = 5_000
"""Rows of one patch that are read for people where it is longer."""
LONG = 2**25
"""Bytes of a patch that are read row by row to find claims."""
_SUBJECT = RDF("subject")


@dataclass(frozen=True)
class Changes:
    """What leads from one version to another, by thing; not `complete` where a long patch was read in part."""

    before: int
    after: int
    things: Sequence[Thing]
    complete: bool = True


class History:
    """The versions with what each changed; also of those whose stores are no longer kept."""

    def __init__(self, versions: Versions, opened: Callable[[], ox.Store]) -> None:
        """`opened` gives the published store, which knows what things are called."""
        self._versions, self._opened = versions, opened
        self._in_graph = lru_cache(maxsize=1024)(self._changed_graph)
        self._among = lru_cache(maxsize=256)(self._changed_among)

    def list(self) -> list[Version]:
        """Every version, the newest first."""
        return self._versions.list()[::-1]

    def version(self, number: int) -> Version:
        """The record of a version; `VersionNotFound`."""
        return self._versions.record(number)

    def patch(self, number: int) -> Path:
        """The file of the RDF patch that made a version, rows of the default graph being inferred statements."""
        return self._versions.patch_file(number)

    def difference(self, before: int, after: int) -> Patch:
        """What leads from one version to another, 0 being the empty graph; `ResultTooLarge` beyond `MOST` rows."""
        first, last = sorted((before, after))
        for number in (first, last):
            if number:
                self.version(number)
        records = [self.version(number) for number in range(first + 1, last + 1)]
        size = sum(record.added + record.removed for record in records)
        if size > MOST:
            raise ResultTooLarge(
                f"{size:,} rows of patches lie between the versions {before} and {after}, more than {MOST:,}",
                limit="rows",
                advice="Take the patch of each version between them.",
            )
        return self._versions.diff(before, after)

    def changes(self, after: int, before: int | None = None, *, inferred: bool = False) -> Changes:
        """What a version changed, or what leads to it from another one: asserted statements, or `inferred` ones.

        `VersionNotFound`; `ResultTooLarge` as `difference`, but of one patch the first rows are given instead.
        """
        start = after - 1 if before is None else before
        record = self.version(after)
        if start == after - 1 and record.added + record.removed > FIRST:
            patch, complete = self._beginning(after), False
        else:
            patch, complete = self.difference(start, after), True
        return Changes(start, after, by_thing(patch, Stored(self._opened()), inferred=inferred), complete)

    def of(self, iri: ox.NamedNode) -> Sequence[tuple[Version, Sequence[Thing]]]:
        """The versions that changed what is asserted of a thing, or claimed of it, the newest first.

        Each with the changes, those of the thing itself before those of claims. Of patches over `LONG` bytes only the
        thing's own rows are read: to look for many claims in millions of rows takes too long.
        """
        store = self._opened()
        claims = {str(quad.subject).encode() for quad in store.quads_for_pattern(None, _SUBJECT, iri, DEFAULT_GRAPH)}
        found, statements = [], Stored(store)
        for version in self.list():
            things = by_thing(self._around(version, iri, claims), statements)
            if things:
                found.append((version, sorted(things, key=lambda thing: thing.node != iri)))
        return found

    def called(self, iri: ox.NamedNode, steps: Iterable[tuple[Version, Sequence[Thing]]]) -> Label:
        """What a thing is called that has this history: also one of which nothing is stated any longer."""
        own = (thing.label for _, things in steps for thing in things if thing.node == iri)
        return next(filter(None, own), None) or labels(Stored(self._opened()), iri)

    def of_graph(self, graph: ox.NamedNode) -> Sequence[Version]:
        """The versions that changed what a named graph asserts, the newest first."""
        return [version for version in self.list() if self._in_graph(version.number, graph.value)]

    def of_any(self, iris: frozenset[str]) -> Sequence[tuple[Version, Sequence[str]]]:
        """The versions that changed what is asserted of any of these things, the newest first, each with which."""
        found = ((version, self._among(version.number, iris)) for version in self.list())
        return [(version, changed) for version, changed in found if changed]

    def presence(self, iri: ox.NamedNode) -> dict[int, int]:
        """How many statements are asserted of a thing from each version on that changed that, oldest first."""
        found, count = {}, 0
        for version in self._versions.list():
            patch = self._about(version, iri)
            added, removed = (
                sum(quad.graph_name != DEFAULT_GRAPH for quad in quads) for quads in (patch.added, patch.removed)
            )
            if added or removed:
                count += added - removed
                found[version.number] = count
        return found

    def withdrawn(self, iri: ox.NamedNode, until: int) -> int | None:
        """The version, up to one, that withdrew the last statement of a thing, if there is one and nothing came after.

        Most names that are asked were never there: patches that withdrew nothing are not even opened.
        """
        mark = f"\nD {iri} ".encode()
        known = (version for version in self.list() if version.number <= until and version.removed)
        if not any(self._contains(version, mark) for version in known):
            return None
        counts = {number: count for number, count in self.presence(iri).items() if number <= until}
        return max(counts) if counts and counts[max(counts)] == 0 else None

    def _contains(self, version: Version, mark: bytes) -> bool:
        with self.patch(version.number).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as rows:
            return rows.find(mark) >= 0

    def _about(self, version: Version, iri: ox.NamedNode) -> Patch:
        with self.patch(version.number).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as rows:
            return read_patch(_rows_about(rows, str(iri).encode()))

    def _around(self, version: Version, iri: ox.NamedNode, claims: Set[bytes]) -> Patch:
        """What a version changed of a thing and of the claims about it."""
        path = self.patch(version.number)
        if path.stat().st_size > LONG:
            return self._about(version, iri)
        rows = [line for line in path.read_bytes().splitlines(keepends=True) if line.startswith((b"A ", b"D "))]
        made = f" {_SUBJECT} {iri} ".encode()
        names = claims | {str(iri).encode()} | {_subject(row) for row in rows if made in row}
        return read_patch(row for row in rows if _subject(row) in names)

    def _changed_graph(self, number: int, graph: str) -> bool:
        with self.patch(number).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as rows:
            return any(asserting(row) for row in _rows_ending(rows, f" <{graph}> .\n".encode()))

    def _changed_among(self, number: int, iris: frozenset[str]) -> Sequence[str]:
        left = {f"<{iri}>".encode(): iri for iri in iris}
        found: list[str] = []
        with self.patch(number).open("rb") as file:
            for line in file:
                # One look for each of perhaps millions of rows; what a row says is read only where it counts.
                subject = line[2 : line.find(b" ", 2)]
                if subject in left and asserting(line):
                    found.append(left.pop(subject))
        return sorted(found)

    def _beginning(self, number: int) -> Patch:
        with self.patch(number).open("rb") as file:
            return read_patch(islice((line for line in file if line.startswith((b"A ", b"D "))), FIRST))


def _subject(row: bytes) -> bytes:
    return row.split(b" ", 2)[1]


def _rows_about(rows: mmap, name: bytes) -> Iterator[bytes]:
    """The rows of a patch with this subject; found by bytes alone, since a patch may have millions."""
    for mark in (b"\nA ", b"\nD "):
        start = mark + name + b" "
        place = rows.find(start)
        while place >= 0:
            end = rows.find(b"\n", place + 1)
            yield rows[place + 1 : end + 1]
            place = rows.find(start, end)


def _rows_ending(rows: mmap, text: bytes) -> Iterator[bytes]:
    place = rows.find(text)
    while place >= 0:
        end = place + len(text)
        yield rows[rows.rfind(b"\n", 0, place) + 1 : end]
        place = rows.find(text, end)


def asserting(line: bytes) -> bytes | None:
    """The subject of a row of a patch that names a graph; such a patch may have millions, too many to parse each."""
    parts = line.split(b" ", 3)
    if len(parts) < 4 or parts[0] not in (b"A", b"D"):
        return None
    rest = parts[3]
    quoted = rest.rfind(b'"')
    has_graph = rest.count(b" ") > 1 if quoted < 0 else b" <" in rest[quoted:]
    return parts[1] if has_graph else None
