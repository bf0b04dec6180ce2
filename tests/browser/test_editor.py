"""The query page with its editor, which `make web` builds."""

import os
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cnrs_kg.web.static_files import built

from .test_accessibility import AXE_SCRIPT, violations

UNITS = """PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?unit ?code { ?unit a cnrs:InternationalJointUnit ; skos:notation ?code } ORDER BY ?code"""

pytestmark = pytest.mark.skipif(
    built("editor.js") is None and os.environ.get("CI") != "true", reason="the editor is not built: make web"
)


@pytest.fixture
def editor(page):
    """The text of the editor, once that is there."""
    page.goto("/sparql")
    found = page.get_by_role("textbox", name="SPARQL query")
    expect(found).to_have_attribute("contenteditable", "true")
    return found


def write(page, editor, text):
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_the_answer_comes_without_a_new_page(page, editor):
    page.evaluate("window.same = true")
    write(page, editor, UNITS)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("cell", name="UMI 3288")).to_be_visible()
    expect(page).to_have_url(re.compile("query=PREFIX"))
    assert page.evaluate("window.same")
    expect(page.get_by_role("status").filter(has_text="rows")).to_be_visible()
    page.reload()
    expect(page.get_by_role("cell", name="UMI 3288")).to_be_visible()
    expect(editor).to_contain_text("InternationalJointUnit")


def test_a_fault_is_marked_where_it_is_and_nothing_runs(page, editor):
    write(page, editor, "SELECT * {\n  ?s ?p ?o }}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cm-lintRange-error, .cm-lintPoint-error")).to_have_count(1)
    expect(page.locator("#checked")).to_contain_text("Line 2")
    assert page.url.endswith("/sparql")
    write(page, editor, "ASK {}")
    expect(page.locator("#checked")).to_be_hidden()


def test_a_shared_link_to_a_faulty_query_shows_where(page):
    page.goto("/sparql?query=SELECT%20*%20%7B%0A%20%20%3Fs%20%3Fp%20%3Fo%20%7D%7D")
    expect(page.get_by_role("alert")).to_contain_text("Line 2")
    expect(page.locator(".cm-lintRange-error, .cm-lintPoint-error")).to_have_count(1)


def test_tab_leaves_the_editor(page, editor):
    editor.click()
    page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()


def test_a_query_is_cancelled(page, editor):
    # The server's answer is held back until the reader has given up.
    held = []
    page.route("**/sparql?query=*", lambda route: held.append(route))
    write(page, editor, UNITS)
    page.get_by_role("button", name="Run the query").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status").filter(has_text="Cancelled")).to_be_visible()
    expect(page.locator("#outcome")).not_to_have_attribute("aria-busy", "true")


def test_an_older_version_is_asked(page, editor):
    write(page, editor, UNITS)
    page.get_by_label("Version").select_option("1")
    page.get_by_role("button", name="Run the query").click()
    expect(page.get_by_role("heading", name="Answer")).to_contain_text("from version 1")
    expect(page).to_have_url(re.compile("version=1"))


def test_the_other_language_keeps_the_query(page, editor):
    write(page, editor, UNITS)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("cell", name="UMI 3288")).to_be_visible()
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("textbox", name="Requête SPARQL")).to_contain_text("InternationalJointUnit")
    expect(page.get_by_role("cell", name="UMI 3288")).to_be_visible()


def test_without_scripts_the_form_does_it(plain_page):
    plain_page.goto("/sparql")
    plain_page.get_by_label("SPARQL query").fill(UNITS)
    plain_page.get_by_role("button", name="Run the query").click()
    expect(plain_page.get_by_role("cell", name="UMI 3288")).to_be_visible()


