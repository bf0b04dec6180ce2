"""Sources of what a form states: found by name or page, or made; claims take theirs along when they go."""

from datetime import date

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import CNRS, ID, RDF, SCHEMA, SKOS, XSD
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.spreadsheets.conversion import Wrong
from cnrs_kg.spreadsheets.things import Things
from cnrs_kg.submissions.form_sources import SOURCE, STATED, cited, left_over, stated
from cnrs_kg.submissions.intake import claim, claim_iri
from cnrs_kg.submissions.proposal import STEWARD

KNOWN, PAGE = ID("source/page"), ox.NamedNode("https://example.org/page")
ONE, FOUNDED, YEAR = ID("unit/one"), CNRS("foundedOn"), ox.Literal("2019", datatype=XSD("gYear"))
DAY = date(2026, 11, 28)


@pytest.fixture
def things() -> Things:
    store = ox.Store()
    said = ((RDF("type"), SOURCE), (SKOS("prefLabel"), ox.Literal("The page", language="en")), (SCHEMA("url"), PAGE))
    store.extend(ox.Quad(KNOWN, predicate, value, DEFAULT_GRAPH) for predicate, value in said)
    store.add(ox.Quad(ID("thing/other"), SCHEMA("url"), ox.NamedNode("https://example.org/other"), DEFAULT_GRAPH))
    return Things(store)


@pytest.mark.parametrize("text", ["The page", "source/page", KNOWN.value, PAGE.value])
def test_a_source_that_is_known_is_found(things: Things, text: str) -> None:
    assert (cited(text, things, DAY).source, cited(text, things, DAY).new) == (KNOWN, ())


@pytest.mark.parametrize("text", ["https://example.org/Notre équipe".replace(" ", "%20"), "https://example.org/other"])
def test_any_other_page_becomes_one(things: Things, text: str) -> None:
    found = cited(text, things, DAY)
    told = {quad.predicate: quad.object for quad in found.new}
    assert found.source.value.startswith(ID("source/example-org-").value) and found == cited(text, things, DAY)
    assert told[RDF("type")] == SOURCE and told[SCHEMA("url")] == ox.NamedNode(text)
    assert told[CNRS("consultedOn")] == ox.Literal("2026-11-28", datatype=XSD("date"))
    assert len({quad.object.language for quad in found.new if quad.predicate == SKOS("prefLabel")}) == 2


@pytest.mark.parametrize("text", ["somebody", "https://", "https://exa mple.org", "x" * 3000, "thing/other"])
def test_what_is_no_source_is_told(things: Things, text: str) -> None:
    with pytest.raises(Wrong):
        cited(text, things, DAY)


def test_a_claim_is_stated_and_goes_with_its_source(things: Things) -> None:
    added = ox.Quad(ONE, FOUNDED, YEAR)
    said = stated(added, KNOWN, frozenset({FOUNDED}))
    assert said == ox.Quad(claim_iri(ox.Quad(ONE, FOUNDED, YEAR, STEWARD)), STATED, KNOWN)
    assert stated(added, KNOWN, frozenset()) == ox.Quad(ONE, STATED, KNOWN)
    things.store.extend(
        [*claim(ox.Quad(ONE, FOUNDED, YEAR, STEWARD)), ox.Quad(said.subject, said.predicate, said.object, STEWARD)]
    )
    assert [quad.triple for quad in left_over(added, things.store, frozenset({FOUNDED}))] == [said.triple]
    assert not list(left_over(added, things.store, frozenset()))
