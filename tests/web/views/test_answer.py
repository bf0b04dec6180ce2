"""The views of an answer on the query page, as a browser without scripts gets them."""

import pytest

from cnrs_kg.web import static_files

HTML = {"Accept": "text/html"}
MEMBERS = (
    "SELECT ?unit ?member { ?unit a cnrs:InternationalJointUnit ; cnrs:hasMember ?member } ORDER BY ?unit LIMIT 20"
)
COUNTED = """SELECT ?name (COUNT(*) AS ?units) { ?unit cnrs:isLocatedIn ?place . ?place a cnrs:Country ;
<http://www.w3.org/2004/02/skos/core#prefLabel> ?name } GROUP BY ?name"""


@pytest.fixture
def page(browser):
    def get(query, **options):
        query = f"PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>\n{query}"
        return browser.get("/sparql", query_string={"query": query, **options}, headers=HTML).text

    return get


def test_only_views_that_fit_are_offered(page):
    assert 'data-view="map"' in page(MEMBERS) and 'data-view="chart"' not in page(MEMBERS)
    assert 'data-view="chart"' in page(COUNTED) and 'data-view="map"' not in page(COUNTED)
    assert "data-view" not in page("ASK {}") and "data-view" not in page("SELECT * { ?a <urn:b> ?c }")


def test_a_map(page):
    found = page(MEMBERS, view="map")
    assert '<circle class="mark"' in found and 'href="/doc/unit/' in found and '<tr id="row-1">' in found


def test_a_chart(page):
    found = page(COUNTED, view="chart")
    assert 'class="chart"' in found and '<rect x="0.0" width="100.0"' in found and "units by name" in found


@pytest.mark.skipif(static_files.built("editor.js") is None, reason="the script is not built: make web")
def test_a_graph(page):
    found = page("CONSTRUCT { ?u cnrs:hasMember ?m } { ?u cnrs:hasMember ?m } LIMIT 5", view="graph")
    assert 'data-graph="{' in found and 'id="undrawn"' in found


@pytest.mark.parametrize("view", ["chart", "nothing", ""])
def test_a_view_that_does_not_fit_is_the_table(page, view):
    assert 'data-view="table" aria-current="true"' in page(MEMBERS, view=view)


def test_links_to_views_keep_the_question_and_downloads_have_none(page):
    found = page(MEMBERS, view="map", version="1")
    assert "version=1&amp;view=graph" in found or static_files.built("editor.js") is None
    assert "view=map&amp;format" not in found


def test_rows_lead_to_their_explanations_where_they_are_published(page):
    assert 'href="/explain?s=' in page(MEMBERS)
    assert "/explain?s=" not in page(MEMBERS, **{"default-graph-uri": "https://w3id.org/cnrs-kg/graph/ontology"})
