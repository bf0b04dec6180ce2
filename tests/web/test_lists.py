"""Lists of the project's own data: filters, formats, and answers to what makes no sense."""

import io
import json
from typing import Any

import openpyxl
import pytest

from .test_pages import HTML, Page


def names(answer: Any) -> set[str]:
    return {name for item in answer.json["items"] for name in item["names"]}


@pytest.mark.parametrize("value", ["singapore", "Singapour", "SG", "https://w3id.org/cnrs-kg/id/place/singapore"])
def test_a_country_is_named_in_any_way(browser: Any, value: str) -> None:
    found = browser.get("/units", query_string={"country": value})
    assert {"CINTRA", "IPAL", "BMC2"} <= names(found) and found.json["total"] < 10


def test_filters_go_together(browser: Any) -> None:
    found = browser.get("/units?country=singapore&institute=insis&partner=ntu")
    assert "CINTRA" in names(found) and "IPAL" not in names(found)
    assert browser.get("/units?country=singapore&field=mathematics&institute=insis").json["total"] == 0


@pytest.mark.parametrize("name", ["units", "offices", "partners", "institutes", "countries"])
def test_each_list_is_a_page_and_a_table(browser: Any, name: str) -> None:
    total = browser.get(f"/{name}").json["total"]
    page = browser.get(f"/{name}?lang=fr", headers=HTML)
    assert page.status_code == 200 and total > 5 and len(Page(page.text).all("h1")) == 1
    lines = browser.get(f"/{name}?format=csv").text.splitlines()
    assert len(lines) == total + 1
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"/{name}?format=xlsx").data)).active
    assert sheet is not None and sheet.max_row == total + 1
    assert browser.get(f"/{name}", headers={"Accept": "text/csv"}).text.splitlines() == lines


def test_units_and_offices_are_on_a_map(browser: Any) -> None:
    page = browser.get("/units?country=singapore", headers=HTML).text
    assert "world.svg" in page and "#SG" in page and 'class="mark"' in page
    assert 'class="mark office"' in browser.get("/offices", headers=HTML).text


@pytest.mark.parametrize(
    ("query", "status"),
    [("country=atlantis", 400), ("colour=blue", 400), ("page=0", 400), ("format=docx", 406), ("version=0", 400)],
)
def test_what_makes_no_sense_is_told(browser: Any, query: str, status: int) -> None:
    found = browser.get(f"/units?{query}")
    assert found.status_code == status and found.json["detail"]
    assert browser.get(f"/units?{query}", headers=HTML).status_code == status


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("country=%3Cb%3E", 400, "rien dans cette liste n’a « &lt;b&gt; »"),
        ("colour=blue", 400, "n’est pas un filtre"),
        ("page=99", 404, "Il n’y a pas de page 99"),
    ],
)
def test_a_page_says_so_in_the_language_of_the_reader(browser: Any, query: str, status: int, said: str) -> None:
    found = browser.get(f"/units?lang=fr&{query}", headers=HTML)
    assert found.status_code == status and said in found.text


def test_a_thing_has_its_claims_and_its_map(browser: Any) -> None:
    page = browser.get("/doc/unit/cintra?lang=en", headers=HTML).text
    assert "from 2020" in page and "Press release on CINTRA" in page and "#SG" in page
    assert 'href="/doc/place/singapore" aria-label="Singapore"' in page
    assert "/explain?s=" in page and "rdf-syntax-ns#subject" not in page.partition("What points here")[2]


@pytest.mark.parametrize(
    ("path", "href"),
    [("place/singapore", "/units?country=singapore"), ("institute/insis", "/units?institute=insis"),
     ("organisation/ntu", "/units?partner=ntu"), ("place/singapore", "/partners?country=singapore")],
)  # fmt: skip
def test_a_thing_leads_to_the_lists_that_it_is_a_filter_of(browser: Any, path: str, href: str) -> None:
    assert f'href="{href}"' in browser.get(f"/doc/{path}", headers=HTML).text
    assert browser.get(href).json["total"] > 0


def test_search_engines_read_the_terms_of_schema_org(browser: Any) -> None:
    page = browser.get("/doc/unit/cintra?lang=en", headers=HTML).text
    told = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert told["@id"].endswith("id/unit/cintra") and "Organization" in told["@type"]
    assert {"@id": "https://w3id.org/cnrs-kg/id/organisation/ntu"} in told["member"]
