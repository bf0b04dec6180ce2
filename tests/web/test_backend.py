"""`/sparql` with another engine beside this one: clients see no difference, operators do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.federation.services.queries import Services
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..conftest import PROJECT
from ..federation.backend.engines import QUERY, UPDATE, Engine, backend

SELECT = (
    "PREFIX org: <http://www.w3.org/ns/org#> SELECT ?unit { ?unit a org:OrganizationalCollaboration } ORDER BY ?unit"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def kg(built: Path, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph(Settings(data_dir=built, workers=1, public_url="https://kg.example"), project=PROJECT) as found:
        beside = backend(engine, found.pool, found.store)
        found.services = Services(found.pool, {}, tmp_path_factory.mktemp("pins"), backend=beside)
        beside.follower.follow()
        yield found


@pytest.fixture
def client(kg: KnowledgeGraph, engine: Engine) -> Any:
    engine.queries.clear()
    return create_app(kg).test_client()


def told(client: Any) -> dict[str, int]:
    lines = client.get("/metrics").text.splitlines()
    return {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith("cnrs_kg_backend_")}


def test_the_reply_is_the_same_but_for_who_made_it(client: Any, browser: Any, engine: Engine) -> None:
    before = told(client)
    there, here = (one.get("/sparql", query_string={"query": SELECT}) for one in (client, browser))
    assert (there.status_code, there.data, list(there.headers)) == (200, here.data, list(here.headers))
    assert json.loads(there.data)["results"]["bindings"]
    assert len(engine.queries) == 1
    after = told(client)
    assert after["cnrs_kg_backend_version"] == 1
    assert after["cnrs_kg_backend_answered"] == before["cnrs_kg_backend_answered"] + 1


def test_tables_other_datasets_and_errors_are_answered_here(client: Any, engine: Engine) -> None:
    for parameters in ({"format": "xlsx"}, {"default-graph-uri": "https://w3id.org/cnrs-kg/graph/ontology"}):
        assert client.get("/sparql", query_string={"query": SELECT, **parameters}).status_code == 200
    assert client.get("/sparql", query_string={"query": SELECT.replace("SELECT", "CONSTRUCT", 1)}).status_code == 400
    assert engine.queries == []


def test_the_setting_names_the_engine(built: Path) -> None:
    endpoint = BackendEndpoint(QUERY, UPDATE)
    with KnowledgeGraph(Settings(data_dir=built, workers=1, query_backend=endpoint), project=PROJECT) as found:
        assert found.services.backend is not None
        assert found.status()["backend"]["version"] == 0
        assert found.rows("SELECT ?s { ?s ?p ?o } LIMIT 1")
        assert found.status()["backend"]["embedded"] == 1
    with KnowledgeGraph(Settings(data_dir=built, workers=1), project=PROJECT) as found:
        assert (found.services.backend, found.status()["backend"]) == (None, {})
