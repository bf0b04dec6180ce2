"""Property paths: read from a shapes graph, written as SPARQL, turned round, walked.

https://www.w3.org/TR/shacl/#property-paths
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.errors import ShapesError
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term

_DEEPEST = 20


class WalkTooLong(Exception):
    """A walk met more nodes than it may."""


@dataclass(frozen=True)
class Step:
    """One statement, from its subject to its object or, `inverse`, from object to subject; any predicate if None."""

    predicate: ox.NamedNode | None
    inverse: bool = False

    def __str__(self) -> str:
        return f"{'^' if self.inverse else ''}{self.predicate}"


@dataclass(frozen=True)
class Sequence:
    """One path after the other; an empty one stays where it is."""

    parts: tuple["Path", ...] = ()

    def __str__(self) -> str:
        return f"({'/'.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Alternative:
    """Any of several paths."""

    parts: tuple["Path", ...]

    def __str__(self) -> str:
        return f"({'|'.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Repeat:
    """A path not at all or once (`?`), any number of times (`*`), or at least once (`+`)."""

    path: "Path"
    mark: str

    def __str__(self) -> str:
        return f"({self.path}){self.mark}"


Path = Step | Sequence | Alternative | Repeat
HERE = Sequence()
_MARKS = ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?"))


def read_path(graph: rdflib.Graph, node: Node, depth: int = 0) -> Path:
    """The path that a node of a shapes graph describes; `ShapesError` if it describes none."""
    if isinstance(node, rdflib.URIRef):
        return Step(ox.NamedNode(str(node)))
    if depth > _DEEPEST:
        raise ShapesError("a property path is nested too deeply, or contains itself")
    if (node, rdflib.RDF.first, None) in graph:
        return Sequence(_members(graph, node, depth))
    for inner in graph.objects(node, SH.inversePath):
        return turned(read_path(graph, inner, depth + 1))
    for predicate, mark in _MARKS:
        for inner in graph.objects(node, predicate):
            return Repeat(read_path(graph, inner, depth + 1), mark)
    for members in graph.objects(node, SH.alternativePath):
        return Alternative(_members(graph, members, depth))
    raise ShapesError(f"{node} is not a property path", advice="See https://www.w3.org/TR/shacl/#property-paths.")


def _members(graph: rdflib.Graph, head: Node, depth: int) -> tuple[Path, ...]:
    try:
        found = tuple(read_path(graph, member, depth + 1) for member in graph.items(head))
    except ValueError as error:
        raise ShapesError(f"a property path is a list that contains itself: {error}") from error
    if not found:
        raise ShapesError("a property path is an empty list")
    return found


def turned(path: Path) -> Path:
    """The same path walked from its end to its start."""
    match path:
        case Step(predicate, inverse):
            return Step(predicate, not inverse)
        case Sequence(parts):
            return Sequence(tuple(turned(part) for part in reversed(parts)))
        case Alternative(parts):
            return Alternative(tuple(turned(part) for part in parts))
        case Repeat(inner, mark):
            return Repeat(turned(inner), mark)


def after(prefix: Path, path: Path) -> Path:
    """First `prefix`, then `path`."""
    first = prefix.parts if isinstance(prefix, Sequence) else (prefix,)
    then = path.parts if isinstance(path, Sequence) else (path,)
    return Sequence((*first, *then))


def steps(path: Path, prefix: Path = HERE) -> Iterator[tuple[Path, Step]]:
    """Every single step of a path, with the path that leads to where it is taken."""
    match path:
        case Step():
            yield prefix, path
        case Sequence(parts):
            for part in parts:
                yield from steps(part, prefix)
                prefix = after(prefix, part)
        case Alternative(parts):
            for part in parts:
                yield from steps(part, prefix)
        case Repeat(inner, mark):
            yield from steps(inner, prefix if mark == "?" else after(prefix, Repeat(inner, "*")))


class Walk:
    """Walks paths over statements; `WalkTooLong` once more than `limit` nodes were met."""

    def __init__(self, statements: Statements, limit: int) -> None:
        self._match, self._left = statements.match, limit

    def along(self, path: Path, start: Iterable[Term]) -> set[Term]:
        """The nodes to which the path leads from any of these."""
        nodes = set(start)
        match path:
            case Step(predicate, inverse):
                return self._step(predicate, inverse, nodes)
            case Sequence(parts):
                for part in parts:
                    nodes = self.along(part, nodes)
                return nodes
            case Alternative(parts):
                return {node for part in parts for node in self.along(part, nodes)}
            case Repeat(inner, "?"):
                return nodes | self.along(inner, nodes)
            case Repeat(inner, mark):
                return self._repeat(inner, nodes, nodes if mark == "*" else set())

    def _repeat(self, path: Path, start: set[Term], met: set[Term]) -> set[Term]:
        met, todo = set(met), start
        while todo:
            todo = self.along(path, todo) - met
            met |= todo
        return met

    def _step(self, predicate: ox.NamedNode | None, inverse: bool, start: set[Term]) -> set[Term]:
        found: set[Term] = set()
        for node in start:
            if isinstance(node, ox.Literal) and not inverse:
                continue
            pattern = (None, predicate, node) if inverse else (node, predicate, None)
            for triple in self._match(*pattern):
                other = triple.subject if inverse else triple.object
                if other not in found:
                    self._left -= 1
                    if self._left < 0:
                        raise WalkTooLong
                    found.add(other)
        return found
