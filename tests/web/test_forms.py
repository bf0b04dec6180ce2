"""`/form` as a browser without scripts uses it."""

from typing import Any

import pytest

from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.namespaces import CNRS

from .test_pages import HTML, Page
from .test_submission_pages import Browser, bare
from .test_submissions import BASE, ONE, begun, graph, published, tokens

__all__ = ["begun", "graph", "published", "tokens"]


@pytest.fixture
def steward(graph: KnowledgeGraph, tokens: Any) -> Browser:
    return Browser(graph, bare(tokens["steward"]))


def test_a_new_thing_is_previewed_mended_and_submitted(steward: Browser, graph: KnowledgeGraph) -> None:
    assert '<a href="/form?class=Organisation">' in steward.get("/form").text
    empty = steward.get("/form", **{"class": "Organisation"})
    Page(empty.text)
    assert "Identifier" in empty.text and 'name="label-en"' in empty.text
    given = {"class": "Organisation", "id": "two", "partner": "Nobody"}
    faulty = steward.post("/form", **given, do="submit")
    assert faulty.status_code == 422 and "Nothing that may stand here is called “Nobody”." in faulty.text
    nameless = steward.post("/form", **{**given, "partner": ""}, do="preview")
    Page(nameless.text)
    assert (nameless.status_code, graph.stewards.list()) == (200, [])
    fieldset = nameless.text.split('id="label-en"')[1].split("</fieldset>")[0]
    assert "An organisation has a name." in fieldset and 'aria-invalid="true"' in fieldset
    named = {**given, "partner": "", "label-en": "Two <b>"}
    shown = steward.post("/form", **named, do="preview").text
    assert "It conforms." in shown and "Two &lt;b&gt;" in shown
    done = steward.post("/form", **named, do="submit", title="A second one", message="new", source="https://x.org/")
    assert (done.status_code, done.headers["Location"]) == (303, "/submissions/1")
    (made,) = graph.stewards.list()
    assert (made.content.title, made.submitter, made.content.conforms) == ("A second one", "steward", True)
    added = graph.stewards.patch(made).added
    assert {quad.object.value for quad in added if quad.predicate == CNRS("statedIn")} == {
        quad.subject.value for quad in added if quad.object.value == "https://x.org/"
    }
    unknown = steward.post("/form", **named, do="preview", source="somebody said so").text
    assert "give the address of a page" in unknown.split('id="source"')[1].split("</fieldset>")[0]
    steward.post("/form", **named, do="submit")
    assert graph.stewards.get(2).content.title.startswith("Organisation – ")


def test_a_thing_is_edited_on_the_version_that_was_shown(steward: Browser, graph: KnowledgeGraph, tokens: Any) -> None:
    thing = f"{BASE}/id/organisation/two"
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    graph.direct.update(f'INSERT DATA {{ <{thing}> a <{BASE}/ontology#Organisation> ; <{label}> "Two"@en, "Duo"@en }}')
    page = steward.get("/form", thing=thing)
    assert 'value="Two"' in page.text and 'name="version" value="2"' in page.text
    graph.direct.update(f'DELETE DATA {{ <{thing}> <{label}> "Duo"@en }}')
    fields = {"thing": thing, "version": "2", "label-en": ["Second", "Duo"]}
    assert steward.post("/form", **fields, do="submit").status_code == 303
    patch = graph.stewards.patch(graph.stewards.get(1))
    assert [quad.object.value for quad in patch.added] == ["Second"]
    assert [quad.object.value for quad in patch.removed] == ["Two"]


def test_one_more_input(steward: Browser) -> None:
    page = Page(steward.post("/form", **{"class": "Organisation", "label-en": "Two", "more": "label-en"}).text)
    assert [one.get("value") for one in page.all("input") if one.get("name") == "label-en"] == ["Two", ""]


def test_a_fact_leads_to_the_form_of_its_thing(steward: Browser) -> None:
    page = steward.get("/doc/unit/one").text
    assert 'class="correct" href="/form?thing=' in page
    form = steward.get("/form", thing=ONE, property=f"{BASE}/ontology#name", value='"One"@en')
    assert form.status_code == 200 and "/explain?s=" in form.text
    plain = steward.get("/form", thing=f"{BASE}/ontology#Unit", title="Unit", message="wrong")
    assert (plain.status_code, plain.headers["Location"]) == (303, "/submissions?title=Unit&message=wrong#submit")


def test_in_french(steward: Browser) -> None:
    page = steward.get("/form", **{"class": "Organisation", "lang": "fr"})
    assert "Identifiant" in page.text and 'lang="fr"' in page.text and "Aperçu" in page.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"class": "Nothing"}, 400),
        ({"class": "Organisation", "id": "x" * 10_001}, 400),
        ({"thing": "no IRI"}, 400),
        ({"thing": "urn:nothing"}, 404),
        ({"thing": ONE, "version": "x"}, 400),
        ({"thing": ONE, "version": "99"}, 404),
    ],
)
def test_what_is_wrong_is_named(steward: Browser, fields: dict[str, str], status: int) -> None:
    assert steward.post("/form", **fields).status_code == status


def test_who_may_submit(graph: KnowledgeGraph, steward: Browser) -> None:
    stranger = Browser(graph)
    given = {"class": "Organisation", "id": "two", "label-en": "Two"}
    assert "It conforms." in stranger.post("/form", csrf="", **given, do="preview").text
    assert stranger.post("/form", csrf="", **given, do="submit").status_code == 401
    assert steward.post("/form", csrf="forged", **given, do="submit").status_code == 403
    assert graph.stewards.list() == []
    json = stranger.client.post("/form", json=given, headers=HTML)
    assert json.status_code == 415
