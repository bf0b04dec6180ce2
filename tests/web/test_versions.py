"""The history as pages and as data."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copytree
from typing import Any

import pyoxigraph as ox
import pytest
from jsonschema import Draft202012Validator

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.patch import read_patch
from cnrs_kg.web.app import create_app
from cnrs_kg.web.bodies import MOST, SENDING

from .test_pages import HTML, Page

PROJECT = Path(__file__).parents[2]
SCHEMA = json.loads((PROJECT / "docs/schemas/version.schema.json").read_text())
NOTE = "<https://w3id.org/cnrs-kg/id/unit/cintra> <http://www.w3.org/2004/02/skos/core#note>"


@pytest.fixture(scope="module")
def graph(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    data_dir = tmp_path_factory.mktemp("versions") / "var"
    copytree(built, data_dir, symlinks=True)
    with KnowledgeGraph(Settings(data_dir=data_dir, workers=1), project=PROJECT) as kg:
        assert kg.direct.update(f'INSERT DATA {{ {NOTE} "<b>one</b>"@en }}', agent="Anna").conforms
        assert kg.direct.update(f'DELETE DATA {{ {NOTE} "<b>one</b>"@en }}; INSERT DATA {{ {NOTE} "two"@en }}').conforms
        yield kg


@pytest.fixture(scope="module")
def browser(graph: KnowledgeGraph) -> Any:
    return create_app(graph).test_client()


def test_the_versions_are_listed_newest_first(browser: Any, graph: KnowledgeGraph) -> None:
    found = browser.get("/versions")
    assert [one["number"] for one in found.json] == [3, 2, 1]
    for one in found.json:
        Draft202012Validator(SCHEMA).validate(one)
    assert found.json[0] | graph.version(3).to_json() == found.json[0] and found.json[1]["agent"] == "Anna"
    again = browser.get("/versions", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("image/png", None),
        ("text/turtle", None),
        ("text/html;q=0", None),
        ("text/turtle, text/html;q=0.5", "text/html; charset=utf-8"),
        ("text/html, application/json", "application/json"),
        ("application/*", "application/json"),
        ("", "application/json"),
    ],
)
def test_a_client_gets_what_it_reads(browser: Any, accept: str, given: str | None) -> None:
    for path in ("/versions", "/versions/1", "/submissions", "/search?q=cintra"):
        found = browser.get(path, headers={"Accept": accept})
        assert found.status_code == (200 if given else 406)
        assert found.content_type == (given or "application/problem+json")


def test_a_version_leads_to_its_parts(browser: Any) -> None:
    found = browser.get("/versions/2").json
    assert found["kept"] is True and found["links"]["patch"] == "/versions/2/patch"
    for link in found["links"].values():
        assert browser.get(link).status_code == 200


def test_a_patch_is_the_one_that_made_the_version(browser: Any, graph: KnowledgeGraph) -> None:
    found = browser.get("/versions/2/patch")
    assert found.content_type == "application/rdf-patch" and "immutable" in found.headers["Cache-Control"]
    assert hashlib.sha256(found.data).hexdigest() == graph.version(2).patch_sha256
    assert set(read_patch(found.data.splitlines()).added) == set(graph.store.patch(2).added)
    assert browser.get("/versions/2/patch", headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    head = browser.head("/versions/2/patch")
    assert head.data == b"" and head.headers["Content-Length"] == str(len(found.data))


def test_a_difference_is_by_thing(browser: Any) -> None:
    found = browser.get("/versions/3/diff").json
    assert (found["before"], found["after"], found["added"], found["withdrawn"]) == (2, 3, 1, 1)
    note = next(one for one in found["things"] if one["thing"]["value"].endswith("/cintra"))
    assert note["added"][0]["object"]["value"] == "two" and note["label"]["en"]
    from_first = browser.get("/versions/3/diff?from=1").json
    assert (from_first["before"], from_first["added"], from_first["withdrawn"]) == (1, 1, 0)
    back = browser.get("/versions/1/diff?from=3").json
    assert (back["added"], back["withdrawn"]) == (0, 1)


def test_few_may_be_slow_to_take_a_patch(browser: Any) -> None:
    with ExitStack() as held:
        for _ in range(MOST // 2):
            held.enter_context(SENDING.held("127.0.0.1"))
        found = browser.get("/versions/2/patch")
        assert (found.status_code, found.json["limit"]) == (503, "bodies")
    for _ in range(MOST):
        browser.head("/versions/2/patch").close()
    with browser.get("/versions/2/patch") as found:
        assert found.status_code == 200


def test_a_difference_is_text_or_a_patch(browser: Any) -> None:
    text = browser.get("/versions/3/diff?format=text&lang=fr")
    assert text.content_type.startswith("text/plain") and "two" in text.text
    patch = read_patch(browser.get("/versions/3/diff?from=1&format=patch").data.splitlines())
    assert [quad.object for quad in patch.added if quad.graph_name != ox.DefaultGraph()] == [
        ox.Literal("two", language="en")
    ]
    assert browser.get("/versions/3/diff?format=patch").data == browser.get("/versions/3/patch").data


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_show_the_history(browser: Any, language: str) -> None:
    listed = Page(browser.get(f"/versions?lang={language}", headers=HTML).text)
    assert len(listed.all("h1")) == 1
    shown = browser.get(f"/versions/2?lang={language}", headers=HTML)
    assert shown.status_code == 200 and "Anna" in shown.text
    assert "&lt;b&gt;one&lt;/b&gt;" in shown.text and "<b>one" not in shown.text
    compared = browser.get(f"/versions/3/diff?from=1&lang={language}", headers=HTML)
    assert compared.status_code == 200 and "two" in compared.text and "&lt;b&gt;one" not in compared.text
    assert browser.get(f"/versions/3?inferred=true&lang={language}", headers=HTML).status_code == 200


def test_the_first_version_says_that_it_is_shown_in_part(browser: Any) -> None:
    found = browser.get("/versions/1/diff").json
    assert found["before"] == 0 and found["complete"] is False
    assert "download" in browser.get("/versions/1?lang=en", headers=HTML).text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/versions/99", 404, "newest is version 3"),
        ("/versions/99/patch", 404, "no version 99"),
        ("/versions/0", 404, "no version 0"),
        ("/versions/2/diff?from=99", 404, "no version 99"),
        ("/versions/2/diff?from=x", 400, "not the number of a version"),
        ("/versions/2/diff?from=%C2%B2", 400, "not the number of a version"),
        ("/versions/2/diff?inferred=perhaps", 400, "neither true nor false"),
        ("/versions/2/diff?format=pdf", 406, "formats"),
        ("/versions/2?format=pdf", 406, "neither html nor json"),
        ("/versions/" + "9" * 40, 404, "no version"),
        ("/versions/x", 404, "Nothing is here"),
    ],
)
def test_what_is_not_there_is_said(browser: Any, path: str, status: int, said: str) -> None:
    found = browser.get(path)
    assert found.status_code == status and said in found.text
    assert browser.get(path, headers=HTML).status_code == status


def test_a_page_beyond_the_end_leads_back(browser: Any) -> None:
    found = browser.get("/versions?page=7", headers=HTML)
    assert found.status_code == 404 and 'href="/versions"' in found.text
    assert browser.get("/versions?page=x", headers=HTML).status_code == 400


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_thing_has_a_history(browser: Any, language: str) -> None:
    iri = "https://w3id.org/cnrs-kg/id/unit/cintra"
    found = browser.get("/history", query_string={"iri": iri}).json
    assert [one["number"] for one in found["versions"]] == [3, 2, 1] and found["iri"] == iri
    assert (found["versions"][0]["added"], found["versions"][0]["withdrawn"]) == (1, 1)
    page = browser.get("/history", query_string={"iri": "id:unit/cintra", "lang": language}, headers=HTML)
    assert page.status_code == 200 and "Anna" in page.text and "&lt;b&gt;one&lt;/b&gt;" in page.text
    assert len(Page(page.text).all("h1")) == 1
    assert (
        f"/history?iri={iri.replace(':', '%3A').replace('/', '%2F')}"
        in browser.get(f"/doc?iri={iri}", headers=HTML).text
    )


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({}, 400, "No IRI was given"),
        ({"iri": '"text"'}, 400, "literal"),
        ({"iri": "https://example.org/nothing"}, 404, "No version has stated"),
        ({"iri": "https://example.org/a|b (.*)"}, 400, "is no term"),
        ({"iri": "id:unit/cintra", "format": "pdf"}, 406, "neither html nor json"),
    ],
)
def test_a_history_that_is_none_is_said(browser: Any, query: dict[str, str], status: int, said: str) -> None:
    found = browser.get("/history", query_string={**query, "lang": "en"})
    assert found.status_code == status and said in found.text
