"""Any source that publishes RDF: its organisations, and its data sets if it is a catalogue in DCAT 3.

A catalogue that comes in pages is followed by `hydra:next` (https://www.hydra-cg.com/spec/latest/core/).
Only the properties of the tables are read, in the vocabularies that registries use (ORG, FOAF, schema.org, SKOS, DCAT);
none of them is about a person. Blank nodes have no name that a later harvest would find again, and are left out.
https://www.w3.org/TR/vocab-org/ · https://www.w3.org/TR/vocab-dcat-3/
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import pyoxigraph as ox

from cnrs_kg.errors import RdfError
from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import IDENTIFIERS, HarvestError, Notes, Statements
from cnrs_kg.federation.registry import Origin, Page, Record, Registry
from cnrs_kg.rdf.formats import RDF_FORMATS, RdfSyntax, rdf_syntax
from cnrs_kg.rdf.guards import check_document, utf8_text
from cnrs_kg.rdf.namespaces import DCTERMS, ORG, OWL, RDF, RDFS, SCHEMA, SKOS, Namespace

DCAT = Namespace("dcat", "http://www.w3.org/ns/dcat#")
FOAF = Namespace("foaf", "http://xmlns.com/foaf/0.1/")
REGORG = Namespace("rov", "http://www.w3.org/ns/regorg#")
_NEXT = {ox.NamedNode(f"http://www.w3.org/ns/hydra/core#{name}") for name in ("next", "nextPage")}
_OLD_SCHEMA = "http://schema.org/"
_E_MAIL = re.compile(r"(?<![^\s@])[^\s@]++@[^\s@]+\.[^\s@]")
"""Looked for from the beginning of a word only: from each of its characters it takes time by the square of them."""
_ORGANISATIONS = {
    *map(ORG, ("Organization", "FormalOrganization", "OrganizationalUnit", "OrganizationalCollaboration")),
    *map(SCHEMA, ("Organization", "ResearchOrganization", "CollegeOrUniversity", "GovernmentOrganization")),
    FOAF("Organization"),
    REGORG("RegisteredOrganization"),
}
_PERSONS = {FOAF("Person"), SCHEMA("Person"), ox.NamedNode("http://www.w3.org/2006/vcard/ns#Individual")}
_DATA = {DCAT(name) for name in ("Catalog", "Dataset", "DataService", "Distribution")}
_ACCEPTED = (
    *(media_type for syntax in RDF_FORMATS for media_type in (syntax.media_type, *syntax.aliases)),
    "application/octet-stream",
)
"""Files lie on hosts that do not know what they are."""
_NAMES = [SKOS("prefLabel"), REGORG("legalName"), SCHEMA("legalName"), FOAF("name"), SCHEMA("name"), RDFS("label")]
"""What names an organisation: the first that it has is the preferred one."""
_TEXTS = {
    SKOS("altLabel"): SKOS("altLabel"),
    SCHEMA("alternateName"): SKOS("altLabel"),
    SKOS("notation"): SKOS("notation"),
    DCTERMS("identifier"): DCTERMS("identifier"),
    ORG("identifier"): DCTERMS("identifier"),
}
_KEPT = {
    *map(DCTERMS, ("title", "description", "publisher", "license", "issued", "modified", "identifier")),
    *map(DCTERMS, ("spatial", "language", "format", "conformsTo", "accrualPeriodicity")),
    *map(DCAT, ("theme", "keyword", "landingPage", "distribution", "dataset", "service", "endpointURL")),
    *map(DCAT, ("accessURL", "downloadURL", "mediaType", "servesDataset")),
}
Said = dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]]


def _read(documents: Iterable[Document], notes: Notes) -> Iterator[Record]:
    for node, said in _things(documents, notes).items():
        types = {one for one in said[RDF("type")] if isinstance(one, ox.NamedNode)}
        if types & _PERSONS:
            notes.leave_out("persons", "(not shown)")
        elif types & _ORGANISATIONS:
            yield _organisation(node, said, notes)
        elif kinds := sorted(types & _DATA, key=str):
            yield _data(node, said, kinds[0], notes)


def _look(data: bytes, url: str) -> Page:
    """What a page of a catalogue holds, and the one after it."""
    quads = _parsed(data, f"The answer of {urlsplit(url).hostname}")
    links = [(quad.subject, quad.predicate, quad.object) for quad in quads if isinstance(quad.object, ox.NamedNode)]
    kinds = _ORGANISATIONS | _DATA
    found = {str(node) for node, predicate, value in links if predicate == RDF("type") and _current(value) in kinds}
    following = {value.value for _, predicate, value in links if predicate in _NEXT}
    return Page(frozenset(found), min(following, default=None))


def _things(documents: Iterable[Document], notes: Notes) -> dict[ox.NamedNode, Said]:
    """What is said of each thing that has an IRI; a catalogue is described on each of its pages."""
    things: dict[ox.NamedNode, Said] = {}
    for document in documents:
        for quad in _parsed(document.whole(), document.name):
            if not isinstance(quad.subject, ox.NamedNode):
                notes.leave_out("statements about nodes without an IRI", quad.predicate.value)
            elif isinstance(quad.object, ox.NamedNode | ox.Literal):
                said = things.setdefault(quad.subject, defaultdict(list))
                value = _current(quad.object) if isinstance(quad.object, ox.NamedNode) else quad.object
                said[_current(quad.predicate)].append(value)
    return things


def _current(term: ox.NamedNode) -> ox.NamedNode:
    """schema.org's terms by https, as the project has them."""
    return SCHEMA(term.value.removeprefix(_OLD_SCHEMA)) if term.value.startswith(_OLD_SCHEMA) else term


