"""Parsing what somebody sends, in a worker: guards, then the native parser, then N-Quads."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine.frames import Reply, Request, Status
from cnrs_kg.engine.requests import IGNORED, Limits
from cnrs_kg.engine.spool import Spool
from cnrs_kg.errors import RdfSyntaxError, UploadTooLarge
from cnrs_kg.rdf import guards
from cnrs_kg.rdf.formats import RDF_FORMATS, RdfSyntax
from cnrs_kg.rdf.hints import hint
from cnrs_kg.rdf.json_ignored import ignored_keys
from cnrs_kg.rdf.patch import rows_of
from cnrs_kg.rdf.positions import READABLE, objects
from cnrs_kg.rdf.positions_text import Span


def parse_upload(request: Request, limits: Limits, new_spool: Callable[[int], Spool]) -> Reply:
    """The document's statements as N-Quads in its own order, or an `RdfError` with the place."""
    syntax = RDF_FORMATS[request.graph_format]
    options = request.options()
    data = guards.utf8_text(read_upload(request, limits.upload_bytes), options.get("media_type", ""))
    if "rows" in options:
        data = rows_of(data, options["rows"])
    guards.check_document(data, syntax, nesting=limits.upload_nesting)
    graph = options.get("graph")
    statements = Statements(data, syntax, request.base_iri or None, ox.NamedNode(graph) if graph else None)
    spool = new_spool(limits.result_bytes)
    if options.get("positions"):
        for line in statements.placed_lines():
            spool.write(line)
    else:
        ox.serialize(statements.quads(), output=spool.file, format=ox.RdfFormat.N_QUADS)
    body = b"" if spool.descriptor is not None else spool.body()
    return Reply(Status.ANSWER, 0, statements.count, spool.size, body, spool.descriptor)


def read_upload(request: Request, limit: int) -> bytes:
    """What was sent; `UploadTooLarge` beyond the limit."""
    if request.file is None:
        return request.text
    size = os.fstat(request.file).st_size
    if size > limit:
        raise upload_too_large(limit)
    parts = []
    offset = 0
    while block := os.pread(request.file, 2**20, offset):
        parts.append(block)
        offset += len(block)
    return b"".join(parts)


def upload_too_large(limit: int) -> UploadTooLarge:
    """The refusal of a document of more than `limit` bytes."""
    return UploadTooLarge(
        f"The document is larger than {limit:,} bytes", limit="upload_bytes", advice="Send it in several parts."
    )


@dataclass
class Statements:
    """The quads of a document, counted; those of its default graph go to `graph` if there is one."""

    data: bytes
    syntax: RdfSyntax
    base_iri: str | None
    graph: ox.NamedNode | None
    count: int = 0

    def quads(self) -> Iterator[ox.Quad]:
        """The quads, each counted; an `RdfError` where the document is wrong."""
        yield from (quad for quad, _ in self._guarded((quad, None) for quad in self._parsed()))

    def placed_lines(self) -> Iterator[bytes]:
        """The quads as N-Quads, each with its places (`Span`) in a comment where the format tells them."""
        placed = self.syntax.name in READABLE and len(self.data) <= POSITIONS
        found = self._objects() if placed else ((quad, None) for quad in self._parsed())
        for quad, span in self._guarded(found):
            spans = [] if span is None else [span, span.subject, span.predicate]
            places = [number for one in spans for number in (one.numbers if one else (0, 0, 0, 0))]
            yield f"{quad} .{' # ' if places else ''}{' '.join(map(str, places))}\n".encode()
        if placed and self.syntax.name == "jsonld":
            for line, key in ignored_keys(self.data):
                yield IGNORED + json.dumps([line, key]).encode() + b"\n"

    def _objects(self) -> Iterator[tuple[ox.Quad, Span | None]]:
        yield from objects(self.data, self.syntax, base_iri=self.base_iri)

    def _guarded(self, found: Iterable[tuple[Any, Span | None]]) -> Iterator[tuple[ox.Quad, Span | None]]:
        try:
            for quad, span in found:
                self.count += 1
                yield self._placed(quad), span
        except SyntaxError as error:
            raise _syntax_error(error, self.data, self.syntax) from None
        except MemoryError as error:
            if _TOKEN_TOO_LONG not in str(error):
                raise
            raise RdfSyntaxError(
                "A literal or IRI of the document is longer than 16 MiB",
                limit="upload_token",
                advice="Publish so long a text as a file of its own, and give its IRI.",
            ) from None

    def _parsed(self) -> Any:
        try:
            return ox.parse(self.data, self.syntax.format, base_iri=self.base_iri)
        except ValueError as error:
            raise RdfSyntaxError(str(error)) from None

    def _placed(self, quad: Any) -> ox.Quad:
        if self.graph is not None and quad.graph_name == _DEFAULT:
            return ox.Quad(quad.subject, quad.predicate, quad.object, self.graph)
        found: ox.Quad = quad
        return found


POSITIONS = 8 << 20
"""Bytes of a document up to which places are told."""
_DEFAULT = ox.DefaultGraph()
_TOKEN_TOO_LONG = "buffer maximal size"
"""What pyoxigraph says of a token over its own limit, as a MemoryError."""


def _syntax_error(error: SyntaxError, data: bytes, syntax: RdfSyntax) -> RdfSyntaxError:
    position = (error.lineno, error.offset) if error.lineno and error.offset else None
    detail = str(error.args[0]) if error.args else str(error)
    advice = hint(detail, data, position, syntax)
    return RdfSyntaxError(f"Not {syntax.media_type}: {detail}", position=position, advice=advice)