def test_what_fits_is_suggested_and_taken_by_keyboard(page, editor):
    write(page, editor, "SELECT * {\n  ?unit a cnrs:InternationalJointUnit ; }")
    page.keyboard.press("ArrowLeft")
    page.keyboard.insert_text("loc")
    options = page.get_by_role("option")
    expect(options.filter(has_text="cnrs:isLocatedIn")).to_have_attribute("aria-selected", "true")
    expect(options.filter(has_text="cnrs:countryCode")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>")
    expect(editor).to_contain_text("?unit a cnrs:InternationalJointUnit ; cnrs:isLocatedIn")
    page.keyboard.insert_text(" sing")
    expect(options.filter(has_text="place/singapore")).to_contain_text("Singapore")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer tbody tr").first).to_be_visible()


def test_suggestions_come_when_asked_for_and_speak_the_language(open_page):
    page = open_page(locale="fr-FR")
    page.goto("/sparql")
    editor = page.get_by_role("textbox", name="Requête SPARQL")
    expect(editor).to_have_attribute("contenteditable", "true")
    write(page, editor, "SELECT * { ?pays a cnrs:Country ; ")
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("option").filter(has_text="code de pays")).to_be_visible()
    expect(page.get_by_role("listbox", name="Propositions")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()


MEMBERS = """PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>
SELECT ?unit ?member { ?unit a cnrs:InternationalJointUnit ; cnrs:hasMember ?member }"""


def test_an_answer_is_seen_as_a_map_and_as_a_graph(page, editor):
    write(page, editor, MEMBERS)
    page.keyboard.press("Control+Enter")
    views = page.get_by_role("navigation", name="View")
    views.get_by_role("link", name="Map").click()
    expect(page.get_by_role("region", name="The answer on the map").get_by_role("link").first).to_be_visible()
    expect(views.get_by_role("link", name="Map")).to_be_focused()
    views.get_by_role("link", name="Graph", exact=True).press("Enter")
    graph = page.get_by_role("img", name="The answer as a graph of")
    expect(graph.locator("canvas")).to_have_count(3)
    page.get_by_role("button", name="Larger").click()
    expect(page).to_have_url(re.compile("view=graph"))
    write(page, editor, MEMBERS + " LIMIT 3")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer tbody tr")).to_have_count(3)
    expect(graph.locator("canvas")).to_have_count(3)


def test_a_thing_in_the_graph_leads_to_its_page(page):
    iri = "https://w3id.org/cnrs-kg/id/unit/ipal"
    page.goto(f"/sparql?view=graph&query=SELECT ?a ?b {{ VALUES (?a ?b) {{ (<{iri}> <{iri}>) }} }}")
    graph = page.locator("#graph")
    expect(graph.locator("canvas")).to_have_count(3)
    thing = graph.evaluate("host => host._cyreg.cy.nodes()[0].renderedPosition()")
    graph.click(position=thing)  # which waits until the page has come to rest around it
    page.wait_for_url("**/doc/unit/ipal")


def test_views_without_scripts(plain_page):
    plain_page.goto(f"/sparql?query={quote(MEMBERS)}")
    plain_page.get_by_role("link", name="Map").click()
    expect(plain_page.get_by_role("region", name="The answer on the map")).to_be_visible()
    plain_page.get_by_role("link", name="Graph", exact=True).click()
    expect(plain_page.get_by_text("Where none runs, the table says the same")).to_be_visible()
    plain_page.get_by_role("row", name="ipal").get_by_role("link", name="cnrs:hasMember").first.click()
    expect(plain_page.get_by_role("heading", name="Why does this hold?")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_editor(page, editor, scheme):
    page.emulate_media(color_scheme=scheme)
    write(page, editor, "# All\nSELECT (MD5('a') AS ?b) { ?unit a cnrs:InternationalJointUnit ; ")
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    expect(page.locator("#checked")).to_be_visible()
    page.evaluate(AXE_SCRIPT)
    # The list scrolls with the arrow keys of the text that it belongs to, which axe knows of one-line boxes only.
    assert [
        one for one in violations(page) if "scrollable-region-focusable at [['.code-editor', '#cm-ac-" not in one
    ] == []


def test_going_back_brings_the_query_and_its_answer_back(page, editor):
    write(page, editor, UNITS)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("cell", name="UMI 3288")).to_be_visible()
    write(page, editor, "ASK { ?nothing ?is <urn:here> }")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text("No")
    page.go_back()
    expect(page.get_by_role("cell", name="UMI 3288")).to_be_visible()
    expect(editor).to_contain_text("InternationalJointUnit")


def test_a_query_too_long_for_an_address_is_posted(page, editor):
    write(page, editor, f"# {'x' * 9000}\n{UNITS}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("cell", name="UMI 3288")).to_be_visible()
    assert page.url.endswith("/sparql")
