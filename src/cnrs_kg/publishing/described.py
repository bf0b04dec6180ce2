"""The graph described for machines: VoID (https://www.w3.org/TR/void/) and DCAT-AP 3
(https://semiceu.github.io/DCAT-AP/releases/3.0.1/), with one IRI for the dataset in both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyoxigraph as ox

from cnrs_kg.overview import NamedGraph
from cnrs_kg.publishing.dumps import PARQUET, Dump
from cnrs_kg.publishing.statistics import Statistics
from cnrs_kg.rdf.formats import FORMAT_NAMES, RDF_FORMATS
from cnrs_kg.rdf.namespaces import (
    BASE,
    CNRS,
    DCTERMS,
    FOAF,
    FORMATS,
    ID,
    ORG,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    VOID,
    XSD,
    Namespace,
)
from cnrs_kg.rdf.terms import date_time
from cnrs_kg.store.versions import Version

DCAT = Namespace("dcat", "http://www.w3.org/ns/dcat#")
VCARD = Namespace("vcard", "http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("spdx", "http://spdx.org/rdf/terms#")
EU = Namespace("eu", "http://publications.europa.eu/resource/authority/")
MEDIA = Namespace("media", "https://www.iana.org/assignments/media-types/")
PREFIXES = (DCAT, FOAF, VCARD, SPDX, DCTERMS, VOID, RDFS, SKOS, XSD, CNRS, FORMATS, PROV)

TITLE = {"en": "CNRS Knowledge Graph", "fr": "Graphe de connaissances du CNRS"}
DESCRIPTION = {
    "en": "The international cooperation of the CNRS: institutes, international research laboratories, offices abroad, "
    "partners and the bodies that it sits in, each statement with its source.",
    "fr": "La coopération internationale du CNRS : instituts, laboratoires internationaux, bureaux à l'étranger, "
    "partenaires et instances où il siège, chaque énoncé avec sa source.",
}
MAINTAINERS = "The cnrs-kg maintainers"
LICENCE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_VOCABULARIES = (CNRS, ORG, SCHEMA, SKOS, PROV, DCTERMS)
_KEYWORDS = {
    "en": ("CNRS", "international cooperation", "research organisations", "linked data"),
    "fr": ("CNRS", "coopération internationale", "organismes de recherche", "données liées"),
}


@dataclass(frozen=True)
class Subject:
    """What is described: a version with its graphs and dumps, served under a URL without a slash at its end."""

    public: str
    version: Version
    graphs: Sequence[NamedGraph]
    first_published: datetime
    dumps: Sequence[Dump]

    def at(self, path: str) -> ox.NamedNode:
        """A resource of the server."""
        return ox.NamedNode(f"{self.public}/{path}")

    @property
    def dataset(self) -> ox.NamedNode:
        """The dataset's own IRI."""
        return self.at(".well-known/void#dataset")


def void(subject: Subject, found: Statistics) -> list[ox.Triple]:
    """The VoID description, its statistics those of the version."""
    return list(_void(subject, found))


def catalog(subject: Subject) -> list[ox.Triple]:
    """The DCAT-AP catalogue: the dataset with its dumps and its graphs, and the SPARQL service."""
    return list(dict.fromkeys(_catalog(subject)))


