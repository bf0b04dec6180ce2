"""Which nodes may fail a shape, found by a few queries over the whole graph instead of a judgement for each node.

What is found is a superset: pySHACL judges it, and nothing else of the graph. Each constraint component becomes a query
for the nodes that may violate it (https://www.w3.org/TR/shacl/#core-components); queries are put together from terms
that were parsed, never from text. A shape with a component that cannot be put so is not screened, and says why.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import pyoxigraph as ox
import rdflib
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.constraints.core.string_based_constraints import StringBasedConstraintBase
from pyshacl.shape import Shape
from rdflib.collection import Collection as RdfList
from rdflib.namespace import RDFS, SH
from rdflib.term import Node, Variable

from cnrs_kg.rdf.namespaces import RDF, XSD
from cnrs_kg.rdf.rdflib_terms import from_rdflib, to_rdflib
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.affected import TYPE, Classes, is_focus_node
from cnrs_kg.validation.lexical import can_be_ill_typed, is_ill_typed
from cnrs_kg.validation.paths import Alternative as AlternativePath
from cnrs_kg.validation.paths import Path, Repeat, Sequence, Step, Walk, read_path, turned
from cnrs_kg.validation.shapes import Target
from cnrs_kg.validation.sparql import PATH, parsed, required

_EVER = 1 << 62
_CHEAP = 4
"""Statements of a property for each node of a shape, up to which all of them are read."""
_TEXTS = frozenset({XSD("string"), RDF("langString")})
_NUMERIC = frozenset(XSD(name) for name in ("integer", "decimal", "double", "float"))
_KINDS = {
    SH.IRI: "isIRI({0})",
    SH.Literal: "isLiteral({0})",
    SH.BlankNode: "isBlank({0})",
    SH.BlankNodeOrIRI: "(isBlank({0}) || isIRI({0}))",
    SH.BlankNodeOrLiteral: "(isBlank({0}) || isLiteral({0}))",
    SH.IRIOrLiteral: "(isIRI({0}) || isLiteral({0}))",
}
_LIMITS = {SH.minInclusive: ">=", SH.maxInclusive: "<=", SH.minExclusive: ">", SH.maxExclusive: "<"}
_HANDLED_WITH_OTHERS = frozenset({SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.ignoredProperties, SH.flags})
_TRUE = rdflib.Literal("true", datatype=rdflib.XSD.boolean, normalize=False)


class NotScreened(Exception):
    """The nodes that may fail a shape cannot be found by queries; the message says why."""


class Failing(NamedTuple):
    """Nodes that may fail a shape; `exact` if all of them do."""

    nodes: frozenset[Term]
    exact: bool


class Finding(NamedTuple):
    """The focus nodes that may fail one constraint component of a shape; `exact` if all of them do."""

    shape: Shape
    parameter: Node
    path: Path | None
    nodes: frozenset[Term]
    exact: bool


class Values(NamedTuple):
    """The nodes of a shape and its value nodes: patterns for both, the variables, and the `path` between them.

    `strict` binds the nodes of the shape alone; `pattern` may bind all nodes of the graph that have the path.
    """

    nodes: str
    node: str
    pattern: str
    strict: str
    value: str
    path: Path | None


@dataclass(frozen=True)
class Screen:
    """Screens the default graph of a store; `statements` are the same, for single look-ups."""

    store: ox.Store
    statements: Statements
    classes: Classes
    _known: dict[tuple[Node, str], Failing] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _kinds: dict[Term, frozenset[Term]] = field(default_factory=dict)

    def suspects(self, target: Target) -> list[Term]:
        """The focus nodes of a shape that may fail it; `NotScreened` if that cannot be told."""
        found = self._failing(target.shape, self._targets(target), 0)
        nodes = [node for node in found.nodes if is_focus_node(target, node, self.statements, self.classes)]
        # A query would give a literal back in another form, so those that are named as targets are judged anyway.
        return nodes + [node for node in target.nodes if isinstance(node, ox.Literal) and node not in found.nodes]

    def findings(self, target: Target, nodes: Iterable[Term]) -> list[Finding]:
        """Which of these focus nodes may fail which component of a shape, or of a property shape of it.

        `NotScreened` if that cannot be told, as of literals and blank nodes.
        """
        named = [node for node in nodes if isinstance(node, ox.NamedNode)]
        pattern = f"{{ SELECT DISTINCT ?x0 {{ VALUES ?x0 {{ {_terms(named)} }} }} }}"
        shapes, skipped = [target.shape], None
        if not target.shape.is_property_shape:  # results of its property shapes are about the same focus nodes
            inner = target.shape.sg.graph.objects(target.shape.node, SH.property)
            shapes, skipped = [*shapes, *map(target.shape.get_other_shape, inner)], SH.property
        found: list[Finding] = []
        for shape in shapes:
            if not shape.deactivated:
                parts = self._judging(shape, pattern, 0).components(skipped if shape is target.shape else None)
                found += [one._replace(nodes=one.nodes & frozenset(named)) for one in parts]
        return found

    def _targets(self, target: Target) -> str:
        if target.unknown and "focus nodes" in target.unknown:
            raise NotScreened(target.unknown)
        kinds = frozenset().union(*map(self.kinds, target.classes))
        parts = [self.typed("?x0", kinds)] if kinds else []
        if len(target.subjects_of) == 1 and not (kinds or target.objects_of or target.nodes):
            return _subjects_of(target.subjects_of)
        parts += [f"?x0 {predicate} ?value" for predicate in target.subjects_of]
        parts += [f"?subject {predicate} ?x0" for predicate in target.objects_of]
        parts += [f"VALUES ?x0 {{ {_terms(target.nodes)} }}"] if target.nodes else []
        return f"{{ SELECT DISTINCT ?x0 {{ {' UNION '.join(f'{{ {part} }}' for part in parts)} }} }}"

    def _failing(self, shape: Shape, nodes: str, depth: int) -> Failing:
        """The nodes bound by `?x<depth>` of the pattern that may fail a shape."""
        key = shape.node, nodes
        if key not in self._known:
            self._known[key] = Failing(frozenset(), True) if shape.deactivated else self._judged(shape, nodes, depth)
        return self._known[key]

    def _judged(self, shape: Shape, nodes: str, depth: int) -> Failing:
        return self._judging(shape, nodes, depth).all()

    def _judging(self, shape: Shape, nodes: str, depth: int) -> "_Judging":
        if any(True for _ in shape.find_custom_constraints()):
            raise NotScreened("a constraint component of its own")
        node, path, values = f"?x{depth}", None, None
        if shape.is_property_shape:
            path = read_path(shape.sg.graph, shape.path())
            value = f"?x{depth + 1}"
            stated = f"{node} {_path(path)} {value} ."
            pattern = stated if self._is_cheap(path, stated, nodes) else f"{nodes} {stated}"
            strict = stated if nodes == _subjects_of([path]) else f"{nodes} {stated}"
            values = Values(nodes, node, pattern, strict, value, path)
        return _Judging(self, shape, values or Values(nodes, node, nodes, nodes, node, None), depth)

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
                untyped = f"{self.typed('?x', below)} MINUS {{ ?x {TYPE} {_terms([kind])} }}"
                if self.ask("?x", untyped, "LIMIT 1"):
                    self._kinds[kind] |= below
        return self._kinds[kind]

    def typed(self, variable: str, kinds: Collection[Term]) -> str:
        """The pattern of what is typed by one of these classes."""
        if len(kinds) == 1:
            return f"{variable} {TYPE} {_terms(kinds)}"
        return f"VALUES ?kind {{ {_terms(kinds)} }} {variable} {TYPE} ?kind"

    def ask(self, variable: str, pattern: str, modifier: str = "") -> frozenset[Term]:
        """The distinct values of a variable in the solutions of a pattern."""
        text = f"SELECT DISTINCT {variable} WHERE {{ {pattern} }} {modifier}"
        return frozenset(solution[0] for solution in self.store.query(text))  # type: ignore[union-attr]

    def pairs(self, values: Values) -> Iterator[tuple[Term, Term]]:
        """Each node with each of its value nodes."""
        text = f"SELECT DISTINCT {values.node} {values.value} WHERE {{ {values.strict} }}"
        for solution in self.store.query(text):  # type: ignore[union-attr]
            yield solution[0], solution[1]


@dataclass(frozen=True)
class _Judging:
    """One shape over the value nodes of a pattern."""

    screen: Screen
    shape: Shape
    values: Values
    depth: int

    def all(self) -> Failing:
        """The nodes that may fail any component."""
        found: set[Term] = set()
        exact = True
        tests: list[str] = []
        for parameter, value in self._parameters():
            test = self._test(parameter, value)
            if test is not None:
                tests.append(test)
                exact &= parameter not in _LIMITS
                continue
            more = self._handled(parameter, value)
            found |= more.nodes
            exact &= more.exact
        if tests:
            found |= self._where(f"FILTER({' || '.join(tests)})")
        return Failing(frozenset(found), exact)

    def components(self, skip: Node | None = None) -> Iterator[Finding]:
        """The same, each component by itself."""
        for parameter, value in self._parameters():
            if parameter == skip:
                continue
            test = self._test(parameter, value)
            if test is None:
                nodes, exact = self._handled(parameter, value)
                # Results of property shapes inside are about other focus nodes.
                exact = exact and parameter != SH.property
            else:
                nodes, exact = self._where(f"FILTER({test})"), parameter not in _LIMITS
            yield Finding(self.shape, parameter, self.values.path, nodes, exact)

    def _parameters(self) -> Iterator[tuple[Node, Node]]:
        for parameter, value in self.shape.sg.graph.predicate_objects(self.shape.node):
            if parameter in ALL_CONSTRAINT_PARAMETERS and parameter not in _HANDLED_WITH_OTHERS:
                yield parameter, value

    def _handled(self, parameter: Node, value: Node) -> Failing:
        handler = _HANDLERS.get(parameter)
        if handler is None:
            raise NotScreened(f"sh:{str(parameter).rpartition('#')[2]}")
        return handler(self, value)

    def _where(self, more: str, modifier: str = "") -> frozenset[Term]:
        """The nodes of which a value meets a condition."""
        return self.screen.ask(self.values.node, f"{self.values.pattern} {more}", modifier)

    def _nodes_but(self, pattern: str) -> frozenset[Term]:
        """The nodes that do not meet a pattern."""
        return self.screen.ask(self.values.node, f"{self.values.nodes} MINUS {{ {pattern} }}")

    def _back(self, bad: Iterable[Term]) -> frozenset[Term]:
        """The nodes that these are values of."""
        if self.values.path is None:
            return frozenset(bad)
        return frozenset(Walk(self.screen.statements, _EVER).along(turned(self.values.path), bad))

    def _bad_values(self, is_bad: Callable[[Term], bool], pattern: str = "") -> Failing:
        """The nodes with a value of which a function says that it is bad: it is asked once for each."""
        found = self.screen.ask(self.values.value, f"{self.values.pattern} {pattern}")
        return Failing(self._back([value for value in found if is_bad(value)]), True)

    # Components that look at one value: an expression that is true of those that fail

    def _test(self, parameter: Node, value: Node) -> str | None:
        variable = self.values.value
        if parameter == SH.nodeKind:
            return f"!{_KINDS[value].format(variable)}"  # type: ignore[index]
        if parameter in _LIMITS:
            return f"!COALESCE({variable} {_LIMITS[parameter]} {_term(value)}, false)"  # type: ignore[index]
        if parameter == SH["in"]:
            same = [f"sameTerm({variable}, {_term(member)})" for member in RdfList(self.shape.sg.graph, value)]
            return f"!({' || '.join(same) or 'false'})"
        if parameter == SH.languageIn:
            ranges = [_term(member) for member in RdfList(self.shape.sg.graph, value)]
            fits = " || ".join(f"langMatches(LANG({variable}), {tag})" for tag in ranges) or "false"
            return f"(!isLiteral({variable}) || !COALESCE({fits}, false))"
        return None

    # Components that need a query of their own

    def datatype(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#DatatypeConstraintComponent"""
        if value in (RDFS.Literal, RDFS.Datatype):
            raise NotScreened(f"sh:datatype {value}")
        wanted, variable = from_rdflib(value), self.values.value
        other = f"!isLiteral({variable}) || DATATYPE({variable}) != {wanted}"
        if wanted in _NUMERIC:
            return Failing(self._where(f"FILTER({other} || !isNumeric({variable}))"), True)
        if not can_be_ill_typed(wanted):
            return Failing(self._where(f"FILTER({other})"), True)
        ill = self._bad_values(is_ill_typed, f"FILTER(isLiteral({variable}) && DATATYPE({variable}) = {wanted})")
        return Failing(self._where(f"FILTER({other})") | ill.nodes, True)

    def of_class(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#ClassConstraintComponent"""
        typed = self.screen.typed(self.values.value, self.screen.kinds(from_rdflib(value)))
        return Failing(self._where(f"MINUS {{ {typed} }}"), True)

    def pattern(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#PatternConstraintComponent"""
        flags = next(self.shape.objects(SH.flags), "")
        wanted = re.compile(str(value), re.IGNORECASE if "i" in str(flags).lower() else 0)
        if set(str(flags).lower()) - {"i"}:
            raise NotScreened("sh:flags other than i")
        return self._bad_values(lambda term: _text(term) is None or not wanted.search(_text(term) or ""))

    def length(self, value: Node, *, least: bool) -> Failing:
        """https://www.w3.org/TR/shacl/#MinLengthConstraintComponent and sh:maxLength"""
        limit = int(str(value))

        def is_bad(term: Term) -> bool:
            text = _text(term)
            return text is None or (len(text) < limit if least else len(text) > limit)

        return self._bad_values(is_bad)

    def min_count(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#MinCountConstraintComponent"""
        return Failing(self._fewer(int(str(value))), True)

    def _fewer(self, least: int) -> frozenset[Term]:
        if least <= 0:
            return frozenset()
        assert self.values.path is not None
        met = f"{self.values.node} {_path(self.values.path)} {self.values.value}"
        if least > 1:
            counted = f"GROUP BY {self.values.node} HAVING(COUNT(DISTINCT {self.values.value}) >= {least})"
            met = f"SELECT {self.values.node} WHERE {{ {met} }} {counted}"
        return self._nodes_but(met)

    def max_count(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#MaxCountConstraintComponent"""
        most = int(str(value))
        if most <= 0:
            return Failing(self._where(""), True)
        counted = f"GROUP BY {self.values.node} HAVING(COUNT(DISTINCT {self.values.value}) > {most})"
        return Failing(self._where("", counted), True)

    def has_value(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#HasValueConstraintComponent"""
        wanted = _term(value)
        if self.values.path is None:
            return Failing(self._where(f"FILTER(!sameTerm({self.values.value}, {wanted}))"), True)
        return Failing(self._nodes_but(f"{self.values.node} {_path(self.values.path)} {wanted}"), True)

    def unique_lang(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#UniqueLangConstraintComponent"""
        if value != _TRUE:
            return Failing(frozenset(), True)
        node, text = self.values.node, self.values.value
        counted = f"GROUP BY {node} (LCASE(LANG({text})) AS ?lang) HAVING(COUNT(DISTINCT {text}) > 1)"
        return Failing(self._where(f'FILTER(LANG({text}) != "")', counted), False)

    def equals(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#EqualsConstraintComponent"""
        node, path = self.values.node, self.values.path
        more = self._where(f"MINUS {{ {node} {_term(value)} {self.values.value} }}")
        if path is None:
            other = f"{node} {_term(value)} ?other FILTER(!sameTerm(?other, {node}))"
        else:
            other = f"{node} {_term(value)} ?other MINUS {{ {node} {_path(path)} ?other }}"
        return Failing(more | self.screen.ask(node, f"{self.values.nodes} {other}"), True)

    def disjoint(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#DisjointConstraintComponent"""
        return Failing(self._where(f"{self.values.node} {_term(value)} {self.values.value}"), True)

    def less_than(self, value: Node, sign: str) -> Failing:
        """https://www.w3.org/TR/shacl/#LessThanConstraintComponent and sh:lessThanOrEquals"""
        compared = f"FILTER(!COALESCE({self.values.value} {sign} ?other, false))"
        return Failing(self._where(f"{self.values.node} {_term(value)} ?other {compared}"), False)

    def query(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#SPARQLConstraintComponent: what matches its patterns, filters left out."""
        node = self.values.node
        names: dict[Node, str] = {Variable("this"): node}
        if self.values.path is not None:
            names[PATH] = _path(self.values.path)
        patterns = []
        for triple in required(parsed(value, self.shape)):
            terms = (f"?q{term}" if isinstance(term, Variable) else _term(term) for term in triple)
            patterns.append(" ".join(names.get(term, text) for term, text in zip(triple, terms, strict=True)))
        if not any(node in pattern.split() for pattern in patterns):
            raise NotScreened("SPARQL that asks nothing of $this in every case")
        return Failing(self.screen.ask(node, f"{self.values.nodes} {' . '.join(patterns)}"), False)

    # Components that ask other shapes

    def _inner(self, value: Node) -> Failing:
        """The value nodes that may fail another shape."""
        other = self.shape.get_other_shape(value)
        if other is None:
            raise NotScreened(f"{value} is no shape")
        if self.values.path is None:
            return self.screen._failing(other, self.values.nodes, self.depth)
        distinct = f"{{ SELECT DISTINCT {self.values.value} {{ {self.values.strict} }} }}"
        return self.screen._failing(other, distinct, self.depth + 1)

    def _everyone(self) -> frozenset[Term]:
        return self.screen.ask(self.values.value, self.values.strict)

    def node(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#NodeConstraintComponent and sh:property"""
        inner = self._inner(value)
        return Failing(self._back(inner.nodes), inner.exact)

    def no(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#NotConstraintComponent"""
        inner = self._inner(value)
        if not inner.exact:
            raise NotScreened("sh:not of what is screened roughly")
        return Failing(self._back(self._everyone() - inner.nodes), True)

    def _members(self, value: Node) -> list[Failing]:
        return [self._inner(member) for member in RdfList(self.shape.sg.graph, value)]

    def all_of(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#AndConstraintComponent"""
        inner = self._members(value)
        return Failing(self._back(frozenset().union(*(one.nodes for one in inner))), all(one.exact for one in inner))

    def any_of(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#OrConstraintComponent"""
        inner = self._members(value)
        failing = frozenset.intersection(*(one.nodes for one in inner)) if inner else self._everyone()
        return Failing(self._back(failing), all(one.exact for one in inner))

    def one_of(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#XoneConstraintComponent"""
        inner = self._members(value)
        if not all(one.exact for one in inner):
            raise NotScreened("sh:xone of what is screened roughly")
        failed = Counter(node for one in inner for node in one.nodes)
        return Failing(self._back([node for node in self._everyone() if failed[node] != len(inner) - 1]), True)

    def qualified(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#QualifiedValueShapeConstraintComponent"""
        if _TRUE in self.shape.objects(SH.qualifiedValueShapesDisjoint):
            raise NotScreened("qualified shapes that are disjoint")
        inner = self._inner(value)
        least = max((int(str(count)) for count in self.shape.objects(SH.qualifiedMinCount)), default=0)
        most = min((int(str(count)) for count in self.shape.objects(SH.qualifiedMaxCount)), default=None)
        if most is not None and not inner.exact:
            raise NotScreened("sh:qualifiedMaxCount of what is screened roughly")
        good: Counter[Term] = Counter()
        nodes = self.screen.ask(self.values.node, self.values.nodes)
        for node, one in self.screen.pairs(self.values):
            good[node] += one not in inner.nodes
        failing = {node for node in nodes if good[node] < least or (most is not None and good[node] > most)}
        return Failing(frozenset(failing), inner.exact)


_HANDLERS: dict[Node, Callable[[_Judging, Node], Failing]] = {
    SH.datatype: _Judging.datatype,
    SH["class"]: _Judging.of_class,
    SH.pattern: _Judging.pattern,
    SH.minLength: partial(_Judging.length, least=True),
    SH.maxLength: partial(_Judging.length, least=False),
    SH.minCount: _Judging.min_count,
    SH.maxCount: _Judging.max_count,
    SH.hasValue: _Judging.has_value,
    SH.uniqueLang: _Judging.unique_lang,
    SH.equals: _Judging.equals,
    SH.disjoint: _Judging.disjoint,
    SH.lessThan: partial(_Judging.less_than, sign="<"),
    SH.lessThanOrEquals: partial(_Judging.less_than, sign="<="),
    SH.sparql: _Judging.query,
    SH.node: _Judging.node,
    SH.property: _Judging.node,
    SH["not"]: _Judging.no,
    SH["and"]: _Judging.all_of,
    SH["or"]: _Judging.any_of,
    SH.xone: _Judging.one_of,
    SH.qualifiedValueShape: _Judging.qualified,
    SH.qualifiedValueShapesDisjoint: lambda judging, value: Failing(frozenset(), True),
}


def _subjects_of(predicates: Iterable[object]) -> str:
    """The pattern of what has a property."""
    (predicate,) = predicates
    return f"{{ SELECT DISTINCT ?x0 {{ ?x0 {predicate} ?value }} }}"


def _path(path: Path) -> str:
    """A path as SPARQL writes it."""
    match path:
        case Step(predicate, inverse):
            return f"{'^' if inverse else ''}{predicate}"
        case Sequence(parts):
            return f"({'/'.join(map(_path, parts))})"
        case AlternativePath(parts):
            return f"({'|'.join(map(_path, parts))})"
        case Repeat():
            raise NotScreened("a path that is repeated")


def _term(node: Node) -> str:
    """A term as SPARQL writes it; a blank node would be a variable there."""
    found = from_rdflib(node)
    if isinstance(found, ox.BlankNode):
        raise NotScreened("a blank node as a value")
    return str(found)


def _terms(terms: Iterable[Term]) -> str:
    found = sorted(map(str, terms))
    if any(term.startswith("_:") for term in found):
        raise NotScreened("a blank node as a target or a class")
    return " ".join(found)


def _text(term: Term) -> str | None:
    """The text that patterns and lengths are about; None for a blank node."""
    if isinstance(term, ox.BlankNode):
        return None
    if isinstance(term, ox.NamedNode) or (isinstance(term, ox.Literal) and term.datatype in _TEXTS):
        return term.value
    found: Any = StringBasedConstraintBase.value_node_to_string(to_rdflib(term))
    return str(found)
