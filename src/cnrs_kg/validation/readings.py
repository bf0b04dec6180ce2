"""What judging a focus node looks up: each statement that can change the outcome, as a step at the end of a path.

A shape is read once; a change is then met by walking those paths backwards (`affected`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
import rdflib
from pyshacl.shape import Shape
from rdflib.namespace import SH
from rdflib.term import Node, URIRef

from cnrs_kg.errors import ShapesError
from cnrs_kg.rdf.namespaces import OWL, RDF
from cnrs_kg.validation.paths import HERE, Path, Step, after, read_path, steps, turned
from cnrs_kg.validation.sparql import parsed, predicates_read

SAME_AS = OWL("sameAs")
READS = URIRef("https://w3id.org/cnrs-kg/shapes#reads")
"""Said of a SPARQL constraint or component: a path from `$this` that its query follows, written as for `sh:path`."""

_REFERENCES = (SH.node, SH["not"], SH.qualifiedValueShape)
_LISTS = (SH["and"], SH["or"], SH.xone)
_PAIRS = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
_TRUE = rdflib.Literal("true", datatype=rdflib.XSD.boolean, normalize=False)


@dataclass(frozen=True)
class Reading:
    """A step that is looked up at the end of a path from the focus node; `back` is that path turned round.

    With `kind`, only whether the node is an instance of that class matters. `asserted`: inferred statements do not.
    """

    back: Path
    step: Step
    kind: ox.NamedNode | None = None
    asserted: bool = False


@dataclass(frozen=True)
class Nested:
    """A shape by which values are judged, where only whether they conform matters; what judging one of them reads.

    `back` leads from a value to the focus node.
    """

    back: Path
    shape: Shape
    readings: frozenset[Reading]


class Unknown(Exception):
    """What a shape reads cannot be told; the message says why."""


def readings(shape: Shape) -> frozenset[Reading]:
    """All that judging a focus node by the shape looks up; `Unknown`, or `ShapesError` if the shape is recursive."""
    return frozenset(found for found in _of_shape(shape, HERE, (), flat=True) if isinstance(found, Reading))


def parts(shape: Shape) -> tuple[frozenset[Reading], frozenset[Nested]]:
    """The same, what is read to tell whether a value conforms to another shape kept apart."""
    found = list(_of_shape(shape, HERE, (), flat=False))
    direct = frozenset(one for one in found if isinstance(one, Reading))
    return direct, frozenset(one for one in found if isinstance(one, Nested))


def _of_shape(shape: Shape, prefix: Path, trail: tuple[Node, ...], *, flat: bool) -> Iterator[Reading | Nested]:
    if shape.node in trail:
        names = " → ".join(map(str, [*trail[trail.index(shape.node) :], shape.node]))
        raise ShapesError(
            f"the shapes refer to each other in a circle: {names}",
            advice="Break the circle: SHACL leaves open what recursive shapes mean, and faults would pass unseen.",
        )
    if shape.deactivated:
        return
    graph, values = shape.sg.graph, prefix
    if shape.is_property_shape:
        path = read_path(graph, shape.path())
        yield from _along(path, prefix)
        values = after(prefix, path)
        yield Reading(turned(values), Step(SAME_AS))  # what else values are called: see `aliases`
    for predicate, value in graph.predicate_objects(shape.node):
        if predicate == SH["class"]:
            yield Reading(turned(values), Step(RDF("type")), kind=ox.NamedNode(str(value)))
        elif predicate in _PAIRS:
            yield Reading(turned(prefix), Step(ox.NamedNode(str(value))))
        elif predicate == SH.closed and value == _TRUE:
            yield Reading(turned(values), Step(None), asserted=True)
    for other, reports in _inside(shape):
        if flat or reports:
            yield from _of_shape(other, values, (*trail, shape.node), flat=flat)
        else:
            yield Nested(turned(values), other, readings(other))
    yield from _of_queries(shape, prefix)


def _inside(shape: Shape) -> Iterator[tuple[Shape, bool]]:
    """The shapes that the shape judges its value nodes by, and whether their results are reported as such."""
    graph = shape.sg.graph
    for node in graph.objects(shape.node, SH.property):
        yield _other(shape, node), True
    found = [node for predicate in _REFERENCES for node in graph.objects(shape.node, predicate)]
    for predicate in _LISTS:
        found += [node for members in graph.objects(shape.node, predicate) for node in graph.items(members)]
    if _TRUE in graph.objects(shape.node, SH.qualifiedValueShapesDisjoint):
        for parent in graph.subjects(SH.property, shape.node):
            for sibling in graph.objects(parent, SH.property):
                found += graph.objects(sibling, SH.qualifiedValueShape)
    for node in dict.fromkeys(found):
        yield _other(shape, node), False


def _other(shape: Shape, node: Node) -> Shape:
    other: Shape | None = shape.get_other_shape(node)
    if other is None:
        raise ShapesError(f"{shape.node} refers to {node}, which is no shape")
    return other


def _of_queries(shape: Shape, prefix: Path) -> Iterator[Reading]:
    graph = shape.sg.graph
    for constraint in graph.objects(shape.node, SH.sparql):
        paths = _declared(graph, constraint)
        known = {str(step.predicate.value) for path in paths for _, step in steps(path) if step.predicate}
        read = predicates_read(parsed(constraint, shape))
        if read is None or not {str(predicate) for predicate in read} <= known:
            raise ShapesError(
                f"{constraint} follows predicates that no {READS} of it declares",
                advice=f"Declare with <{READS}> each path from $this that the query follows, or none.",
            )
        for path in paths:
            yield from _along(path, prefix)
    for component in shape.find_custom_constraints():
        for path in _declared(graph, component.node):
            yield from _along(path, prefix)


def _declared(graph: rdflib.Graph, node: Node) -> list[Path]:
    paths = [read_path(graph, value) for value in graph.objects(node, READS)]
    if not paths:
        raise Unknown(f"<{READS}> does not say which paths the SPARQL of {node} follows")
    return paths


def _along(path: Path, prefix: Path) -> Iterator[Reading]:
    for before, step in steps(path, prefix):
        yield Reading(turned(before), step)
