"""The W3C SHACL suite, unedited: its manifests, its graphs, its reports.

https://w3c.github.io/data-shapes/data-shapes-test-suite/
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH

from cnrs_kg.rdf.namespaces import RDF, Namespace
from cnrs_kg.rdf.rdflib_terms import from_rdflib, graph_of
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Term, stored_term
from cnrs_kg.validation.judge import judge_store
from cnrs_kg.validation.paths import read_path
from cnrs_kg.validation.report import Result
from cnrs_kg.validation.shapes import compile_shapes

from .manifest import MF, SHARED, Entry, Manifest

SHT = Namespace("sht", "http://www.w3.org/ns/shacl-test#")
ROOT = SHARED / "conformance" / "shacl" / "tests"
TOP = "manifest.ttl"
BASE = "https://w3c.github.io/data-shapes/data-shapes-test-suite/tests/"
"""Where the suite is published: the base IRI of every file of it, so that no path of ours leaks in."""
UNLISTED = "sparql/component/nodeValidator-001.ttl"
"""A test of the suite that no manifest includes."""
SUITES = {"core": "SHACL Core", "sparql": "SHACL-SPARQL"}
_GRAPH = ox.NamedNode("urn:x-test:data")

Row = tuple[str, ...]


@cache
def read(path: Path) -> tuple[ox.Triple, ...]:
    """The statements of a file, as they are written."""
    base = BASE + path.relative_to(ROOT).as_posix()
    return tuple(quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=base))


def local(iri: str) -> Path:
    """Where the file published at this IRI lies here."""
    assert iri.startswith(BASE), iri
    return ROOT / iri.removeprefix(BASE)


def everything() -> list[Entry]:
    """Every test of the suite."""
    return [*entries(ROOT / TOP), *entries(ROOT / UNLISTED)] if (ROOT / TOP).is_file() else []


def entries(path: Path) -> Iterator[Entry]:
    """Every test of a manifest, and of those that it includes."""
    graph = ox.Store()
    graph.extend(ox.Quad(*triple) for triple in read(path))
    manifest = Manifest(graph)
    for _, included in manifest.pairs(MF("include")):
        yield from entries(local(included.value))
    for _, listed in manifest.pairs(MF("entries")):
        for node in manifest.items(listed):
            assert isinstance(node, ox.NamedNode)
            kinds = manifest.values(node, RDF("type"))
            kind = kinds[0].value.removeprefix(SHT.iri) if kinds else "no type"
            yield Entry(node.value, kind, SUITES[path.relative_to(ROOT).parts[0]], manifest, node)


def fails(entry: Entry) -> bool:
    """Whether the test wants a failure instead of a report."""
    return entry.result == SHT("Failure")


def found(entry: Entry) -> tuple[Result, ...]:
    """The results of our judge, over a store that holds the data in a named graph and in the default graph."""
    data, shapes = (entry.manifest.value(entry.action, SHT(name)) for name in ("dataGraph", "shapesGraph"))
    assert data is not None and shapes is not None
    store = ox.Store()
    for triple in read(local(data.value)):
        store.extend(ox.Quad(*triple, graph) for graph in (DEFAULT_GRAPH, _GRAPH))
    return judge_store(store, compile_shapes(read(local(shapes.value)))).results


def rows(results: Iterable[Result]) -> Counter[Row]:
    """What the suite compares of each result: all but messages, a blank node being as good as another."""
    return Counter(
        (
            _text(result.focus_node),
            result.path or "",
            _text(result.value),
            result.severity,
            result.constraint or "",
            "_:" if result.shape is None else f"<{result.shape}>",
        )
        for result in results
    )


def wanted(entry: Entry) -> Counter[Row]:
    """The rows of the report that the test wants."""
    path = local(entry.iri.rpartition("/")[0] + "/" + _file(entry))
    graph = graph_of(read(path))
    report = graph.value(rdflib.URIRef(entry.iri), rdflib.URIRef(MF("result").value))
    found: Counter[Row] = Counter()
    for result in graph.objects(report, SH.result):
        shape = graph.value(result, SH.sourceConstraint) or graph.value(result, SH.sourceShape)
        where = graph.value(result, SH.resultPath)
        severity, component = graph.value(result, SH.resultSeverity), graph.value(result, SH.sourceConstraintComponent)
        found[
            _node(graph.value(result, SH.focusNode)),
            "" if where is None else str(read_path(graph, where)),
            _node(graph.value(result, SH.value)),
            str(severity).removeprefix(str(SH)),
            f"sh:{str(component).rpartition('#')[2]}",
            _node(shape),
        ] += 1
    return found


def messages(entry: Entry) -> set[str]:
    """The messages that the wanted report names; few do."""
    path = local(entry.iri.rpartition("/")[0] + "/" + _file(entry))
    return {
        triple.object.value
        for triple in read(path)
        if triple.predicate.value == str(SH.resultMessage) and isinstance(triple.object, ox.Literal)
    }


def _file(entry: Entry) -> str:
    """The name of the file that holds the entry: its own, or a manifest of several."""
    own = entry.iri.rpartition("/")[2] + ".ttl"
    return own if (local(entry.iri.rpartition("/")[0] + "/" + own)).is_file() else "manifest.ttl"


def _node(node: rdflib.term.Node | None) -> str:
    return _text(None if node is None else from_rdflib(node))


def _text(term: Term | None) -> str:
    if term is None:
        return ""
    return "_:" if isinstance(term, ox.BlankNode) else str(stored_term(term))
