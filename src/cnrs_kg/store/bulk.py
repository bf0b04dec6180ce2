"""Bulk loads of millions of statements: the store's own files are written, and the patch as it goes.

Memory: about 200 bytes a distinct statement, to count and digest each once.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

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
        self._roles = roles
        self._file = rows.open("wb")
        self._digest = self._content = 0
        self._was_empty = next(iter(store), None) is None
        self._merged: dict[GraphName, bool] = {}
        self._seen: set[bytes] = set()
        self._seen_default: set[bytes] = set()
        self._inferring = False

    @property
    def sums(self) -> Sums:
        """What the additions do to the version's sums."""
        return Sums().plus(Sums(self._digest, self._content))

    def load(self, quads: Iterable[ox.Quad], progress: Progress | None = None) -> None:
        """Add quads of named graphs; all of them before the first inferred statement."""
        if self._inferring:
            raise StoreError("a bulk load of asserted statements after inferred ones")
        self._store.bulk_extend(self._asserted(_counted(quads, progress)))

    def infer(
        self, triples: Iterable[ox.Triple], progress: Progress | None = None, *, before: Iterable[ox.Triple] = ()
    ) -> None:
        """Add inferred statements; those that the default graph holds already change nothing.

        Those of `before`, which were inferred, go unless they are among them.
        """
        self._inferring = True
        lost = {_hash(_line(in_default_graph(triple)))[:_KEY]: triple for triple in before}
        self._store.bulk_extend(self._inferred(_counted(triples, progress), lost))
        for triple in lost.values():
            quad = in_default_graph(triple)
            line = _line(quad)
            self._store.remove(quad)
            self.statements -= 1
            self.inferred -= 1
            self.quads -= 1
            self._row(b"D ", line, _hash(line), quad)

    def changes(self) -> Iterator[tuple[bool, ox.Quad]]:
        """The statements gained (true) and lost so far, one at a time; those of the default graph are inferred."""
        if not self._file.closed:
            self._file.flush()
        with self.rows.open("rb") as file:
            yield from read_changes(file)

    def compact(self) -> None:
        """Merge the store's new files; left to the background, that would stall the publications that follow."""
        self._store.optimize()

    def close(self) -> None:
        """Complete the file of rows."""
        self._file.close()
        self._seen.clear()
        self._seen_default.clear()

    def _asserted(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        for given in quads:
            quad = given if isinstance(given.object, ox.NamedNode) else stored_quad(given)
            line = _line(quad)
            value = _hash(line)
            if self._is_new(quad, value, self._seen):
                self._row(b"A ", line, value, quad)
                yield quad
                if self._is_merged(quad.graph_name):
                    yield from self._merge(in_default_graph(quad))

    def _merge(self, quad: ox.Quad) -> Iterator[ox.Quad]:
        line = _line(quad)
        value = _hash(line)
        key = value[:_KEY]
        if key in self._seen_default:
            return
        if self._was_empty or quad not in self._store:
            self.statements += 1
            self.quads += 1
            yield quad
        elif not asserted(self._store, quad.triple, self._roles):
            # It was inferred, and is asserted from now on.
            self.inferred -= 1
            self._row(b"D ", line, value, quad)
        self._seen_default.add(key)

    def _inferred(self, triples: Iterable[ox.Triple], lost: dict[bytes, ox.Triple]) -> Iterator[ox.Quad]:
        for given in triples:
            quad = in_default_graph(stored_triple(given))
            line = _line(quad)
            value = _hash(line)
            lost.pop(value[:_KEY], None)
            if self._is_new(quad, value, self._seen_default):
                self.statements += 1
                self.inferred += 1
                self._row(b"A ", line, value, quad)
                yield quad

    def _is_new(self, quad: ox.Quad, value: bytes, seen: set[bytes]) -> bool:
        key = value[:_KEY]
        if key in seen or not self._was_empty and quad in self._store:
            return False
        seen.add(key)
        return True

    def _is_merged(self, graph: GraphName) -> bool:
        known = self._merged.get(graph)
        if known is None:
            known = self._merged[graph] = self._roles.merged(graph)
        return known

    def _row(self, mark: bytes, line: bytes, value: bytes, quad: ox.Quad) -> None:
        self._file.write(mark + line)
        number = int.from_bytes(value)
        if mark == b"A ":
            self.added += 1
            self.quads += 1
        else:
            self.removed += 1
            number = -number
        self._content += number
        if self._roles.digested(quad.graph_name):
            self._digest += number


def _line(quad: ox.Quad) -> bytes:
    return f"{quad} .\n".encode()


def _hash(line: bytes) -> bytes:
    return blake2b(line, digest_size=SIZE).digest()


def _counted(things: Iterable[T], progress: Progress | None) -> Iterator[T]:
    for number, thing in enumerate(things, 1):
        yield thing
        if progress is not None and number % EVERY == 0:
            progress(number)
