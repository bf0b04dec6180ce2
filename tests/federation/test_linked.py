"""Any source in RDF: organisations and data sets in the vocabularies of others, and no persons."""

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.linked import DCAT, LINKED
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, RDF, SCHEMA, SKOS

from . import reading
from .reading import values

TURTLE = b"""
@prefix org: <http://www.w3.org/ns/org#> .  @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .  @prefix schema: <http://schema.org/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .  @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .  @prefix owl: <http://www.w3.org/2002/07/owl#> .
<https://x.example/lab> a org:OrganizationalUnit ; skos:prefLabel "Labo"@fr, "Lab"@en ; foaf:name "The Lab" ;
    skos:notation "UMR 1" ; foaf:homepage <https://lab.example/> ; org:unitOf <https://x.example/uni> ;
    owl:sameAs <https://ror.org/02feahw73>, <https://elsewhere.example/1> ; schema:foundingDate "1998-05-01"^^xsd:date ;
    org:hasMember <https://x.example/jane> ; foaf:mbox <mailto:jane@x.example> ; skos:altLabel "Ask jane@x.example" .
<https://x.example/uni> a schema:CollegeOrUniversity ; schema:name "University"@en ;
    org:subOrganizationOf <https://x.example/uni> .
<https://x.example/jane> a foaf:Person, org:Organization ; foaf:name "Jane Doe" .
[] a org:Organization ; skos:prefLabel "Nameless" .
<https://x.example/data> a dcat:Dataset ; dcterms:title "Data"@en ; dcterms:issued "2024-01-01"^^xsd:date ;
    dcat:distribution <https://x.example/data.csv> ; dcat:contactPoint [ foaf:name "Jane Doe" ] ;
    dcterms:creator <https://x.example/jane> .
"""


def about(triples: set[ox.Triple], name: str) -> set[ox.Triple]:
    return {one for one in triples if one.subject == ox.NamedNode(f"https://x.example/{name}")}


def test_organisations_in_the_words_of_others_become_statements() -> None:
    found, notes = reading.read(LINKED, TURTLE)
    lab = about(found, "lab")
    assert values(lab, RDF("type")) == {ORG("Organization")}
    assert values(lab, SKOS("prefLabel")) == {ox.Literal("Labo", language="fr"), ox.Literal("Lab", language="en")}
    assert values(lab, SKOS("altLabel")) == {ox.Literal("The Lab")}
    assert values(lab, ORG("subOrganizationOf")) == {ox.NamedNode("https://x.example/uni")}
    assert values(lab, CNRS("hasRorRecord")) == {ox.NamedNode("https://ror.org/02feahw73")}
    assert values(lab, SCHEMA("url")) == {ox.NamedNode("https://lab.example/")}
    assert {one.value for one in values(lab, SCHEMA("foundingDate"))} == {"1998"}  # type: ignore[attr-defined]
    assert values(about(found, "uni"), SKOS("prefLabel")) == {ox.Literal("University", language="en")}
    assert not values(about(found, "uni"), ORG("subOrganizationOf"))


def test_data_sets_are_kept_as_dcat_has_them() -> None:
    data = about(reading.read(LINKED, TURTLE)[0], "data")
    assert values(data, RDF("type")) == {DCAT("Dataset")}
    assert values(data, DCAT("distribution")) == {ox.NamedNode("https://x.example/data.csv")}
    assert {str(one) for one in values(data, DCTERMS("issued"))} == {
        '"2024-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    }


def test_persons_and_things_without_a_name_are_not_read() -> None:
    found, notes = reading.read(LINKED, TURTLE)
    said = (" ".join(map(str, found)) + " ".join(notes.lines())).lower()
    assert not [word for word in ("jane", "nameless") if word in said]
    assert "texts with an e-mail address" in notes.counts and notes.counts["persons"] == 1
    assert "statements about nodes without an IRI" in notes.counts


def test_a_long_text_is_looked_through_once() -> None:
    """From each of its characters to the end it would take hours."""
    text = "a" * 1_000_000
    found, notes = reading.read(LINKED, TURTLE.replace(b"Ask jane@x.example", text.encode()))
    assert ox.Literal(text) in values(about(found, "lab"), SKOS("altLabel"))
    assert "texts with an e-mail address" not in notes.counts


XML = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:org="http://www.w3.org/ns/org#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">
 <org:Organization rdf:about="https://x.example/a"><skos:prefLabel>A</skos:prefLabel></org:Organization></rdf:RDF>"""
JSON = b"""{"@id": "https://x.example/a", "@type": "http://www.w3.org/ns/org#Organization",
 "http://www.w3.org/2004/02/skos/core#prefLabel": "A"}"""
LINES = f"""<https://x.example/a> {RDF("type")} {ORG("Organization")} .
<https://x.example/a> {SKOS("prefLabel")} "A" .""".encode()


@pytest.mark.parametrize("data", [XML, JSON, LINES, b"\xef\xbb\xbf" + LINES])
def test_the_format_is_told_by_the_document(data: bytes) -> None:
    found, _ = reading.read(LINKED, data)
    assert values(found, SKOS("prefLabel")) == {ox.Literal("A")}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!DOCTYPE html><html></html>", "is HTML"),
        (LINES[:-5], "is not RDF"),
        (XML[:-20], "is not RDF"),
        (JSON[:-5], "is not RDF"),
        (b'{"@graph":' + b"[" * 200_000, "nested deeper"),
        (b"<?xml version='1.0'?>" + b"<a>" * 10_000 + b"</a>" * 10_000, "nested deeper"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "entity"),
        (b'{"@context": "https://elsewhere.example/context.jsonld", "@id": "a"}', "is not RDF"),
        (b"\xff\xfe<\x00a\x00", "UTF-16"),
    ],
)
def test_what_is_no_rdf_or_would_reach_out_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(HarvestError, match=said):
        reading.read(LINKED, data)


HEAD = b"""@prefix hydra: <http://www.w3.org/ns/hydra/core#> .  @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix schema: <http://schema.org/> .  @prefix x: <https://x.example/> .
"""
FIRST = (
    HEAD
    + b"""x:c a dcat:Catalog ; dcat:dataset x:1 .  x:1 a dcat:Dataset .
<https://x.example/c?page=1> hydra:next <https://x.example/c?page=2> ."""
)
LAST = (
    HEAD
    + b"""x:c a dcat:Catalog ; dcat:dataset x:2 .  x:2 a dcat:Dataset .
x:o a schema:Organization ; schema:name "O" ."""
)


def test_a_catalogue_in_pages_is_one() -> None:
    look = LINKED.origin.look
    assert look is not None
    page = look(FIRST, "https://x.example/c")
    assert page.following == "https://x.example/c?page=2" and len(page.records) == 2
    last = look(LAST, page.following)
    assert last.following is None and not last.records <= page.records and len(last.records) == 3
    found, notes = reading.read(LINKED, FIRST, LAST)
    assert {one.value for one in values(about(found, "c"), DCAT("dataset"))} == {  # type: ignore[attr-defined]
        "https://x.example/1",
        "https://x.example/2",
    }
    assert not notes.counts


def test_data_are_asked_for_and_not_the_page_about_them() -> None:
    assert {"text/turtle", "application/ld+json", "application/rdf+xml"} < set(LINKED.origin.accept)
    assert not {"text/html", "application/xhtml+xml"} & set(LINKED.origin.accept)
