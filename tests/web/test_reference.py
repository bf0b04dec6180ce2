"""The pages that ontology and shapes lead to, and their statements."""

import re
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import CNRS, OWL, RDF, SH

from .test_pages import HTML, Page


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
@pytest.mark.parametrize(
    ("accept", "extension"),
    [
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "rdf"),
        ("application/ld+json", "jsonld"),
        ("*/*", "ttl"),
    ],
)
def test_the_statements_in_the_format_asked_for(browser: Any, path: str, accept: str, extension: str) -> None:
    found = browser.get(path, headers={"Accept": accept})
    syntax = ox.RdfFormat.from_extension(extension)
    assert syntax is not None and found.status_code == 200 and syntax.media_type in found.content_type
    wanted = OWL("Class") if path == "/ontology" else SH("NodeShape")
    assert any(quad.predicate == RDF("type") and quad.object == wanted for quad in ox.parse(found.data, syntax))
    head = browser.head(path, headers={"Accept": accept})
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", found.headers["ETag"])
    again = browser.get(path, headers={"Accept": accept, "If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_the_graph_store_gives_blank_nodes_as_well(browser: Any, name: str) -> None:
    graph = f"https://w3id.org/cnrs-kg/graph/{name}"
    found = browser.get("/rdf-graph-store", query_string={"graph": graph, "format": "ntriples"})
    own = browser.get(f"/{name}?format=ntriples")
    assert found.status_code == 200 and b"genid" not in found.data and found.headers["Last-Modified"]
    assert sorted(found.data.splitlines()) == sorted(own.data.splitlines())


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
def test_all_formats_say_the_same(browser: Any, path: str) -> None:
    found = []
    for name in ("ntriples", "turtle", "rdfxml", "jsonld"):
        text = browser.get(f"{path}?format={name}").data
        syntax = {"ntriples": "nt", "turtle": "ttl", "rdfxml": "rdf", "jsonld": "jsonld"}[name]
        known = ox.RdfFormat.from_extension(syntax)
        assert known is not None
        dataset = ox.Dataset(ox.parse(text, known))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found.append(dataset)
    assert all(one == found[0] for one in found) and len(found[0]) > 1000


def test_statements_are_written_for_people_and_for_readers_of_lists_and_paths(browser: Any) -> None:
    for path, predicate in (("/ontology", OWL("propertyChainAxiom")), ("/shapes", SH("path"))):
        text = browser.get(path).text
        assert "@prefix cnrs:" in text and "genid" not in text
        assert any(
            quad.predicate == predicate and isinstance(quad.object, ox.BlankNode)
            for quad in ox.parse(text, ox.RdfFormat.TURTLE)
        )


def test_a_name_of_a_format_beats_what_is_accepted(browser: Any) -> None:
    assert browser.get("/ontology?format=ntriples", headers=HTML).mimetype == "application/n-triples"
    assert browser.get("/shapes?format=html", headers={"Accept": "text/turtle"}).mimetype == "text/html"
    assert browser.get("/ontology?format=docx").status_code == 406
    assert browser.get("/ontology?version=99").status_code == 404


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
def test_every_iri_of_the_namespace_has_its_place_and_no_link_is_broken(browser: Any, graph: Any, path: str) -> None:
    pages = {one: Page(browser.get(one, headers=HTML).text) for one in ("/ontology", "/shapes")}
    places = {one: [str(tag["id"]) for _, tag in page.elements if "id" in tag] for one, page in pages.items()}
    assert len(places[path]) == len(set(places[path]))
    reference = graph.references.of(graph.current())
    names = {
        "/ontology": {entry.name for entry in reference.ontology.entries.values()},
        "/shapes": {one.name for shape in reference.shapes for one in (shape, *shape.rules)},
    }
    assert names[path] <= set(places[path])
    for link in pages[path].all("a"):
        target, _, fragment = str(link["href"]).partition("#")
        if fragment and target in ("", *pages):
            assert fragment in places[target or path], link


@pytest.mark.parametrize(
    ("lang", "first", "second"), [("en", "office abroad", "bureau à l"), ("fr", "bureau", "office")]
)
def test_a_term_in_both_languages_the_readers_first(browser: Any, lang: str, first: str, second: str) -> None:
    text = browser.get(f"/ontology?lang={lang}", headers=HTML).text
    term = text.partition('<article class="term" id="OfficeAbroad">')[2].partition("</article>")[0]
    assert 0 < term.index(f">{first}") < term.index(second)
    assert "org:OrganizationalUnit" in term and '/shapes#OfficeAbroad"' in term
    assert re.search(r'href="/doc/office/[a-z-]+"', term)


def test_axioms_of_properties_are_told(browser: Any) -> None:
    text = browser.get("/ontology?lang=en", headers=HTML).text
    assert "is covered by</a>" in text and 'is in</a> <span class="quiet">then</span>' in text
    assert "dated claims, which may disagree" in text and "symmetric" in text


def test_concepts_of_schemes_lead_to_their_pages(browser: Any) -> None:
    text = browser.get("/ontology?lang=fr", headers=HTML).text
    assert 'id="scheme-unit-type"' in text and "unité mixte internationale" in text
    assert browser.get("/doc/concept/unit-type/umi", headers=HTML).status_code == 200
    assert 'href="/doc/concept/unit-type/umi"' in text


def test_the_diagram_tells_what_it_shows_without_script_or_style(browser: Any) -> None:
    text = browser.get("/ontology", headers=HTML).text
    drawing = text[text.index("<svg") : text.index("</svg>")]
    assert "<title" in drawing and "<desc" in drawing and 'href="#OfficeAbroad"' in drawing
    assert "style=" not in drawing and "<script" not in drawing


def test_constraints_in_words_and_examples(browser: Any) -> None:
    text = browser.get("/shapes?lang=fr", headers=HTML).text
    rule = text.partition('id="Country-countryCode"')[2].partition("</section>")[0]
    assert "un texte conforme à" in rule and "text that matches" in rule and "refuse une modification" in rule
    assert f'href="/ontology#{CNRS("countryCode").value.partition("#")[2]}"' in rule
    assert "Un exemple conforme" in rule and "Un exemple fautif" in rule


def test_the_context_is_served_at_a_stable_place(browser: Any) -> None:
    found = browser.get("/context")
    assert found.mimetype == "application/ld+json" and found.headers["Access-Control-Allow-Origin"] == "*"
    assert found.json["@context"]["hasSite"] == {"@id": "cnrs:hasSite", "@type": "@id"}
    assert browser.get("/context", headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    document = browser.get("/data/unit/cintra.jsonld").json
    assert document["hasSite"] == ["https://w3id.org/cnrs-kg/id/site/cintra"]
    known = found.json["@context"]
    assert {name: known[name] for name in document["@context"]} == document["@context"]


def test_pages_about_things_lead_to_the_meaning_of_their_terms(browser: Any) -> None:
    links = [str(one["href"]) for one in Page(browser.get("/doc/unit/cintra", headers=HTML).text).all("a")]
    assert "/ontology#hasPartner" in links and "/ontology#InternationalJointUnit" in links


def test_modules_and_the_release_lead_to_their_place(browser: Any) -> None:
    page = browser.get("/ontology/alignments/org", headers=HTML)
    assert (page.status_code, page.headers["Location"]) == (303, "/ontology#module-alignments-org")
    assert browser.get("/ontology/office", headers={"Accept": "text/turtle"}).headers["Location"] == "/ontology"
    assert browser.get("/ontology/0.1.0", headers=HTML).headers["Location"] == "/ontology"
    assert browser.get("/ontology/none").status_code == 404
