"""Which nodes may fail a shape, found by a few queries over the whole graph instead of a judgement for each node.

What is found is a superset: pySHACL judges it, and nothing else of the graph. Each constraint component becomes a query
for the nodes that may violate it (https://www.w3.org/TR/shacl/#core-components); queries are put together from terms
that were parsed, never from text. A shape with a component that cannot be put so is not screened, and says why.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox
from pyshacl.shape import Shape
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.affected import TYPE, Classes, is_focus_node
from cnrs_kg.validation.component_queries import Components
from cnrs_kg.validation.paths import Path, Step, read_path
from cnrs_kg.validation.patterns import Failing, Finding, NotScreened, Values, path_text, terms_text, typed
from cnrs_kg.validation.readings import SAME_AS
from cnrs_kg.validation.shapes import Target

_FEW = 1_000
"""Nodes that a query lists rather than finds again."""
_CHEAP = 4
"""Statements of a property for each node of a shape, up to which all of them are read."""


@dataclass(frozen=True)
class Screen:
    """Screens the default graph of a store; `statements` are the same, for single look-ups."""

    store: ox.Store
    statements: Statements
    classes: Classes
    _known: dict[tuple[Node, str], list[Finding]] = field(default_factory=dict)
    _listed: dict[tuple[str, str], str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _kinds: dict[Term, frozenset[Term]] = field(default_factory=dict)

    def suspects(self, target: Target) -> list[Term]:
        """The focus nodes of a shape that may fail it; `NotScreened` if that cannot be told."""
        found = self.failing(target.shape, self._targets(target), 0)
        nodes = self._focus_nodes(target, found.nodes)
        # A query would give a literal back in another form, so those that are named as targets are judged anyway.
        return nodes + [node for node in target.nodes if isinstance(node, ox.Literal) and node not in found.nodes]

    def findings(self, target: Target, nodes: Iterable[Term]) -> list[Finding]:
        """Which of these focus nodes may fail which component of a shape, or of a property shape of it.

        `NotScreened` if that cannot be told, as of literals and blank nodes.
        """
        wanted = frozenset(node for node in nodes if isinstance(node, ox.NamedNode))
        pattern = _one_of("?x0", wanted)
        if not target.unknown and self._count(self._targets(target)) <= _CHEAP * len(wanted):
            pattern = self._targets(target)  # to ask of all focus nodes is cheaper, and was done in part
        shapes, skipped = [target.shape], None
        if not target.shape.is_property_shape:  # results of its property shapes are about the same focus nodes
            inner = target.shape.sg.graph.objects(target.shape.node, SH.property)
            shapes, skipped = [*shapes, *map(target.shape.get_other_shape, inner)], SH.property
        found: list[Finding] = []
        for shape in shapes:
            if not shape.deactivated:
                skip = skipped if shape is target.shape else None
                known = self._known.get((shape.node, pattern))
                parts = self._judging(shape, pattern, 0).findings(skip) if known is None else known
                found += [_of(one, wanted) for one in parts if one.parameter != skip]
        return found

    def aliased(self, finding: Finding) -> frozenset[Term]:
        """Those of its nodes that have a value under several names: pySHACL's report of them may be forgiven."""
        if finding.path is None or next(self.statements.match(None, SAME_AS, None), None) is None:
            return frozenset()
        return finding.nodes & self.ask("?x0", f"?x0 {path_text(finding.path)} ?value . ?value {SAME_AS} ?other")

    def _focus_nodes(self, target: Target, nodes: frozenset[Term]) -> list[Term]:
        """Those of the nodes that are focus nodes of a shape."""
        if not any(isinstance(node, ox.Literal) for node in target.nodes):
            pattern = self._targets(target)
            if self._count(pattern) <= _CHEAP * len(nodes):
                return list(nodes & self.ask("?x0", pattern))
        return [node for node in nodes if is_focus_node(target, node, self.statements, self.classes)]

    def _targets(self, target: Target) -> str:
        if target.unknown and "focus nodes" in target.unknown:
            raise NotScreened(target.unknown)
        kinds = frozenset().union(*map(self.kinds, target.classes))
        parts = [typed("?x0", kinds)] if kinds else []
        if len(target.subjects_of) == 1 and not (kinds or target.objects_of or target.nodes):
            return _subjects_of(target.subjects_of)
        parts += [f"?x0 {predicate} ?value" for predicate in target.subjects_of]
        parts += [f"?subject {predicate} ?x0" for predicate in target.objects_of]
        parts += [f"VALUES ?x0 {{ {terms_text(target.nodes)} }}"] if target.nodes else []
        return f"{{ SELECT DISTINCT ?x0 {{ {' UNION '.join(f'{{ {part} }}' for part in parts)} }} }}"

    def failing(self, shape: Shape, nodes: str, depth: int) -> Failing:
        """The nodes bound by `?x<depth>` of the pattern that may fail a shape."""
        key = shape.node, nodes
        if key not in self._known:
            self._known[key] = [] if shape.deactivated else list(self._judging(shape, nodes, depth).findings())
        found = self._known[key]
        return Failing(frozenset().union(*(one.nodes for one in found)), all(one.exact for one in found))

    def _judging(self, shape: Shape, nodes: str, depth: int) -> Components:
        if any(True for _ in shape.find_custom_constraints()):
            raise NotScreened("a constraint component of its own")
        node, path, values = f"?x{depth}", None, None
        if shape.is_property_shape:
            path = read_path(shape.sg.graph, shape.path())
            value = f"?x{depth + 1}"
            stated = f"{node} {path_text(path)} {value} ."
            pattern = stated if self._is_cheap(path, stated, nodes) else f"{nodes} {stated}"
            strict = stated if nodes == _subjects_of([path]) else f"{self._with(path, node, stated, nodes)} {stated}"
            values = Values(nodes, node, pattern, strict, value, path)
        return Components(self, shape, values or Values(nodes, node, nodes, nodes, node, None), depth)

    def _with(self, path: Path, node: str, stated: str, nodes: str) -> str:
        """The nodes of a pattern that have a property; they are listed where few things at all have it."""
        if isinstance(path, Step) and self._count(stated) <= min(_FEW, self._count(nodes)):
            return self.listed(node, f"{{ SELECT DISTINCT {node} {{ {stated} }} }} FILTER EXISTS {{ {nodes} }}")
        return nodes

    def listed(self, variable: str, pattern: str) -> str:
        """A pattern that binds the variable alone, as this one does, to each value once: the list of them if short."""
        key = variable, pattern
        if key not in self._listed:
            found = self.ask(variable, pattern, f"LIMIT {_FEW + 1}")
            short = len(found) <= _FEW and all(isinstance(term, ox.NamedNode | ox.Literal) for term in found)
            self._listed[key] = (
                _one_of(variable, found) if short else f"{{ SELECT DISTINCT {variable} {{ {pattern} }} }}"
            )
        return self._listed[key]

    def _is_cheap(self, path: Path, stated: str, nodes: str) -> bool:
        """Whether reading all statements of a property costs less than looking each node up."""
        return isinstance(path, Step) and self._count(stated) <= _CHEAP * self._count(nodes)

    def _count(self, pattern: str) -> int:
        if pattern not in self._counts:
            (solution,) = self.store.query(f"SELECT (COUNT(*) AS ?count) WHERE {{ {pattern} }}")  # type: ignore[misc]
            self._counts[pattern] = int(solution[0].value)
        return self._counts[pattern]

    def kinds(self, kind: Term) -> frozenset[Term]:
        """The classes by which an instance of a class may be typed: it alone, where inference has typed all below."""
        if kind not in self._kinds:
            below = frozenset(self.classes.below(kind)) - {kind}
            self._kinds[kind] = frozenset([kind])
            if below:
                untyped = f"{typed('?x', below)} MINUS {{ ?x {TYPE} {terms_text([kind])} }}"
                if self.ask("?x", untyped, "LIMIT 1"):
                    self._kinds[kind] |= below
        return self._kinds[kind]

    def ask(self, variable: str, pattern: str, modifier: str = "") -> frozenset[Term]:
        """The distinct values of a variable in the solutions of a pattern."""
        text = f"SELECT DISTINCT {variable} WHERE {{ {pattern} }} {modifier}"
        return frozenset(solution[0] for solution in self.store.query(text))  # type: ignore[union-attr]

    def pairs(self, values: Values) -> Iterator[tuple[Term, Term]]:
        """Each node with each of its value nodes."""
        text = f"SELECT DISTINCT {values.node} {values.value} WHERE {{ {values.strict} }}"
        for solution in self.store.query(text):  # type: ignore[union-attr]
            yield solution[0], solution[1]


def _of(finding: Finding, nodes: frozenset[Term]) -> Finding:
    """What a finding says of these focus nodes: results of property shapes inside it are about others."""
    return finding._replace(nodes=finding.nodes & nodes, exact=finding.exact and finding.parameter != SH.property)


def _one_of(variable: str, terms: Iterable[Term]) -> str:
    """The pattern of these terms."""
    return f"{{ SELECT DISTINCT {variable} {{ VALUES {variable} {{ {terms_text(terms)} }} }} }}"


def _subjects_of(predicates: Iterable[object]) -> str:
    """The pattern of what has a property."""
    (predicate,) = predicates
    return f"{{ SELECT DISTINCT ?x0 {{ ?x0 {predicate} ?value }} }}"
