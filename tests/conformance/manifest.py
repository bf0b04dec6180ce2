"""Read the W3C SPARQL test manifests, unedited, from where they lie beside the repository."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from _pytest.mark import ParameterSet

from cnrs_kg.rdf.namespaces import RDF, RDFS, Namespace

from .known import FAILURES, NOT_APPLICABLE

MF = Namespace("mf", "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("qt", "http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("ut", "http://www.w3.org/2009/sparql/tests/test-update#")

SHARED = Path(os.environ.get("CNRS_KG_SHARED") or Path(__file__).resolve().parents[3] / "shared")
ROOT = SHARED / "conformance" / "sparql"
SUITES = {"sparql11/manifest-all.ttl": "", "sparql12/manifest.ttl": "SPARQL 1.2"}
BASE = "https://w3c.github.io/rdf-tests/sparql/"
"""Where the suites are published: the base IRI of every file of theirs, so that no path of ours leaks in."""

Node = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Manifest:
    """The statements of one manifest file, with the few ways of walking them that handlers need."""

    graph: ox.Store

    def values(self, node: Node, predicate: ox.NamedNode) -> list[Node]:
        if isinstance(node, ox.Literal):
            return []
        found = (quad.object for quad in self.graph.quads_for_pattern(node, predicate, None))
        return [value for value in found if not isinstance(value, ox.Triple)]

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every subject and object of the predicate."""
        for quad in self.graph.quads_for_pattern(None, predicate, None):
            if not isinstance(quad.subject, ox.Triple) and not isinstance(quad.object, ox.Triple):
                yield quad.subject, quad.object

    def value(self, node: Node | None, predicate: ox.NamedNode) -> Node | None:
        found = self.values(node, predicate) if node is not None else []
        assert len(found) <= 1, f"{node} has {len(found)} values of {predicate}"
        return found[0] if found else None

    def items(self, head: Node | None) -> Iterator[Node]:
        """The members of an RDF list; of a node that is none, the node itself."""
        if head is None or head == RDF("nil"):
            return
        first = self.value(head, RDF("first"))
        if first is None:
            yield head
            return
        yield first
        yield from self.items(self.value(head, RDF("rest")))


@dataclass(frozen=True)
class Entry:
    """One test of a manifest."""

    iri: str
    kind: str
    suite: str
    manifest: Manifest
    node: ox.NamedNode

    @property
    def action(self) -> Node | None:
        return self.manifest.value(self.node, MF("action"))

    @property
    def result(self) -> Node | None:
        return self.manifest.value(self.node, MF("result"))


def local_path(iri: str) -> Path:
    """Where the file published at this IRI lies here."""
    assert iri.startswith(BASE), iri
    return ROOT / iri.removeprefix(BASE)


@cache
def read_manifest(path: Path) -> Manifest:
    graph = ox.Store()
    graph.load(path=path, format=ox.RdfFormat.TURTLE, base_iri=BASE + path.relative_to(ROOT).as_posix())
    return Manifest(graph)


def entries(top: str, suite: str = "") -> Iterator[Entry]:
    """Every test of the manifest at this path below the suites, and of those that it includes."""
    path = ROOT / top
    manifest = read_manifest(path)
    for _, includes in manifest.pairs(MF("include")):
        for included in manifest.items(includes):
            below = local_path(included.value).relative_to(ROOT).as_posix()
            yield from entries(below, _specification(manifest, included) or suite)
    for _, listed in manifest.pairs(MF("entries")):
        for node in manifest.items(listed):
            assert isinstance(node, ox.NamedNode)
            kinds = manifest.values(node, RDF("type"))
            kind = kinds[0].value.removeprefix(MF.iri) if kinds else "no type"
            yield Entry(node.value, kind, suite or Path(top).parent.as_posix(), manifest, node)


def _specification(manifest: Manifest, included: Node) -> str | None:
    """The label of the specification whose conformance the included manifest is said to be part of."""
    for specification, required in manifest.pairs(MF("conformanceRequirement")):
        if included in manifest.items(required):
            label = manifest.value(specification, RDFS("label"))
            return label.value if label else None
    return None


def parameters(wanted: Callable[[Entry], bool]) -> list[ParameterSet]:
    """The entries as parameters of a test: the id is the entry's IRI, what is known of it a mark."""
    found = []
    for top, suite in SUITES.items():
        for entry in entries(top, suite) if (ROOT / top).is_file() else ():
            if wanted(entry):
                found.append(pytest.param(entry, id=entry.iri, marks=list(_marks(entry))))
    return found


def _marks(entry: Entry) -> Iterator[pytest.MarkDecorator]:
    if entry.iri in NOT_APPLICABLE:
        yield pytest.mark.skip(NOT_APPLICABLE[entry.iri])
    elif entry.iri in FAILURES:
        yield pytest.mark.xfail(reason=FAILURES[entry.iri])