def _void(subject: Subject, found: Statistics) -> Iterator[ox.Triple]:
    document, dataset = subject.at(".well-known/void"), subject.dataset
    yield from _typed(document, VOID("DatasetDescription"))
    yield ox.Triple(document, FOAF("primaryTopic"), dataset)
    yield from _texts(document, DCTERMS("title"), TITLE)
    yield from _typed(dataset, VOID("Dataset"))
    yield from _about(subject)
    yield ox.Triple(dataset, FOAF("homepage"), subject.at(""))
    yield ox.Triple(dataset, VOID("sparqlEndpoint"), subject.at("sparql"))
    yield ox.Triple(dataset, VOID("uriSpace"), ox.Literal(ID.iri))
    yield ox.Triple(dataset, VOID("exampleResource"), ID("unit/cintra"))
    for dump in subject.dumps:
        if dump.syntax != PARQUET:  # the dumps that VoID tells of are RDF
            yield ox.Triple(dataset, VOID("dataDump"), subject.at(dump.path))
    for vocabulary in _VOCABULARIES:
        yield ox.Triple(dataset, VOID("vocabulary"), ox.NamedNode(vocabulary.iri))
    for syntax in RDF_FORMATS:
        yield ox.Triple(dataset, VOID("feature"), FORMATS(FORMAT_NAMES[syntax.name]))
    counts = (
        ("triples", found.triples),
        ("entities", found.things),
        ("classes", len(found.classes)),
        ("properties", len(found.properties)),
        ("distinctSubjects", found.subjects),
        ("distinctObjects", found.objects),
    )
    yield from _counts(dataset, counts)
    yield from _partitions(dataset, found)
    for graph in subject.graphs:
        part = _part(dataset, "graph", graph.iri)
        yield ox.Triple(dataset, VOID("subset"), part)
        yield from _typed(part, VOID("Dataset"))
        yield ox.Triple(part, DCTERMS("identifier"), ox.Literal(graph.iri))
        yield ox.Triple(part, VOID("rootResource"), ox.NamedNode(graph.iri))
        yield from _counts(part, (("triples", graph.statements),))


def _partitions(dataset: ox.NamedNode, found: Statistics) -> Iterator[ox.Triple]:
    for class_, things in found.classes:
        part = _part(dataset, "class", class_)
        yield ox.Triple(dataset, VOID("classPartition"), part)
        yield ox.Triple(part, VOID("class"), ox.NamedNode(class_))
        yield from _counts(part, (("entities", things),))
    for one in found.properties:
        part = _part(dataset, "property", one.property)
        yield ox.Triple(dataset, VOID("propertyPartition"), part)
        yield ox.Triple(part, VOID("property"), ox.NamedNode(one.property))
        counts = (("triples", one.triples), ("distinctSubjects", one.subjects), ("distinctObjects", one.objects))
        yield from _counts(part, counts)
    for link in found.linksets:
        part = _part(dataset, "links", f"{link.property} {link.target}")
        target = _part(dataset, "target", link.target)
        yield from _typed(part, VOID("Linkset"))
        yield ox.Triple(dataset, VOID("subset"), part)
        yield ox.Triple(part, VOID("linkPredicate"), ox.NamedNode(link.property))
        yield ox.Triple(part, VOID("subjectsTarget"), dataset)
        yield ox.Triple(part, VOID("objectsTarget"), target)
        yield from _typed(target, VOID("Dataset"))
        yield ox.Triple(target, VOID("uriSpace"), ox.Literal(link.target))
        yield from _counts(part, (("triples", link.links),))


def _catalog(subject: Subject) -> Iterator[ox.Triple]:
    catalogue, dataset, service = subject.at("catalog#catalog"), subject.dataset, subject.at("sparql#service")
    yield from _typed(catalogue, DCAT("Catalog"))
    yield from _texts(catalogue, DCTERMS("title"), TITLE)
    yield from _texts(catalogue, DCTERMS("description"), DESCRIPTION)
    yield ox.Triple(catalogue, DCTERMS("publisher"), subject.at("catalog#maintainers"))
    yield ox.Triple(catalogue, DCTERMS("license"), LICENCE)
    yield ox.Triple(catalogue, DCTERMS("modified"), date_time(subject.version.created, "seconds"))
    yield ox.Triple(catalogue, DCTERMS("issued"), date_time(subject.first_published, "seconds"))
    yield ox.Triple(catalogue, FOAF("homepage"), subject.at(""))
    yield from _typed(subject.at(""), FOAF("Document"))
    yield ox.Triple(catalogue, DCAT("themeTaxonomy"), EU("data-theme"))
    yield from _concept(EU("data-theme"), "Data themes", SKOS("ConceptScheme"))
    yield ox.Triple(catalogue, DCAT("dataset"), dataset)
    yield ox.Triple(catalogue, DCAT("service"), service)
    yield from _languages(catalogue)
    yield from _dataset(subject)
    yield from _service(subject, service)


