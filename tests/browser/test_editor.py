"""The query page with its editor, which `make web` builds."""

import os

import pytest
from playwright.sync_api import expect

from cnrs_kg.web.static_files import built

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
    assert page.evaluate("window.same") and "query=PREFIX" in page.url
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
    assert "version=1" in page.url


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
    page.keyboard.type("loc")
    options = page.get_by_role("option")
    expect(options.filter(has_text="cnrs:isLocatedIn")).to_have_attribute("aria-selected", "true")
    expect(options.filter(has_text="cnrs:countryCode")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>")
    expect(editor).to_contain_text("?unit a cnrs:InternationalJointUnit ; cnrs:isLocatedIn")
    page.keyboard.type(" sing")
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
