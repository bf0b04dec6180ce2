"""`/cite`: things, lists, answers and versions, in every form; the permanent link leads to what was read."""

import json
from typing import Any

import pytest

from .conftest import PUBLIC
from .test_pages import HTML, Page

CINTRA = "https://w3id.org/cnrs-kg/id/unit/cintra"
QUERY = "SELECT * { ?s ?p ?o } LIMIT 3 # 100 % & é"


def csl(browser: Any, **options: str) -> dict[str, Any]:
    reply = browser.get("/cite", query_string={**options, "format": "csl", "lang": "en"})
    assert reply.status_code == 200 and reply.content_type == "application/vnd.citationstyles.csl+json"
    (found,) = json.loads(reply.data)
    return found


@pytest.mark.parametrize(
    ("options", "url", "title"),
    [
        ({"iri": CINTRA}, "/doc/unit/cintra?version=1", "Thales Research Alliance"),
        ({"list": "units", "country": "SG"}, "/units?country=singapore&version=1", "International units (Singapore)"),
        ({"query": QUERY}, "/sparql?query=SELECT%20%2A%20", "Answer of a SPARQL query ("),
        ({"version": "1"}, "/versions/1", "CNRS Knowledge Graph"),
        ({}, "/versions/1", "CNRS Knowledge Graph"),
    ],
    ids=["thing", "list", "query", "version", "current"],
)
def test_what_can_be_cited(browser: Any, options: dict[str, str], url: str, title: str) -> None:
    found = csl(browser, **options)
    assert found["URL"].startswith(PUBLIC + url) and title in found["title"] and found["version"] == "1"
    assert browser.get(found["URL"].removeprefix(PUBLIC)).status_code in (200, 303)


def test_the_dataset_of_a_query_is_part_of_its_link(browser: Any) -> None:
    graph = "https://w3id.org/cnrs-kg/graph/ontology"
    assert "default-graph-uri=https%3A%2F%2F" in csl(browser, query=QUERY, **{"default-graph-uri": graph})["URL"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/plain"),
        ("application/x-bibtex", "application/x-bibtex"),
        ("application/vnd.datacite.datacite+json", "application/vnd.datacite.datacite+json"),
        (HTML["Accept"], "text/html; charset=utf-8"),
    ],
)
def test_the_form_is_negotiated(browser: Any, accept: str, media_type: str) -> None:
    reply = browser.get("/cite", query_string={"iri": CINTRA}, headers={"Accept": accept})
    assert (reply.status_code, reply.content_type.partition(";")[0]) == (200, media_type.partition(";")[0])
    again = browser.get(
        "/cite", query_string={"iri": CINTRA}, headers={"Accept": accept, "If-None-Match": reply.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_has_every_form_and_is_in_the_readers_language(browser: Any, language: str) -> None:
    page = browser.get("/cite", query_string={"iri": CINTRA, "lang": language}, headers=HTML).text
    assert "@misc{cnrs-kg-unit-cintra-v1," in page and "&#34;type&#34;: &#34;dataset&#34;" in page
    assert ("How to cite" in page) is (language == "en") and ("Comment citer" in page) is (language == "fr")
    text = browser.get("/cite", query_string={"iri": CINTRA, "lang": language, "format": "text"})
    assert (
        "Cookie" in text.headers["Vary"]
        and text.headers["Content-Language"] == language
        and text.text.strip() in page.replace("&#39;", "'")
    )


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"iri": "not an iri"}, 400),
        ({"iri": "urn:unknown"}, 404),
        ({"list": "planets"}, 400),
        ({"list": "units", "country": "atlantis"}, 400),
        ({"list": "units", "colour": "blue"}, 400),
        ({"query": "CLEAR ALL"}, 400),
        ({"query": "bonjour"}, 400),
        ({"iri": CINTRA, "list": "units"}, 400),
        ({"version": "²"}, 400),
        ({"version": "99"}, 404),
        ({"iri": CINTRA, "version": "99"}, 404),
        ({"format": "docx"}, 406),
    ],
)
def test_what_cannot_be_cited(browser: Any, options: dict[str, str], status: int) -> None:
    assert browser.get("/cite", query_string=options).status_code == status


@pytest.mark.parametrize("path", ["/doc/unit/cintra", "/units?country=SG", "/sparql?query=ASK%20%7B%7D", "/versions/1"])
def test_pages_lead_to_their_citation(browser: Any, path: str) -> None:
    links = [link["href"] for link in Page(browser.get(path, headers=HTML).text).all("a")]
    (cite,) = [link for link in links if link.startswith("/cite")]
    assert browser.get(cite, headers=HTML).status_code == 200
