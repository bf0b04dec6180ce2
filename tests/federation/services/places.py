"""Other endpoints in this process: stores behind a transport that counts what it carries."""

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox

from cnrs_kg.engine.evaluate import evaluate
from cnrs_kg.engine.frames import FORMS, Job, Reply, Request, as_extra
from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import Answer, Limits, QueryRequest
from cnrs_kg.engine.service import Plan, plan_of
from cnrs_kg.engine.solutions import answer_solutions
from cnrs_kg.engine.spool import Spool
from cnrs_kg.federation.services.endpoint import ServiceEndpoint
from cnrs_kg.federation.services.queries import Services
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.places import Place
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS

JSON = "application/sparql-results+json"
URL = "https://registry.example/sparql"
Handler = Callable[[httpx.Request], httpx.Response]


def reply(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """A reply as it comes over a network: to be read, and once."""
    named = {"Content-Type": JSON} | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=httpx.ByteStream(body))


class Remote:
    """Endpoints by URL; remembers the queries that it was sent, and counts the rows that it gave."""

    def __init__(self, stores: Mapping[str, ox.Store]) -> None:
        self.stores = stores
        self.queries: list[str] = []
        self.rows = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        (query,) = parse_qs(request.content.decode())["query"]
        self.queries.append(query)
        if str(request.url) not in self.stores:
            raise httpx.ConnectError("no such host")
        found = self.stores[str(request.url)].query(query)
        assert isinstance(found, ox.QuerySolutions)
        body = cast(bytes, found.serialize(format=ox.QueryResultsFormat.JSON))
        self.rows += len(json.loads(body)["results"]["bindings"])
        return reply(body)


class InProcess:
    """What a pool does, without workers, on one store."""

    def __init__(self, store: ox.Store, limits: Limits | None = None) -> None:
        self.store, self.limits = store, limits or Limits()
        self.queries: list[str] = []

    def plan(self, text: str, base_iri: str | None, **_: object) -> Plan:
        return plan_of(text, base_iri or "")

    def solutions(self, data: bytes, media_type: str, variables: tuple[str, ...], **options: Any) -> bytes:
        extra = {"media_type": media_type, "variables": variables, "rows": options["rows"], "scope": options["scope"]}
        return _body(answer_solutions(Request(Job.SOLUTIONS, "", data, extra=as_extra(extra)), self.limits, spool))

    def query(self, request: QueryRequest, **_: object) -> Answer:
        self.queries.append(request.text)
        formats = {syntax.media_type: place for place, syntax in enumerate(RESULT_FORMATS)}
        graphs = {syntax.media_type: place for place, syntax in enumerate(RDF_FORMATS)}
        frame = Request(
            Job.QUERY,
            "",
            request.text.encode(),
            request.base_iri or "",
            formats[request.result_format or JSON],
            graphs[request.graph_format or "application/n-triples"],
        )
        reply = evaluate(self.store, frame, self.limits, spool)
        return Answer(FORMS[reply.form], request.result_format or "", _body(reply), None, reply.size, reply.rows)


def spool(limit: int) -> Spool:
    """A spool in memory."""
    return Spool(tempfile.gettempdir(), limit, limit, lambda: None)


def _body(reply: Reply) -> bytes:
    assert reply.file is None
    return reply.body


def graph(turtle: str) -> ox.Store:
    """A store with what a document says in its default graph; `:` stands for http://e/."""
    store = ox.Store()
    store.load(f"@prefix : <http://e/> . {turtle}", format=ox.RdfFormat.TURTLE)
    return store


def services(
    local: ox.Store, remote: Handler, directory: Path, limits: Limits | None = None, **endpoints: ServiceEndpoint
) -> tuple[Services, InProcess]:
    """Queries over a store that may ask one endpoint, unless others are given, through a handler."""
    pool = InProcess(local, limits)
    known = endpoints or {"registry": ServiceEndpoint(URL)}
    return Services(cast(Pool, pool), known, directory, outbound=outbound(remote, *known.values())), pool


def outbound(remote: Handler, *endpoints: ServiceEndpoint) -> Outbound:
    """What reaches some endpoints through a handler."""
    places = [Place.of(endpoint.url, private=endpoint.private) for endpoint in endpoints]
    return Outbound(places, transport=httpx.MockTransport(remote))


def rows(answer: Answer) -> list[dict[str, str]]:
    """The solutions of an answer in JSON, each variable with its term as text, in an order of their own."""
    found = json.loads(answer.read())["results"]["bindings"]
    return sorted(({name: json.dumps(term, sort_keys=True) for name, term in row.items()} for row in found), key=str)


def ask(found: Services, text: str, version: int | None = 1) -> Answer:
    """The answer of a query, `:` standing for http://e/ in it, SERVICE :: for the one endpoint."""
    text = re.sub(r"\b(SERVICE(?: SILENT)?) ::", rf"\1 <{URL}>", text)
    return found.query(QueryRequest(f"PREFIX : <http://e/>\n{text}", Path("store"), base_iri="http://base/"), version)
