"""Each file of `data/` is one named graph that a person can read and a patch can change."""

import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "data").glob("*.ttl"))
BASE = "https://w3id.org/cnrs-kg/"
CNRS = f"{BASE}ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FOREIGN = {f"{RDF}{name}" for name in ("type", "subject", "predicate", "object")} | {
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "http://www.w3.org/2004/02/skos/core#definition",
    "http://purl.org/dc/terms/license",
    "http://purl.org/dc/terms/publisher",
    "http://purl.org/dc/terms/title",
    "https://schema.org/url",
}
LITERALS = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>')
files = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def iri(term: object) -> str:
    """What a node is called; nothing for a literal."""
    return term.value if isinstance(term, ox.NamedNode) else ""


@cache
def quads(file: Path) -> tuple[ox.Quad, ...]:
    return tuple(ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))


@cache
def ontology() -> tuple[ox.Quad, ...]:
    return tuple(quad for file in sorted((ROOT / "ontology").rglob("*.ttl")) for quad in quads(file))


def declared() -> set[str]:
    return {iri(quad.subject) for quad in ontology() if quad.predicate.value == f"{RDF}type"}


def claimable() -> set[str]:
    return {iri(quad.subject) for quad in ontology() if quad.predicate.value == f"{CNRS}claimable"}


@files
def test_no_blank_nodes(file: Path) -> None:
    assert not [quad for quad in quads(file) if ox.BlankNode in (type(quad.subject), type(quad.object))]


@files
def test_only_declared_terms(file: Path) -> None:
    predicates = {quad.predicate.value for quad in quads(file)}
    classes = {iri(quad.object) for quad in quads(file) if quad.predicate.value == f"{RDF}type"}
    claimed = {iri(quad.object) for quad in quads(file) if quad.predicate.value == f"{RDF}predicate"}
    concepts = {
        iri(quad.object)
        for quad in quads(file)
        if isinstance(quad.object, ox.NamedNode) and iri(quad.object).startswith(f"{BASE}id/concept/")
    }
    assert (predicates - FOREIGN) | classes | claimed | concepts <= declared()


@files
def test_claimable_properties_are_only_claimed(file: Path) -> None:
    """Decision 2: what changes or is contested is a claim, and its direct statement is inferred."""
    assert {quad.predicate.value for quad in quads(file)} & claimable() == set()
    assert {iri(quad.object) for quad in quads(file) if quad.predicate.value == f"{RDF}predicate"} <= claimable()


@files
def test_prefixes_are_used_and_in_order(file: Path) -> None:
    text = file.read_text()
    body = LITERALS.sub("", "\n".join(line for line in text.splitlines() if not line.startswith(("@prefix", "#"))))
    prefixes = re.findall(r"^@prefix (\S+): ", text, re.MULTILINE)
    assert prefixes == sorted(set(re.findall(r"(?<![\w:-])([a-z][a-z-]*):", body)))


@files
def test_no_statement_is_written_twice(file: Path) -> None:
    assert len(quads(file)) == len(set(quads(file)))


@files
def test_readme_names_the_file(file: Path) -> None:
    assert f"`{file.stem}`" in (ROOT / "data/README.md").read_text()
