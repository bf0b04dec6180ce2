"""SHACL validation by pySHACL (https://www.w3.org/TR/shacl/), the judge whose report we trust."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError, ShapeLoadError
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.errors import ShapesError
from cnrs_kg.rdf.rdflib_terms import from_rdflib, graph_of
from cnrs_kg.validation.report import Result, in_order

_PATH_MARKS = (
    (SH.zeroOrMorePath, "*"),
    (SH.oneOrMorePath, "+"),
    (SH.zeroOrOnePath, "?"),
)


def judge(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> tuple[Result, ...]:
    """Every result of the data (inferences included) under the shapes, in order; `ShapesError` for malformed shapes."""
    shapes_graph = graph_of(shapes, blank=True)
    try:
        _, report, _ = pyshacl.validate(
            graph_of(data), shacl_graph=shapes_graph, inference="none", inplace=True, do_owl_imports=False
        )
    except (ShapeLoadError, ReportableRuntimeError) as error:
        raise ShapesError(f"the shapes cannot be used: {error}") from error
    assert isinstance(report, rdflib.Graph)
    return in_order(
        _result(report, shapes_graph, node) for node in report.subjects(rdflib.RDF.type, SH.ValidationResult)
    )


def _result(report: rdflib.Graph, shapes: rdflib.Graph, node: Node) -> Result:
    shape = report.value(node, SH.sourceConstraint) or report.value(node, SH.sourceShape)
    focus, value = report.value(node, SH.focusNode), report.value(node, SH.value)
    path = report.value(node, SH.resultPath)
    component = str(report.value(node, SH.sourceConstraintComponent) or "")
    return Result(
        severity=str(report.value(node, SH.resultSeverity)).rpartition("#")[2],
        kind="shape",
        message=dict(_messages(report, node)),
        focus_node=None if focus is None else from_rdflib(focus),
        shape=str(shape) if isinstance(shape, rdflib.URIRef) else None,
        constraint=f"sh:{component.rpartition('#')[2]}",
        path=None if path is None else path_text(report if (path, None, None) in report else shapes, path),
        value=None if value is None else from_rdflib(value),
    )


def _messages(report: rdflib.Graph, node: Node) -> Iterator[tuple[str, str]]:
    for message in report.objects(node, SH.resultMessage):
        yield (getattr(message, "language", None) or "en", str(message))


def path_text(graph: rdflib.Graph, path: Node) -> str:
    """A property path as SPARQL writes it (SHACL, section 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return f"<{path}>"
    inverse = graph.value(path, SH.inversePath)
    if inverse is not None:
        return f"^{path_text(graph, inverse)}"
    for predicate, mark in _PATH_MARKS:
        inner = graph.value(path, predicate)
        if inner is not None:
            return f"({path_text(graph, inner)}){mark}"
    alternatives = graph.value(path, SH.alternativePath)
    members = [path_text(graph, member) for member in graph.items(alternatives or path)]
    return f"({('|' if alternatives is not None else '/').join(members)})"
