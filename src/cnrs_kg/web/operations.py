"""For those who run the server: is it alive, can it answer, what does it do."""

import json
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.web import caching

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
ROUTES = frozenset(
    "/ /sparql /rdf-graph-store /problems /submissions /links /conflicts /federation /versions /search /search/complete"
    " /units /offices /partners /institutes /countries /catalog /.well-known/void /robots.txt /sitemap.xml"
    " /llms.txt /ldes /ontology /shapes /context /api"
    " /history /cite /feed /feed/submissions /card /oembed /healthz /readyz /metrics".split()
)
_NOTED = 1000
_TEXT = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


class Metrics:
    """Counts of what was answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._new: deque[tuple[str, str, int, float]] = deque()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[str, float] = {}

    def answered(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count one request; only noted here, since a lock for each request costs those that wait for it."""
        self._new.append((path, method, status, seconds))
        if len(self._new) > _NOTED:
            self._count()

    def _count(self) -> None:
        """Count what was noted. Paths and methods that are not ours count as `other`, so the series stay few."""
        with self._lock:
            for path, method, status, seconds in [self._new.popleft() for _ in range(len(self._new))]:
                route = path if path in ROUTES else path.rstrip("/") if path.rstrip("/") in ROUTES else "other"
                self._requests[route, method if method in METHODS else "other", status] += 1
                self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def lines(self) -> Iterator[str]:
        """The counts in Prometheus' text format."""
        self._count()
        with self._lock:
            requests, seconds = sorted(self._requests.items()), sorted(self._seconds.items())
        yield "# HELP cnrs_kg_requests_total Requests answered."
        yield "# TYPE cnrs_kg_requests_total counter"
        for (route, method, status), count in requests:
            yield f'cnrs_kg_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}'
        yield "# HELP cnrs_kg_request_seconds_total Seconds spent on requests."
        yield "# TYPE cnrs_kg_request_seconds_total counter"
        for route, spent in seconds:
            yield f'cnrs_kg_request_seconds_total{{route="{route}"}} {spent:.6f}'


def blueprint(kg: "KnowledgeGraph", metrics: Metrics) -> Blueprint:
    """`/healthz`, `/readyz` and `/metrics`."""
    found = Blueprint("operations", __name__)

    @found.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return "ok\n", 200, _TEXT

    @found.get("/readyz")
    def readyz() -> ResponseReturnValue:
        return ("ready\n", 200, _TEXT) if kg.ready() else ("not ready\n", 503, {**_TEXT, "Retry-After": "5"})

    @found.get("/metrics")
    def measurements() -> ResponseReturnValue:
        lines = [*metrics.lines(), *_state(kg)]
        return "\n".join(lines) + "\n", 200, {**_TEXT, "Content-Type": "text/plain; version=0.0.4; charset=utf-8"}

    return found


def _state(kg: "KnowledgeGraph") -> Iterator[str]:
    yield "# TYPE cnrs_kg_build_info gauge"
    yield f'cnrs_kg_build_info{{build="{caching.build()}"}} 1'
    try:
        status, current = kg.status(), kg.current()
    except CnrsKgError:
        return
    for name, value in _numbers("cnrs_kg", status):
        yield f"# TYPE {name} gauge"
        yield f"{name} {value}"
    yield "# TYPE cnrs_kg_service_requests_total counter"
    for service, outcome, count in kg.services.counts():
        yield f'cnrs_kg_service_requests_total{{service={json.dumps(service)},outcome="{outcome}"}} {count}'
    if current is not None:
        yield "# TYPE cnrs_kg_statements gauge"
        yield f"cnrs_kg_statements {current.statements}"
        yield "# TYPE cnrs_kg_inferred gauge"
        yield f"cnrs_kg_inferred {current.inferred}"


def _numbers(prefix: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(f"{prefix}_{key}", inner)
    elif isinstance(value, bool | int | float):
        yield prefix, value if not isinstance(value, bool) else int(value)
