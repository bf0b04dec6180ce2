"""Bulk loads of millions of statements: the store's own files are written, and the patch as it goes.

Memory: about 200 bytes a distinct asserted statement, to count each once.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

import pyoxigraph as ox

from cnrs_kg.errors import StoreError
from cnrs_kg.rdf.patch import read_changes
from cnrs_kg.rdf.terms import GraphName, stored_quad, stored_triple
from cnrs_kg.store.digest import SIZE, Sums
from cnrs_kg.store.graphs import PUBLISHED, Roles
from cnrs_kg.store.scan import EVERY, Progress, asserted, in_default_graph

T = TypeVar("T")

_KEY = 16
"""Bytes of a statement's hash that tell it from others."""


class Bulk:
    """Additions to a store, the merge into the default graph included, with the rows of their patch in a file."""

    def __init__(self, store: ox.Store, rows: Path, roles: Roles = PUBLISHED) -> None:
        self.rows = rows
        self.statements = self.inferred = self.quads = self.added = self.removed = 0
        self._store = store
        self._file = rows.open("wb")
        self._undigested = 0
        self._was_empty = next(iter(store), None) is None
        self._roles = roles
        self._treated: dict[GraphName, tuple[bool, bool]] = {}
        self._seen: set[bytes] = set()
        self._seen_default: set[bytes] = set()
        self._asserted_rows: int | None = None

    @property
    def sums(self) -> Sums:
        """What the additions do to the version's sums: read from the rows, since only a publication asks."""
        content = 0
        with self._read() as rows:
            for row in rows:
                number = int.from_bytes(_hash(row[2:], SIZE))
                content += number if row.startswith(b"A") else -number
        return Sums().plus(Sums(content - self._undigested, content))

    def load(self, quads: Iterable[ox.Quad], progress: Progress | None = None) -> None:
        """Add quads of named graphs; all of them before the first inferred statement."""
        if self._asserted_rows is not None:
            raise StoreError("a bulk load of asserted statements after inferred ones")
        self._store.bulk_extend(self._asserted(_counted(quads, progress)))

    def infer(self, triples: Iterable[ox.Triple], progress: Progress | None = None) -> None:
        """Add inferred statements; those that the default graph holds already change nothing."""
        self.change_inferred(self._new_lines(_counted(triples, progress)))

    def change_inferred(self, gained: Iterable[bytes], lost: Iterable[bytes] = ()) -> None:
        """Add and take away inferred statements, lines of N-Triples as the store writes them, each once.

        The default graph must hold none of those gained, and all of those lost.
        """
        if self._asserted_rows is None:
            self._asserted_rows = self.added + self.removed
        added, removed, file = self.added, self.removed, self.rows.with_name(f"{self.rows.name}.nt")
        self._store.bulk_extend(self._written(b"A ", gained, file))
        for quad in self._written(b"D ", lost, file):
            self._store.remove(quad)
        gone = self.removed - removed
        self.quads -= gone
        self.statements += self.added - added - gone
        self.inferred += self.added - added - gone
        file.unlink()

    def changes(self, *, inferred: bool = True) -> Iterator[tuple[bool, ox.Quad]]:
        """The statements gained (true) and lost so far, one at a time; those of the default graph are inferred.

        Without `inferred` the inferred statements that came and went after the asserted ones are left out.
        """
        with self._read() as rows:
            yield from read_changes(rows if inferred else islice(rows, self._asserted_rows))

    def compact(self) -> None:
        """Merge the store's new files; left to the background, that would stall the publications that follow."""
        self._store.optimize()

    def close(self) -> None:
        """Complete the file of rows."""
        self._file.close()
        self._seen.clear()
        self._seen_default.clear()

    def _read(self) -> IO[bytes]:
        if not self._file.closed:
            self._file.flush()
        return self.rows.open("rb")

    def _asserted(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        for given in quads:
            quad = given if isinstance(given.object, ox.NamedNode) else stored_quad(given)
            graph = quad.graph_name
            merged, digested = self._treatment(graph)
            line = _line(quad)
            key = _hash(line, _KEY)
            if key in self._seen:
                continue
            in_default = ox.Quad(quad.subject, quad.predicate, quad.object)
            # What the default graph lacks, no graph that it merges holds.
            is_there = not self._was_empty and (in_default if merged else quad) in self._store
            if is_there and quad in self._store:
                continue
            self._seen.add(key)
            self._row(b"A ", line)
            if not digested:
                self._undigested += int.from_bytes(_hash(line, SIZE))
            yield quad
            if merged:
                yield from self._merge(in_default, is_there=is_there)

    def _merge(self, quad: ox.Quad, *, is_there: bool) -> Iterator[ox.Quad]:
        line = _line(quad)
        key = _hash(line, _KEY)
        if key in self._seen_default:
            return
        if not is_there:
            self.statements += 1
            self.quads += 1
            yield quad
        elif not asserted(self._store, quad.triple, self._roles):
            # It was inferred, and is asserted from now on.
            self.inferred -= 1
            self._row(b"D ", line)
        self._seen_default.add(key)

    def _new_lines(self, triples: Iterable[ox.Triple]) -> Iterator[bytes]:
        for given in triples:
            quad = in_default_graph(stored_triple(given))
            line = _line(quad)
            key = _hash(line, _KEY)
            if key not in self._seen_default and (self._was_empty or quad not in self._store):
                self._seen_default.add(key)
                yield line

    def _treatment(self, graph: GraphName) -> tuple[bool, bool]:
        """Whether a graph is merged, and whether the digest covers it."""
        known = self._treated.get(graph)
        if known is None:
            known = self._treated[graph] = self._roles.merged(graph), self._roles.digested(graph)
        return known

    def _written(self, mark: bytes, lines: Iterable[bytes], file: Path) -> Iterator[ox.Quad]:
        """The statements of lines, when all of them are rows."""
        with file.open("wb") as written:
            for line in lines:
                written.write(line)
                self._row(mark, line)
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False, lenient=True):
            assert isinstance(quad, ox.Quad)
            yield quad

    def _row(self, mark: bytes, line: bytes) -> None:
        self._file.write(mark + line)
        if mark == b"A ":
            self.added += 1
            self.quads += 1
        else:
            self.removed += 1


def _line(quad: ox.Quad) -> bytes:
    return f"{quad} .\n".encode()


def _hash(line: bytes, size: int) -> bytes:
    return blake2b(line, digest_size=size).digest()


def _counted(things: Iterable[T], progress: Progress | None) -> Iterator[T]:
    for number, thing in enumerate(things, 1):
        yield thing
        if progress is not None and number % EVERY == 0:
            progress(number)
