"""ROR's records as statements: the traps of the real file, and files that are none."""

import json
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.records import ADMS, STATUS, HarvestError, Notes
from cnrs_kg.federation.ror import ROR
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, SCHEMA, SKOS

from . import reading

ID = "https://ror.org/02feahw73"
NODE = ox.NamedNode(ID)


def record(**changes: Any) -> dict[str, Any]:
    made = {
        "id": ID,
        "status": "active",
        "types": ["government"],
        "established": 1939,
        "links": [{"type": "website", "value": "https://www.cnrs.fr"}],
        "names": [
            {"lang": None, "types": ["acronym"], "value": "CNRS"},
            {"lang": "fr", "types": ["ror_display", "label"], "value": "Centre national de la recherche scientifique"},
        ],
        "external_ids": [],
        "relationships": [],
        "locations": [],
    }
    return made | changes


def read(*records: dict[str, Any]) -> tuple[set[ox.Triple], Notes]:
    return reading.read(ROR, *(json.dumps(one).encode() + b"\n" for one in records))


def values(triples: set[ox.Triple], predicate: ox.NamedNode) -> set[Any]:
    return {triple.object for triple in triples if triple.predicate == predicate}


def test_a_record_becomes_statements() -> None:
    found, notes = read(record())
    assert values(found, SKOS("prefLabel")) == {
        ox.Literal("Centre national de la recherche scientifique", language="fr")
    }
    assert values(found, CNRS("acronym")) == {ox.Literal("CNRS")}
    assert {one.subject for one in found} == {NODE} and not list(notes.lines())


def test_an_array_lines_and_answers_of_the_api_say_the_same() -> None:
    wanted, _ = read(record())
    answers = (record(), {"number_of_results": 1, "items": [record()]})
    for text in [json.dumps(one, indent=indent) for one in ([record()], *answers) for indent in (None, 2)]:
        assert reading.read(ROR, text.encode())[0] == wanted


@pytest.mark.parametrize(
    ("type_", "predicate"),
    [
        ("parent", ORG("subOrganizationOf")),
        ("child", ORG("hasSubOrganization")),
        ("related", DCTERMS("relation")),
        ("predecessor", DCTERMS("replaces")),
        ("successor", DCTERMS("isReplacedBy")),
    ],
)
def test_relations_may_point_outside_the_file(type_: str, predicate: ox.NamedNode) -> None:
    found, notes = read(record(relationships=[{"type": type_, "id": "https://ror.org/00jrey675", "label": "x"}]))
    assert values(found, predicate) == {ox.NamedNode("https://ror.org/00jrey675")} and not notes.counts


def test_a_relation_to_itself_and_one_of_an_unknown_kind_are_left_out_and_counted() -> None:
    relations = [{"type": "parent", "id": ID, "label": "x"}, {"type": "cousin", "id": ID[:-1] + "4", "label": "x"}]
    found, notes = read(record(relationships=relations))
    assert not values(found, ORG("subOrganizationOf")) and sum(notes.counts.values()) == 2
    assert any("cousin" in line for line in notes.lines())


@pytest.mark.parametrize(("status", "name"), [("withdrawn", "Withdrawn"), ("inactive", "Deprecated")])
def test_records_that_are_not_active_say_so(status: str, name: str) -> None:
    found, _ = read(record(status=status))
    assert values(found, ADMS("status")) == {STATUS(name)}


@pytest.mark.parametrize(
    ("type_", "every", "preferred", "wanted"),
    [
        ("isni", ["0000 0001 2259 7504"], None, "https://isni.org/isni/0000000122597504"),
        ("isni", ["000 0 00 04 9 339 9953"], "000 0 00 04 9 339 9953", "https://isni.org/isni/0000000493399953"),
        ("wikidata", ["Q280413", "Q1"], "Q280413", "http://www.wikidata.org/entity/Q280413"),
        ("wikidata", ["Q280413", "Q1"], None, None),
        ("isni", ["0000 0001 2259"], None, None),
        ("fundref", ["501100004794"], "501100004794", "https://doi.org/10.13039/501100004794"),
        (
            "grid",
            ["https://www.grid.ac/institutes/grid.445690.a"],
            None,
            "https://www.grid.ac/institutes/grid.445690.a",
        ),
        ("orcid", ["1"], "1", None),
    ],
)
def test_identifiers_are_links_where_one_can_be_chosen(
    type_: str, every: list[str], preferred: str | None, wanted: str | None
) -> None:
    found, notes = read(record(external_ids=[{"type": type_, "all": every, "preferred": preferred}]))
    names = ("hasIsniRecord", "hasWikidataItem", "hasFunderRecord", "hasGridRecord")
    links = {one.value for name in names for one in values(found, CNRS(name))}
    assert links == ({wanted} if wanted else set()) and bool(notes.counts) == (wanted is None)


def test_names_keep_their_joiners_and_are_composed() -> None:
    names = [
        {"lang": "fa", "types": ["ror_display"], "value": "می\u200cخواهم"},
        {"lang": None, "types": ["alias"], "value": "Universite\u0301"},
        {"lang": "not a tag", "types": ["alias"], "value": "x"},
    ]
    found, notes = read(record(names=names))
    assert values(found, SKOS("prefLabel")) == {ox.Literal("می\u200cخواهم", language="fa")}
    assert values(found, SKOS("altLabel")) == {ox.Literal("Université"), ox.Literal("x")} and notes.counts


def test_places_may_be_several_and_lack_a_region() -> None:
    details = {"name": "Lyon", "country_code": "FR", "country_subdivision_name": None, "lat": 45.748, "lng": 4.85}
    other = {**details, "name": "Genève", "country_code": "CH", "country_subdivision_name": "Geneva"}
    places = [{"geonames_id": 1, "geonames_details": details}, {"geonames_id": 2, "geonames_details": other}]
    found, _ = read(record(locations=places))
    assert len(values(found, SCHEMA("location"))) == 2
    assert values(found, SCHEMA("addressCountry")) == {ox.Literal("FR"), ox.Literal("CH")}
    assert values(found, SCHEMA("addressRegion")) == {ox.Literal("Geneva")}


@pytest.mark.parametrize(("established", "kept"), [(970, True), (None, False), (20240, False), ("x", False)])
def test_years_that_cannot_be_are_left_out(established: Any, kept: bool) -> None:
    found, _ = read(record(established=established))
    assert bool(values(found, SCHEMA("foundingDate"))) == kept


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([b"<!doctype html>\n"], "HTML"),
        ([b'{"id": "https://ror.org/02feahw73"\n'], "line 1 is not JSON"),
        ([b'{"id": "https://ror.org/02feahw73"}\n'], "schema 2.1"),
        ([b'{"id": "https://example.org/1"}\n'], "no ROR id"),
        ([b'{"id": 7}\n'], "schema 2.1"),
        ([b"[1, 2"], "not JSON"),
        ([b"{\n", b'"id": 7\n'], "not JSON"),
        ([b"[" * 100_000], "not JSON"),
        ([b'{"items": 7}'], "schema 2.1"),
        ([b"[1, 2]"], "record 1"),
        ([b"7\n"], "schema 2.1"),
    ],
)
def test_what_is_no_dump_is_refused_with_its_place(lines: list[bytes], said: str) -> None:
    with pytest.raises(HarvestError, match=said):
        reading.read(ROR, b"".join(lines))
