"""Other engines for tests: one in this process, which can be made to fail in many ways; and what brings it along."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import JSON_RESULTS, QueryRequest
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.federation.backend.marks import STATE
from cnrs_kg.federation.backend.updates import DEFAULT
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.places import Place
from cnrs_kg.store.versions import Version, Versions

from ...store.helpers import STEWARD

QUERIES = (
    "SELECT * { ?s ?p ?o }",
    "SELECT ?g ?s { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?o (COUNT(?s) AS ?n) { ?s ?p ?o } GROUP BY ?o",
    f"SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ GRAPH {STEWARD} {{ ?s ?p ?o }} }} }}",
    "SELECT ?s ?t { ?s ?p ?o . GRAPH ?g { ?t ?p ?o } }",
    "ASK { GRAPH ?g { ?s ?p 1 } }",
)
"""What must be answered alike there and here."""
QUERY, UPDATE = "http://127.0.0.1:1/query", "http://127.0.0.1:1/update"
Answer = httpx.Response
Instead = Callable[["Engine", dict[str, list[str]]], Answer | None]


class Engine:
    """A SPARQL engine with updates; `instead` may answer a request otherwise, or raise."""

    def __init__(self) -> None:
        self.store = ox.Store()
        self.instead: Instead = lambda engine, form: None
        self.queries: list[str] = []
        self.updates: list[str] = []
        self.headers: list[httpx.Headers] = []

    def __call__(self, request: httpx.Request) -> Answer:
        form = parse_qs(request.content.decode())
        self.headers.append(request.headers)
        found = self.instead(self, form)
        if found is not None:
            return found
        if str(request.url) == UPDATE:
            self.updates += form["update"]
            self.store.update(form["update"][0])
            return Answer(204, stream=httpx.ByteStream(b""))
        if "default-graph-uri" in form:
            self.queries += form["query"]
        return results(self.query(form))

    def query(self, form: dict[str, list[str]]) -> bytes:
        """The answer in JSON over the dataset that the protocol's parameters say."""
        graphs = {
            name: [ox.NamedNode(iri) for iri in form[parameter]] if parameter in form else None
            for name, parameter in (("default_graph", "default-graph-uri"), ("named_graphs", "named-graph-uri"))
        }
        if graphs["default_graph"] is not None:
            graphs["named_graphs"] = graphs["named_graphs"] or []
        found = self.store.query(form["query"][0], **graphs)
        assert isinstance(found, ox.QuerySolutions | ox.QueryBoolean)
        body = found.serialize(format=ox.QueryResultsFormat.JSON)
        assert body is not None
        return body

    @property
    def statements(self) -> set[ox.Quad]:
        """What it holds, without the mark."""
        return {quad for quad in self.store if quad.graph_name != ox.NamedNode(STATE)}

    @property
    def marks(self) -> list[str]:
        return sorted(quad.object.value for quad in self.store.quads_for_pattern(None, None, None, ox.NamedNode(STATE)))


def results(body: bytes, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON as it comes over a network."""
    named = {"Content-Type": JSON_RESULTS} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, headers=named, stream=httpx.ByteStream(body))


def backend(engine: Engine, pool: Pool, versions: Versions, *, authorization: str = "") -> Backend:
    """What asks the engine and brings it along, step by step: nothing happens in the background."""
    outbound = Outbound([Place.of(QUERY, private=True)], transport=httpx.MockTransport(engine))
    return Backend(BackendEndpoint(QUERY, UPDATE, authorization), pool, versions, outbound=outbound)


def publish(versions: Versions, added: list[ox.Quad], removed: list[ox.Quad] | None = None, **more: object) -> Version:
    """A new version: statements of named graphs, and inferred ones (`inferred`, `forgotten`)."""
    with versions.writing() as branch:
        branch.apply(added, removed or [])
        branch.infer(more.get("inferred", []), more.get("forgotten", []))  # type: ignore[arg-type]
        return branch.publish()


def ask(found: Backend, version: Version, text: str, result_format: str = JSON_RESULTS, **more: object) -> bytes:
    """The answer of a query about a version."""
    request = QueryRequest(text, version.path, result_format=result_format, base_iri="http://base/")
    return found.query(request._replace(**more)).read()


def counts(found: Backend) -> tuple[int, int, int]:
    """How many queries it answered, failed to answer, and was not asked."""
    status = found.status()
    return status["answered"], status["failed"], status["embedded"]


def number(data: bytes) -> int:
    """The value of ?n in the only row of an answer."""
    (row,) = json.loads(data)["results"]["bindings"]
    return int(row["n"]["value"])


def content(path: Path) -> set[ox.Quad]:
    """What a version's store holds, as the engine is to hold it."""
    return {
        ox.Quad(*quad.triple, ox.NamedNode(DEFAULT) if quad.graph_name == ox.DefaultGraph() else quad.graph_name)
        for quad in ox.Store.read_only(str(path))
    }
