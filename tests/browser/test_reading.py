"""What readers do, with JavaScript and without: search, lists, maps, proofs, the other language, data to take away."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE
from .stewarding import CINTRA

NAME = "CNRS International NTU Thales Research Alliance"


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def reader(request, open_page) -> Page:
    """Somebody with JavaScript, then somebody without."""
    return open_page(java_script_enabled=request.param)


def main(page: Page):
    return page.get_by_role("main")


def test_from_a_word_over_a_suggestion_to_the_thing(page):
    page.goto("/")
    box = main(page).get_by_role("combobox")
    box.fill("cintra")  # at once: a list for a part of it would be replaced while somebody chooses
    option = page.get_by_role("option", name=NAME)
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    box.press_sequentially(" ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/unit/cintra")


def test_from_a_word_to_the_proof_of_a_fact(reader):
    reader.goto("/")
    main(reader).get_by_label("A name, an acronym").fill("singapour cintra")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/search?q=singapour*")
    main(reader).get_by_label("A name, an acronym").fill("cintra")
    main(reader).get_by_role("button", name="Search").click()
    reader.get_by_role("link", name=NAME).first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(NAME)
    fact = reader.get_by_role("definition").filter(has_text="Institute of Engineering and Systems").first
    fact.get_by_role("link", name="why?").click()
    proof = reader.locator(".proof")
    expect(proof.locator(".asserted").first).to_be_visible()
    expect(proof).to_contain_text(re.compile(r"\.ttl:\d+"))


def test_a_list_by_its_filters_on_the_map_and_as_a_file(reader):
    reader.goto("/units")
    reader.get_by_label("Country").select_option("singapore")
    reader.get_by_role("button", name="Filter").click()
    expect(reader).to_have_url(re.compile(r"/units\?.*country=singapore"))
    expect(reader.get_by_role("heading", name="4 in the list")).to_be_visible()
    rows = reader.get_by_role("rowheader")
    expect(rows).to_have_count(4)
    with reader.expect_download() as download:
        main(reader).get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 5 and "CINTRA" in text
    rows.get_by_role("link", name=NAME).click()
    expect(reader.get_by_role("region", name=f"Map: {NAME}")).to_be_visible()


def test_a_list_is_sorted_by_the_heads_of_its_columns(reader):
    reader.goto("/countries?lang=en")
    head = reader.get_by_role("columnheader", name="International units")
    for order in ("ascending", "descending"):
        head.get_by_role("link").click()
        expect(head).to_have_attribute("aria-sort", order)
    counts = [int(text) for text in reader.locator("tbody td:nth-of-type(2)").all_inner_texts() if text]
    assert counts[0] > 3 and counts == sorted(counts, reverse=True)


def test_an_answer_is_sorted_where_it_stands(page):
    query = "SELECT ?name ?size { VALUES (?name ?size) { ('b' 10) ('a' 9) ('c' 100) } }"
    page.goto("/sparql?" + urlencode({"query": query}))
    names = page.locator("#answer tbody td:first-child")
    for head, told in (("size", "abc"), ("size", "cba"), ("size", "bac"), ("name", "abc")):
        page.locator("#answer").get_by_role("button", name=head, exact=True).click()
        assert "".join(names.all_inner_texts()) == told


def test_a_mark_on_the_map_leads_to_what_is_there(reader):
    reader.goto("/")
    reader.get_by_role("region", name="around the world").get_by_role("link", name="Tokyo").first.click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Tokyo")


def test_the_other_language_is_kept(reader):
    reader.goto("/units?country=singapore")
    reader.get_by_role("link", name="Français").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Unités internationales")
    expect(reader.get_by_label("Pays")).to_have_value("singapore")
    reader.locator(".brand").click()
    expect(reader).to_have_url(re.compile("/$"))
    expect(reader.locator("html")).to_have_attribute("lang", "fr")
    reader.get_by_role("link", name="English").click()
    expect(reader.locator("html")).to_have_attribute("lang", "en")


def test_the_data_of_a_thing(reader):
    reader.goto("/doc/unit/cintra")
    href = main(reader).get_by_role("link", name="ttl", exact=True).get_attribute("href")
    found = reader.request.get(href)
    assert found.headers["content-type"].startswith("text/turtle") and CINTRA.rpartition("/")[2] in found.text()


def test_a_question_leads_to_its_answer(reader):
    reader.goto("/")
    reader.get_by_role("link", name="Which institutes make up the CNRS?").click()
    expect(reader.get_by_role("region", name="Answer").get_by_role("row")).to_have_count(11)


def test_the_versions_and_what_they_changed(reader):
    reader.goto("/")
    reader.get_by_role("contentinfo").get_by_role("link", name="Versions").click()
    reader.get_by_role("cell", name="1", exact=True).get_by_role("link").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Version 1")
    expect(reader.locator(".diff .added").first).to_be_visible()


def test_everything_on_the_home_page_is_there_at_first_paint(plain_page):
    plain_page.goto("/")
    for region in ("around the world", "Sources"):
        expect(plain_page.get_by_role("region", name=region)).to_be_visible()
    assert plain_page.locator(".figures dd").first.inner_text() not in ("", "0")
    scripts = plain_page.locator("script[src]").all()
    assert scripts and all(one.get_attribute("defer") is not None for one in scripts)


@pytest.mark.parametrize("path", ["/", "/units", "/doc/unit/cintra", "/search?q=cnrs"])
def test_what_is_sent_before_the_map_is_small(page, path):
    sizes = {}
    page.on("requestfinished", lambda one: sizes.update({one.url: one.sizes()["responseBodySize"]}))
    page.goto(path, wait_until="networkidle")
    sent = {url: size for url, size in sizes.items() if "/world.svg" not in url}
    assert 2 < len(sent) < 10 and sum(sent.values()) <= 300_000, sent


def test_the_keyboard_alone(page):
    page.goto("/units")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(main(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(main(page).get_by_role("link", name="International units")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/units", "/doc/unit/cintra", "/validate"])
def test_the_focus_is_seen_wherever_it_is(page, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
              const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
              const place = [one.tagName, one.id || one.getAttribute("href") || one.name].join(" ");
              return [place, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, box.width > 0];
            }"""
        )
        if outline[0].startswith("BODY"):
            break
        assert outline[1:] == [True, True], outline
        seen.add(outline[0])
    assert len(seen) > 10


