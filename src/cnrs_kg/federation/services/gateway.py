"""Asking endpoints: in batches, several at a time, within limits, and not twice in a short while."""

import logging
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from cnrs_kg.engine.cache import ResultCache
from cnrs_kg.engine.evaluate import request_too_long
from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import Answer
from cnrs_kg.engine.service import Call
from cnrs_kg.errors import (
    OutboundError,
    OutboundTimeout,
    RdfError,
    ResultTooLarge,
    ServiceFailed,
    ServiceTimeout,
)
from cnrs_kg.federation.services.bindings import Bindings, remote_query, values
from cnrs_kg.federation.services.endpoint import ServiceEndpoint
from cnrs_kg.outbound.bodies import Limits
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.places import Place

LOG = logging.getLogger(__name__)
AT_ONCE = 8
"""Requests under way to all endpoints together."""
AGE = 600
"""Seconds for which an answer may be given again."""
ANSWER_BYTES = 2**24
"""Bytes of one answer of an endpoint, decompressed."""
PATIENCE = 2.0
"""Seconds for which an endpoint that has no time is waited for, once."""
CUT = ("X-SPARQL-MaxRows", "X-SQL-State")
"""What Virtuoso says under a 200 when there are more rows than it gives, or it ran out of time."""
FORM = "application/x-www-form-urlencoded"
ACCEPTED = ("application/sparql-results+json", "application/sparql-results+xml", "application/json")


@dataclass(frozen=True)
class Errand:
    """One call as it is run: its endpoint by name, on which store, for whom, until when."""

    call: Call
    name: str
    endpoint: ServiceEndpoint
    store: str
    client: str
    deadline: float

    def failure(self, what: str, *, late: bool = False) -> ServiceFailed:
        """A failure of the endpoint, by its name."""
        line, column = self.call.position
        kind = ServiceTimeout if late else ServiceFailed
        return kind(
            f"{self.name} <{self.endpoint.url}>, asked by SERVICE at line {line}, column {column}: {what}",
            position=self.call.position,
            advice="Ask again later, or write SERVICE SILENT to have the answer without it.",
            service=self.name,
            endpoint=self.endpoint.url,
        )

    def too_many(self, what: str) -> ResultTooLarge:
        """The refusal of more rows than this endpoint may be sent or may answer."""
        line, column = self.call.position
        return ResultTooLarge(
            f"SERVICE at line {line}, column {column}: {what} than the {self.endpoint.rows:,} rows of {self.name}",
            position=self.call.position,
            limit="service_allow",
            advice="Let what stands before the SERVICE say more precisely what is looked for.",
            service=self.name,
            endpoint=self.endpoint.url,
        )


class Gateway:
    """Sends what is to be sent and reads what comes back; safe for any number of threads."""

    def __init__(
        self,
        pool: Pool,
        endpoints: Iterable[ServiceEndpoint],
        cache_bytes: int,
        outbound: Outbound | None,
    ) -> None:
        self._pool = pool
        self._endpoints = tuple(endpoints)
        if outbound is not None:
            self._outbound = outbound
        self._cache = ResultCache(cache_bytes)
        self._lock = threading.Lock()
        self.counts: Counter[tuple[str, str]] = Counter()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="service")

    def close(self) -> None:
        """Wait for nobody any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if "_outbound" in vars(self):
            self._outbound.close()

    @cached_property
    def _outbound(self) -> Outbound:
        return Outbound(Place.of(endpoint.url, private=endpoint.private) for endpoint in self._endpoints)

    def answer(self, errand: Errand, given: Bindings | None) -> str:
        """What takes the place of the SERVICE: VALUES of all that the endpoint answers to the values given.

        `ServiceFailed` if it does not answer to all of them; `ResultTooLarge` if it answers more than it may.
        """
        batches = [None] if given is None or given.is_blank else list(given.batches())
        queries = [self._query(errand, batch) for batch in batches]
        waiting = [self._threads.submit(self._rows, errand, query) for query in queries]
        done, late = wait(waiting, return_when=FIRST_EXCEPTION)
        for future in late:
            future.cancel()
        for future in done:
            if error := future.exception():
                raise error
        rows = [row for future in waiting for row in future.result()]
        if len(rows) > errand.endpoint.rows:
            raise errand.too_many("the answer has more")
        return values(errand.call.variables, rows)

    def _query(self, errand: Errand, given: Bindings | None) -> str:
        query = remote_query(errand.call, given, errand.endpoint.rows + 1)
        if len(query.encode()) > self._pool.limits.query_bytes:
            raise request_too_long(self._pool.limits.query_bytes)
        return query

    def _rows(self, errand: Errand, query: str) -> list[str]:
        """The rows of one answer, kept from before if that is not long ago."""
        key = (int(now() // AGE), errand.store, errand.endpoint.url, query)
        kept = self._cache.get(key)
        if kept is not None:
            return _lines(kept.read())
        try:
            rows = self._read(errand, query, *self._fetch(errand, query))
        except ServiceFailed:
            self._count(errand, "failed")
            raise
        self._count(errand, "answered")
        self._cache.put(key, Answer("SELECT", "", rows, None, len(rows)), len(query))
        return _lines(rows)

    def _count(self, errand: Errand, outcome: str) -> None:
        with self._lock:
            self.counts[errand.name, outcome] += 1

    def _fetch(self, errand: Errand, query: str) -> tuple[str, bytes]:
        """The media type and the body of the endpoint's answer, which nobody has looked at yet."""
        started = now()
        seconds = min(errand.endpoint.timeout, errand.deadline - started)
        if seconds <= 0:
            raise errand.failure("there was no time left to ask it", late=True)
        limits = Limits(connect=seconds, read=seconds, whole=seconds, bytes=ANSWER_BYTES, attempts=2, patience=PATIENCE)
        form = urlencode({"query": query}).encode()
        try:
            with self._outbound.post(errand.endpoint.url, form, FORM, accept=ACCEPTED, limits=limits) as reply:
                body = reply.read()
                cut = next((name for name in CUT if name in reply.headers), None)
        except OutboundError as error:
            LOG.warning("SERVICE %s: %s", errand.name, error.detail)
            raise errand.failure(error.detail, late=isinstance(error, OutboundTimeout)) from error
        if cut is not None:
            raise errand.failure(f"it cut its answer short ({cut}: {reply.headers[cut][:40]})")
        LOG.info("SERVICE %s: %d bytes in %.2f s", errand.name, len(body), now() - started)
        return reply.media_type, body

    def _read(self, errand: Errand, query: str, media_type: str, body: bytes) -> bytes:
        try:
            return self._pool.solutions(
                body,
                media_type,
                errand.call.variables,
                rows=errand.endpoint.rows,
                scope=f"{errand.endpoint.url}\n{query}",
                client=errand.client,
                deadline=errand.deadline,
            )
        except ResultTooLarge:
            raise errand.too_many("the answer has more") from None
        except RdfError as error:
            raise errand.failure(f"it answered what cannot be read: {error.detail}") from error


def _lines(rows: bytes) -> list[str]:
    return rows.decode().split("\n")[:-1]
