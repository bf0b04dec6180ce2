"""Wikidata: structures of French research, and what belongs to the CNRS, by SPARQL (https://query.wikidata.org/).

Only properties of the table are asked for; none is about a person, and things that are persons are left out.
"""

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import Notes, Statements
from cnrs_kg.federation.registry import Origin, Record, Registry
from cnrs_kg.federation.sparql import RESULTS, Said, Value, described, look, requests
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, RDFS, SCHEMA, SKOS

ENTITY = "http://www.wikidata.org/entity/"
DIRECT = "http://www.wikidata.org/prop/direct/"
_ITEM = re.compile(re.escape(ENTITY) + r"Q[1-9][0-9]*")
_PERSON = f"{ENTITY}Q5"
_TEXTS = {
    RDFS("label").value: SKOS("prefLabel"),
    SKOS("altLabel").value: SKOS("altLabel"),
    f"{DIRECT}P1448": SKOS("altLabel"),
    f"{DIRECT}P1813": CNRS("acronym"),
    f"{DIRECT}P3016": CNRS("rnsrNumber"),
    SCHEMA("addressCountry").value: SCHEMA("addressCountry"),
    SCHEMA("addressLocality").value: SCHEMA("addressLocality"),
}
_YEARS = {f"{DIRECT}P571": SCHEMA("foundingDate"), f"{DIRECT}P576": SCHEMA("dissolutionDate")}
_LINKS = {
    f"{DIRECT}P31": DCTERMS("type"),
    f"{DIRECT}P1365": DCTERMS("replaces"),
    f"{DIRECT}P1366": DCTERMS("isReplacedBy"),
}
_PARENTS = {f"{DIRECT}P749", f"{DIRECT}P361"}
_RECORDS = {f"{DIRECT}P213": "isni", f"{DIRECT}P3153": "fundref", f"{DIRECT}P2427": "grid", f"{DIRECT}P6782": "ror"}
_SITE = f"{DIRECT}P856"
_TABLES = (_TEXTS, _YEARS, _LINKS, _PARENTS, _RECORDS, {_SITE})
_ASKED = sorted(name for table in _TABLES for name in table if name.startswith(DIRECT))
_CNRS = "Q280413"
QUERY = f"""PREFIX wd: <{ENTITY}> PREFIX wdt: <{DIRECT}> PREFIX schema: <https://schema.org/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?item ?p ?v WHERE {{
  {{ SELECT DISTINCT ?item WHERE {{
    {{ ?item wdt:P3016 [] }} UNION {{ ?item wdt:P749|wdt:P361 wd:{_CNRS} }} UNION {{ BIND (wd:{_CNRS} AS ?item) }}
    FILTER (STR(?item) > "")
  }} ORDER BY STR(?item) LIMIT 300 }}
  {{ VALUES ?p {{ {" ".join(f"<{name}>" for name in _ASKED)} }} ?item ?p ?v }}
  UNION {{ VALUES ?p {{ rdfs:label skos:altLabel }} ?item ?p ?v FILTER (LANG(?v) IN ("fr", "en")) }}
  UNION {{ ?item wdt:P17/wdt:P297 ?v BIND (schema:addressCountry AS ?p) }}
  UNION {{ ?item wdt:P131/rdfs:label ?v FILTER (LANG(?v) = "fr") BIND (schema:addressLocality AS ?p) }}
}}"""


def _read(documents: Iterable[Document], notes: Notes) -> Iterator[Record]:
    for document in documents:
        for item, said in described(document):
            if not _ITEM.fullmatch(item):
                notes.leave_out("things that are no items", item)
            elif (f"{DIRECT}P31", _PERSON) in {(predicate, value.text) for predicate, value in said}:
                notes.leave_out("persons", "(not shown)")
            else:
                yield _record(item, said, notes)


def _record(item: str, said: Said, notes: Notes) -> Record:
    found = Statements(item, notes)
    found.identifier(item.removeprefix(ENTITY))
    for predicate, value in said:
        _state(found, predicate, value)
    return found.node, found.triples


def _state(found: Statements, predicate: str, value: Value) -> None:
    if predicate in _TEXTS:
        found.text(_TEXTS[predicate], value.text, value.language)
    elif predicate in _YEARS:
        found.year(_YEARS[predicate], value.text[:4])
    elif predicate in _RECORDS:
        found.record_elsewhere(_RECORDS[predicate], value.text)
    elif predicate == _SITE:
        found.site(value.text)
    elif not _ITEM.fullmatch(value.text):
        found.notes.leave_out("values that are no items", f"{value.text} for {predicate}")
    elif predicate in _PARENTS:
        found.part_of(value.text)
    elif predicate in _LINKS:
        found.say(_LINKS[predicate], ox.NamedNode(value.text))
    else:
        found.notes.leave_out("properties that are not known", predicate)


WIKIDATA = Registry(
    "wikidata",
    {"en": "Wikidata: French research structures", "fr": "Wikidata : structures de recherche françaises"},
    "https://www.wikidata.org/",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    _read,
    Origin(
        "https://query.wikidata.org/sparql",
        accept=RESULTS,
        starts=lambda url: requests(url, [QUERY]),
        look=look,
    ),
)
