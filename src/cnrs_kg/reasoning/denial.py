"""Inconsistencies: a rule that concluded false, the statements that it needs, and a sentence in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL
from cnrs_kg.reasoning.compose import Clause, put
from cnrs_kg.reasoning.rules import eq, tables
from cnrs_kg.reasoning.rules.model import SAME_AS, Atom, Text, Var
from cnrs_kg.reasoning.terms import Node, shown


@dataclass(frozen=True)
class Inconsistency:
    """A rule that concluded false: the statements that it needs, and a sentence in English (`en`) and French (`fr`).

    `focus_node` is the thing that cannot be as it is stated.
    """

    rule: str
    premises: tuple[ox.Triple, ...]
    message: dict[str, str]
    focus_node: Node


_NOT_OF_DATATYPE = next(rule.says for rule in tables.OWL_RL if rule.name == "dt-not-type")
_VALUES_DIFFER = next(rule.says for rule in tables.OWL_RL if rule.case == "with dt-diff")


def denied(clause: Clause, binding: Mapping[Var, Node]) -> Inconsistency:
    """What a clause without a conclusion objects to, when its body matches by this binding."""
    names = {name.name: binding[term] if isinstance(term, Var) else term for name, term in clause.names}
    premises = premises_of(clause, binding)
    text = clause.steps[-1].rule.says
    assert text is not None
    return Inconsistency(clause.steps[-1].rule.name, premises, _said(text, names), _subject(clause.body[0], binding))


def same_but_different(one: Node, other: Node, rule: str, axioms: tuple[ox.Triple, ...]) -> Inconsistency:
    """Two terms that are the same, and stated to be different by these axioms (eq-diff1, eq-diff2, eq-diff3)."""
    tie = ox.Triple(one, SAME_AS, other)  # type: ignore[arg-type]
    premises = tuple(dict.fromkeys((*axioms, tie)))
    return Inconsistency(rule, premises, _said(eq.CLASH, {"x": one, "y": other}), one)


def twice_in_a_list(one: Node, rule: str, axioms: tuple[ox.Triple, ...]) -> Inconsistency:
    """A term that stands twice among things that all differ."""
    text = next(found.says for found in tables.OWL_RL if found.name == rule and found.case == "with eq-ref")
    assert text is not None
    return Inconsistency(rule, axioms, _said(text, {"x": one}), one)


def different_values(clause: Clause, binding: Mapping[Var, Node]) -> Inconsistency:
    """Two literals that the clause makes the same, of two values."""
    assert clause.head is not None and _VALUES_DIFFER is not None
    head = put(clause.head, binding)
    message = _said(_VALUES_DIFFER, {"lt1": head.s, "lt2": head.o})  # type: ignore[dict-item]
    return Inconsistency("eq-diff1", premises_of(clause, binding), message, _subject(clause.body[0], binding))


def not_of_datatype(literal: ox.Literal, datatype: ox.NamedNode, premises: tuple[ox.Triple, ...]) -> Inconsistency:
    """A literal whose value does not lie in a datatype; the premises say that it should."""
    assert _NOT_OF_DATATYPE is not None
    focus = next((premise.subject for premise in reversed(premises) if premise.object == literal), literal)
    message = _said(_NOT_OF_DATATYPE, {"lt": literal, "dt": datatype})
    return Inconsistency("dt-not-type", premises, message, focus)  # type: ignore[arg-type]


def premises_of(clause: Clause, binding: Mapping[Var, Node]) -> tuple[ox.Triple, ...]:
    """The axioms that a clause was made of, and the statements that its body is under a binding."""
    facts = (put(atom, binding) for atom in clause.body)
    stated = (ox.Triple(fact.s, fact.p, fact.o) for fact in facts if not isinstance(fact.s, ox.Literal))  # type: ignore[arg-type]
    return tuple(dict.fromkeys((*clause.axioms, *stated)))


def list_rule(axioms: tuple[ox.Triple, ...]) -> str:
    """Which rule reads a list of different things: by owl:members or by owl:distinctMembers."""
    return "eq-diff3" if any(axiom.predicate == OWL("distinctMembers") for axiom in axioms) else "eq-diff2"


def _subject(atom: Atom, binding: Mapping[Var, Node]) -> Node:
    return binding[atom.s] if isinstance(atom.s, Var) else atom.s


def _said(text: Text, names: Mapping[str, Node]) -> dict[str, str]:
    said = {name: shown(node) for name, node in names.items()}
    return {"en": text.en.format_map(said), "fr": text.fr.format_map(said)}
