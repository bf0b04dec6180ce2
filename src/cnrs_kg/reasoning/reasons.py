"""How a statement may follow: the clauses that conclude it, with premises that hold, found backwards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyoxigraph as ox

from cnrs_kg.reasoning import claims
from cnrs_kg.reasoning.compose import Clause, key, unify
from cnrs_kg.reasoning.implicit import Implicit
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.rules.model import REPLACING, SAME_AS, Atom, Var
from cnrs_kg.reasoning.solve import ground, solve
from cnrs_kg.reasoning.terms import Node

Statement = tuple[Node, ox.NamedNode, Node]
Derivations = dict[Statement, tuple[str, tuple[Statement, ...]]]
"""Statements that follow: by which rule of the tables, from which statements (axioms first)."""


def statement_of(triple: ox.Triple) -> Statement:
    """The triple as a statement; its terms are no triples (RDF 1.2), since published data have none."""
    return triple.subject, triple.predicate, triple.object  # type: ignore[return-value]


class Own(Protocol):
    """Where a claim's own asserted statements are found."""

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values of a subject's property."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A way in which a statement follows: its facts, and how the steps of the tables lead from them to it."""

    facts: tuple[Statement, ...]
    rule: str = ""
    clause: Clause | None = None
    binding: Mapping[Var, Node] | None = None
    dates: tuple[Statement, ...] = ()

    def steps(self, conclusion: Statement) -> Iterator[tuple[Statement, str, tuple[Statement, ...]]]:
        """Each application of a rule of the tables: its conclusion, its id, and its premises, axioms first."""
        if self.clause is None or self.binding is None:
            yield conclusion, self.rule, self.facts
            return
        before = self.facts
        last = len(self.clause.steps) - 1
        for number, step in enumerate(self.clause.steps):
            assert step.conclusion is not None
            axioms = map(statement_of, step.axioms)
            made = conclusion if number == last else ground(step.conclusion, dict(self.binding))
            yield made, step.rule.name, (*axioms, *before, *self.dates)
            before = (made,)


class Backwards:
    """Finds reasons in a view. `own` tells a claim's asserted statements; `as_of` is the day on which claims hold."""

    def __init__(self, program: Program, view: Implicit, own: Own, as_of: date) -> None:
        self._program, self._view, self._own, self._as_of = program, view, own, as_of
        self._any_same = next(iter(view.pairs(SAME_AS)), None) is not None

    def reasons(self, statement: Statement, width: int | None = None) -> Iterator[Reason]:
        """The ways in which the statement follows by one clause, or by sameness; `width` of each clause at most.

        That a term is the same as itself is never inferred, since it says nothing.
        """
        if statement[1] == SAME_AS and statement[0] == statement[2]:
            return
        yield from self.by_clauses(statement, width)
        if self._any_same:
            yield from self._by_sameness(statement)

    def by_clauses(self, statement: Statement, width: int | None = None) -> Iterator[Reason]:
        """The ways in which the statement follows by one clause."""
        fact = Atom(*statement)
        for clause in (*self._program.to_key.get(key(fact), ()), *self._program.to_key.get((None, None), ())):
            assert clause.head is not None
            binding = unify(clause.head, fact)
            if binding is not None:
                for number, reason in enumerate(self.of_clause(clause, binding), 1):
                    yield reason
                    if number == width:
                        break

    def of_clause(self, clause: Clause, binding: Mapping[Var, object]) -> Iterator[Reason]:
        """The matches of a clause's body under a binding."""
        for found in solve(self._view, clause.body, dict(binding)):  # type: ignore[arg-type]
            dates = conditions(clause, found, self._own, self._as_of)
            if dates is not None:
                facts = tuple(self._as_stated(ground(atom, found)) for atom in clause.body)
                yield Reason(facts, clause.steps[-1].rule.name, clause, found, dates)

    def _as_stated(self, statement: Statement) -> Statement:
        """The statement in the form that its value has."""
        subject, predicate, value = statement
        if not isinstance(value, ox.Literal):
            return statement
        return subject, predicate, self._view.form(subject, predicate, value) or value

    def _by_sameness(self, statement: Statement) -> Iterator[Reason]:
        s, p, o = statement
        if p == SAME_AS:
            yield from self._same(s, o)
        others = (
            (other, place) for place, node in enumerate(statement) for other in self._view.subjects(SAME_AS, node)
        )
        for other, place in others:
            fact = (*statement[:place], other, *statement[place + 1 :])
            if isinstance(fact[1], ox.NamedNode) and self._view.has(*fact):  # type: ignore[arg-type]
                yield Reason(((other, SAME_AS, statement[place]), fact), REPLACING[place])  # type: ignore[arg-type]

    def _same(self, one: Node, other: Node) -> Iterator[Reason]:
        if self._view.has(other, SAME_AS, one):
            yield Reason(((other, SAME_AS, one),), "eq-sym")
        for middle in self._view.objects(one, SAME_AS):
            if middle not in (one, other) and self._view.has(middle, SAME_AS, other):
                yield Reason(((one, SAME_AS, middle), (middle, SAME_AS, other)), "eq-trans")


def conditions(clause: Clause, found: Mapping[Var, Node], own: Own, as_of: date) -> tuple[Statement, ...] | None:
    """None unless what must differ differs and claims hold by `own`; the statements by which they hold."""
    for one, other in clause.different:
        if _node(one, found) == _node(other, found):
            return None
    dates: tuple[Statement, ...] = ()
    for claim in clause.claims:
        node = _node(claim, found)
        values = {term: list(dict.fromkeys(own.objects(node, term))) for term in claims.OWN}
        if not claims.holds(values, as_of):
            return None
        dates += tuple((node, term, value) for term in claims.DATES for value in values[term])
    return dates


def _node(term: object, binding: Mapping[Var, Node]) -> Node:
    return binding[term] if isinstance(term, Var) else term  # type: ignore[return-value]
