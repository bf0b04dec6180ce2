"""HAL's structures as statements, and how its pages follow each other."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.hal import HAL
from cnrs_kg.federation.records import ADMS, STATUS, HarvestError
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, SCHEMA, SKOS

from . import reading
from .reading import values

NODE = ox.NamedNode("https://data.hal.science/structure/1042")


def structure(**changes: Any) -> dict[str, Any]:
    made = {
        "docid": "1042",
        "name_s": "Laboratoire d'informatique",
        "acronym_s": "LI",
        "code_s": ["UMR 1234", "EA 12"],
        "type_s": "laboratory",
        "valid_s": "VALID",
        "country_s": "fr",
        "url_s": "https://li.example.fr/",
        "startDate_s": "1998-01-01",
        "parentDocid_i": ["441569", "300016"],
        "ror_s": ["https://ror.org/02feahw73"],
        "isni_s": ["0000000122597504"],
        "rnsr_s": ["199812345A"],
        "wikidata_s": ["Q280413"],
    }
    return made | changes


def page(*structures: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"response": {"numFound": len(structures), "start": 0, "docs": structures}} | more).encode()


def test_a_structure_becomes_statements() -> None:
    found, notes = reading.read(HAL, page(structure()))
    assert {one.subject for one in found} == {NODE} and not list(notes.lines())
    assert values(found, SKOS("prefLabel")) == {ox.Literal("Laboratoire d'informatique")}
    assert values(found, SKOS("notation")) == {ox.Literal("UMR 1234"), ox.Literal("EA 12")}
    assert values(found, SCHEMA("addressCountry")) == {ox.Literal("FR")}
    assert values(found, CNRS("rnsrNumber")) == {ox.Literal("199812345A")}
    assert values(found, CNRS("hasRorRecord")) == {ox.NamedNode("https://ror.org/02feahw73")}
    assert values(found, CNRS("hasWikidataItem")) == {ox.NamedNode("http://www.wikidata.org/entity/Q280413")}
    parents = {one.value for one in values(found, ORG("subOrganizationOf"))}
    assert parents == {"https://data.hal.science/structure/441569", "https://data.hal.science/structure/300016"}


def test_fields_may_be_alone_or_missing_and_none_is_about_a_person() -> None:
    sparse = {"docid": 7, "name_s": "X", "code_s": "UPR 1", "address_s": "M. Durand, 1 rue X", "url_s": "a.durand@x.fr"}
    found, notes = reading.read(HAL, page(sparse))
    assert values(found, SKOS("notation")) == {ox.Literal("UPR 1")}
    assert "durand" not in (" ".join(map(str, found)) + " ".join(notes.lines())).lower()


@pytest.mark.parametrize(("state", "kept"), [("VALID", None), ("OLD", "Deprecated"), ("INCOMING", None), ("NEW", None)])
def test_states_of_a_structure(state: str, kept: str | None) -> None:
    found, notes = reading.read(HAL, page(structure(valid_s=state)))
    assert values(found, ADMS("status")) == ({STATUS(kept)} if kept else set())
    assert bool(found) == (state != "INCOMING") and bool(notes.counts) == (state in {"INCOMING", "NEW"})


def test_what_cannot_be_is_left_out_and_counted() -> None:
    changes = {"parentDocid_i": ["1042", "x"], "rnsr_s": ["12"], "startDate_s": "0000", "ror_s": ["https://ror.org/x"]}
    found, notes = reading.read(HAL, page(structure(**changes)))
    for predicate in (ORG("subOrganizationOf"), CNRS("rnsrNumber"), SCHEMA("foundingDate"), CNRS("hasRorRecord")):
        assert not values(found, predicate)
    assert sum(notes.counts.values()) == 5
    assert values(found, DCTERMS("type")) == {ox.Literal("laboratory")}


def look(url: str, **more: Any) -> Any:
    assert HAL.origin.look is not None
    return HAL.origin.look(page(structure(), structure(docid="9"), **more), url)


def test_cursors_lead_to_the_end() -> None:
    assert HAL.origin.starts is not None and HAL.origin.url is not None
    (first,) = HAL.origin.starts(HAL.origin.url)
    asked = parse_qs(urlsplit(first).query)
    assert (asked["cursorMark"], asked["sort"], asked["wt"]) == (["*"], ["docid asc"], ["json"])
    found = look(first, nextCursorMark="AoE+/=&x")
    assert found.records == {"1042", "9"}
    again = parse_qs(urlsplit(found.following).query)
    assert again["cursorMark"] == ["AoE+/=&x"] and again["q"] == asked["q"] and "email" not in found.following
    assert look(found.following, nextCursorMark="AoE+/=&x").following is None
    assert look(first).following is None


@pytest.mark.parametrize("data", [b"<html>", b"{", b"[]", b'{"error": {"msg": "x"}}', b'{"response": {"docs": [1]}}'])
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(HarvestError):
        look_at = HAL.origin.look
        assert look_at is not None
        look_at(data, "https://api.archives-ouvertes.fr/ref/structure/")
    with pytest.raises(HarvestError):
        reading.read(HAL, data)


def test_a_structure_without_a_number_is_refused() -> None:
    with pytest.raises(HarvestError, match="no number of a structure"):
        reading.read(HAL, page({"name_s": "X"}))
