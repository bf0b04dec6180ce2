"""TimeMaps, and what pages and data of a version say of the others."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..validated_project import write_validated_project
from .linked import Link, links, of_reply, targets
from .test_pages import HTML, Page

PUBLIC = "https://kg.example"
BASE = "https://w3id.org/cnrs-kg/"
BRIEF = f"<{BASE}id/unit/brief>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
LATE = f"{BASE}graph/late"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """`unit/one` from version 1 on, `unit/brief` in version 2 alone, a graph from version 4 on."""
    directory = tmp_path_factory.mktemp("timemap")
    settings = Settings(data_dir=directory / "var", workers=1, public_url=f"{PUBLIC}/")
    with KnowledgeGraph(settings, project=write_validated_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        for text in (
            f'INSERT DATA {{ {BRIEF} {LABEL} "Brief"@en }}',
            f'DELETE DATA {{ {BRIEF} {LABEL} "Brief"@en }}',
            f'INSERT DATA {{ GRAPH <{LATE}> {{ <{BASE}id/unit/one> {LABEL} "Late"@en }} }}',
        ):
            assert kg.direct.update(text).conforms
        yield kg


@pytest.fixture(scope="module")
def browser(graph: KnowledgeGraph) -> Any:
    return create_app(graph).test_client()


def mementos(found: list[Link]) -> list[Link]:
    return [link for link in found if "memento" in link.relations]


def numbers(found: list[Link]) -> list[int]:
    return [int(link.target.rpartition("version=")[2]) for link in mementos(found)]


@pytest.mark.parametrize(
    ("resource", "versions"),
    [
        ("/doc/unit/one", [1, 2, 3, 4]),
        ("/data/unit/one.ttl", [1, 2, 3, 4]),
        ("/doc/unit/brief", [2]),
        (f"/card?iri={BASE}id/unit/brief", [2]),
        (f"/data?iri={BASE}id/unit/brief&format=nt", [2]),
        (f"/rdf-graph-store?graph={LATE}", [4]),
        ("/sparql?query=ASK%20%7B%7D", [1, 2, 3, 4]),
        ("/ontology", [1, 2, 3, 4]),
        ("/units?format=json", [1, 2, 3, 4]),
        ("/api/claims?thing=unit/one", [1, 2, 3, 4]),
    ],
)
def test_a_timemap_lists_the_mementos_and_each_is_there(browser: Any, resource: str, versions: list[int]) -> None:
    found = browser.get(f"/timemap{resource}")
    assert found.mimetype == "application/link-format" and numbers(links(found.text)) == versions
    original = next(link for link in links(found.text) if "original" in link.relations)
    assert original.target == PUBLIC + resource and "timegate" in original.relations
    listed = mementos(links(found.text))
    assert "first" in listed[0].relations and "last" in listed[-1].relations
    own = next(link for link in links(found.text) if link.relations == ["self"])
    assert own.parameters["from"] == listed[0].parameters["datetime"]
    assert own.parameters["until"] == listed[-1].parameters["datetime"]
    for link in listed[:2]:
        memento = browser.get(link.target.removeprefix(PUBLIC))
        assert memento.status_code == 200 and memento.headers["Memento-Datetime"] == link.parameters["datetime"]


def test_the_same_as_json(browser: Any) -> None:
    plain = browser.get("/timemap/doc/unit/one", headers={"Accept": "application/json"})
    found = browser.get("/timemap/json/doc/unit/one").json
    assert plain.json == found and found["original_uri"] == f"{PUBLIC}/doc/unit/one"
    listed = mementos(links(browser.get("/timemap/link/doc/unit/one").text))
    assert [one["uri"] for one in found["mementos"]["list"]] == [link.target for link in listed]
    moments = [datetime.fromisoformat(one["datetime"]).replace(microsecond=0) for one in found["mementos"]["list"]]
    assert moments == [parsedate_to_datetime(link.parameters["datetime"]) for link in listed]
    assert found["mementos"]["first"] == found["mementos"]["list"][0]
    for target in found["timemap_uri"].values():
        assert browser.get(target.removeprefix(PUBLIC)).status_code == 200


def test_the_timemap_of_an_iri_is_that_of_what_it_leads_to(browser: Any) -> None:
    assert browser.get("/timemap/id/unit/one").headers["Location"] == "/timemap/doc/unit/one"
    found = browser.get("/timemap/graph/late", follow_redirects=True)
    assert numbers(links(found.text)) == [4]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/timemap/doc/unit/none", 404),
        (f"/timemap/rdf-graph-store?graph={BASE}graph/none", 404),
        ("/timemap/healthz", 404),
        ("/timemap/api/none", 404),
        ("/timemap/doc", 404),
        ("/timemap/doc?iri=no%20iri", 400),
    ],
)
def test_what_has_no_mementos(browser: Any, path: str, status: int) -> None:
    assert browser.get(path).status_code == status


def test_a_timemap_in_no_other_format(browser: Any) -> None:
    assert browser.get("/timemap/doc/unit/one", headers={"Accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize(
    "resource", ["/doc/unit/one", f"/rdf-graph-store?graph={BASE}graph/page", "/sparql?query=ASK%7B%7D"]
)
def test_a_memento_leads_to_those_around_it(browser: Any, resource: str) -> None:
    joint = "&" if "?" in resource else "?"
    for number, roles in ((1, "first"), (2, ""), (4, "last")):
        reply = browser.get(f"{resource}{joint}version={number}")
        assert reply.status_code == 200 and targets(reply, "original") == targets(reply, "timegate") == [resource]
        assert targets(reply, "timemap") == [f"/timemap{resource}"]
        around = {role: targets(reply, role) for role in ("first", "prev", "next", "last")}
        at = {role: [int(one.rpartition("version=")[2]) for one in found] for role, found in around.items()}
        assert at["first"] == [1] and at["last"] == [4]
        assert at["prev"] == ([number - 1] if number > 1 else []) and at["next"] == ([number + 1] if number < 4 else [])
        assert roles in " ".join(role for role, found in at.items() if found == [number])
        for link in mementos(of_reply(reply)):
            assert browser.get(link.target).headers["Memento-Datetime"] == link.parameters["datetime"]


@pytest.mark.parametrize(
    "resource", ["/doc/unit/one", "/data/unit/one.ttl", "/ontology", "/sparql?query=ASK%7B%7D", "/units", "/catalog"]
)
def test_every_resource_of_a_version_tells_when_it_was_made(browser: Any, graph: KnowledgeGraph, resource: str) -> None:
    reply, current = browser.get(resource), graph.current()
    assert current is not None
    assert parsedate_to_datetime(reply.headers["Last-Modified"]) == current.created.replace(microsecond=0)
    assert reply.headers["ETag"] and targets(reply, "timemap") == [f"/timemap{resource}"]
    assert "Memento-Datetime" not in reply.headers
    again = browser.get(resource, headers={"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"})
    assert again.status_code == 200  # the entity tag judges, for a new build writes otherwise


@pytest.mark.parametrize(
    "path", ["/doc/unit/brief", "/data/unit/brief.ttl", "/id/unit/brief", f"/doc?iri={BASE}id/unit/brief"]
)
def test_what_was_withdrawn_is_gone_and_leads_to_its_history(browser: Any, path: str) -> None:
    found = browser.get(path)
    assert found.status_code == 410 and found.json["withdrawn"] == 3
    history = browser.get(found.json["history"])
    assert [version["number"] for version in history.json["versions"]] == [3, 2]
    last = browser.get(found.json["last"], headers=HTML)
    assert last.status_code == 200 and "Brief" in last.text
    joint = "&" if "?" in path else "?"
    assert [browser.get(f"{path}{joint}version={number}").status_code for number in (1, 3)] == [404, 410]
    assert browser.get(f"{path}{joint}version=2").status_code in (200, 303)


def test_the_page_about_what_is_gone_leads_on(browser: Any) -> None:
    found = browser.get("/doc/unit/brief?lang=fr", headers=HTML)
    links_ = [str(one["href"]) for one in Page(found.text).all("a")]
    assert found.status_code == 410 and "La dernière version" in found.text
    assert any(href.startswith("/history?iri=") for href in links_)


def test_the_unknown_leads_to_near_names(browser: Any, graph: KnowledgeGraph) -> None:
    graph.search.find("one")  # which waits for the index
    for path in ("/doc/unit/onee", "/id/unit/one-s", "/data/unit/onee.ttl"):
        found = browser.get(path)
        assert found.status_code == 404
        assert {"iri": f"{BASE}id/unit/one", "page": "/doc/unit/one"}.items() <= found.json["near"][0].items()
    page = browser.get("/doc/unit/onee", headers=HTML)
    assert 'href="/doc/unit/one"' in page.text
    assert browser.get("/doc/unit/%F0%9F%A6%86").status_code == 404


def test_signposts_of_a_page_and_its_data(browser: Any) -> None:
    page = browser.get("/doc/unit/one", headers=HTML)
    assert targets(page, "cite-as") == [f"{BASE}id/unit/one"]
    assert "https://schema.org/AboutPage" in targets(page, "type")
    assert targets(page, "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert targets(page, "collection") == ["/catalog"] and targets(page, "author") == ["/catalog#maintainers"]
    described = [link for link in of_reply(page) if "describedby" in link.relations]
    assert {"text/turtle", "application/ld+json"} <= {link.parameters["type"] for link in described}
    for link in described:
        data = browser.get(link.target)
        assert data.mimetype == link.parameters["type"] and targets(data, "describes") == ["/doc/unit/one"]
    catalog = browser.get("/catalog", headers=HTML)
    assert all(one.startswith("/dumps/") for one in targets(catalog, "item")) and targets(catalog, "item")


def test_signposts_of_a_memento_lead_to_its_own_data(browser: Any) -> None:
    page = browser.get("/doc/unit/one?version=2", headers=HTML)
    assert all(one.endswith("?version=2") for one in targets(page, "describedby"))


def test_redirections_keep_the_version(browser: Any) -> None:
    assert browser.get("/id/unit/one?version=2", headers=HTML).headers["Location"] == "/doc/unit/one?version=2"
    assert browser.get("/graph/page?version=2").headers["Location"].endswith("&version=2")