def _parsed(data: bytes, name: str) -> list[ox.Quad]:
    try:
        data = utf8_text(data)
        syntax = _syntax(data, name)
        check_document(data, syntax)
        return [quad for quad in ox.parse(data, syntax.format) if isinstance(quad, ox.Quad)]
    except (RdfError, SyntaxError, ValueError) as error:
        raise HarvestError(f"{name} is not RDF: {error}", advice="Take Turtle, RDF/XML or JSON-LD.") from error


def _syntax(data: bytes, name: str) -> RdfSyntax:
    """The format, by how a document begins: what it is called or said to be is too often wrong."""
    begins = data[:2000].lstrip().lower()
    if begins.startswith((b"<!doctype html", b"<html")):
        raise HarvestError(f"{name} is HTML, not RDF", advice="Ask for the data, not for the page about them.")
    if begins.startswith((b"<?xml", b"<rdf:rdf", b"<!doctype", b"<!--")):
        return rdf_syntax("rdfxml")
    return rdf_syntax("jsonld" if begins[:1] in b"{[" and not begins.startswith(b"[]") else "trig")


def _organisation(node: ox.NamedNode, said: Said, notes: Notes) -> Record:
    found = Statements(node.value, notes)
    names = [name for name in _NAMES if said[name]]
    for name in names:
        for value in said[name]:
            _text(found, SKOS("prefLabel" if name == names[0] else "altLabel"), value)
    for predicate, target in _TEXTS.items():
        for value in said[predicate]:
            _text(found, target, value)
    for predicate, state in _OTHERS.items():
        for value in said[predicate]:
            state(found, value.value)
    return found.node, found.triples


def _data(node: ox.NamedNode, said: Said, kind: ox.NamedNode, notes: Notes) -> Record:
    found = Statements(node.value, notes, kind)
    for predicate in sorted(_KEPT, key=str):
        for value in said[predicate]:
            if isinstance(value, ox.Literal):
                _text(found, predicate, value)
            else:
                found.link(predicate, value.value)
    return found.node, found.triples


def _text(found: Statements, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal) -> None:
    """A text without anybody's address in it."""
    if _E_MAIL.search(value.value):
        found.notes.leave_out("texts with an e-mail address", "(not shown)")
    elif isinstance(value, ox.Literal) and not value.language and value.datatype.value.partition("#")[2] != "string":
        found.say(predicate, value)
    elif isinstance(value, ox.Literal):
        found.text(predicate, value.value, value.language)


def _same(found: Statements, iri: str) -> None:
    """The record of a registry that is known; other identities are claims that nobody here has checked."""
    for registry, (_, _, base) in IDENTIFIERS.items():
        if iri.startswith(base):
            return found.record_elsewhere(registry, iri)
    found.notes.leave_out("identities with things of no known registry", iri)


_OTHERS: dict[ox.NamedNode, Callable[[Statements, str], None]] = {
    FOAF("homepage"): Statements.site,
    SCHEMA("url"): Statements.site,
    ORG("subOrganizationOf"): Statements.part_of,
    ORG("unitOf"): Statements.part_of,
    SCHEMA("parentOrganization"): Statements.part_of,
    SCHEMA("foundingDate"): lambda found, value: found.year(SCHEMA("foundingDate"), value[:4]),
    OWL("sameAs"): _same,
    SKOS("exactMatch"): _same,
    SCHEMA("sameAs"): _same,
}


LINKED = Registry(
    "rdf",
    {"en": "Linked data", "fr": "Données liées"},
    "https://www.w3.org/TR/vocab-org/",
    None,
    _read,
    Origin(accept=_ACCEPTED, look=_look),
)