def test_on_paper_there_is_what_one_reads(page):
    page.emulate_media(media="print")
    for path in ("/units", "/doc/unit/cintra"):
        page.goto(path)
        for gone in (page.get_by_role("search"), page.get_by_role("navigation"), page.locator(".filters, .correct")):
            for one in gone.all():
                expect(one).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        clipped = "[...document.querySelectorAll('.scroll')].some(one => one.scrollHeight > one.clientHeight + 1)"
        assert page.evaluate(clipped) is False


@pytest.mark.parametrize("width", [961, 1024, 1100, 1180])
def test_the_head_of_a_page_fits_in_french_as_well(plain_page, width):
    plain_page.set_viewport_size({"width": width, "height": 600})
    plain_page.goto("/problems?lang=fr")
    assert plain_page.evaluate("document.scrollingElement.scrollWidth") == width
    expect(plain_page.get_by_role("link", name="English")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [PHONE, {"width": 820, "height": 1180}, DESKTOP], ids=["phone", "tablet", "desktop"])
@pytest.mark.parametrize("path", ["/", "/units", "/doc/unit/cintra", "/doc/place/asia", "/sparql", "/catalog"])
def test_nothing_is_wider_than_its_window(plain_page, path, size):
    plain_page.set_viewport_size(size)
    plain_page.goto(path)
    assert plain_page.evaluate("document.scrollingElement.scrollWidth") == size["width"]
