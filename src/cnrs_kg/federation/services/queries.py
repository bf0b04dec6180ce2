"""Queries with SERVICE: planned, run part by part, and kept with what other endpoints answered.

https://www.w3.org/TR/sparql11-federated-query/
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Event
from typing import Any

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import Answer, QueryRequest
from cnrs_kg.engine.service import Call, Plan, written
from cnrs_kg.errors import EngineBusy, ResultTooLarge, ServiceFailed, ServiceRefused, StoreDamaged
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.federation.services.bindings import Bindings, bindings, unbound
from cnrs_kg.federation.services.endpoint import ServiceEndpoint
from cnrs_kg.federation.services.gateway import Errand, Gateway
from cnrs_kg.federation.services.pins import Pinned, Pins
from cnrs_kg.outbound.client import Outbound

LOG = logging.getLogger(__name__)
MOST = 8
"""Queries that wait for other endpoints at a time: whoever is slow there must not use up the threads here."""
TSV = "text/tab-separated-values"


class Services:
    """Answers queries, asks the endpoints of a list where they say SERVICE, and keeps such answers."""

    def __init__(
        self,
        pool: Pool,
        endpoints: Mapping[str, ServiceEndpoint],
        directory: Path,
        *,
        cache_bytes: int = 2**24,
        outbound: Outbound | None = None,
        backend: Backend | None = None,
    ) -> None:
        """`directory` holds the kept answers; `outbound` is what reaches the endpoints, unless over the network;
        `backend` may answer queries without SERVICE.
        """
        self.endpoints = endpoints
        self.pins = Pins(directory)
        self._pool, self.backend = pool, backend
        self._whole = backend or pool
        self._by_url = {endpoint.url: name for name, endpoint in endpoints.items()}
        self._gateway = Gateway(pool, endpoints.values(), cache_bytes, outbound)
        self._turns = BoundedSemaphore(MOST)

    def counts(self) -> list[tuple[str, str, int]]:
        """How many requests each endpoint `answered` and `failed`, by its name."""
        return [(*key, count) for key, count in sorted(self._gateway.counts.items())]

    def start(self) -> None:
        """Bring the backend along from now on, if there is one."""
        if self.backend:
            self.backend.start()

    def status(self) -> dict[str, Any]:
        """How the backend is doing, if there is one."""
        return self.backend.status() if self.backend else {}

    def close(self) -> None:
        """Ask nobody any more."""
        if self.backend:
            self.backend.close()
        self._gateway.close()

    def query(
        self,
        request: QueryRequest,
        version: int | None,
        *,
        again: Callable[[], Path] | None = None,
        client: str = "",
        cancelled: Event | None = None,
    ) -> Answer:
        """The complete answer of a query, pinned if it has SERVICE and is of a version.

        `again` finds the store once more if it was dropped for others while the query waited. `ServiceRefused` before
        anything is asked; `ServiceFailed` if an endpoint did not answer and SILENT is not said.
        """
        try:
            return self._query(request, version, client, cancelled)
        except StoreDamaged:
            if again is None:
                raise
            return self._query(request._replace(store=again()), version, client, cancelled)

    def check(self, text: str, base_iri: str, *, client: str = "") -> bool:
        """Raise what a query with SERVICE would meet before anything is asked, and ask nothing; whether it has one."""
        if "service" not in text.lower():
            return False
        calls = self._pool.plan(text, base_iri, client=client).calls
        for call in calls:
            self._name(call)
        return bool(calls)

    def _query(self, request: QueryRequest, version: int | None, client: str, cancelled: Event | None) -> Answer:
        if "service" not in request.text.lower():
            return self._whole.query(request, client=client, cancelled=cancelled)
        deadline = now() + self._pool.limits.timeout
        plan = self._pool.plan(request.text, request.base_iri, client=client, deadline=deadline)
        if not plan.calls:
            return self._pool.query(request, client=client, deadline=deadline, cancelled=cancelled)
        names = [self._name(call) for call in plan.calls]
        with self._turn():
            answers: list[str] = []
            for call, name in zip(plan.calls, names, strict=True):
                errand = Errand(call, name, self.endpoints[name], str(request.store), client, deadline)
                answers.append(self._answer(errand, request, answers))
        local = request._replace(text=written(plan.query, answers))
        if len(local.text.encode()) > self._pool.limits.query_bytes:
            raise self._too_long(plan)
        answer = self._pool.query(local, client=client, deadline=deadline, cancelled=cancelled)
        pin = None if version is None else self._kept(local, version)
        return answer._replace(again=False, pin=pin)

    def _name(self, call: Call) -> str:
        name = self._by_url.get(call.endpoint)
        if name is None:
            line, column = call.position
            known = ", ".join(f"<{url}>" for url in self._by_url) or "none"
            raise ServiceRefused(
                f"SERVICE at line {line}, column {column}: <{call.endpoint}> is not an endpoint that may be asked",
                position=call.position,
                limit="service_allow",
                advice=f"May be asked: {known}. Or ask it yourself and give its answers as VALUES.",
            )
        return name

    def _too_long(self, plan: Plan) -> ResultTooLarge:
        return ResultTooLarge(
            f"With what SERVICE answered the query is longer than {self._pool.limits.query_bytes:,} bytes",
            position=plan.calls[0].position,
            limit="query_bytes",
            advice="Ask the endpoint for fewer variables or rows: a sub-select in the SERVICE, or a narrower pattern.",
        )

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(blocking=False):
            raise EngineBusy(
                f"{MOST} queries wait for other endpoints already", limit="services", advice="Ask again.", retry_after=2
            )
        try:
            yield
        finally:
            self._turns.release()

    def _answer(self, errand: Errand, request: QueryRequest, answers: list[str]) -> str:
        """What takes the place of a SERVICE, as SPARQL."""
        given = self._bindings(errand, request, answers) if errand.call.local else None
        try:
            return self._gateway.answer(errand, given)
        except ServiceFailed as error:
            if not errand.call.silent:
                raise
            LOG.info("SERVICE SILENT: %s", error.detail)
            return unbound(errand.call.variables)

    def _bindings(self, errand: Errand, request: QueryRequest, answers: list[str]) -> Bindings:
        """The values found here, of the variables that the SERVICE shares with what stands before it."""
        most = errand.endpoint.rows if errand.call.shared else 0
        text = f"{written(errand.call.local, answers)} LIMIT {most + 1}"
        local = request._replace(text=text, result_format=TSV, graph_format=None, bindings=())
        answer = self._pool.query(local, client=errand.client, deadline=errand.deadline)
        lines = answer.read().decode().split("\n")[1:-1]
        if errand.call.shared and len(lines) > most:
            raise errand.too_many("what stands before it finds more")
        return bindings(errand.call, lines)

    def _kept(self, request: QueryRequest, version: int) -> str:
        return self.pins.keep(Pinned(request.text, version, request.default_graphs, request.named_graphs))
