"""Which focus nodes a change can affect: what a shape looks up, walked backwards from each changed statement.

A statement that was gained is met by walking over the graph as it is now, one that was lost by walking over the graph
as it was: a node that reached it only through another lost statement is found too.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox
from pyshacl.shape import Shape

from cnrs_kg.rdf.namespaces import RDF, RDFS
from cnrs_kg.rdf.statements import Merged, Statements
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Subject, Term
from cnrs_kg.validation.paths import Path, Repeat, Step, Walk
from cnrs_kg.validation.readings import Reading
from cnrs_kg.validation.shapes import Target

TYPE, SUBCLASS = RDF("type"), RDFS("subClassOf")
_EVER = 2**31


@dataclass(frozen=True)
class Changed:
    """Statements gained, or lost, and the graph that holds them: now, or before.

    `asserted` are those that a named graph gained or lost, whether or not the default graph did.
    """

    statements: Statements
    other: Statements
    by_predicate: dict[Term, list[ox.Triple]] = field(default_factory=dict)
    asserted: list[ox.Triple] = field(default_factory=list)


def changed(quads: Collection[ox.Quad], statements: Statements, other: Statements, merged: Merged) -> Changed:
    """The quads that one side holds and the other does not."""
    found = Changed(statements, other)
    for quad in quads:
        if quad.graph_name == DEFAULT_GRAPH:
            found.by_predicate.setdefault(quad.predicate, []).append(quad.triple)
        elif merged(quad.graph_name):
            found.asserted.append(quad.triple)
    return found


class Classes:
    """The classes below a class; the class tree is the same before and after."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._below: dict[Term, set[Term]] = {}
        self._types: dict[tuple[int, Term], frozenset[Term]] = {}

    def below(self, kind: Term) -> set[Term]:
        """The class and all below it."""
        if kind not in self._below:
            self._below[kind] = Walk(self._statements, _EVER).along(Repeat(Step(SUBCLASS, inverse=True), "*"), [kind])
        return self._below[kind]

    def below_any(self, kinds: Collection[Term]) -> set[Term]:
        """The classes and all below them."""
        return set().union(*map(self.below, kinds))

    def instance(self, statements: Statements, node: Term, kinds: set[Term]) -> bool:
        """Whether a node is an instance of one of the classes, of which those below are given too."""
        if isinstance(node, ox.Literal):
            return False
        key = id(statements), node
        if key not in self._types:
            self._types[key] = frozenset(triple.object for triple in statements.match(node, TYPE, None))
        return not kinds.isdisjoint(self._types[key])


def affected(target: Target, sides: Collection[Changed], classes: Classes, limit: int) -> set[Term]:
    """The nodes that the shape may judge otherwise than before; `WalkTooLong` past `limit` nodes.

    Not all of them are its focus nodes: see `is_focus_node`.
    """
    return _of_all_targets(target, sides, classes) | _reached(target.readings, sides, classes, limit)


def affected_by_values(
    target: Target, sides: Collection[Changed], classes: Classes, limit: int, differs: Callable[[Shape, Term], bool]
) -> set[Term]:
    """The same, of values that nested shapes judge only those that conform now and did not, or the other way round.

    So a new name of what everything points to is met where it is read, and goes no further. `differs` tells whether
    a value conforms to a shape otherwise than before.
    """
    found = _of_all_targets(target, sides, classes) | _reached(target.direct, sides, classes, limit)
    for nested in target.nested:
        values = [node for node in _reached(nested.readings, sides, classes, limit) if differs(nested.shape, node)]
        for side in sides:
            found |= Walk(side.statements, limit).along(nested.back, values)
    return found


def _of_all_targets(target: Target, sides: Collection[Changed], classes: Classes) -> set[Term]:
    return {node for side in sides for node in _of_targets(target, side, classes)}


def _reached(readings: Iterable[Reading], sides: Collection[Changed], classes: Classes, limit: int) -> set[Term]:
    found: set[Term] = set()
    for side in sides:
        starts: dict[Path, set[Term]] = defaultdict(set)
        for reading in readings:
            nodes = set(_starts(reading, side, classes))
            if nodes:
                starts[reading.back] |= nodes
        walk = Walk(side.statements, limit)
        for back, nodes in starts.items():
            found |= walk.along(back, nodes)
    return found


def is_focus_node(target: Target, node: Term, statements: Statements, classes: Classes) -> bool:
    """Whether the node is a focus node of the shape."""
    if node in target.nodes:
        return True
    if target.classes and classes.instance(statements, node, classes.below_any(target.classes)):
        return True
    if any(_holds(statements, None, predicate, node) for predicate in target.objects_of):
        return True
    if isinstance(node, ox.Literal):
        return False
    return any(_holds(statements, node, predicate, None) for predicate in target.subjects_of)


def _of_targets(target: Target, side: Changed, classes: Classes) -> Iterator[Term]:
    types = side.by_predicate.get(TYPE, ())
    if types and target.classes:
        kinds = classes.below_any(target.classes)
        yield from (triple.subject for triple in types if triple.object in kinds)
    for predicate in target.subjects_of:
        yield from (triple.subject for triple in side.by_predicate.get(predicate, ()))
    for predicate in target.objects_of:
        yield from (triple.object for triple in side.by_predicate.get(predicate, ()))


def _starts(reading: Reading, side: Changed, classes: Classes) -> Iterator[Term]:
    """The nodes at which the step of a reading meets a changed statement."""
    if reading.asserted:
        yield from (triple.subject for triple in side.asserted)
        return
    assert reading.step.predicate is not None
    for triple in side.by_predicate.get(reading.step.predicate, ()):
        node = triple.object if reading.step.inverse else triple.subject
        if reading.kind is not None:
            kinds = classes.below(reading.kind)
            if triple.object not in kinds or classes.instance(side.other, node, kinds):
                continue
        yield node


def _holds(statements: Statements, subject: Subject | None, predicate: Term, value: Term | None) -> bool:
    return next(statements.match(subject, predicate, value), None) is not None  # type: ignore[arg-type]
