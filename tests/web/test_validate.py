"""`/validate` over the published graph."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..validated_project import write_validated_project
from .test_pages import HTML, Page

PROLOGUE = """@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
WRONG = f"""{PROLOGUE}<https://w3id.org/cnrs-kg/id/unit/new> a cnrs:Unit ;
  rdfs:label "No language" .
"""
RIGHT = f'{PROLOGUE}<https://w3id.org/cnrs-kg/id/unit/one> rdfs:label "Number one"@en .\n'


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    directory = tmp_path_factory.mktemp("validated")
    settings = Settings(data_dir=directory / "var", workers=1)
    with KnowledgeGraph(settings, project=write_validated_project(directory)) as found:
        assert found.build(progress=lambda stage: None).conforms
        yield found


@pytest.fixture(scope="module")
def browser(graph: KnowledgeGraph) -> Any:
    return create_app(graph).test_client()


def post(browser: Any, text: str, headers: dict[str, str] | None = None, **query: str) -> Any:
    return browser.post(
        "/validate", data=text.encode(), content_type="text/turtle", headers=headers, query_string=query
    )


def test_a_fault_has_its_shape_and_its_line_and_nothing_is_stored(browser: Any, graph: KnowledgeGraph) -> None:
    before = graph.current()
    found = post(browser, WRONG, name="new.ttl")
    assert found.status_code == 200 and found.json["conforms"] is False
    faults = [one for one in found.json["results"] if one["severity"] == "Violation"]
    assert any({"file": "new.ttl", "line": 4, "column": 14, "endColumn": 27} in one["places"] for one in faults)
    assert graph.current() == before


def test_what_conforms_says_what_it_implies(browser: Any) -> None:
    found = post(browser, RIGHT).json
    assert found["conforms"] is True and found["added"] == 1 and found["version"] == 1
    assert post(browser, "oops").json["version"] == 1


def test_a_syntax_error_is_a_result_with_its_place(browser: Any) -> None:
    found = post(browser, "@prefix : <urn:> .\n:a :b ;;; .", name="b.ttl").json
    (result,) = found["results"]
    assert (result["kind"], result["places"][0]["line"]) == ("syntax", 2)


@pytest.mark.parametrize(
    ("name", "start"),
    [("csv", "severity,kind"), ("sarif", '{"$schema"'), ("turtle", "@prefix"), ("json", '{"conforms"')],
)
def test_the_report_comes_in_other_forms(browser: Any, name: str, start: str) -> None:
    found = post(browser, WRONG, format=name)
    assert found.text.startswith(start) and "language" in found.text
    if name == "turtle":
        assert list(ox.parse(found.text, ox.RdfFormat.TURTLE))


def test_the_report_is_told_as_the_terminal_tells_it(browser: Any) -> None:
    for headers, query in (({"Accept": "text/plain"}, {}), ({}, {"format": "text"})):
        found = post(browser, WRONG, headers, name="new.ttl", lang="fr", **query)
        assert found.content_type == "text/plain; charset=utf-8"
        assert "Un nom a une langue." in found.text and "new.ttl:4:14" in found.text and "^^^^" in found.text
        assert found.text.endswith("1 déduits\n") and "\x1b" not in found.text


def test_a_form_with_files_gets_a_page(browser: Any) -> None:
    data = {
        "file": [(io.BytesIO(WRONG.encode()), "../x/new.ttl"), (io.BytesIO(RIGHT.encode()), "right.ttl")],
        "text": "",
    }
    found = browser.post("/validate", data=data, headers=HTML)
    assert found.status_code == 200
    page = Page(found.text)
    assert "new.ttl:4:14" in found.text and "../x" not in found.text
    assert page.all("mark") and page.all("textarea")


def test_a_page_shortens_names_and_leads_to_the_shape(browser: Any) -> None:
    data = {"text": WRONG}
    found = browser.post("/validate", data=data, headers=HTML, content_type="multipart/form-data").text
    assert "<code>rdfs:label</code>" in found
    assert re.search(r'Judged by <a href="/[^"]+"><code>[\w:/#.-]+</code></a>', found)


def test_a_text_is_a_document_and_stays_in_the_form(browser: Any) -> None:
    found = browser.post(
        "/validate", data={"text": WRONG, "lang": "fr"}, headers=HTML, content_type="multipart/form-data"
    )
    assert "text.ttl:4:14" in found.text and "No language" in found.text


def test_an_empty_file_is_a_document_and_an_unchosen_one_is_none(browser: Any) -> None:
    found = browser.post("/validate", data={"file": (io.BytesIO(), "empty.ttl", "text/turtle")})
    assert found.status_code == 200 and found.json["added"] == 0
    assert browser.post("/validate", data={"file": (io.BytesIO(), "")}).status_code == 400


def test_a_flag_says_yes_or_no(browser: Any) -> None:
    assert post(browser, RIGHT, replace="false", graph="graph/page").json["withdrawn"] == 0
    assert post(browser, RIGHT, replace="true", graph="graph/page").json["withdrawn"] > 0
    found = post(browser, RIGHT, replace="perhaps")
    assert found.status_code == 400 and "perhaps" in found.json["detail"]


def test_the_form_speaks_french(browser: Any) -> None:
    assert "Vérifier une contribution" in browser.get("/validate?lang=fr", headers=HTML).text


@pytest.mark.parametrize(
    ("content_type", "query", "status"),
    [
        ("application/pdf", {}, 415),
        ("text/turtle", {"format": "pdf"}, 406),
        ("text/turtle", {"graph": "no iri"}, 400),
        ("text/turtle", {"graph": "https://w3id.org/cnrs-kg/graph/ontology"}, 403),
        ("multipart/form-data", {}, 400),
    ],
)
def test_what_cannot_be_judged_is_a_problem(
    browser: Any, content_type: str, query: dict[str, str], status: int
) -> None:
    found = browser.post("/validate", data=RIGHT, content_type=content_type, query_string=query)
    assert found.status_code == status and found.json["detail"]


def test_markup_is_escaped(browser: Any) -> None:
    found = browser.post(
        "/validate", data={"text": '<urn:a> <urn:b> "<script>" ;;'}, headers=HTML, content_type="multipart/form-data"
    )
    assert "<script>" not in found.text


def test_a_page_shows_the_proof_of_a_contradiction(browser: Any) -> None:
    text = f"{PROLOGUE}<urn:u> a cnrs:Unit , cnrs:Place ; cnrs:name 'U'@en ."
    page = post(browser, text, headers=HTML, name="new.ttl", lang="en").text
    assert "<summary>Proof</summary>" in page and "cax-dw" in page and "new.ttl:3:" in page


def test_a_page_counts_the_results_that_it_leaves_out(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnrs_kg.web.validate.SHOWN", 1)
    text = f"{WRONG}<urn:u> a cnrs:Unit ."
    total = len(post(browser, text).json["results"])
    assert total > 1 and f"{total - 1} more results" in post(browser, text, headers=HTML, lang="en").text
