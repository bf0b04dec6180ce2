"""The search page and its JSON."""

from collections.abc import Iterator
from typing import Any

import pytest

from cnrs_kg.browsing.index import Hit
from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app
from cnrs_kg.web.search import _told_apart

from ..validated_project import write_validated_project
from .test_pages import HTML, Page


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    directory = tmp_path_factory.mktemp("searched")
    settings = Settings(data_dir=directory / "var", workers=1)
    with KnowledgeGraph(settings, project=write_validated_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        yield create_app(kg).test_client()


def test_a_search_gives_json_to_programs_and_a_page_to_people(browser: Any) -> None:
    found = browser.get("/search?q=one").json
    assert found["total"] == 1 and found["version"] == 1 and found["pages"] == 1
    assert found["results"][0]["iri"].endswith("id/unit/one") and found["results"][0]["page"] == "/doc/unit/one"
    for asked in (browser.get("/search?q=one", headers=HTML), browser.get("/search?q=one&format=html")):
        assert any(link["href"] == "/doc/unit/one" for link in Page(asked.text).all("a"))


def test_completion_tells_label_and_page(browser: Any) -> None:
    found = browser.get("/search/complete?q=on")
    assert found.json["suggestions"][0]["label"] == "One" and found.json["suggestions"][0]["page"] == "/doc/unit/one"
    assert browser.get("/search/complete?q=").json["suggestions"] == []
    assert browser.get("/search/complete?q=nothing+here").json["suggestions"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("q=" + "x" * 201, 400),
        ("q=one&page=two", 400),
        ("q=one&page=0", 400),
        ("q=one&kind=Unicorn", 400),
        ("q=one&format=docx", 406),
        ("q=%22%3E%3Cscript%3E*", 200),
    ],
)
def test_what_cannot_be_searched_is_said(browser: Any, query: str, status: int) -> None:
    found = browser.get(f"/search?{query}")
    assert found.status_code == status and (status == 200 or "advice" in found.json or "available" in found.json)


@pytest.mark.parametrize(("lang", "said"), [("en", "There is no page 9"), ("fr", "Il n’y a pas de page 9")])
def test_a_page_beyond_the_end_leads_back(browser: Any, lang: str, said: str) -> None:
    found = browser.get(f"/search?q=one&page=9&lang={lang}", headers=HTML)
    assert found.status_code == 404 and said in found.text


def test_markup_in_a_search_is_text(browser: Any) -> None:
    found = browser.get('/search?q="><script>alert(1)</script>', headers=HTML)
    assert found.status_code == 200 and "<script>alert" not in found.text


def test_what_has_no_kind_is_told_apart_by_its_iri(browser: Any) -> None:
    (found,) = browser.get("/search/complete?q=one").json["suggestions"]
    assert found["kind"]
    record = Hit("https://ror.org/05swbnm48", "", "Institut Pasteur", "Institut Pasteur", "Institut Pasteur")
    assert _told_apart(record, "en") == "ror.org/05swbnm48"
