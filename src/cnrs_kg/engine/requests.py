"""What is asked of the pool, within which limits, and what comes back."""

import io
import json
import os
import re
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyoxigraph as ox

from cnrs_kg.rdf import guards
from cnrs_kg.rdf.positions_text import Span

JSON_RESULTS = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"
_BLOCK = 2**16


@dataclass(frozen=True)
class Limits:
    """What one request may use; the names are those that errors give as `limit`."""

    timeout: float = 30.0
    """`query_timeout`: seconds from arrival to answer, waiting included."""
    memory: int = 2**30
    """`query_memory`: bytes on top of what a worker needs with its stores open."""
    result_rows: int = 1_000_000
    """`result_limit`: rows, or triples, of one answer."""
    result_bytes: int = 2**29
    query_bytes: int = 2**20
    query_nesting: int = guards.NESTING
    query_operators: int = guards.OPERATORS
    merge_triples: int = 200_000
    """Quads of a dataset of several default graphs, which is put together for one query."""
    upload_bytes: int = 2**26
    upload_nesting: int = guards.NESTING
    update_quads: int = 1_000_000
    """Quads that one update may add and remove."""
    backlog: int = 64
    """Requests that may wait for a worker."""
    quick: float = 1.0
    """Seconds after which a request is slow, a fifth of it or less while others wait: it goes on at low priority."""
    slow: int = 2
    """Slow requests at a time."""


class QueryRequest(NamedTuple):
    """A SPARQL query on one version's store, with the protocol's dataset and the formats that the caller takes.

    `default_graphs` and `named_graphs` override FROM (https://www.w3.org/TR/sparql11-protocol/#dataset); None means
    that the protocol said nothing. A format of None means that the caller takes none of that family.
    """

    text: str
    store: Path
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    result_format: str | None = JSON_RESULTS
    graph_format: str | None = N_TRIPLES
    base_iri: str | None = None
    bindings: tuple[tuple[str, str], ...] = ()
    """Variables of the projection with the terms (N-Triples) that take their places."""


class Answer(NamedTuple):
    """A complete answer: in memory, or as a file of which the holder is the only owner."""

    form: str
    """SELECT, ASK, CONSTRUCT or DESCRIBE."""
    media_type: str
    body: bytes | None
    file: BinaryIO | None = None
    size: int = 0
    rows: int | None = None
    """Rows or triples, where counting them cost nothing."""
    again: bool = False
    """Whether it was kept from an earlier request."""
    pin: str | None = None
    """The name under which the query is kept with what other endpoints answered to it, if any was asked."""

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The body in blocks, from its beginning; the file, if there is one, is closed at the end."""
        if self.file is None:
            yield self.body or b""
            return
        with self.file as file:
            file.seek(0)
            while block := file.read(_BLOCK):
                yield block

    def copy(self) -> "Answer":
        """The same answer for another holder."""
        if self.file is None:
            return self
        descriptor = os.open(f"/proc/self/fd/{self.file.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
        return Answer(self.form, self.media_type, None, os.fdopen(descriptor, "rb"), self.size, self.rows)

    def part(self, start: int, end: int | None = None) -> bytes:
        """The bytes from `start` to `end`; the answer stays as it is."""
        if self.file is None:
            return (self.body or b"")[start:end]
        self.file.seek(start)
        return self.file.read((self.size if end is None else end) - start)

    def close(self) -> None:
        """Give the file back, if there is one."""
        if self.file is not None:
            self.file.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """Other processes of ours may read it as long as this one holds it: a file goes to them by its name."""
        if self.file is None:
            return Answer, tuple(self)
        return _opened, (f"/proc/{os.getpid()}/fd/{self.file.fileno()}", self._replace(file=None))


def _opened(path: str, answer: Answer) -> Answer:
    return answer._replace(file=open(path, "rb"))


class Ignored(NamedTuple):
    """A key of a document that says nothing, and its line."""

    line: int
    key: str


IGNORED = b"#ignored "
"""What a line begins with that tells of such a key."""


@dataclass(frozen=True)
class ParsedUpload:
    """A document as N-Quads, one line a statement in the order of the document."""

    answer: Answer
    statements: int

    def lines(self) -> bytes:
        """All of it as N-Quads."""
        return self.answer.read()

    def quads(self) -> Iterator[ox.Quad]:
        """The statements; triples of formats without graphs are in the default graph or the one asked for."""
        with self.answer.file or io.BytesIO(self.answer.body or b"") as source:
            for quad in ox.parse(source, ox.RdfFormat.N_QUADS):
                assert isinstance(quad, ox.Quad)
                yield quad

    def placed(self) -> tuple[Iterator[tuple[ox.Quad, Span | None]], list[Ignored]]:
        """The statements with the place of each one's object, and keys of JSON-LD that say nothing.

        As far as places were asked for and the format tells them.
        """
        lines = self.lines()
        rows = lines.splitlines()
        ignored = [Ignored(*json.loads(row.removeprefix(IGNORED))) for row in rows if row.startswith(IGNORED)]
        return self._placed(_quads(lines), rows[: len(rows) - len(ignored)]), ignored

    def _placed(self, quads: list[ox.Quad], rows: list[bytes]) -> Iterator[tuple[ox.Quad, Span | None]]:
        for quad, row in zip(quads, rows, strict=True):
            found = _PLACE.search(row)
            numbers = [int(number) for number in found[1].split()] if found else []
            whole, subject, predicate = map(_span, (numbers[:4], numbers[4:8], numbers[8:]))
            yield quad, replace(whole, subject=subject, predicate=predicate) if whole else None


@dataclass(frozen=True)
class Changes:
    """What a SPARQL update would do, read when it is asked for, and notices for whoever sent it.

    The body is N-Quads of what is added, of what is removed, a JSON object, and where that begins.
    """

    answer: Answer
    added_end: int

    @cached_property
    def added(self) -> list[ox.Quad]:
        """The quads that it would add."""
        return _quads(self.answer.part(0, self.added_end))

    @cached_property
    def removed(self) -> list[ox.Quad]:
        """The quads that it would remove."""
        return _quads(self.answer.part(self.added_end, self._removed_end))

    @cached_property
    def missed(self) -> list[ox.Quad]:
        """What was to be removed and shows in the default graph, though it is not asserted where it was meant."""
        return _quads("\n".join(self._told["missed"]).encode())

    @property
    def notices(self) -> tuple[dict[str, object], ...]:
        """What whoever sent it should know."""
        return tuple(self._told["notices"])

    @cached_property
    def _removed_end(self) -> int:
        (found,) = WHERE_TOLD.unpack(self.answer.part(self.answer.size - WHERE_TOLD.size))
        return int(found)

    @cached_property
    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.answer.part(self._removed_end, self.answer.size - WHERE_TOLD.size))
        return told

    def warnings(self, without: Collection[str] = ()) -> tuple[str, ...]:
        """The notices as sentences, those left out that are about the triples `without`."""
        return tuple(str(notice["detail"]) for notice in self.notices if notice["triple"] not in without)


WHERE_TOLD = struct.Struct(">Q")
_PLACE = re.compile(rb" \. # (\d+(?: \d+){11})$")


def _span(numbers: list[int]) -> Span | None:
    """A place of four numbers; None if they are zero or not there."""
    return Span(numbers[0], numbers[1], numbers[2], numbers[3]) if any(numbers) else None


def _quads(lines: bytes) -> list[ox.Quad]:
    return [quad for quad in ox.parse(lines, ox.RdfFormat.N_QUADS) if isinstance(quad, ox.Quad)]
