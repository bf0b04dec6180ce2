"""The page about a thing: facts by the ontology's modules, what is around it, what can be taken away."""

import re
from typing import Any

import pytest

from .test_pages import HTML, Page


def page(browser: Any, path: str = "/doc/unit/cintra", language: str = "en") -> str:
    reply = browser.get(f"{path}?lang={language}", headers=HTML)
    assert reply.status_code == 200
    return str(reply.text)


def part(text: str, tag: str, name: str) -> str:
    """The element with a class."""
    found = re.search(f'<{tag} class="{name}">.*?</{tag}>', text, re.DOTALL)
    assert found is not None
    return found[0]


def topics(text: str) -> list[str]:
    return re.findall(r'<section class="topic">\s*<h2>([^<]+)</h2>', text)


@pytest.mark.parametrize(
    ("path", "language", "told"),
    [
        ("/doc/unit/cintra", "en", ["Cooperation", "Organisations", "Places", "Provenance and time"]),
        ("/doc/unit/cintra", "fr", ["Coopération", "Organisations", "Lieux", "Provenance et temps"]),
        ("/doc/office/singapore", "en", ["Offices abroad"]),
        ("/doc/place/singapore", "en", ["Places"]),
    ],
)
def test_facts_are_by_topic_that_of_its_class_first(browser: Any, path: str, language: str, told: list[str]) -> None:
    assert topics(page(browser, path, language))[: len(told)] == told


def test_a_property_is_under_the_module_that_defines_it(browser: Any) -> None:
    text = page(browser)
    cooperation = text[text.index("<h2>Cooperation") : text.index("<h2>Organisations")]
    assert "has partner" in cooperation and "acronym" not in cooperation
    assert "international joint unit" in text[text.index('class="kinds"') :][:200]


def test_what_is_around_it_is_drawn_with_links_and_told_in_words(browser: Any) -> None:
    text = page(browser)
    drawing = part(text, "figure", "around")
    links = Page(drawing).all("a")
    assert 6 < len(links) <= 12 and all(": " in link["aria-label"] for link in links)
    for link in links:
        assert browser.get(link["href"], headers=HTML).status_code == 200
    assert 'role="group"' in drawing and "<desc" in drawing and "<script" not in drawing and "style=" not in drawing
    assert "has partner: Nanyang Technological University" in drawing


def test_history_citation_feed_and_data_are_visible(browser: Any) -> None:
    text = page(browser)
    box = part(text, "section", "box take")
    for start in ("/history?iri=", "/feed?iri=", "/cite?iri=", "/data/unit/cintra.ttl", "/card?iri="):
        assert any(link["href"].startswith(start) for link in Page(box).all("a")), start


def test_long_lists_of_values_are_a_link_away(browser: Any) -> None:
    reply = browser.get("/doc/organisation/cnrs?lang=en", headers=HTML)
    assert len(reply.data) < 200_000
    more = {link["href"] for link in Page(reply.text).all("a") if link.get("class") == "more"}
    (cooperating,) = (href for href in more if "cooperatesWith" in href and "inverse" not in href)
    for href in more:
        assert browser.get(href, headers=HTML).status_code == 200
    query = "SELECT ?x { <https://w3id.org/cnrs-kg/id/organisation/cnrs> cnrs:cooperatesWith ?x }"
    prefix = "PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#> "
    known = browser.get("/sparql", query_string={"query": prefix + query}).json["results"]["bindings"]
    told = browser.get(cooperating, headers=HTML).text
    assert f"{len(known)} in all" in told and told.count("<tr><td>") == min(len(known), 100)


@pytest.mark.parametrize("iri", ["https://w3id.org/cnrs-kg/ontology#JointUnit", "https://ror.org/00s19x989"])
def test_what_has_no_topics_still_has_its_facts(browser: Any, iri: str) -> None:
    reply = browser.get("/doc", query_string={"iri": iri}, headers=HTML)
    assert reply.status_code == 200 and "<dd>" in reply.text


def test_the_lists_that_it_leads_to_are_told_apart(browser: Any) -> None:
    chips = part(page(browser, "/doc/place/singapore"), "p", "chips")
    names = re.findall(r'<a href="(/\w+\?\w+)=singapore">([^<]+) <span', chips)
    assert ("/offices?country", "Offices abroad (Country)") in names
    assert ("/offices?covers", "Offices abroad (Covers)") in names and ("/partners?country", "Partners") in names
