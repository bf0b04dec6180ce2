"""All values of a property: sorted, a page at a time, each with its reason; and what cannot be asked."""

import re
from typing import Any
from urllib.parse import parse_qsl

import pytest

from cnrs_kg.browsing.names import folded
from cnrs_kg.web import facts

from .test_pages import HTML, Page

CNRS = "https://w3id.org/cnrs-kg/id/organisation/cnrs"


def asked(browser: Any, **pairs: str) -> Any:
    return browser.get("/facts", query_string={"iri": CNRS, "lang": "en", **pairs}, headers=HTML)


def test_values_are_in_the_order_of_their_names_on_pages(browser: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(facts, "SHOWN", 30)
    pages = [asked(browser, property="cnrs:cooperatesWith", page=number).text for number in ("1", "2")]
    names = [re.findall(r"<tr><td><a [^>]*>([^<]+)</a>", text) for text in pages]
    assert [len(some) for some in names] == [30, 30]
    assert sorted(names[0] + names[1], key=folded) == names[0] + names[1]
    assert asked(browser, property="cnrs:cooperatesWith", page="99").status_code == 404


@pytest.mark.parametrize("inverse", ["false", "true"])
def test_each_leads_to_its_reason(browser: Any, inverse: str) -> None:
    found = asked(browser, property="cnrs:cooperatesWith", inverse=inverse)
    reasons = [link["href"] for link in Page(found.text).all("a") if link["href"].startswith("/explain?")]
    ends = ("o", "s") if inverse == "true" else ("s", "o")
    known = [dict(parse_qsl(href.partition("?")[2])) for href in reasons]
    assert len(known) > 50 and all(one["p"] == "cnrs:cooperatesWith" for one in known)
    assert all(one[ends[0]] == "id:organisation/cnrs" != one[ends[1]] for one in known)
    assert ("correct" in found.text) is (inverse == "false")


def test_what_sources_assert_names_them(browser: Any) -> None:
    found = asked(browser, property="cnrs:hasRorRecord")
    assert re.search(r'<td><span class="quiet">[\w-]+', found.text) and "/form?thing=" in found.text


@pytest.mark.parametrize(
    ("pairs", "status"),
    [
        ({}, 400),
        ({"property": "cnrs:acronym", "inverse": "perhaps"}, 400),
        ({"property": '"no IRI"'}, 400),
        ({"property": "cnrs:coversPlace"}, 404),
        ({"iri": "https://w3id.org/cnrs-kg/id/unit/nowhere", "property": "cnrs:acronym"}, 404),
        ({"property": "cnrs:acronym", "page": "x"}, 400),
    ],
)
def test_what_cannot_be_asked_is_told(browser: Any, pairs: dict[str, str], status: int) -> None:
    assert asked(browser, **pairs).status_code == status
