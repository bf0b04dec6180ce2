"""Wikidata's items as statements, asked by the query itself."""

import json

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.wikidata import ENTITY, WIKIDATA
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, SCHEMA, SKOS

from . import reading
from .endpoint import Endpoint
from .reading import values

PREFIXES = """
@prefix wd: <http://www.wikidata.org/entity/> .  @prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .  @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ITEMS = (
    PREFIXES
    + """
wd:Q280413 rdfs:label "CNRS"@fr, "Nationales Zentrum"@de ; wdt:P1813 "CNRS"@fr ; wdt:P31 wd:Q31855 ;
    wdt:P571 "1939-10-19T00:00:00Z"^^xsd:dateTime ; wdt:P6782 "02feahw73" ; wdt:P213 "0000 0001 2259 7504" ;
    wdt:P856 <https://www.cnrs.fr/> ; wdt:P17 wd:Q142 ; wdt:P1037 wd:Q7 .
wd:Q142 wdt:P297 "FR" .
wd:Q10 rdfs:label "Labo"@fr ; skos:altLabel "Lab"@en ; wdt:P749 wd:Q280413, wd:Q10 ; wdt:P131 wd:Q90 ;
    wdt:P576 <http://www.wikidata.org/.well-known/genid/1> ; wdt:P3016 "199812345A" .
wd:Q90 rdfs:label "Paris"@fr, "Parigi"@it .
wd:Q8 rdfs:label "Marie Martin"@fr ; wdt:P31 wd:Q5 ; wdt:P361 wd:Q280413 .
wd:Q99 rdfs:label "Elsewhere"@en .
"""
)


def about(triples: set[ox.Triple], item: str) -> set[ox.Triple]:
    return {one for one in triples if one.subject == ox.NamedNode(ENTITY + item)}


def test_items_become_statements_and_persons_do_not() -> None:
    found, notes = reading.read(WIKIDATA, *Endpoint(ITEMS).pages(WIKIDATA))
    assert {one.subject.value.removeprefix(ENTITY) for one in found} == {"Q280413", "Q10"}  # type: ignore[union-attr]
    cnrs, labo = about(found, "Q280413"), about(found, "Q10")
    assert values(cnrs, SKOS("prefLabel")) == {ox.Literal("CNRS", language="fr")}
    assert values(cnrs, CNRS("hasRorRecord")) == {ox.NamedNode("https://ror.org/02feahw73")}
    assert values(cnrs, CNRS("hasIsniRecord")) == {ox.NamedNode("https://isni.org/isni/0000000122597504")}
    assert {one.value for one in values(cnrs, SCHEMA("foundingDate"))} == {"1939"}  # type: ignore[attr-defined]
    assert values(cnrs, SCHEMA("addressCountry")) == {ox.Literal("FR")}
    assert values(cnrs, DCTERMS("type")) == {ox.NamedNode(ENTITY + "Q31855")}
    assert values(labo, ORG("subOrganizationOf")) == {ox.NamedNode(ENTITY + "Q280413")}
    assert values(labo, SCHEMA("addressLocality")) == {ox.Literal("Paris", language="fr")}
    assert values(labo, CNRS("rnsrNumber")) == {ox.Literal("199812345A")}
    assert not values(labo, SCHEMA("dissolutionDate"))
    assert "Martin" not in " ".join(map(str, found)) + " ".join(notes.lines())
    assert {"persons", "relations of a record to itself", "years that cannot be"} == set(notes.counts)


def test_many_items_come_in_pages() -> None:
    items = "".join(f'wd:Q{number} wdt:P3016 "{number}" .\n' for number in range(1000, 1650))
    pages = list(Endpoint(PREFIXES + items).pages(WIKIDATA))
    found, _ = reading.read(WIKIDATA, *pages)
    assert len(pages) == 3 and len({one.subject for one in found}) == 650


def test_what_is_no_item_is_left_out() -> None:
    def row(item: str, predicate: str, value: str) -> dict[str, object]:
        return {name: {"type": "uri", "value": text} for name, text in (("item", item), ("p", predicate), ("v", value))}

    direct = "http://www.wikidata.org/prop/direct/"
    rows = [
        row("https://example.org/1", f"{direct}P31", ENTITY + "Q1"),
        row(ENTITY + "Q2", f"{direct}P31", "https://example.org/"),
        row(ENTITY + "Q2", f"{direct}P9999", ENTITY + "Q1"),
        row(ENTITY + "Q2", f"{direct}P361", ENTITY + "Q1"),
    ]
    found, notes = reading.read(WIKIDATA, json.dumps({"results": {"bindings": rows}}).encode())
    assert values(found, ORG("subOrganizationOf")) == {ox.NamedNode(ENTITY + "Q1")}
    assert sum(notes.counts.values()) == 3 and not values(found, DCTERMS("type"))


def test_a_language_that_is_none_is_left_out() -> None:
    row = {name: {"type": "uri", "value": f"{ENTITY}Q1"} for name in ("item", "p")}
    row["p"]["value"] = "http://www.w3.org/2000/01/rdf-schema#label"
    value = {"type": "literal", "value": "X", "xml:lang": ["fr"]}
    found, notes = reading.read(WIKIDATA, json.dumps({"results": {"bindings": [row | {"v": value}]}}).encode())
    assert values(found, SKOS("prefLabel")) == {ox.Literal("X")} and notes.counts["language tags that are none"] == 1


@pytest.mark.parametrize(
    "data", [b"<html>", b"{}", b'{"results": {"bindings": [{"item": {}}]}}', b'{"boolean": true}', b"[" * 100_000]
)
def test_what_are_no_results_is_refused(data: bytes) -> None:
    with pytest.raises(HarvestError):
        reading.read(WIKIDATA, data)


def test_an_answer_that_an_endpoint_may_have_cut_is_refused() -> None:
    assert WIKIDATA.origin.look and WIKIDATA.origin.starts
    (url,) = WIKIDATA.origin.starts("https://query.wikidata.org/sparql")
    row = {name: {"type": "uri", "value": f"{ENTITY}Q1"} for name in ("item", "p", "v")}

    def page(rows: int) -> bytes:
        return json.dumps({"results": {"bindings": [row] * rows}}).encode()

    assert WIKIDATA.origin.look(page(9_999), url).records == {f"{ENTITY}Q1"}
    with pytest.raises(HarvestError, match="exactly 10,000 rows"):
        WIKIDATA.origin.look(page(10_000), url)


def test_an_iri_that_would_end_the_query_is_no_place_to_go_on_from() -> None:
    assert WIKIDATA.origin.look and WIKIDATA.origin.starts
    (url,) = WIKIDATA.origin.starts("https://query.wikidata.org/sparql")
    names = [f"https://example.org/{number}" for number in range(299)] + ['https://x/") } DROP ALL #']
    terms = {"p": {"type": "uri", "value": "urn:p"}, "v": {"type": "literal", "value": "x"}}
    rows = [{"item": {"type": "uri", "value": name}} | terms for name in names]
    with pytest.raises(HarvestError, match="no IRI to go on from"):
        WIKIDATA.origin.look(json.dumps({"results": {"bindings": rows}}).encode(), url)
