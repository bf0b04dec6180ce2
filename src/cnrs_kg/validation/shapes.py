"""Shapes made ready once for many judgements: read by pySHACL, checked, and what each of them looks up.

https://www.w3.org/TR/shacl/
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox
import rdflib
from pyshacl.constraints.sparql.sparql_based_constraint_components import SPARQLConstraintComponentValidator
from pyshacl.errors import ReportableRuntimeError
from pyshacl.shape import Shape
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.errors import ShapesError
from cnrs_kg.rdf.rdflib_terms import from_rdflib, graph_of
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.components import ReadyShapes
from cnrs_kg.validation.paths import Alternative, Path, Repeat, Sequence, Step, read_path
from cnrs_kg.validation.readings import Nested, Reading, Unknown, parts, readings
from cnrs_kg.validation.sparql import check_queries

_TRUE = rdflib.Literal("true", datatype=rdflib.XSD.boolean, normalize=False)
_MARKS = {"*": SH.zeroOrMorePath, "+": SH.oneOrMorePath, "?": SH.zeroOrOnePath}


@dataclass(frozen=True, eq=False)
class Target:
    """A shape with targets of its own: which nodes it judges, and what judging one of them looks up.

    `readings` are the `direct` ones and those of the `nested` shapes, carried back to the focus node. `unknown` says
    why they cannot be told; all nodes of the shape are judged again at each change then.
    """

    shape: Shape
    name: str
    classes: frozenset[Term]
    subjects_of: frozenset[Term]
    objects_of: frozenset[Term]
    nodes: frozenset[Term]
    readings: frozenset[Reading]
    direct: frozenset[Reading]
    nested: frozenset[Nested]
    unknown: str | None


@dataclass(frozen=True, eq=False)
class Shapes:
    """A shapes graph that pySHACL has read, and those of its shapes that have targets."""

    graph: rdflib.Graph
    targets: tuple[Target, ...]


def compile_shapes(triples: Iterable[ox.Triple]) -> Shapes:
    """The shapes of a graph; `ShapesError` for what is malformed or recursive, or reads another graph.

    The same statements are compiled once.
    """
    return _compiled(frozenset(triples))


@lru_cache(maxsize=8)
def _compiled(triples: frozenset[ox.Triple]) -> Shapes:
    graph = graph_of(triples, blank=True)
    _as_specified(graph)
    # pySHACL keeps validators by the address of their graph; another graph may have had this one's.
    SPARQLConstraintComponentValidator.validator_cache.clear()
    ready = ReadyShapes(graph)
    try:
        shapes = sorted(ready.shapes, key=lambda shape: str(shape.node))
        if shapes:
            check_queries(graph, shapes[0])
        return Shapes(graph, tuple(_target(shape) for shape in shapes if _has_target(shape)))
    except ReportableRuntimeError as error:
        raise ShapesError(f"the shapes cannot be used: {error}") from error


def _as_specified(graph: rdflib.Graph) -> None:
    """Rewrite what pySHACL reads otherwise than the specification says.

    `sh:uniqueLang` counts only as the term `true`, not as another literal of that value. The inverse of a sequence
    walks its parts from the last to the first. Prefixes are also those of what the declaring node imports.
    """
    for shape, value in list(graph.subject_objects(SH.uniqueLang)):
        if value != _TRUE:
            graph.remove((shape, SH.uniqueLang, value))
    for declaring in set(graph.objects(None, SH.prefixes)):
        for imported in graph.transitive_objects(declaring, rdflib.OWL.imports):
            for declaration in list(graph.objects(imported, SH.declare)):
                graph.add((declaring, SH.declare, declaration))
    for shape, path in list(graph.subject_objects(SH.path)):
        if isinstance(path, rdflib.BNode) and any(graph.triples((None, SH.inversePath, None))):
            graph.set((shape, SH.path, _written(graph, read_path(graph, path))))


def _written(graph: rdflib.Graph, path: Path) -> Node:
    """A path as nodes of the graph, with inverses of single predicates only."""
    match path:
        case Step(predicate, inverse):
            assert predicate is not None
            node = rdflib.URIRef(predicate.value)
            return _node(graph, SH.inversePath, node) if inverse else node
        case Repeat(inner, mark):
            return _node(graph, _MARKS[mark], _written(graph, inner))
        case Alternative(parts):
            return _node(graph, SH.alternativePath, _listed(graph, parts))
        case Sequence(parts):
            return _listed(graph, parts)


def _node(graph: rdflib.Graph, predicate: Node, value: Node) -> Node:
    node = rdflib.BNode()
    graph.add((node, predicate, value))
    return node


def _listed(graph: rdflib.Graph, parts: Iterable[Path]) -> Node:
    members = [_written(graph, part) for part in parts]
    head: Node = rdflib.RDF.nil
    for member in reversed(members):
        node = _node(graph, rdflib.RDF.first, member)
        graph.add((node, rdflib.RDF.rest, head))
        head = node
    return head


def _has_target(shape: Shape) -> bool:
    return any(any(True for _ in found) for found in shape.target()) or bool(list(shape.objects(SH.target)))


def _target(shape: Shape) -> Target:
    nodes, classes, implicit, objects_of, subjects_of = (frozenset(map(from_rdflib, found)) for found in shape.target())
    found: frozenset[Reading] = frozenset()
    direct: frozenset[Reading] = frozenset()
    nested: frozenset[Nested] = frozenset()
    unknown = _sparql_target(shape)
    try:
        found = readings(shape)
        direct, nested = parts(shape)
    except Unknown as reason:
        unknown = unknown or str(reason)
    return Target(
        shape, str(shape.node), classes | implicit, subjects_of, objects_of, nodes, found, direct, nested, unknown
    )


def _sparql_target(shape: Shape) -> str | None:
    """Why the nodes of the shape cannot be told from a change, where a query selects them."""
    targets = list(shape.objects(SH.target))
    for target in targets:
        if (target, SH.select, None) not in shape.sg.graph:
            raise ShapesError(
                f"{shape.node} has a target of a kind that is not known here: {target}",
                advice="Targets are classes, nodes, subjects or objects of a property, or an sh:select.",
            )
    shape.set_advanced(bool(targets))
    return "a query selects its focus nodes" if targets else None
