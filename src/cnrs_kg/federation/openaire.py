"""A CRIS by OpenAIRE's guidelines 1.2: organisations and projects in CERIF XML over OAI-PMH.

https://openaire-guidelines-for-cris-managers.readthedocs.io/en/v1.2.0/. Of a project the consortium is read, not the
team; persons, in whatever place, are not read.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from cnrs_kg.federation import oaipmh
from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import IDENTIFIERS, HarvestError, Notes, Statements
from cnrs_kg.federation.registry import Origin, Page, Record, Registry
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, SCHEMA, SKOS

NAMESPACE = "https://www.openaire.eu/cerif-profile/1.2/"
CERIF = f"{{{NAMESPACE}}}"
SETS = ("openaire_cris_orgunits", "openaire_cris_projects")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ROLES = ("Coordinator", "Partner", "Contractor", "InkindContributor", "Member")
_RECORDS = {"RORID": "ror", "ISNI": "isni", "GRID": "grid", "FundRefID": "fundref"}
_OTHERS = {f"{CERIF}{name}" for name in ("Person", "Publication", "Product", "Patent", "Funding", "Event", "Equipment")}


def _look(data: bytes, url: str) -> Page:
    return oaipmh.look(data, url, NAMESPACE)


def _read(documents: Iterable[Document], notes: Notes) -> Iterator[Record]:
    for document in documents:
        for one in oaipmh.records(oaipmh.answer(document.whole(), document.name)):
            if one.metadata is None:
                notes.leave_out("records that were deleted", one.identifier)
            elif one.metadata.tag in _OTHERS:
                notes.leave_out("records that are no organisations or projects", one.metadata.tag.removeprefix(CERIF))
            else:
                yield _record(one.identifier, one.metadata, document.name, notes)


def _record(identifier: str, about: Any, place: str, notes: Notes) -> Record:
    own = about.get("id", "")
    repository = identifier.removesuffix(own)
    if not own or repository == identifier or not identifier.startswith("oai:"):
        raise HarvestError(
            f"{place}: {identifier[:80]!r} does not end in the id {own[:80]!r}",
            advice="Identifiers are oai:<repository>:<id>, as section 4 of the guidelines says.",
        )
    if about.tag == f"{CERIF}OrgUnit":
        found = Statements(identifier, notes)
        _organisation(found, about, repository)
    elif about.tag == f"{CERIF}Project":
        found = Statements(identifier, notes, ORG("OrganizationalCollaboration"))
        _project(found, about, repository)
    else:
        raise HarvestError(f"{place}: {about.tag[:80]} is nothing of the CERIF profile 1.2", advice="Check the format.")
    found.identifier(own)
    for text in _texts(about, "Acronym"):
        found.text(CNRS("acronym"), *text)
    return found.node, found.triples


def _organisation(found: Statements, about: Any, repository: str) -> None:
    for text in _texts(about, "Name"):
        found.text(SKOS("prefLabel"), *text)
    for kind, _ in _texts(about, "Type"):
        found.text(DCTERMS("type"), kind.rpartition("#")[2])
    for element, registry in _RECORDS.items():
        for value, _ in _texts(about, element):
            found.record_elsewhere(registry, value.removeprefix(IDENTIFIERS[registry][2]))
    for address, _ in _texts(about, "ElectronicAddress"):
        found.site(address)
    for parent in _units(about, "PartOf", repository):
        found.part_of(parent)


def _project(found: Statements, about: Any, repository: str) -> None:
    for text in _texts(about, "Title"):
        found.text(SKOS("prefLabel"), *text)
    for element, predicate in (("StartDate", SCHEMA("startDate")), ("EndDate", SCHEMA("endDate"))):
        for day, _ in _texts(about, element):
            found.date(predicate, day[:10])
    for role in _ROLES:
        for member in _units(about, f"Consortium/{CERIF}{role}", repository):
            found.link(ORG("hasMember"), member)


def _texts(about: Any, element: str) -> Iterator[tuple[str, str | None]]:
    """The texts of an element, with their languages."""
    for one in about.iterfind(f"{CERIF}{element}"):
        text = " ".join((one.text or "").split())
        if text:
            yield text, one.get(_LANGUAGE)


def _units(about: Any, path: str, repository: str) -> Iterator[str]:
    """The IRIs of the organisations in a place."""
    for one in about.iterfind(f"{CERIF}{path}/{CERIF}OrgUnit"):
        if one.get("id"):
            yield repository + one.get("id")


OPENAIRE = Registry(
    "openaire",
    {"en": "Current research information system (OpenAIRE)", "fr": "Système d'information recherche (OpenAIRE)"},
    "https://openaire-guidelines-for-cris-managers.readthedocs.io/",
    None,
    _read,
    Origin(
        accept=("text/xml", "application/xml"),
        starts=lambda url: oaipmh.starts(url, SETS),
        look=_look,
    ),
)