def _dataset(subject: Subject) -> Iterator[ox.Triple]:
    dataset, contact, theme = subject.dataset, subject.at("catalog#contact"), EU("data-theme/TECH")
    yield from _typed(dataset, DCAT("Dataset"))
    yield from _about(subject)
    yield from _languages(dataset)
    yield ox.Triple(dataset, DCAT("theme"), theme)
    yield from _concept(theme, "Science and technology", SKOS("Concept"))
    yield ox.Triple(dataset, DCTERMS("accrualPeriodicity"), EU("frequency/IRREG"))
    yield from _typed(EU("frequency/IRREG"), DCTERMS("Frequency"))
    yield ox.Triple(dataset, DCAT("version"), ox.Literal(str(subject.version.number)))
    yield ox.Triple(dataset, DCAT("landingPage"), subject.at(""))
    yield ox.Triple(dataset, DCAT("contactPoint"), contact)
    yield from _typed(contact, VCARD("Kind"), VCARD("Organization"))
    yield ox.Triple(contact, VCARD("fn"), ox.Literal(MAINTAINERS, language="en"))
    yield ox.Triple(contact, VCARD("hasURL"), subject.at("submissions"))
    for language, words in _KEYWORDS.items():
        for word in words:
            yield ox.Triple(dataset, DCAT("keyword"), ox.Literal(word, language=language))
    for graph in subject.graphs:
        yield ox.Triple(dataset, DCTERMS("hasPart"), ox.NamedNode(graph.iri))
    for dump in subject.dumps:
        yield from _distribution(subject, dump)
    yield from _service_distribution(subject)


def _distribution(subject: Subject, dump: Dump) -> Iterator[ox.Triple]:
    url = subject.at(dump.path)
    distribution, checksum = subject.at(f"catalog#{dump.name}"), subject.at(f"catalog#{dump.name}-sha256")
    format_ = EU(f"file-type/{_FILE_TYPES[dump.syntax]}")
    yield ox.Triple(subject.dataset, DCAT("distribution"), distribution)
    yield from _typed(distribution, DCAT("Distribution"))
    yield from _texts(distribution, DCTERMS("title"), dump.title)
    yield ox.Triple(distribution, DCAT("accessURL"), subject.at("dumps/"))
    yield ox.Triple(distribution, DCAT("downloadURL"), url)
    yield ox.Triple(distribution, DCTERMS("license"), LICENCE)
    yield ox.Triple(distribution, DCTERMS("format"), format_)
    yield from _typed(format_, DCTERMS("MediaTypeOrExtent"))
    for property_, media in (("mediaType", dump.media_type), ("compressFormat", dump.compression)):
        if media is not None:
            yield ox.Triple(distribution, DCAT(property_), MEDIA(media))
            yield from _typed(MEDIA(media), DCTERMS("MediaType"))
    if dump.size is None:
        return
    size = ox.Literal(str(dump.size), datatype=XSD("nonNegativeInteger"))
    yield ox.Triple(distribution, DCAT("byteSize"), size)
    yield ox.Triple(distribution, SPDX("checksum"), checksum)
    yield from _typed(checksum, SPDX("Checksum"))
    yield ox.Triple(checksum, SPDX("algorithm"), SPDX("checksumAlgorithm_sha256"))
    yield from _typed(SPDX("checksumAlgorithm_sha256"), SPDX("ChecksumAlgorithm"))
    yield ox.Triple(checksum, SPDX("checksumValue"), ox.Literal(dump.sha256 or "", datatype=XSD("hexBinary")))


def _service_distribution(subject: Subject) -> Iterator[ox.Triple]:
    """The dataset by queries, as DCAT wants a service's data told."""
    distribution = subject.at("catalog#sparql")
    yield ox.Triple(subject.dataset, DCAT("distribution"), distribution)
    yield from _typed(distribution, DCAT("Distribution"))
    yield ox.Triple(distribution, DCAT("accessURL"), subject.at("sparql"))
    yield ox.Triple(distribution, DCAT("accessService"), subject.at("sparql#service"))
    yield ox.Triple(distribution, DCTERMS("license"), LICENCE)
    yield ox.Triple(distribution, DCTERMS("conformsTo"), _PROTOCOL)
    yield from _typed(_PROTOCOL, DCTERMS("Standard"))


