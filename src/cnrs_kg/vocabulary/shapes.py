"""The shapes as people read them: what each is about, and every constraint in words.

https://www.w3.org/TR/shacl/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.rdf.namespaces import SHAPES
from cnrs_kg.rdf.rdflib_terms import from_rdflib, graph_of
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.validation.paths import read_path, steps
from cnrs_kg.validation.words import Text, Words

VIOLATION = SH.Violation
_VALUES = (SH["class"], SH.node, SH.datatype)


@dataclass(frozen=True)
class Rule:
    """What a shape asks along a path, or by a query: in words, how grave a breach is, and an example of either.

    `predicates` are those that the path takes; `values` the classes, datatypes or shapes of what it leads to.
    """

    node: ox.NamedNode
    names: Text
    descriptions: Text
    messages: Text
    severity: str
    path: str | None
    predicates: frozenset[ox.NamedNode]
    values: tuple[ox.NamedNode, ...]
    constraints: tuple[Text, ...]
    passing: str | None
    failing: str | None

    @property
    def name(self) -> str:
        """The fragment of its IRI."""
        return self.node.value.removeprefix(SHAPES.iri)


@dataclass(frozen=True)
class Shape:
    """A shape, the classes whose instances it judges, and its rules; without classes it serves other shapes."""

    node: ox.NamedNode
    names: Text
    descriptions: Text
    targets: tuple[ox.NamedNode, ...]
    constraints: tuple[Text, ...]
    rules: tuple[Rule, ...]

    @property
    def name(self) -> str:
        """The fragment of its IRI."""
        return self.node.value.removeprefix(SHAPES.iri)


def read_shapes(triples: Iterable[ox.Triple], statements: Statements, examples: Path) -> tuple[Shape, ...]:
    """The node shapes by name, those with targets first; `examples` has a directory for each rule that has some."""
    graph = graph_of(triples, blank=True)
    reader = _Reader(graph, Words(graph, statements), examples)
    named = (node for node in graph.subjects(rdflib.RDF.type, SH.NodeShape) if isinstance(node, rdflib.URIRef))
    return tuple(sorted((reader.shape(node) for node in named), key=lambda shape: (not shape.targets, shape.name)))


@dataclass(frozen=True)
class _Reader:
    graph: rdflib.Graph
    words: Words
    examples: Path

    def shape(self, node: Node) -> Shape:
        parts = (part for predicate in (SH.property, SH.sparql) for part in self.graph.objects(node, predicate))
        rules = sorted((self._rule(part) for part in parts), key=lambda rule: rule.name)
        return Shape(
            ox.NamedNode(str(node)),
            self._texts(node, SH.name),
            self._texts(node, SH.description),
            self._nodes(node, (SH.targetClass,)),
            tuple(self._constraints(node)),
            tuple(rules),
        )

    def _rule(self, node: Node) -> Rule:
        path = next(self.graph.objects(node, SH.path), None)
        followed = None if path is None else read_path(self.graph, path)
        taken = [] if followed is None else [step.predicate for _, step in steps(followed)]
        severity = next(self.graph.objects(node, SH.severity), VIOLATION)
        name = str(node).removeprefix(SHAPES.iri)
        return Rule(
            ox.NamedNode(str(node)),
            self._texts(node, SH.name),
            self._texts(node, SH.description),
            self._texts(node, SH.message),
            str(severity).rpartition("#")[2],
            None if followed is None else str(followed),
            frozenset(predicate for predicate in taken if predicate is not None),
            self._nodes(node, _VALUES),
            tuple(self._constraints(node)),
            _example(self.examples, name, "pass"),
            _example(self.examples, name, "fail"),
        )

    def _constraints(self, node: Node) -> Iterator[Text]:
        for _, said in self.words.constraints(node):
            yield said

    def _texts(self, node: Node, predicate: Node) -> Text:
        found = (text for text in self.graph.objects(node, predicate) if isinstance(text, rdflib.Literal))
        return {text.language or "": str(text) for text in found}

    def _nodes(self, node: Node, predicates: Sequence[Node]) -> tuple[ox.NamedNode, ...]:
        found = (from_rdflib(value) for predicate in predicates for value in self.graph.objects(node, predicate))
        return tuple(sorted((value for value in found if isinstance(value, ox.NamedNode)), key=str))


def judging(shapes: Iterable[Shape]) -> Mapping[str, Sequence[tuple[Shape, Rule | None]]]:
    """The shapes that judge each term, by its IRI: as a class of theirs, or along a path that takes the property."""
    found: dict[str, list[tuple[Shape, Rule | None]]] = {}
    for shape in shapes:
        for target in shape.targets:
            found.setdefault(target.value, []).append((shape, None))
        for rule in shape.rules if shape.targets else ():
            for predicate in sorted(rule.predicates, key=str):
                found.setdefault(predicate.value, []).append((shape, rule))
    return found


def _example(directory: Path, name: str, kind: str) -> str | None:
    """An example without the prefixes at its head, if there is one."""
    file = directory / name / f"{kind}.ttl"
    if "/" in name or not file.is_file():
        return None
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("@prefix")).strip()
