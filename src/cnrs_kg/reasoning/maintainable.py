"""Which changes look-ups alone can serve: the others need a new closure of everything."""

from collections.abc import Iterable

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDFS
from cnrs_kg.reasoning.compose import Y
from cnrs_kg.reasoning.program import FIRST, REST, Program, is_schema_statement
from cnrs_kg.reasoning.reasons import Statement
from cnrs_kg.reasoning.rules.model import SAME_AS, TYPE

EVERYTHING = frozenset([OWL("Thing"), RDFS("Resource")])


class NotMaintainable(Exception):
    """The change, or the ontology, is of a kind that only a new closure can serve; the message says which."""


def refuse(program: Program, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> None:
    """Raise `NotMaintainable` for axioms that change, and for an ontology that asks for what is not written."""
    if program.general is not None:
        raise NotMaintainable(program.general)
    bodies = (atom for clause in (*program.linear, *program.joins, *program.denials) for atom in clause.body)
    if any(atom.p == TYPE and atom.o in EVERYTHING for atom in bodies):
        raise NotMaintainable("a rule asks whether something is an owl:Thing, which is not written")
    cells = {triple.subject for triple in program.schema if triple.predicate in (FIRST, REST)}
    for quad in (*added, *removed):
        is_cell = quad.predicate in (FIRST, REST) and quad.subject in cells
        if is_cell or is_schema_statement(quad.predicate, quad.object):
            raise NotMaintainable(f"an axiom changes: {quad.triple}")
        if isinstance(quad.object, ox.Literal) and _turns(program, quad.predicate):
            raise NotMaintainable(f"a literal would become a subject: {quad.triple}")


def _turns(program: Program, predicate: ox.NamedNode) -> bool:
    """Whether a fact of the property entails one about its value, other than the value's type."""
    heads = (clause.head for clause in program.from_key.get((predicate, None), ()))
    return any(head is not None and head.s == Y and head.p != TYPE for head in heads)


def is_trivial(statement: Statement) -> bool:
    """What is not written, since it says nothing (axioms apart; see `closure`)."""
    subject, predicate, value = statement
    return (predicate == SAME_AS and subject == value) or (predicate == TYPE and value in EVERYTHING)
