import json

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import CNRS, ID, RDF
from cnrs_kg.vocabulary.json_ld import Context, compact, context
from cnrs_kg.vocabulary.ontology import Ontology

HEAD = """
PREFIX : <https://w3id.org/cnrs-kg/ontology#>
PREFIX id: <https://w3id.org/cnrs-kg/id/unit/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX x: <https://example.org/a/b#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@pytest.fixture(scope="module")
def known(published: ox.Store) -> Context:
    graph = ox.NamedNode("https://w3id.org/cnrs-kg/graph/ontology")
    return context(Ontology(quad.triple for quad in published.quads_for_pattern(None, None, None, graph)))


def triples(text: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(HEAD + text, ox.RdfFormat.TURTLE)}


def expanded(document: object) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(json.dumps(document), ox.RdfFormat.JSON_LD)}


@pytest.mark.parametrize(
    "text",
    [
        "id:a a :JointUnit, org:Organization, x:Kind .",
        'id:a skos:prefLabel "A"@en, "Un A"@fr, "B"@en, "plain", 5 .',
        'id:a :foundedOn "2009"^^xsd:gYear, "2009-10-07"^^xsd:date ; :acronym "A" ; :employeeCount 12 .',
        'id:a :hasSite id:b, "a text"@en, "another", 4 ; org:hasSite id:b .',
        'id:a x:other "x", true, 1.5, 1e3, "01"^^xsd:integer, <urn:x>, "x"@fr-be .',
        "id:a :hasSite id:b . id:b :isIn <http://example.org/é%20?#> .",
        'id:a x:a "quote \\" and <script>\\n" .',
    ],
)
def test_nothing_is_lost(text: str, known: Context) -> None:
    wanted = triples(text)
    assert expanded(compact(wanted, known)) == wanted


def test_everything_said_of_the_terms_survives(published: ox.Store, known: Context) -> None:
    subjects = (ID("unit/cintra"), ID("office/tokyo"), ID("claim/cintra-hasPartner-thales"), CNRS("hasPartner"))
    for subject in subjects:
        wanted = {quad.triple for quad in published.quads_for_pattern(subject, None, None, ox.DefaultGraph())}
        assert expanded(compact(wanted, known)) == wanted


def test_it_reads_well(known: Context) -> None:
    found = compact(triples('id:a a :JointUnit ; skos:prefLabel "A"@en ; :hasSite id:b .'), known)
    assert found["@type"] == ["JointUnit"] and found["prefLabel"] == {"en": ["A"]}
    assert found["hasSite"] == [ID("unit/b").value]
    assert set(found["@context"]) == {"cnrs", "skos", "JointUnit", "prefLabel", "hasSite"}


def test_the_context_names_every_term_once(known: Context) -> None:
    assert known["hasSite"] == {"@id": "cnrs:hasSite", "@type": "@id"} and known["Institute"] == "cnrs:Institute"
    document = {"@context": known, "@id": "urn:a", "@type": "Institute", "hasSite": "urn:b"}
    found = expanded(document)
    node = ox.NamedNode("urn:a")
    assert found == {
        ox.Triple(node, RDF("type"), CNRS("Institute")),
        ox.Triple(node, CNRS("hasSite"), ox.NamedNode("urn:b")),
    }
