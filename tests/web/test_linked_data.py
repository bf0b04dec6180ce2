"""IRIs of ours lead to pages and data, for people and for machines."""

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..validated_project import write_validated_project
from .linked import targets
from .test_pages import HTML, Page

BASE = "https://w3id.org/cnrs-kg/"
ONE = f"{BASE}id/unit/one"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    directory = tmp_path_factory.mktemp("linked")
    settings = Settings(data_dir=directory / "var", workers=1)
    with KnowledgeGraph(settings, project=write_validated_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        yield create_app(kg).test_client()


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        ("text/html", "/doc/unit/one"),
        ("text/turtle", "/data/unit/one.ttl"),
        ("application/n-triples", "/data/unit/one.nt"),
        ("application/ld+json", "/data/unit/one.jsonld"),
        ("application/rdf+xml;q=0.9, text/plain;q=0.1", "/data/unit/one.rdf"),
        ("*/*", "/data/unit/one.ttl"),
    ],
)
def test_a_thing_redirects_to_its_page_or_its_data(browser: Any, accept: str, location: str) -> None:
    for ask in (browser.get, browser.head):
        found = ask("/id/unit/one", headers={"Accept": accept})
        assert found.status_code == 303 and found.headers["Location"] == location and "Accept" in found.headers["Vary"]
    assert browser.get(location, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("extension", ["ttl", "nt", "jsonld", "rdf"])
def test_data_speak_of_the_thing(browser: Any, extension: str) -> None:
    found = browser.get(f"/data/unit/one.{extension}")
    syntax = ox.RdfFormat.from_extension(extension)
    assert syntax is not None and syntax.media_type in found.content_type
    assert ox.NamedNode(ONE) in {quad.subject for quad in ox.parse(found.data, syntax)}
    assert targets(found, "describedby") == ["/.well-known/void"] and targets(found, "describes") == ["/doc/unit/one"]
    again = browser.get(f"/data/unit/one.{extension}", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(("lang", "said"), [("en", "Claims, with their time"), ("fr", "Assertions, avec leur date")])
def test_the_page_tells_facts_sources_and_what_is_inferred(browser: Any, lang: str, said: str) -> None:
    text = browser.get(f"/doc/unit/one?lang={lang}", headers=HTML).text
    assert "<h1>One</h1>" in text and said in text and '<span class="quiet">page</span>' in text
    links = [str(one["href"]) for one in Page(text).all("a")]
    for start in ("/explain?s=", "/form?thing=", "/doc?iri=", "/data/unit/one."):
        assert any(href.startswith(start) for href in links)


def test_turtle_is_for_people_to_read(browser: Any) -> None:
    text = browser.get("/data/unit/one.ttl").text
    (first, *_) = (line for line in text.splitlines() if not line.startswith("@prefix"))
    assert "unit/one> a cnrs:" in first and "<http://www.w3.org/ns/org#" not in text.replace("prefix org: <", "")
    told = set(ox.parse(text, ox.RdfFormat.TURTLE))
    assert told == set(ox.parse(browser.get("/data/unit/one.nt").data, ox.RdfFormat.N_TRIPLES)) and len(told) > 3


def test_any_iri_that_the_graph_knows_is_described(browser: Any) -> None:
    unit = f"{BASE}ontology#Unit"
    assert "What points here" in browser.get("/doc", query_string={"iri": unit, "lang": "en"}, headers=HTML).text
    found = browser.get("/data", query_string={"iri": unit, "format": "nt"})
    assert found.status_code == 200 and f"<{unit}>" in found.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/doc/unit/none", 404),
        ("/data/unit/none.ttl", 404),
        ("/data/unit/one.docx", 406),
        ("/doc", 400),
        ("/doc?iri=no%20iri", 400),
        ("/doc?iri=urn:x%22%3E%3Cscript%3E", 400),
        ("/doc/unit/one?version=99", 404),
    ],
)
def test_what_is_not_there_or_makes_no_sense(browser: Any, path: str, status: int) -> None:
    found = browser.get(path)
    assert found.status_code == status and found.json["detail"]


def test_graphs_lead_to_their_statements(browser: Any) -> None:
    found = browser.get("/graph/page", headers={"Accept": "text/turtle"})
    assert found.status_code == 303 and "graph%2Fpage" in found.headers["Location"]
    data = browser.get(found.headers["Location"], headers={"Accept": "application/n-triples"})
    assert data.status_code == 200 and data.data
    assert "sparql" in browser.get("/graph/page", headers=HTML).headers["Location"]


@pytest.mark.parametrize("accept", ["text/turtle", "text/html"])
def test_a_graph_that_is_not_there_is_said_at_once(browser: Any, accept: str) -> None:
    found = browser.get("/graph/nowhere", headers={"Accept": accept})
    assert found.status_code == 404 and "graph/nowhere" in found.text
    assert browser.get("/graph/no where", headers={"Accept": accept}).status_code == 400


def test_a_past_version_is_described(browser: Any) -> None:
    found = browser.get("/data/unit/one.ttl", headers={"Accept-Datetime": "Thu, 31 May 2007 20:35:00 GMT"})
    assert found.status_code == 200 and "Memento-Datetime" in found.headers
