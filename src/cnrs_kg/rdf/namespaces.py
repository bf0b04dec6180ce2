"""The namespaces of the project and of the vocabularies it speaks."""

import re
from dataclasses import dataclass

import pyoxigraph as ox

BASE = "https://w3id.org/cnrs-kg/"


@dataclass(frozen=True)
class Namespace:
    """A namespace: calling it with a local name gives the term's IRI."""

    prefix: str
    iri: str

    def __call__(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(self.iri + name)


CNRS = Namespace("cnrs", BASE + "ontology#")
ID = Namespace("id", BASE + "id/")
GRAPH = Namespace("graph", BASE + "graph/")
SHAPES = Namespace("shape", BASE + "shapes#")
RDF = Namespace("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("rdfs", "http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("owl", "http://www.w3.org/2002/07/owl#")
XSD = Namespace("xsd", "http://www.w3.org/2001/XMLSchema#")
SH = Namespace("sh", "http://www.w3.org/ns/shacl#")
SKOS = Namespace("skos", "http://www.w3.org/2004/02/skos/core#")
ORG = Namespace("org", "http://www.w3.org/ns/org#")
PROV = Namespace("prov", "http://www.w3.org/ns/prov#")
DCTERMS = Namespace("dcterms", "http://purl.org/dc/terms/")
SCHEMA = Namespace("schema", "https://schema.org/")
SD = Namespace("sd", "http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("formats", "http://www.w3.org/ns/formats/")
VOID = Namespace("void", "http://rdfs.org/ns/void#")
FOAF = Namespace("foaf", "http://xmlns.com/foaf/0.1/")
VIVO = Namespace("vivo", "http://vivoweb.org/ontology/core#")
CPOV = Namespace("cv", "http://data.europa.eu/m8g/")
EURIO = Namespace("eurio", "http://data.europa.eu/s66#")
VANN = Namespace("vann", "http://purl.org/vocab/vann/")

ALL = (CNRS, ID, GRAPH, SHAPES, RDF, RDFS, OWL, XSD, SH, SKOS, ORG, PROV, DCTERMS, SCHEMA, SD, FORMATS, VOID)
ALIGNED = (FOAF, VIVO, CPOV, EURIO)
"""Vocabularies that only the ontology's alignments speak of."""
IN_DOCUMENTS = (*(one for one in ALL if one not in (ID, GRAPH)), *ALIGNED, VANN)
"""Those with which documents are written: names with a slash would be escaped, which nobody likes to read."""
PREFIXES = {namespace.prefix: namespace.iri for namespace in ALL}

_LOCAL = re.compile(r"[\w./-]*")
_BRACKETED = re.compile(r"<([^<>\s]+)>")


def short(iri: str) -> str | None:
    """The IRI with a prefix of ours; None if there is none, or what is left of it is no plain name."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return None


def readable(iri: str) -> str:
    """The IRI with a prefix of ours, or of a vocabulary that the ontology is aligned to; else the IRI."""
    aligned = (f"{one.prefix}:{iri.removeprefix(one.iri)}" for one in ALIGNED if iri.startswith(one.iri))
    return short(iri) or next(aligned, iri)


def prefixed(text: str) -> str:
    """A text with each `<IRI>` in it by its prefix, where there is one."""
    return _BRACKETED.sub(lambda found: short(found[1]) or found[0], text)
