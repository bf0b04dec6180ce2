"""The constraint components of a shape as queries for the nodes that may violate them.

https://www.w3.org/TR/shacl/#core-components; used by `screen`, which says of what graph.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

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
from cnrs_kg.validation.lexical import can_be_ill_typed, is_ill_typed
from cnrs_kg.validation.paths import Walk, turned
from cnrs_kg.validation.patterns import Failing, Finding, NotScreened, Values, path_text, term_text, typed
from cnrs_kg.validation.sparql import PATH, parsed, required

_EVER = 1 << 62
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


class Asking(Protocol):
    """What the components ask of the graph that is screened."""

    @property
    def statements(self) -> Statements:
        """The statements of the graph, for single look-ups."""

    def ask(self, variable: str, pattern: str, modifier: str = "") -> frozenset[Term]:
        """The distinct values of a variable in the solutions of a pattern."""

    def pairs(self, values: Values) -> Iterator[tuple[Term, Term]]:
        """Each node with each of its value nodes."""

    def listed(self, variable: str, pattern: str) -> str:
        """A pattern that binds the variable alone, as this one does, to each value once."""

    def kinds(self, kind: Term) -> frozenset[Term]:
        """The classes by which an instance of a class may be typed."""

    def failing(self, shape: Shape, nodes: str, depth: int) -> Failing:
        """The nodes of a pattern that may fail a shape."""


@dataclass(frozen=True)
class Components:
    """One shape over the value nodes of a pattern."""

    screen: Asking
    shape: Shape
    values: Values
    depth: int

    def findings(self, skip: Node | None = None) -> Iterator[Finding]:
        """The nodes that may fail each component, but that of the parameter to skip."""
        for parameter, value in self._parameters():
            if parameter == skip:
                continue
            test = self._test(parameter, value)
            if test is None:
                nodes, exact = self._handled(parameter, value)
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
            return f"!COALESCE({variable} {_LIMITS[parameter]} {term_text(value)}, false)"  # type: ignore[index]
        if parameter == SH["in"]:
            same = [f"sameTerm({variable}, {term_text(member)})" for member in RdfList(self.shape.sg.graph, value)]
            return f"!({' || '.join(same) or 'false'})"
        if parameter == SH.languageIn:
            ranges = [term_text(member) for member in RdfList(self.shape.sg.graph, value)]
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
        pattern = typed(self.values.value, self.screen.kinds(from_rdflib(value)))
        return Failing(self._where(f"MINUS {{ {pattern} }}"), True)

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
        met = f"{self.values.node} {path_text(self.values.path)} {self.values.value}"
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
        wanted = term_text(value)
        if self.values.path is None:
            return Failing(self._where(f"FILTER(!sameTerm({self.values.value}, {wanted}))"), True)
        return Failing(self._nodes_but(f"{self.values.node} {path_text(self.values.path)} {wanted}"), True)

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
        more = self._where(f"MINUS {{ {node} {term_text(value)} {self.values.value} }}")
        if path is None:
            other = f"{node} {term_text(value)} ?other FILTER(!sameTerm(?other, {node}))"
        else:
            other = f"{node} {term_text(value)} ?other MINUS {{ {node} {path_text(path)} ?other }}"
        return Failing(more | self.screen.ask(node, f"{self.values.nodes} {other}"), True)

    def disjoint(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#DisjointConstraintComponent"""
        return Failing(self._where(f"{self.values.node} {term_text(value)} {self.values.value}"), True)

    def less_than(self, value: Node, sign: str) -> Failing:
        """https://www.w3.org/TR/shacl/#LessThanConstraintComponent and sh:lessThanOrEquals"""
        compared = f"FILTER(!COALESCE({self.values.value} {sign} ?other, false))"
        return Failing(self._where(f"{self.values.node} {term_text(value)} ?other {compared}"), False)

    def query(self, value: Node) -> Failing:
        """https://www.w3.org/TR/shacl/#SPARQLConstraintComponent: what matches its patterns, filters left out."""
        node = self.values.node
        names: dict[Node, str] = {Variable("this"): node}
        if self.values.path is not None:
            names[PATH] = path_text(self.values.path)
        patterns = []
        for triple in required(parsed(value, self.shape)):
            terms = (f"?q{term}" if isinstance(term, Variable) else term_text(term) for term in triple)
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
            return self.screen.failing(other, self.values.nodes, self.depth)
        return self.screen.failing(other, self.screen.listed(self.values.value, self.values.strict), self.depth + 1)

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


_HANDLERS: dict[Node, Callable[[Components, Node], Failing]] = {
    SH.datatype: Components.datatype,
    SH["class"]: Components.of_class,
    SH.pattern: Components.pattern,
    SH.minLength: partial(Components.length, least=True),
    SH.maxLength: partial(Components.length, least=False),
    SH.minCount: Components.min_count,
    SH.maxCount: Components.max_count,
    SH.hasValue: Components.has_value,
    SH.uniqueLang: Components.unique_lang,
    SH.equals: Components.equals,
    SH.disjoint: Components.disjoint,
    SH.lessThan: partial(Components.less_than, sign="<"),
    SH.lessThanOrEquals: partial(Components.less_than, sign="<="),
    SH.sparql: Components.query,
    SH.node: Components.node,
    SH.property: Components.node,
    SH["not"]: Components.no,
    SH["and"]: Components.all_of,
    SH["or"]: Components.any_of,
    SH.xone: Components.one_of,
    SH.qualifiedValueShape: Components.qualified,
    SH.qualifiedValueShapesDisjoint: lambda judging, value: Failing(frozenset(), True),
}


def _text(term: Term) -> str | None:
    """The text that patterns and lengths are about; None for a blank node."""
    if isinstance(term, ox.BlankNode):
        return None
    if isinstance(term, ox.NamedNode) or (isinstance(term, ox.Literal) and term.datatype in _TEXTS):
        return term.value
    found: Any = StringBasedConstraintBase.value_node_to_string(to_rdflib(term))
    return str(found)
