"""Saved queries over HTTP: answers, pages, formats, and the description that they keep to."""

import csv
import io
from typing import Any

import pyoxigraph as ox
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from openpyxl import load_workbook

from cnrs_kg.browsing.saved import saved_queries
from cnrs_kg.web.api import RS

from .test_pages import HTML, Page


def test_the_members_of_cintra(browser: Any) -> None:
    found = browser.get("/api/members?body=unit/cintra").json
    assert {row["member"].rpartition("/")[2] for row in found["rows"]} == {"insis", "ntu", "thales"}
    assert found["columns"] == ["body", "member", "name"] and found["total"] == 3
    french = browser.get("/api/members?body=unit/cintra&lang=fr").json
    assert "Université technologique de Nanyang" in {row["name"] for row in french["rows"]}


def test_the_description_is_valid_and_kept(browser: Any) -> None:
    document = browser.get("/api/openapi.json").json
    validate(document)
    assert document["servers"] == [{"url": "https://kg.example"}]
    queries = {path: item for path, item in document["paths"].items() if path.startswith("/api/")}
    assert set(queries) == {f"/api/{name}" for name in saved_queries()}
    schema = document["components"]["schemas"]["Answer"]
    for path, item in queries.items():
        given = {one["name"]: one["example"] for one in item["get"]["parameters"] if one.get("required")}
        found = browser.get(path, query_string=given)
        assert found.status_code == 200
        # records disagree only where registries were harvested
        assert found.json["total"] > 0 or path.startswith("/api/conflicts-")
        Draft202012Validator(schema).validate(found.json)
        assert all(set(row) == set(found.json["columns"]) for row in found.json["rows"])


def test_the_description_has_what_is_decided_of_submissions(browser: Any) -> None:
    """Each of its paths is there, and what it says of conditions holds (`test_decisions`)."""
    document = browser.get("/api/openapi.json").json
    found = {path: item for path, item in document["paths"].items() if path.startswith("/submissions/")}
    rules = {rule.rule.replace("<int:number>", "{number}"): rule for rule in browser.application.url_map.iter_rules()}
    for path, item in found.items():
        (method,) = item
        assert method.upper() in rules[path].methods
        status, header = ("304", "If-None-Match") if method == "get" else ("412", "If-Match")
        assert status in item[method]["responses"] and header in [one["name"] for one in item[method]["parameters"]]
    assert {path.rpartition("}")[2] for path in found} >= {"", "/report", "/diff", "/accept", "/reject", "/amend"}


def test_pages_of_an_answer_make_the_whole(browser: Any) -> None:
    whole = browser.get("/api/partners?limit=10000").json["rows"]
    rows, place = [], "/api/partners?limit=50"
    while place:
        answer = browser.get(place)
        rows += answer.json["rows"]
        place = next((link.split(">")[0][1:] for link in answer.headers.getlist("Link") if 'rel="next"' in link), None)
    assert rows == whole and len(whole) > 100
    assert browser.get("/api/partners?offset=99999").json["rows"] == []


def test_csv_and_turtle_say_the_same(browser: Any) -> None:
    rows = browser.get("/api/members?body=unit/cintra").json["rows"]
    table = list(csv.DictReader(io.StringIO(browser.get("/api/members?body=unit/cintra&format=csv").text)))
    assert table == rows
    store = ox.Store()
    store.load(browser.get("/api/members?body=unit/cintra&format=turtle").data, ox.RdfFormat.TURTLE)
    values = {quad.object.value for quad in store.quads_for_pattern(None, RS("value"), None)}  # type: ignore[union-attr]
    assert values == {value for row in rows for value in row.values()}


def test_a_workbook_says_the_same(browser: Any) -> None:
    answer = browser.get("/api/members?body=unit/cintra&format=xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    head, *table = sheet.iter_rows(values_only=True)
    found = browser.get("/api/members?body=unit/cintra").json
    assert list(head) == found["columns"]
    assert [dict(zip(head, row, strict=True)) for row in table] == found["rows"]


def test_the_competency_questions_are_there_to_start_from(browser: Any) -> None:
    answer = browser.get("/api/questions")
    assert {int(one["id"].split("-")[1]) for one in answer.json} >= set(range(1, 28))
    assert all(set(one["question"]) == {"en", "fr"} and "SELECT" in one["query"] for one in answer.json)
    assert browser.get("/api/questions", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_an_answer_is_that_of_its_version(browser: Any) -> None:
    found = browser.get("/api/offices?version=1")
    assert found.json["version"] == 1 and found.headers["Memento-Datetime"]
    again = browser.get("/api/offices?version=1", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    assert browser.get("/api/offices?version=1&limit=1", headers={"If-None-Match": found.headers["ETag"]}).json


@pytest.mark.parametrize("language", ["en", "fr"])
def test_people_have_a_form_and_a_table(browser: Any, language: str) -> None:
    index = Page(browser.get(f"/api?lang={language}", headers=HTML).text)
    assert len(index.all("h1")) == 1
    form = browser.get("/api/members", headers=HTML)
    assert form.status_code == 200 and "<form" in form.text
    for query in ("members", "claims"):
        found = browser.get(f"/api/{query}?lang={language}", headers=HTML)
        assert found.status_code == 200 and found.headers["Content-Language"] == language, query
    table = browser.get(f"/api/members?body=unit/cintra&lang={language}", headers=HTML)
    assert "Thales" in table.text and "/doc/organisation/thales" in table.text


def test_markup_in_a_parameter_is_text(browser: Any) -> None:
    found = browser.get("/api/named?name=<script>alert(1)</script>", headers=HTML)
    assert found.status_code == 200 and "<script>alert" not in found.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/nothing", 404, "members"),
        ("/api/members", 400, "body was not given"),
        ("/api/members?body=unit/cintra&body=unit/ipal", 400, "more than once"),
        ("/api/members?body=unit/cintra&x=1", 400, "is no parameter"),
        ("/api/members?body=unit/cintra&limit=0", 400, "from 1 to"),
        ("/api/members?body=unit/cintra&limit=99999", 400, "to 10000"),
        ("/api/members?body=unit/cintra&offset=-1", 400, "offset"),
        ("/api/members?body=unit/cintra&version=9", 404, "no version 9"),
        ("/api/members?body=unit/cintra&format=pdf", 406, "csv"),
        ("/api/members?body=%22%7D", 400, "names no thing"),
    ],
)
def test_what_is_not_right_is_said(browser: Any, path: str, status: int, said: str) -> None:
    found = browser.get(path)
    assert found.status_code == status and said in found.text


def test_a_page_gives_names_in_its_language(browser: Any) -> None:
    french = browser.get("/api/members?body=unit/cintra", headers=HTML | {"Accept-Language": "fr"}).text
    assert "Institut des sciences de l" in french
    assert "Institute of Engineering" in browser.get("/api/members?body=unit/cintra", headers=HTML).text
    assert "Institute of Engineering" in browser.get("/api/members?body=unit/cintra").text