def _service(subject: Subject, service: ox.NamedNode) -> Iterator[ox.Triple]:
    yield from _typed(service, DCAT("DataService"))
    title = {"en": "SPARQL endpoint", "fr": "Point d'accès SPARQL"}
    yield from _texts(service, DCTERMS("title"), title)
    for name, url in (("endpointURL", "sparql"), ("endpointDescription", "sparql?format=turtle")):
        yield ox.Triple(service, DCAT(name), subject.at(url))
        yield from _typed(subject.at(url), RDFS("Resource"))
    yield ox.Triple(service, DCAT("servesDataset"), subject.dataset)
    yield ox.Triple(service, DCTERMS("license"), LICENCE)
    yield ox.Triple(service, DCTERMS("conformsTo"), _PROTOCOL)
    yield ox.Triple(service, DCTERMS("publisher"), subject.at("catalog#maintainers"))


def _about(subject: Subject) -> Iterator[ox.Triple]:
    """What both descriptions say of the dataset."""
    dataset, maintainers = subject.dataset, subject.at("catalog#maintainers")
    yield from _texts(dataset, DCTERMS("title"), TITLE)
    yield from _texts(dataset, DCTERMS("description"), DESCRIPTION)
    yield ox.Triple(dataset, DCTERMS("license"), LICENCE)
    yield from _typed(LICENCE, DCTERMS("LicenseDocument"))
    yield ox.Triple(dataset, DCTERMS("publisher"), maintainers)
    yield from _typed(maintainers, FOAF("Agent"))
    yield ox.Triple(maintainers, FOAF("name"), ox.Literal(MAINTAINERS, language="en"))
    yield ox.Triple(dataset, DCTERMS("issued"), date_time(subject.first_published, "seconds"))
    yield ox.Triple(dataset, DCTERMS("modified"), date_time(subject.version.created, "seconds"))
    yield ox.Triple(dataset, DCTERMS("identifier"), ox.Literal(BASE))


def _languages(node: ox.NamedNode) -> Iterator[ox.Triple]:
    for code in ("ENG", "FRA"):
        language = EU(f"language/{code}")
        yield ox.Triple(node, DCTERMS("language"), language)
        yield from _typed(language, DCTERMS("LinguisticSystem"))


def _concept(node: ox.NamedNode, label: str, class_: ox.NamedNode) -> Iterator[ox.Triple]:
    yield from _typed(node, class_)
    named = SKOS("prefLabel") if class_ == SKOS("Concept") else DCTERMS("title")
    yield ox.Triple(node, named, ox.Literal(label, language="en"))


def _typed(node: ox.NamedNode, *classes: ox.NamedNode) -> Iterator[ox.Triple]:
    for class_ in classes:
        yield ox.Triple(node, RDF("type"), class_)


def _texts(node: ox.NamedNode, predicate: ox.NamedNode, texts: dict[str, str]) -> Iterator[ox.Triple]:
    for language, text in texts.items():
        yield ox.Triple(node, predicate, ox.Literal(text, language=language))


def _counts(node: ox.NamedNode, counts: Sequence[tuple[str, int]]) -> Iterator[ox.Triple]:
    for name, count in counts:
        yield ox.Triple(node, VOID(name), ox.Literal(count))


def _part(dataset: ox.NamedNode, kind: str, name: str) -> ox.NamedNode:
    """An IRI for a part of the dataset that stays the same as long as what it is about does."""
    return ox.NamedNode(f"{dataset.value}-{kind}-{sha256(name.encode()).hexdigest()[:16]}")


_PROTOCOL = ox.NamedNode("https://www.w3.org/TR/sparql11-protocol/")
_FILE_TYPES = {"nquads": "RDF_N_QUADS", "turtle": "RDF_TURTLE", "parquet": "PARQUET"}
