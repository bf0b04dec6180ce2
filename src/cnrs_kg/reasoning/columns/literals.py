"""What the rules must know of literals, without reading the value of every one of millions."""

import re
from collections.abc import Iterable, Iterator

import numpy as np
import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, XSD
from cnrs_kg.reasoning.columns.dictionary import Dictionary, parse_term
from cnrs_kg.reasoning.columns.pairs import Keys
from cnrs_kg.reasoning.compose import Clause
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.rules.model import Var
from cnrs_kg.reasoning.values import ILL_TYPED, SUPPORTED, Value, lies_in, value

_END = ord(">")
_MARK = b'"^^<'
_PLAIN = frozenset([RDF("langString"), XSD("string")])
# Forms that surely have a value; any other is read as the specification says.
_SURE = {
    XSD("integer"): rb"-?\d{1,300}",
    XSD("decimal"): rb"-?\d{1,300}(\.\d{1,300})?",
    XSD("double"): rb"-?\d{1,300}(\.\d{1,300})?(E-?\d{1,3})?",
    XSD("float"): rb"-?\d{1,300}(\.\d{1,300})?(E-?\d{1,3})?",
    XSD("boolean"): rb"true|false",
    XSD("gYear"): rb"[12]\d{3}",
    XSD("gYearMonth"): rb"[12]\d{3}-(0[1-9]|1[0-2])",
    XSD("date"): rb"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])",
    XSD("dateTime"): rb"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z?",
    XSD("anyURI"): rb"(?s:.*)",
}
_SURELY = {str(datatype).encode()[1:-1]: re.compile(b'"(?:%s)' % form) for datatype, form in _SURE.items()}
_KNOWN = {str(datatype).encode()[1:-1] for datatype in SUPPORTED - _PLAIN}


def ill_typed(dictionary: Dictionary) -> list[int]:
    """The literals whose form is none of their datatype (dt-not-type)."""
    found, forms = [], dictionary.forms
    for number in dictionary.literals().tolist():
        form = forms[number]
        if form[-1] != _END:
            continue
        lexical, _, datatype = form[:-1].rpartition(_MARK)
        if datatype not in _KNOWN:
            continue
        sure = _SURELY.get(datatype)
        if (sure is None or not sure.fullmatch(lexical)) and _value(form) == ILL_TYPED:
            found.append(number)
    return found


def _value(form: bytes) -> Value | None:
    node = parse_term(form)
    assert isinstance(node, ox.Literal)
    return value(node)


def of_datatype(dictionary: Dictionary, datatype: ox.NamedNode) -> Keys:
    """The literals whose value lies in the datatype (dt-type2)."""
    found = (number for number in dictionary.literals().tolist() if lies_in(dictionary.node(number), datatype))
    return np.fromiter(found, np.uint64)


def values(dictionary: Dictionary, numbers: Iterable[int]) -> Keys | None:
    """For every term the one that stands for its value, where some of these literals are equal; None if none are."""
    first: dict[Value, int] = {}
    moved: dict[int, int] = {}
    for number in numbers:
        known = _value(dictionary.forms[number])
        if known is None or known == ILL_TYPED:
            continue
        stands = first.setdefault(known, number)
        if stands != number:
            moved[number] = stands
    if not moved:
        return None
    found = np.arange(len(dictionary), dtype=np.uint64)
    found[np.fromiter(moved, np.intp)] = np.fromiter(moved.values(), np.uint64)
    return found


def compared_predicates(program: Program) -> frozenset[ox.NamedNode]:
    """The properties whose values may reach a clause that asks whether two values are equal."""
    clauses = (*program.linear, *program.joins, *program.denials)
    found = {predicate for clause in clauses for predicate in _compared(clause)}
    while True:
        sources = {source for clause in clauses if clause.head for source in _sources(clause, found)}
        if sources <= found:
            return frozenset(found)
        found |= sources


def _compared(clause: Clause) -> Iterator[ox.NamedNode]:
    """The properties of a clause whose value is given, or stands as the value of another one too."""
    objects = [atom.o for atom in clause.body]
    for atom in clause.body:
        if isinstance(atom.o, ox.Literal) or (isinstance(atom.o, Var) and objects.count(atom.o) > 1):
            assert isinstance(atom.p, ox.NamedNode)
            yield atom.p


def _sources(clause: Clause, found: set[ox.NamedNode]) -> Iterator[ox.NamedNode]:
    """The properties whose values the clause hands on to one of these."""
    assert clause.head is not None
    if found and (isinstance(clause.head.p, Var) or clause.head.p in found):
        for atom in clause.body:
            if isinstance(atom.p, ox.NamedNode) and atom.o == clause.head.o and isinstance(atom.o, Var):
                yield atom.p
