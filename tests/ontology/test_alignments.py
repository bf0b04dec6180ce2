"""Alignments name terms that exist, one external model a file, and adopt only axioms that the model has."""

import os
from pathlib import Path

import pytest
import rdflib
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS

from .conftest import ROOT

CNRS = Namespace("https://w3id.org/cnrs-kg/ontology#")
CPOV = Namespace("http://data.europa.eu/m8g/")
EURIO = Namespace("http://data.europa.eu/s66#")
VIVO = Namespace("http://vivoweb.org/ontology/core#")
BUILDING_BLOCKS = tuple(str(namespace) for namespace in (CNRS, OWL, RDF, RDFS))
FILES = sorted((ROOT / "ontology/alignments").glob("*.ttl"))
# rdflib knows all terms of some models; the others are looked up in their published files where we have them
CLOSED = {"dcterms": DCTERMS, "org": ORG, "prov": PROV, "schema": SDO, "skos": SKOS}
MODELS = {**CLOSED, "cpov": CPOV, "eurio": EURIO, "vivo": VIVO}
PUBLISHED = ("cpov", "eurio", "org", "prov")


def external(file: Path) -> set[URIRef]:
    """The foreign terms of an alignment."""
    return {
        term
        for triple in Graph().parse(file)
        for term in (triple[0], triple[2])
        if isinstance(term, URIRef) and not str(term).startswith((*BUILDING_BLOCKS, "https://w3id.org/cnrs-kg/"))
    }


def published(model: str) -> Graph:
    """A model as its authors publish it, from the shared conformance material; CI must have it."""
    shared = Path(os.environ.get("CNRS_KG_SHARED", ROOT.parent / "shared"))
    file = shared / f"conformance/vocabularies/{model}.ttl"
    if not file.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{file} is not on this machine; CNRS_KG_SHARED names the directory that holds it")
    return Graph().parse(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_one_model_a_file(file: Path) -> None:
    foreign = {term for term in external(file) if not str(term).startswith(str(MODELS[file.stem]))}
    assert foreign <= ({FOAF.Organization, FOAF.Person} if file.stem == "vivo" else set())


@pytest.mark.parametrize("model", CLOSED)
def test_terms_exist(model: str) -> None:
    terms = external(ROOT / f"ontology/alignments/{model}.ttl")
    assert terms
    assert {term for term in terms if term not in CLOSED[model]} == set()


@pytest.mark.parametrize("model", PUBLISHED)
def test_terms_are_published(model: str) -> None:
    terms = external(ROOT / f"ontology/alignments/{model}.ttl")
    assert terms
    assert terms - set(published(model).subjects()) == set()


def test_axioms_between_terms_of_org_are_its_own() -> None:
    """What we adopt, ORG says: a sub-class, a sub-property, an inverse either way round, a type."""
    model = published("org")
    for subject, predicate, object_ in Graph().parse(ROOT / "ontology/alignments/org.ttl"):
        if str(subject).startswith(str(ORG)):
            inverse = predicate == OWL.inverseOf and (object_, predicate, subject) in model
            assert inverse or (subject, predicate, object_) in model or said_in_words(subject, object_)


def said_in_words(subject: rdflib.term.Node, object_: rdflib.term.Node) -> bool:
    """ORG says of units that they are organisations only by way of an intersection or in its text."""
    return (subject, object_) == (ORG.OrganizationalUnit, ORG.Organization)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_alignment_says_what_it_leaves_out(file: Path) -> None:
    comment = file.read_text().split("@prefix")[0]
    assert "Left out, and why:" in comment
    assert not [term for term in Graph().parse(file).all_nodes() if isinstance(term, BNode)]
