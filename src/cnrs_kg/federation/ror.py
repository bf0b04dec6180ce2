"""ROR: the Research Organization Registry's dump, schema 2.1 (https://ror.readme.io/docs/ror-data-structure).

A file is a JSON array, one JSON object a line, or an answer of the API (https://api.ror.org/v2/organizations); a part
of the registry will do, since relations may point outside it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pyoxigraph as ox

from cnrs_kg.federation.records import ADMS, IDENTIFIERS, STATUS, HarvestError, Notes, Statements, parsed_json
from cnrs_kg.federation.registry import Origin, Registry, each
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, RDF, SCHEMA, SKOS, XSD

LONGEST = 10_000_000
"""Bytes of one record."""
_ID = re.compile(r"https://ror\.org/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}")
_RELATIONS = {
    "parent": ORG("subOrganizationOf"),
    "child": ORG("hasSubOrganization"),
    "related": DCTERMS("relation"),
    "predecessor": DCTERMS("replaces"),
    "successor": DCTERMS("isReplacedBy"),
}
_STATUS = {"inactive": "Deprecated", "withdrawn": "Withdrawn", "active": None}


def _records(lines: Iterator[bytes], notes: Notes) -> Iterator[tuple[ox.NamedNode, list[ox.Triple]]]:
    for place, record in _objects(lines):
        yield _record(record, place, notes)


def _located(index: bytes) -> str:
    """The archive of the newest release (https://ror.readme.io/docs/data-dump)."""
    try:
        return str(json.loads(index)["hits"]["hits"][0]["files"][-1]["links"]["self"])
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise HarvestError(
            "Zenodo's list of ROR's releases is not what it was",
            advice="Fetch the dump by hand and name it with --from.",
        ) from error


def _dump(names: Sequence[str]) -> Sequence[str]:
    """The dump in JSON of schema 2; releases up to 1.74 have one of schema 1 beside it."""
    found = sorted((name for name in names if name.endswith(".json")), key=lambda name: "_schema_v2" not in name)
    return found[:1]


ROR = Registry(
    "ror",
    {"en": "Research Organization Registry (ROR)", "fr": "Research Organization Registry (ROR)"},
    "https://ror.org/",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    each(_records),
    Origin(
        "https://zenodo.org/api/communities/ror-data/records?q=&sort=newest",
        accept=("application/json",),
        locate=_located,
    ),
    choose=_dump,
)


def _objects(lines: Iterator[bytes]) -> Iterator[tuple[str, Any]]:
    """The records with their places: a line each, the items of one array, or what the API answers."""
    first = next(lines, b"")
    if first.lstrip()[:1] == b"[" or first.strip() == b"{":
        answer = parsed_json(first + b"".join(lines), "The file")
        yield from ((f"record {number}", item) for number, item in enumerate(_items(answer), 1))
        return
    for number, line in enumerate(chain((first,), lines), 1):
        if len(line) > LONGEST:
            raise HarvestError(f"line {number} has more than {LONGEST:,} bytes", limit="record_bytes")
        if not line.strip():
            continue
        try:
            found = parsed_json(line, f"line {number}")
        except HarvestError as error:
            error.position, error.advice = (number, 1), "A line is a record of ROR's schema 2.1."
            raise
        yield from ((f"line {number}", item) for item in _items(found))


def _items(answer: Any) -> list[Any]:
    """The records of an array, of the API's answer to a search, or the one that it is."""
    if isinstance(answer, dict):
        items = answer.get("items", [answer])
        return items if isinstance(items, list) else [answer]
    return answer if isinstance(answer, list) else [answer]


def _record(record: Any, place: str, notes: Notes) -> tuple[ox.NamedNode, list[ox.Triple]]:
    try:
        iri = record["id"]
        if not _ID.fullmatch(iri):
            raise HarvestError(f"{place}: {iri[:100]!r} is no ROR id")
        found = Statements(iri, notes)
        _names(found, record["names"])
        for type_ in record["types"]:
            found.text(DCTERMS("type"), type_)
        if (status := record["status"]) not in _STATUS:
            notes.leave_out("states of records that are not known", str(status))
        elif name := _STATUS[status]:
            found.say(ADMS("status"), STATUS(name))
        found.year(SCHEMA("foundingDate"), record["established"])
        for link in record["links"]:
            found.link(SCHEMA("url" if link["type"] == "website" else "subjectOf"), link["value"])
        for identifier in record["external_ids"]:
            _identifier(found, identifier)
        for relation in record["relationships"]:
            _relation(found, relation)
        for location in record["locations"]:
            _location(found, location)
    except (KeyError, TypeError, AttributeError) as error:
        raise HarvestError(
            f"{place}: it does not keep to ROR's schema 2.1: {type(error).__name__} {error}",
            advice="Take a dump of schema 2; see https://ror.readme.io/docs/schema-v2.",
        ) from error
    return found.node, found.triples


def _names(found: Statements, names: list[Mapping[str, Any]]) -> None:
    """The name that ROR shows is the preferred one; ROR may have two labels in a language."""
    for name in names:
        acronym = name["types"] == ["acronym"]
        predicate = CNRS("acronym") if acronym else SKOS("prefLabel" if "ror_display" in name["types"] else "altLabel")
        found.text(predicate, name["value"], name["lang"])


def _identifier(found: Statements, identifier: Mapping[str, Any]) -> None:
    """The preferred identifier of another registry, or the only one."""
    if identifier["type"] not in IDENTIFIERS:
        found.notes.leave_out("kinds of identifiers that are not known", str(identifier["type"]))
        return
    every = identifier["all"]
    chosen = identifier["preferred"] or (every[0] if len(every) == 1 else None)
    if chosen is None:
        found.notes.leave_out(f"{identifier['type']} identifiers of which none is preferred", found.node.value)
        return
    found.record_elsewhere(identifier["type"], str(chosen))


def _relation(found: Statements, relation: Mapping[str, Any]) -> None:
    predicate, other = _RELATIONS.get(relation["type"]), relation["id"]
    if predicate is None:
        found.notes.leave_out("kinds of relations that are not known", str(relation["type"]))
    elif other == found.node.value:
        found.notes.leave_out("relations of a record to itself", other)
    else:
        found.link(predicate, other)


def _location(found: Statements, location: Mapping[str, Any]) -> None:
    details = location["geonames_details"]
    place = ox.NamedNode(f"https://sws.geonames.org/{int(location['geonames_id'])}/")
    found.say(SCHEMA("location"), place)
    found.say(RDF("type"), SCHEMA("Place"), place)
    texts = {"name": details["name"], "addressCountry": details["country_code"]}
    texts["addressRegion"] = details.get("country_subdivision_name")
    for name, text in texts.items():
        if text:
            found.say(SCHEMA(name), ox.Literal(str(text)), place)
    for name, key in (("latitude", "lat"), ("longitude", "lng")):
        found.say(SCHEMA(name), ox.Literal(str(details[key]), datatype=XSD("decimal")), place)
