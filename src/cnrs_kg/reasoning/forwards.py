"""What a statement entails together with what holds: composed clauses, joins, sameness, and what cannot be."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from cnrs_kg.reasoning.compose import Clause, X, Y, key
from cnrs_kg.reasoning.implicit import Implicit
from cnrs_kg.reasoning.overlay import Overlay
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.reasons import Own, Statement, conditions
from cnrs_kg.reasoning.rules.model import REPLACING, SAME_AS, Atom, Var
from cnrs_kg.reasoning.solve import Binding, ground, solve
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.values import equal


class Entailed(NamedTuple):
    """A conclusion, and the clause and binding that gave it (no clause: a rule of equality, `rule`)."""

    statement: Statement
    rule: str
    clause: Clause | None = None
    given: Mapping[Var, Node] | Statement | None = None
    """The binding, or the statement that a composed clause moved."""

    @property
    def binding(self) -> Mapping[Var, Node] | None:
        """What the variables of the clause stand for."""
        return {X: self.given[0], Y: self.given[2]} if isinstance(self.given, tuple) else self.given


class Forwards:
    """Draws conclusions in a view. `own` tells a claim's asserted statements; claims hold or not on the day `as_of`."""

    def __init__(self, program: Program, view: Overlay, own: Own, as_of: date) -> None:
        self._program, self._own, self._as_of = program, own, as_of
        self._overlay, self._view = view, Implicit(view, program)
        self.same = {term for pair in view.pairs(SAME_AS) for term in pair}
        """The terms that are known to be the same as another."""

    def entailed(self, statement: Statement) -> Iterator[Entailed]:
        """The conclusions that have the statement among their premises, known ones too."""
        fact = Atom(*statement)
        found = key(fact)
        for move in self._program.moves_from.get(found, ()):
            yield Entailed(move.head(statement), move.rule, move.clause, statement)  # type: ignore[arg-type]
        for clause, at in self._program.joins_from.get(found, ()):
            for binding in self.solutions(clause, at, fact):
                assert clause.head is not None
                yield Entailed(ground(clause.head, binding), clause.steps[-1].rule.name, clause, binding)
        if self.same:
            yield from self._by_sameness(statement)

    def denied(self, statement: Statement) -> Iterator[tuple[Clause, Binding]]:
        """The clauses without a conclusion that the statement completes."""
        fact = Atom(*statement)
        for clause, at in self._program.denials_from.get(key(fact), ()):
            for binding in self.solutions(clause, at, fact):
                yield clause, binding

    def of_claim(self, clause: Clause, claim: Node) -> Iterator[Entailed]:
        """What a claim entails now."""
        assert clause.head is not None
        start = {term: claim for term in clause.claims if isinstance(term, Var)}
        for binding in solve(self._view, clause.body, start):
            if conditions(clause, binding, self._own, self._as_of) is not None:
                yield Entailed(ground(clause.head, binding), clause.steps[-1].rule.name, clause, binding)

    def solutions(self, clause: Clause, at: int, fact: Atom) -> Iterator[Binding]:
        """The bindings under which the body of a clause holds, the fact being its atom `at`."""
        binding = match(clause.body[at], fact)
        if binding is None:
            return
        rest = [*clause.body[:at], *clause.body[at + 1 :]]
        for found in list(solve(self._view, rest, binding)) if len(rest) else [binding]:
            if conditions(clause, found, self._own, self._as_of) is not None:
                yield found

    def _by_sameness(self, statement: Statement) -> Iterator[Entailed]:
        s, p, o = statement
        view = self._overlay
        if p == SAME_AS and s != o:
            yield from self._merging(s, o)
        for place, node in ((0, s), (2, o)):
            for other in list(view.objects(node, SAME_AS)) if node in self.same else ():
                if other != node:
                    yield _replaced(statement, place, other)

    def _merging(self, one: Node, other: Node) -> Iterator[Entailed]:
        """What two terms that are the same entail of all that is said of the one."""
        yield Entailed((other, SAME_AS, one), "eq-sym")
        for further in list(self._overlay.objects(other, SAME_AS)):
            yield Entailed((one, SAME_AS, further), "eq-trans")
        for statement in list(self._overlay.around(one)):
            if statement[0] == one:
                yield _replaced(statement, 0, other)
            if statement[2] == one:
                yield _replaced(statement, 2, other)


def _replaced(statement: Statement, place: int, other: Node) -> Entailed:
    made = (*statement[:place], other, *statement[place + 1 :])
    return Entailed(made, REPLACING[place])  # type: ignore[arg-type]


def match(pattern: Atom, fact: Atom) -> Binding | None:
    """What the variables of a pattern stand for when it is the fact; literals are compared by value."""
    made: Binding = {}
    for wanted, term in ((pattern.s, fact.s), (pattern.p, fact.p), (pattern.o, fact.o)):
        if isinstance(wanted, Var):
            if not equal(made.setdefault(wanted, term), term):  # type: ignore[arg-type]
                return None
        elif not equal(wanted, term):
            return None
    return made
