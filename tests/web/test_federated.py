"""SERVICE at `/sparql`: other endpoints asked, answers pinned, failures as problems; on the real graph."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.federation.services.endpoint import ServiceEndpoint
from cnrs_kg.federation.services.queries import Services
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..conftest import PROJECT
from ..federation.services.places import URL, Remote, graph, outbound

CINTRA = "https://w3id.org/cnrs-kg/id/unit/cintra"
QUERY = (
    f"SELECT ?unit ?area {{ VALUES ?unit {{ <{CINTRA}> }} ?unit a ?type "
    f"SERVICE <{URL}> {{ ?unit <http://e/area> ?area }} }}"
)


@pytest.fixture(scope="module")
def remote() -> Remote:
    return Remote({URL: ox.Store()})


@pytest.fixture(scope="module")
def kg(built: Path, remote: Remote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    settings = Settings(data_dir=built, workers=1, public_url="https://kg.example")
    with KnowledgeGraph(settings, project=PROJECT) as found:
        pins = tmp_path_factory.mktemp("pins")
        known = {"registry": ServiceEndpoint(URL)}
        found.services = Services(found.pool, known, pins, outbound=outbound(remote, *known.values()))
        yield found


@pytest.fixture
def client(kg: KnowledgeGraph, remote: Remote) -> Any:
    remote.stores = {URL: graph(f'<{CINTRA}> :area "photonics" .')}
    return create_app(kg).test_client()


def ask(client: Any, headers: dict[str, str] | None = None, **parameters: str) -> Any:
    return client.get("/sparql", query_string=parameters or {"query": QUERY}, headers=headers)


def areas(reply: Any) -> set[str]:
    return {row["area"]["value"] for row in json.loads(reply.data)["results"]["bindings"]}


def pin(reply: Any) -> str:
    link = next(value for value in reply.headers.getlist("Link") if 'rel="memento"' in value)
    assert 'datetime="' in link
    return link.partition("?pin=")[2].partition(">")[0]


def test_an_answer_says_under_which_name_it_is_kept(client: Any, remote: Remote) -> None:
    reply = ask(client)
    assert areas(reply) == {"photonics"}
    assert reply.headers["Cache-Control"] == "public, no-cache"
    remote.stores = {URL: graph(f'<{CINTRA}> :area "botany" .')}
    again = ask(client, pin=pin(reply))
    assert again.data == reply.data
    assert again.headers["Cache-Control"] == "public, max-age=86400"
    assert again.headers["Memento-Datetime"]
    assert ask(client, pin=pin(reply), format="csv").data.decode().splitlines()[1].endswith("photonics")


def test_what_other_endpoints_say_is_part_of_the_entity_tag(client: Any, remote: Remote) -> None:
    text = QUERY.replace("?area {", "?area ?type {")
    first = ask(client, query=text, version="1")
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert ask(client, {"If-None-Match": tag}, query=text, version="1").status_code == 304
    remote.stores = {URL: graph(f'<{CINTRA}> :area "botany" .')}
    changed = ask(client, {"If-None-Match": tag}, query=text.replace("area> ?area", "area> ?area . "), version="1")
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"pin": "0" * 64}, 404),
        ({"pin": "../../secret"}, 404),
        ({"pin": "0" * 64, "query": "ASK {}"}, 400),
        ({"pin": "0" * 64, "default-graph-uri": "http://e/g"}, 400),
    ],
)
def test_a_pin_that_cannot_be(client: Any, parameters: dict[str, str], status: int) -> None:
    reply = ask(client, **parameters)
    assert reply.status_code == status
    assert reply.content_type == "application/problem+json"


def test_a_pin_is_of_its_version(client: Any) -> None:
    assert ask(client, pin=pin(ask(client)), version="1").status_code == 200
    assert ask(client, pin=pin(ask(client)), version="99").status_code == 400


def test_a_failure_is_a_problem_with_the_endpoints_name(client: Any, remote: Remote) -> None:
    remote.stores = {}
    text = QUERY.replace("<http://e/area>", "<http://e/other>")
    reply = ask(client, query=text)
    problem = json.loads(reply.data)
    assert (reply.status_code, problem["type"].partition("#")[2]) == (502, "service-failed")
    assert (problem["service"], problem["endpoint"]) == ("registry", URL)
    assert problem["position"] == {"line": 1, "column": 95}
    reply = ask(client, query=text.replace("SERVICE", "SERVICE SILENT"))
    assert reply.status_code == 200
    assert all("area" not in row for row in json.loads(reply.data)["results"]["bindings"])


def test_an_endpoint_that_is_not_listed(client: Any) -> None:
    reply = ask(client, query="ASK { SERVICE <http://169.254.169.254/> { ?s ?p ?o } }")
    problem = json.loads(reply.data)
    assert (reply.status_code, problem["limit"]) == (403, "service_allow")
    assert URL in problem["advice"]


def test_requests_are_counted_by_endpoint(client: Any, remote: Remote) -> None:
    assert ask(client).status_code == 200
    remote.stores = {}
    ask(client, query=QUERY.replace("/area>", "/nowhere>"))
    text = client.get("/metrics").text
    for outcome in ("answered", "failed"):
        assert f'cnrs_kg_service_requests_total{{service="registry",outcome="{outcome}"}} ' in text


def test_a_query_is_judged_without_asking(client: Any, remote: Remote) -> None:
    before = len(remote.queries)
    assert client.post("/sparql/check", data={"query": QUERY}).get_json() == {"problem": None}
    assert len(remote.queries) == before


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_lists_endpoints_and_leads_to_the_pinned_answer(client: Any, language: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": language}
    text = ask(client, headers).text
    assert f"<code>&lt;{URL}&gt;</code>" in text
    assert "photonics" in text
    name = pin(ask(client))
    assert f'href="/sparql?pin={name}" rel="bookmark"' in text
    assert f'href="/cite?pin={name}"' in text
    assert f'href="/sparql?pin={name}&amp;format=csv"' in text
    kept = ask(client, headers, pin=name)
    assert kept.status_code == 200 and "photonics" in kept.text
    assert 'rel="bookmark"' not in kept.text
    assert f'href="/cite?pin={name}"' in kept.text
    assert not any("version=" in link for link in kept.headers.getlist("Link"))


def test_the_pinned_answer_is_cited_by_its_own_link(client: Any) -> None:
    name = pin(ask(client))
    found = client.get(f"/cite?pin={name}&format=csl").get_json(force=True)
    assert found[0]["URL"] == f"https://kg.example/sparql?pin={name}"
    assert client.get("/cite?pin=none&format=csl").status_code == 404
    assert client.get(f"/cite?pin={name}&query=ASK%7B%7D&format=csl").status_code == 400


def test_the_service_description_names_them(client: Any) -> None:
    found = ox.Store()
    found.load(client.get("/sparql", headers={"Accept": "text/turtle"}).data, format=ox.RdfFormat.TURTLE)
    text = f"""PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
    PREFIX dcterms: <http://purl.org/dc/terms/>
    ASK {{ ?s sd:feature sd:BasicFederatedQuery ; sd:defaultDataset ?d ; dcterms:relation [ sd:endpoint <{URL}> ] }}"""
    assert found.query(text)
