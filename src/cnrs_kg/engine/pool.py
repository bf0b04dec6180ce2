"""The pool of query workers: the only way by which a query, a document or an update from outside is evaluated.

Every answer is complete, or an error names the limit that stood against it; it comes at the deadline at the latest.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from cnrs_kg.engine.cache import ResultCache
from cnrs_kg.engine.evaluate import request_too_long
from cnrs_kg.engine.flights import Flight, Flights
from cnrs_kg.engine.frames import (
    FORMS,
    NO_FORMAT,
    TABLES_FROM,
    Job,
    Reply,
    Request,
    Status,
    as_extra,
    check_size,
    read_error,
)
from cnrs_kg.engine.keeper import Keeper
from cnrs_kg.engine.lanes import Lanes
from cnrs_kg.engine.process import SANDBOX, SEATS, now
from cnrs_kg.engine.requests import Answer, Changes, Limits, ParsedUpload, QueryRequest
from cnrs_kg.engine.runner import Runner
from cnrs_kg.engine.service import Plan
from cnrs_kg.engine.uploads import upload_too_large
from cnrs_kg.errors import CnrsKgError, QueryCancelled, QueryTimeout, QueryTooComplex, TooNested
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS, TABLES, rdf_syntax, result_syntax

__all__ = ["Answer", "Changes", "Limits", "ParsedUpload", "Pool", "QueryRequest", "most_at_once"]


_TABLE_PLACES = {media_type: place for place, media_type in enumerate(TABLES.values(), TABLES_FROM)}
_RESULT_PLACES = {syntax.media_type: place for place, syntax in enumerate(RESULT_FORMATS)} | _TABLE_PLACES
_GRAPH_PLACES = {syntax.media_type: place for place, syntax in enumerate(RDF_FORMATS)} | _TABLE_PLACES
_NAMES = {job: job.name.lower() for job in Job}


@contextmanager
def _of_a_document() -> Iterator[None]:
    """A deadline that passes says what to do with a document."""
    try:
        yield
    except QueryTimeout as error:
        error.advice = "Send it in several parts."
        raise


class Pool:
    """Workers, lanes, cache; safe for any number of threads. Started by its first request, or by `start`."""

    def __init__(
        self,
        workers: int,
        limits: Limits,
        spool: Path,
        *,
        cache_bytes: int = 2**26,
        sandbox: frozenset[str] = SANDBOX,
    ) -> None:
        self.limits = limits
        self._spool = spool
        self._cache = ResultCache(cache_bytes)
        self._flights = Flights(limits.backlog)
        self._lanes = Lanes(workers, limits.slow, limits.backlog)
        self._keeper = Keeper(self._lanes, limits, spool, sandbox)
        self._runner = Runner(self._lanes, self._keeper, limits)
        self._served: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        self._starting = threading.Lock()
        self._started = False

    def start(self) -> None:
        """Start the workers, if they are not; returns when the first one is ready."""
        with self._starting:
            if not self._started:
                self._spool.mkdir(parents=True, exist_ok=True)
                self._keeper.start()
                self._started = True

    def prepare(self, store: Path) -> None:
        """New workers open this version's store before they are asked: for the one just published."""
        self._keeper.store = str(store)

    def close(self) -> None:
        """End every worker; what is being evaluated ends with an error."""
        with self._starting:
            if self._started:
                self._keeper.close()

    def __enter__(self) -> "Pool":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def query(
        self,
        request: QueryRequest,
        *,
        client: str = "",
        deadline: float | None = None,
        cancelled: threading.Event | None = None,
    ) -> Answer:
        """The complete answer of a query, or one of the `QueryError`s; `UnsupportedFormat` if its form needs a format
        that the caller does not take.

        `client` is who asks, for the turns of the queue; `deadline` on the monotonic clock, instead of the limit from
        now; setting `cancelled` ends a slow or waiting query within a quarter of a second.
        """
        asked = _query_frame(request, self.limits.query_bytes)
        if deadline is None:
            deadline = now() + self.limits.timeout
        while True:
            found = self._cache.get(asked)
            if found is not None:
                return found
            flight, leads = self._flights.board(asked)
            if leads:
                return self._lead(asked, flight, request, client, deadline, cancelled)
            answer = self._follow(flight, deadline)
            if answer is not None:
                return answer

    def parse(
        self,
        data: bytes | BinaryIO,
        media_type: str,
        *,
        base_iri: str | None = None,
        graph: str | None = None,
        positions: bool = False,
        rows: str | None = None,
        client: str = "",
        deadline: float | None = None,
        cancelled: threading.Event | None = None,
    ) -> ParsedUpload:
        """The statements of a document, or an `RdfError` with the place of what is wrong with it.

        `graph` is where statements of its default graph go; with `positions`, places can be asked for. With `rows` the
        document is an RDF patch, of which those are read that add (`A`) or remove (`D`) N-Quads. `data` may be an open
        file of its own (never a pipe).
        """
        syntax = rdf_syntax(media_type)
        extra = {"media_type": media_type} | ({} if graph is None else {"graph": graph})
        extra |= {"positions": "yes"} if positions else {}
        extra |= {"rows": rows} if rows else {}
        text, file = (data, None) if isinstance(data, bytes) else (b"", data.fileno())
        if len(text) > self.limits.upload_bytes:
            raise upload_too_large(self.limits.upload_bytes)
        place = _GRAPH_PLACES[syntax.media_type]
        request = Request(Job.PARSE, "", text, base_iri or "", graph_format=place, extra=as_extra(extra), file=file)
        try:
            with _of_a_document():
                reply = self._run(request, client, deadline, cancelled)
        except QueryTooComplex as error:
            raise TooNested(
                "The document is nested more deeply than its parser bears", limit="upload_nesting", advice=error.advice
            ) from None
        return ParsedUpload(self._answer_of(reply, "application/n-quads"), reply.rows)

    def changes(
        self,
        text: str,
        store: Path,
        *,
        plain: bool = False,
        using_graphs: tuple[str, ...] = (),
        using_named_graphs: tuple[str, ...] = (),
        base_iri: str | None = None,
        client: str = "",
        deadline: float | None = None,
        cancelled: threading.Event | None = None,
    ) -> Changes:
        """What a SPARQL update would add to a version and remove from it; the version itself stays as it is.

        `plain` takes the store as an ordinary dataset, without protected graphs and without a merge.
        """
        extra: dict[str, Any] = {"plain": plain, "scratch": str(self._spool)}
        if using_graphs or using_named_graphs:
            extra |= {"using": using_graphs, "using_named": using_named_graphs}
        data = _bytes_of(text, self.limits.query_bytes)
        request = Request(Job.CHANGES, str(store), data, base_iri or "", extra=as_extra(extra))
        reply = self._run(request, client, deadline, cancelled)
        return Changes(self._answer_of(reply, ""), reply.rows)

    def sheet(
        self, action: str, store: Path, data: bytes = b"", *, options: dict[str, Any] | None = None, client: str = ""
    ) -> Answer:
        """What a worker makes of a spreadsheet by a version's template (`engine.sheets`): `read`, `mark` or `template`.

        `RdfError` or `UploadTooLarge` if it cannot be read.
        """
        if len(data) > self.limits.upload_bytes:
            raise upload_too_large(self.limits.upload_bytes)
        extra = as_extra({"action": action} | (options or {}))
        with _of_a_document():
            reply = self._run(Request(Job.SHEET, str(store), data, extra=extra), client, None, None)
        return self._answer_of(reply, "")

    def plan(self, text: str, base_iri: str | None, *, client: str = "", deadline: float | None = None) -> Plan:
        """How a query with SERVICE is asked; `ServiceRefused` where it cannot be, `QuerySyntaxError` if it is none."""
        request = Request(Job.PLAN, "", _bytes_of(text, self.limits.query_bytes), base_iri or "")
        return Plan.read(self._answer_of(self._run(request, client, deadline, None), "").read())

    def solutions(
        self,
        data: bytes,
        media_type: str,
        variables: tuple[str, ...],
        *,
        rows: int,
        scope: str,
        client: str = "",
        deadline: float | None = None,
    ) -> bytes:
        """The rows of another endpoint's answer as VALUES has them, one a line; an `RdfError` if it cannot be read,
        `ResultTooLarge` if they are more than `rows`. Blank nodes get IRIs of this answer in this `scope`.
        """
        options = {"media_type": media_type, "variables": variables, "rows": rows, "scope": scope}
        request = Request(Job.SOLUTIONS, "", data, extra=as_extra(options))
        return self._answer_of(self._run(request, client, deadline, None), "").read()

    def results(
        self,
        data: bytes,
        asked: QueryRequest,
        variables: tuple[str, ...] | None,
        *,
        client: str = "",
        deadline: float | None = None,
    ) -> Answer:
        """What another engine answered to a SELECT with these variables, or to an ASK (None), in JSON, as our own
        answer to it; an `RdfError` if it is none.
        """
        place = _place(asked.result_format, _RESULT_PLACES)
        request = Request(Job.RESULTS, "", data, result_format=place, extra=as_extra({"variables": variables}))
        return self._answer_of(self._run(request, client, deadline, None), asked.result_format or "")

    def status(self) -> dict[str, Any]:
        """How the pool is doing, for operators: numbers, and how its workers are confined."""
        return {
            **self._keeper.numbers(),
            **self._lanes.numbers(),
            **self._cache.numbers(),
            **{f"served_{name}": count for name, count in self._served.items()},
            **{f"refused_{name}": count for name, count in self._errors.items()},
            **self._runner.counts,
        }

    def _lead(
        self,
        asked: Request,
        flight: Flight,
        request: QueryRequest,
        client: str,
        deadline: float,
        cancelled: threading.Event | None,
    ) -> Answer:
        answer: Answer | None = None
        error: CnrsKgError | None = None
        try:
            reply = self._run(asked, client, deadline, cancelled)
            answer = self._answer_of(reply, _media_type(request, reply))
            self._cache.put(asked, answer, len(asked.text) + len(asked.extra), reply.seconds)
        except QueryCancelled:
            raise
        except CnrsKgError as raised:
            error = raised
            raise
        finally:
            self._flights.land(asked, flight, answer=answer, error=error)
        return answer

    def _follow(self, flight: Flight, deadline: float) -> Answer | None:
        """The answer of somebody else's evaluation; None if that was cancelled, and this request is to try itself."""
        if not self._flights.follow(flight, deadline - now()):
            raise self._runner.timeout("while the same query of another client was evaluated")
        answer = self._flights.leave(flight)
        if flight.error is not None:
            raise flight.error
        return answer

    def _run(self, request: Request, client: str, deadline: float | None, cancelled: threading.Event | None) -> Reply:
        check_size(request)
        if not self._started:
            self.start()
        if deadline is None:
            deadline = now() + self.limits.timeout
        try:
            reply = self._runner.run(request, client, deadline, cancelled)
            if reply.status is Status.ERROR:
                raise read_error(reply.body)
        except CnrsKgError as error:
            self._errors[type(error).__name__] += 1
            raise
        self._served[_NAMES[request.job]] += 1
        return reply

    def _answer_of(self, reply: Reply, media_type: str) -> Answer:
        """The answer in memory if it is small enough to be kept, else as a file."""
        form, rows = FORMS[reply.form], reply.rows if reply.rows >= 0 else None
        if reply.file is None:
            return Answer(form, media_type, reply.body, None, reply.size, rows)
        if reply.size <= self._cache.largest:
            with os.fdopen(reply.file, "rb") as file:
                file.seek(0)
                return Answer(form, media_type, file.read(), None, reply.size, rows)
        os.lseek(reply.file, 0, os.SEEK_SET)
        return Answer(form, media_type, None, os.fdopen(reply.file, "rb"), reply.size, rows)


