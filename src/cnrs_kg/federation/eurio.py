"""CORDIS as linked data in the EURIO ontology, by SPARQL: the CNRS's projects and who takes part in them.

https://cordis.europa.eu/about/sparql · https://op.europa.eu/en/web/eu-vocabularies (EURIO 2.4). Persons
(`eurio:Person`) and contact details are not asked for.
"""

from collections.abc import Iterable, Iterator

from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import HarvestError, Notes, Statements
from cnrs_kg.federation.registry import Origin, Record, Registry
from cnrs_kg.federation.sparql import RESULTS, Said, Value, described, look, requests
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, RDF, SCHEMA, SKOS

EURIO = "http://data.europa.eu/s66#"
RESOURCE = "http://data.europa.eu/s66/resource/"
CNRS_NAME = "CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS"
_PROJECT = f"{EURIO}Project"
_TEXTS = {
    f"{EURIO}legalName": SKOS("prefLabel"),
    f"{EURIO}title": SKOS("prefLabel"),
    f"{EURIO}shortForm": CNRS("acronym"),
    f"{EURIO}identifier": DCTERMS("identifier"),
    f"{EURIO}addressCountry": SCHEMA("addressCountry"),
    f"{EURIO}addressLocality": SCHEMA("addressLocality"),
    f"{EURIO}postalCode": SCHEMA("postalCode"),
}
_DATES = {f"{EURIO}startDate": SCHEMA("startDate"), f"{EURIO}endDate": SCHEMA("endDate")}
_MEMBER, _SITE, _TYPE = f"{EURIO}isRoleOf", f"{EURIO}url", RDF("type").value
_HEAD = f"""PREFIX eurio: <{EURIO}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?item ?p ?v WHERE {{ {{ SELECT DISTINCT ?item WHERE {{
  VALUES ?name {{ "{CNRS_NAME}" "{CNRS_NAME}"^^rdfs:Literal "{CNRS_NAME}"@en }}
  ?cnrs eurio:legalName ?name . ?own eurio:isRoleOf ?cnrs ."""
"""CORDIS types its texts as `rdfs:Literal`, which is no datatype; it may stop to."""
ORGANISATIONS = f"""{_HEAD} ?project eurio:hasInvolvedParty ?own , ?role . ?role eurio:isRoleOf ?item .
  ?item eurio:legalName [] FILTER (STR(?item) > "") }} ORDER BY STR(?item) LIMIT 300 }}
  {{ VALUES ?p {{ rdf:type eurio:legalName eurio:identifier eurio:url }} ?item ?p ?v }}
  UNION {{ ?item eurio:hasAcronym/eurio:shortForm ?v BIND (eurio:shortForm AS ?p) }}
  UNION {{ VALUES ?p {{ eurio:addressCountry eurio:addressLocality eurio:postalCode }}
    ?item eurio:hasSite/eurio:hasAddress ?a . ?a ?p ?v }}
  UNION {{ ?item eurio:hasSite/eurio:hasGeographicalLocation ?place . ?place a eurio:Country ; eurio:name ?v
    BIND (eurio:addressCountry AS ?p) }} }}"""
PROJECTS = f"""{_HEAD} ?item eurio:hasInvolvedParty ?own ; a eurio:Project
  FILTER (STR(?item) > "") }} ORDER BY STR(?item) LIMIT 100 }}
  {{ VALUES ?p {{ rdf:type eurio:title eurio:identifier eurio:startDate eurio:endDate eurio:url }} ?item ?p ?v }}
  UNION {{ ?item eurio:hasAcronym/eurio:shortForm ?v BIND (eurio:shortForm AS ?p) }}
  UNION {{ ?item eurio:hasInvolvedParty/eurio:isRoleOf ?v . ?v eurio:legalName [] BIND (eurio:isRoleOf AS ?p) }} }}"""


def _read(documents: Iterable[Document], notes: Notes) -> Iterator[Record]:
    for document in documents:
        for item, said in described(document):
            if not item.startswith(RESOURCE):
                raise HarvestError(
                    f"{document.name}: {item[:80]!r} is nothing of CORDIS's", advice="Check the endpoint."
                )
            yield _record(item, said, notes)


def _record(item: str, said: Said, notes: Notes) -> Record:
    types = {value.text for predicate, value in said if predicate == _TYPE}
    found = Statements(item, notes, ORG("OrganizationalCollaboration") if _PROJECT in types else None)
    for predicate, value in said:
        _state(found, predicate, value)
    return found.node, found.triples


def _state(found: Statements, predicate: str, value: Value) -> None:
    if predicate in _TEXTS:
        found.text(_TEXTS[predicate], value.text, value.language)
    elif predicate in _DATES:
        found.date(_DATES[predicate], value.text[:10])
    elif predicate == _MEMBER:
        found.link(ORG("hasMember"), value.text)
    elif predicate == _SITE:
        found.site(value.text.strip())
    elif predicate == _TYPE:
        if value.text.startswith(EURIO) and value.text != _PROJECT:
            found.text(DCTERMS("type"), value.text.removeprefix(EURIO))
    else:
        found.notes.leave_out("properties that are not known", predicate)


EURIO_CORDIS = Registry(
    "eurio",
    {"en": "CORDIS: projects with the CNRS (EURIO)", "fr": "CORDIS : projets avec le CNRS (EURIO)"},
    "https://cordis.europa.eu/",
    "https://creativecommons.org/licenses/by/4.0/",
    _read,
    Origin(
        "https://cordis.europa.eu/datalab/sparql",
        accept=RESULTS,
        starts=lambda url: requests(url, [ORGANISATIONS, PROJECTS]),
        look=look,
    ),
)
