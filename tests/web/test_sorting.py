"""Lists by their columns: what is empty comes last, and an address says it."""

from typing import Any

import pytest

from cnrs_kg.web.messages import BadRequest
from cnrs_kg.web.sorting import Order

from .test_pages import HTML, Page


@pytest.mark.parametrize(("text", "told"), [("b", [1, 2, 0]), ("-b", [2, 1, 0]), (None, [1, 2, 0])])
def test_what_has_nothing_to_compare_comes_last(text: str | None, told: list[int]) -> None:
    assert Order.of(text, ["b"]).sorted([0, 2, 1], lambda number: number) == told


def test_a_column_that_is_none_is_refused() -> None:
    with pytest.raises(BadRequest, match="no column"):
        Order.of("c", ["a", "b"])


def test_a_second_click_turns_the_order_round() -> None:
    order = Order.of("founded", ["name", "founded"])
    assert (order.of_column("founded"), order.of_column("name")) == ("ascending", None)
    assert order.link("founded", "/units", [("sort", "founded"), ("page", "2"), ("country", "SG")]) == (
        "/units?country=SG&sort=-founded"
    )
    assert order.link("name", "/units", []) == "/units?sort=name"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_lists_are_sorted_in_every_format(browser: Any, language: str) -> None:
    years = [
        min(item["founded"])
        for item in browser.get(f"/units?sort=-founded&lang={language}").json["items"]
        if item["founded"]
    ]
    assert len(years) > 20 and years == sorted(years, reverse=True)
    page = browser.get(f"/units?sort=-founded&lang={language}", headers=HTML)
    heads = Page(page.text).all("th")
    assert [head.get("aria-sort") for head in heads if head["scope"] == "col"].count("descending") == 1
    links = [link["href"] for link in Page(page.text).all("a") if link.get("rel") == "next"]
    assert links == ["/units?sort=-founded&page=2"]


def test_accents_do_not_put_a_name_at_the_end(browser: Any) -> None:
    found = browser.get("/countries?lang=fr&sort=name").json["items"]
    names = [item["labels"]["fr"] for item in found]
    assert names.index("Égypte") < names.index("France")


def test_counted_columns_sort_countries(browser: Any) -> None:
    found = browser.get("/countries?sort=-units").json["items"]
    assert found[0]["labels"]["en"] != "Afghanistan" and browser.get("/countries?sort=founded").status_code == 400
