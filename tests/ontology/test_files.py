"""Each file is one module, scheme or alignment, written so that a change shows as the lines that changed."""

import re
from pathlib import Path

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS

from .conftest import FILES, ROOT

ONTOLOGY = "https://w3id.org/cnrs-kg/ontology"
CNRS = f"{ONTOLOGY}#"
SHAPES = sorted((ROOT / "shapes").rglob("*.ttl"))
LITERALS = re.compile(r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\]|\\.)*"|<[^>]*>', re.DOTALL)
files = pytest.mark.parametrize("file", FILES + SHAPES, ids=lambda file: str(file.relative_to(ROOT)))


def iri(file: Path) -> str:
    """The IRI of the module or alignment that a file holds."""
    return f"{ONTOLOGY}/{file.stem}" if file.parent.name == "modules" else f"{ONTOLOGY}/alignments/{file.stem}"


@files
def test_file_is_short_and_in_order(file: Path) -> None:
    text = file.read_text()
    prefixes = re.findall(r"^@prefix (\S+): ", text, re.MULTILINE)
    subjects = re.findall(r"^(?![@# \n])(\S+)", LITERALS.sub(lambda m: m[0].replace("\n", " "), text), re.MULTILINE)
    assert text.count("\n") <= 400
    assert prefixes == sorted(set(prefixes))
    assert subjects == sorted(set(subjects), key=lambda subject: (not subject.startswith("<"), subject))


@files
def test_prefixes_are_used(file: Path) -> None:
    text = file.read_text()
    body = LITERALS.sub("", "\n".join(line for line in text.splitlines() if not line.startswith(("@prefix", "#"))))
    used = set(re.findall(r"(?<![\w:-])([a-z][a-z-]*):", body))
    assert set(re.findall(r"^@prefix (\S+): ", text, re.MULTILINE)) == used


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_terms_are_defined_by_their_module(file: Path) -> None:
    graph = rdflib.Graph().parse(file)
    declared = {term for term in graph.subjects(RDF.type) if str(term).startswith(CNRS)}
    assert {term for term in declared if graph.value(term, RDFS.isDefinedBy) != rdflib.URIRef(iri(file))} == set()
    assert not declared or file.parent.name == "modules"


def test_header_imports_every_module_and_alignment(ontology: rdflib.Graph) -> None:
    imported = {str(module) for module in ontology.objects(rdflib.URIRef(ONTOLOGY), OWL.imports)}
    assert imported == {iri(file) for file in FILES if file.parent.name in ("modules", "alignments")}
    assert imported <= {str(module) for module in ontology.subjects(RDF.type, OWL.Ontology)}


@pytest.mark.parametrize("file", sorted((ROOT / "ontology/vocabularies").glob("*.ttl")), ids=lambda file: file.stem)
def test_a_vocabulary_is_one_scheme(file: Path) -> None:
    graph = rdflib.Graph().parse(file)
    scheme = rdflib.URIRef(f"https://w3id.org/cnrs-kg/id/scheme/{file.stem}")
    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {scheme}
    assert set(graph.subjects(SKOS.inScheme, scheme)) == set(graph.subjects(RDF.type, SKOS.Concept))
