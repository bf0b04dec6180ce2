"""Names are folded so that they are found; a thing is told by its most telling class."""

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnrs_kg.browsing.names import IDENTIFIER, OTHER, PREFERRED, Name, all_entries, entry, folded
from cnrs_kg.rdf.namespaces import CNRS

ONE = "https://w3id.org/cnrs-kg/id/unit/one"
DATA = f"""
@prefix cnrs: <{CNRS.iri}> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<{ONE}> a cnrs:Organisation, cnrs:InternationalJointUnit, <http://www.w3.org/ns/org#Organization> ;
    skos:prefLabel "Première unité"@fr, "First unit"@en ; rdfs:label "First unit"@en ; skos:altLabel "FU" ;
    skos:notation "UMI 1" ; skos:exactMatch <https://ror.org/02feahw73> .
<urn:x:class> a owl:Class ; rdfs:label "class"@en .
<urn:x:nameless> a cnrs:Organisation .
"""


@pytest.fixture
def store() -> ox.Store:
    found = ox.Store()
    found.load(DATA.encode(), ox.RdfFormat.TURTLE)
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("UMI3288", "umi 3288"),
        ("Médecine à l'École", "medecine a l ecole"),
        ("Œuvre Straße ŁÓDŹ", "oeuvre strasse lodz"),
        ("IN2P3", "in 2 p 3"),
        ('a" OR (b* NEAR', "a or b near"),
        ("snake_case", "snake case"),
        ("東京 5", "東京 5"),
        ("—!?", ""),
    ],
)
def test_case_accents_and_punctuation_are_folded_away(text: str, words: str) -> None:
    assert folded(text) == words


@example("𝐴 ǅ ᾳ İ")
@given(st.text(max_size=40))
def test_what_is_folded_stays_so(text: str) -> None:
    once = folded(text)
    assert folded(once) == once and '"' not in once and "*" not in once


def test_a_thing_has_each_name_once_as_good_as_it_is_anywhere(store: ox.Store) -> None:
    found = entry(store, ONE)
    assert found is not None and found.kind == CNRS("InternationalJointUnit").value and found.rank == 0
    assert set(found.names) == {
        Name("Première unité", "fr", PREFERRED),
        Name("First unit", "en", PREFERRED),
        Name("FU", "", OTHER),
        Name("UMI 1", "", OTHER),
        Name("02feahw73", "", IDENTIFIER),
    }
    assert found.label("fr") == "Première unité" and found.label("en") == "First unit"


def test_what_is_read_one_by_one_is_what_is_read_at_once(store: ox.Store) -> None:
    every = list(all_entries(store))
    assert {found.iri for found in every} == {ONE, "urn:x:class"}
    for found in every:
        alone = entry(store, found.iri)
        assert alone is not None and (alone.kind, set(alone.names)) == (found.kind, set(found.names))


def test_what_has_no_name_is_no_entry(store: ox.Store) -> None:
    assert entry(store, "urn:x:nameless") is None and entry(store, "urn:x:unknown") is None


def test_terms_of_an_ontology_come_last(store: ox.Store) -> None:
    ranks = {found.iri: found.rank for found in all_entries(store)}
    assert ranks["urn:x:class"] > ranks[ONE]