def most_at_once(workers: int, limits: Limits) -> int:
    """Requests that a pool lets in at a time, each of which holds a thread: any other is refused at once."""
    return workers * SEATS + limits.slow + 4 * limits.backlog  # three queues, and those who follow others


def _bytes_of(text: str, limit: int) -> bytes:
    """A request as UTF-8; whether it is even too long to be sent to a worker is told here."""
    data = text.encode(errors="surrogatepass")
    if len(data) > limit:
        raise request_too_long(limit)
    return data


def _query_frame(request: QueryRequest, limit: int) -> Request:
    options: dict[str, object] = {}
    if request.default_graphs is not None or request.named_graphs is not None:
        options = {"default": request.default_graphs, "named": request.named_graphs}
    if request.bindings:
        options["bindings"] = request.bindings
    extra = as_extra(options) if options else b""
    return Request(
        Job.QUERY,
        str(request.store),
        _bytes_of(request.text, limit),
        request.base_iri or "",
        _place(request.result_format, _RESULT_PLACES),
        _place(request.graph_format, _GRAPH_PLACES),
        extra,
    )


def _place(media_type: str | None, places: dict[str, int]) -> int:
    if media_type is None:
        return NO_FORMAT
    found = places.get(media_type)
    if found is not None:
        return found
    table = result_syntax if places is _RESULT_PLACES else rdf_syntax
    return places[table(media_type).media_type]


def _media_type(request: QueryRequest, reply: Reply) -> str:
    wanted = request.graph_format if FORMS[reply.form] in ("CONSTRUCT", "DESCRIBE") else request.result_format
    return wanted or ""
