"""Inferences kept up to date: what a change to the named graphs entails, and what it no longer entails.

Withdrawals come first. A statement that loses an assertion stays if one clause still gives it from what is asserted;
otherwise it goes, with what it entailed, and what still follows from the rest comes back (delete and rederive: Gupta,
Mumick and Subrahmanian, Maintaining Views Incrementally, SIGMOD 1993). Then what is new is closed under the clauses.
Every step is a look-up in the indexes of the store: the cost is that of the change.
"""

import time
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import NoReturn

import pyoxigraph as ox

from cnrs_kg.reasoning import claims
from cnrs_kg.reasoning.denial import (
    Inconsistency,
    denied,
    different_values,
    not_of_datatype,
    premises_of,
)
from cnrs_kg.reasoning.forwards import Entailed, Forwards
from cnrs_kg.reasoning.implicit import Implicit
from cnrs_kg.reasoning.limits import Budget, exceeded
from cnrs_kg.reasoning.maintainable import NotMaintainable, is_trivial, refuse
from cnrs_kg.reasoning.objections import Objections
from cnrs_kg.reasoning.overlay import Asserted, Overlay
from cnrs_kg.reasoning.program import Program, is_schema_statement
from cnrs_kg.reasoning.reasons import Backwards, Statement
from cnrs_kg.reasoning.rules.model import SAME_AS, TYPE
from cnrs_kg.reasoning.terms import Node, shown
from cnrs_kg.reasoning.values import differ, lies_in
from cnrs_kg.reasoning.view import Assertions, StoreView


@dataclass(frozen=True)
class Day:
    """The days on which claims were judged and are to be judged."""

    before: date
    after: date


_MERGED_CLAIM = "a claim is the same as another term: its own statements alone decide, which then are those of both"


@dataclass
class Maintained:
    """What a change does to inferences.

    `gained` are inferred from now on and hold whatever is asserted, `lost` hold no longer; both leave out what is
    asserted after the change, but for statements that pass from asserted to inferred, which are gained. `ties` are the
    `owl:sameAs` statements that rules concluded.
    """

    gained: list[ox.Triple] = field(default_factory=list)
    lost: list[ox.Triple] = field(default_factory=list)
    inconsistencies: tuple[Inconsistency, ...] = ()
    ties: list[ox.Triple] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def maintain(
    program: Program,
    store: ox.Store,
    assertions: Assertions,
    added: Collection[ox.Quad],
    removed: Collection[ox.Quad],
    *,
    day: Day,
    budget: Budget,
) -> Maintained:
    """What follows from a change (quads of merged named graphs, those removed first) to a store that is closed.

    The store is as before the change and is not written. `NotMaintainable` when everything has to be computed anew;
    `ReasoningBudget` when it costs too much.
    """
    refuse(program, added, removed)
    run = _Run(program, store, assertions, Asserted(program, assertions, added, removed), day, budget)
    return run.run(added, removed)


class _Run:
    def __init__(
        self,
        program: Program,
        store: ox.Store,
        before: Assertions,
        asserted: Asserted,
        day: Day,
        budget: Budget,
    ) -> None:
        self._program, self._store, self._asserted, self._day, self._budget = program, store, asserted, day, budget
        self._before = before
        self._view = Overlay(store, StoreView(store))
        self._old = Forwards(program, self._view, before, day.before)
        self._now = Forwards(program, self._view, asserted, day.after)
        self._proofs = Backwards(program, Implicit(asserted, program), asserted, day.after)
        self._reasons = Backwards(program, Implicit(self._view, program), asserted, day.after)
        self._found = Maintained()
        self._objections = Objections(budget.inconsistencies)
        self._alive: dict[Node, bool] = {}
        self._left: dict[Node, bool] = {}
        self._held: set[Statement] = set()
        self._types: dict[Node, frozenset[Node]] = {}
        self._literal: set[Statement] = set()
        self._deadline = time.monotonic() + budget.seconds

    def run(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> Maintained:
        """Withdraw, rederive, add."""
        if self._now.same:
            self._refuse_merged_vocabulary()
        touched = self._touched_claims((*added, *removed))
        if self._now.same and any(map(self._is_merged, touched)):
            raise NotMaintainable(_MERGED_CLAIM)
        gone = self._withdraw([*self._asserted.lost, *self._ended(touched)])
        self._rederive(gone)
        self._add(touched)
        kept = [statement for statement in self._asserted.lost if statement not in self._view.gone]
        new = [statement for statement in self._view.new.statements if not self._asserted.stated(*statement)]
        lost = set(self._asserted.lost)
        self._found.inconsistencies = self._objections.all()
        self._found.gained = [ox.Triple(*statement) for statement in (*kept, *new)]  # type: ignore[arg-type]
        self._found.lost = [ox.Triple(*one) for one in self._view.gone if one not in lost]  # type: ignore[arg-type]
        return self._found

    # Claims

    def _touched_claims(self, quads: Iterable[ox.Quad]) -> dict[Node, None]:
        """The claims whose own statements change, or whose bounds lie between the two days."""
        found: dict[Node, None] = {quad.subject: None for quad in quads if quad.predicate in claims.OWN}  # type: ignore[misc]
        if self._day.before != self._day.after:
            found.update(dict.fromkeys(self._crossed()))
        return found

    def _crossed(self) -> Iterator[Node]:
        for bound in claims.BOUNDS:
            for text in claims.boundaries(self._day.before, self._day.after):
                yield from self._before.subjects(bound, text)

    def _direct(self, forwards: Forwards, touched: Iterable[Node]) -> Iterator[Entailed]:
        clauses = [clause for clause in self._program.joins if clause.claims]
        for claim in touched:
            for clause in clauses:
                yield from forwards.of_claim(clause, claim)

    def _ended(self, touched: Iterable[Node]) -> list[Statement]:
        """The direct statements of touched claims that held: they are looked at anew."""
        return [entailed.statement for entailed in self._direct(self._old, touched)]

    # Withdrawal

    def _withdraw(self, lost: Iterable[Statement]) -> list[Statement]:
        """Take away what lost a support and is not given by what is asserted, with all that it entailed."""
        queue = deque(dict.fromkeys(lost))
        seen = set(queue)
        gone: list[Statement] = []
        while queue:
            statement = queue.popleft()
            self._check()
            is_literal = isinstance(statement[0], ox.Literal)
            if not is_literal and (self._asserted.has(*statement) or self._proved(statement)):
                continue
            for entailed in list(self._old.entailed(statement)):
                if entailed.statement not in seen and self._concerns(entailed.statement):
                    seen.add(entailed.statement)
                    queue.append(entailed.statement)
            if not is_literal:
                self._view.gone.add(statement)
                gone.append(statement)
        return gone

    def _concerns(self, statement: Statement) -> bool:
        """Whether a conclusion may have to go: it is there, or it is the type of a literal, which is never written."""
        if isinstance(statement[0], ox.Literal):
            return statement[1] == TYPE
        return self._view.has(*statement)

    def _proved(self, statement: Statement) -> bool:
        """Whether one clause gives the statement from what is asserted."""
        if not self._speaks_of(statement[0]):
            return False
        if statement[1] != TYPE and not isinstance(statement[2], ox.Literal) and not self._speaks_of(statement[2]):
            return False
        if statement[1] == TYPE and not self._program.below.get(statement[2], frozenset()).isdisjoint(
            self._types_of(statement[0])
        ):
            return True
        for reason in islice(self._proofs.reasons(statement, 1), 8):
            if statement not in reason.facts and all(map(self._stands, reason.facts)):
                return True
        return False

    def _types_of(self, node: Node) -> frozenset[Node]:
        """The classes to which a thing is asserted to belong."""
        if node not in self._types:
            self._types[node] = frozenset(self._asserted.objects(node, TYPE))
        return self._types[node]

    def _stands(self, fact: Statement) -> bool:
        if isinstance(fact[0], ox.Literal):
            return bool(fact[1] == TYPE and lies_in(fact[0], fact[2]))
        return self._asserted.has(*fact)

    def _speaks_of(self, node: Node) -> bool:
        known = self._alive.get(node)
        if known is None:
            known = self._alive[node] = self._asserted.speaks_of(node)
        return known

    def _rederive(self, gone: Iterable[Statement]) -> None:
        """Bring back what still follows from what is left."""
        work = deque(gone)
        while work:
            statement = work.popleft()
            self._check()
            if statement not in self._view.gone or not self._follows(statement):
                continue
            self._view.gone.discard(statement)
            self._left.update(dict.fromkeys(statement, True))
            for entailed in list(self._now.entailed(statement)):
                work += [one for one in self._through_literals(entailed) if one in self._view.gone]

    def _follows(self, statement: Statement) -> bool:
        """Whether a clause gives the statement from what is left; nothing does of a term of which nothing is left."""
        subject, predicate, value_ = statement
        ends = (subject,) if predicate == TYPE or isinstance(value_, ox.Literal) else (subject, value_)
        if not all(map(self._is_left, ends)):
            return False
        return any(statement not in reason.facts for reason in self._reasons.reasons(statement))

    def _is_left(self, node: Node) -> bool:
        known = self._left.get(node)
        if known is None:
            known = self._left[node] = next(iter(self._view.around(node)), None) is not None
        return known

    def _through_literals(self, entailed: Entailed) -> Iterator[Statement]:
        """The conclusion, or what follows from it if it is the type of a literal."""
        statements = [entailed.statement]
        seen = set()
        while statements:
            statement = statements.pop()
            if not isinstance(statement[0], ox.Literal):
                yield statement
            elif statement[1] == TYPE and statement not in seen:
                seen.add(statement)
                statements += [further.statement for further in self._now.entailed(statement)]

    # Addition

    def _add(self, touched: Iterable[Node]) -> None:
        """Close what is new."""
        queue: deque[Statement] = deque()
        for statement in self._asserted.gained:
            self._objections.of_literal(statement)
            if statement[1] == SAME_AS:
                self._refuse_merge(statement, "asserted", None)
            self._enter(statement, queue)
        for entailed in list(self._direct(self._now, touched)):
            self._conclude(entailed, queue)
        while queue:
            statement = queue.popleft()
            self._check()
            for clause, binding in list(self._now.denied(statement)):
                self._objections.add(denied(clause, binding))
            for entailed in list(self._now.entailed(statement)):
                self._conclude(entailed, queue)

    def _enter(self, statement: Statement, queue: deque[Statement]) -> bool:
        """Let a statement hold; whether that is news."""
        if self._view.has(*statement):
            return False
        if statement[1] in self._now.same:
            raise NotMaintainable(f"{shown(statement[1])} is the same as another property")
        self._view.add(statement)
        if statement[1] == SAME_AS and statement[0] != statement[2]:
            self._now.same |= {statement[0], statement[2]}
            self._objections.of_tie(statement, self._program, self._view)
        queue.append(statement)
        return True

    def _conclude(self, entailed: Entailed, queue: deque[Statement]) -> None:
        statement = entailed.statement
        subject, predicate, value_ = statement
        if isinstance(subject, ox.Literal):
            self._conclude_of_literal(entailed, queue)
            return
        if statement in self._held or is_trivial(statement):
            return
        if self._view.has(*statement):
            self._held.add(statement)
            return
        if is_schema_statement(predicate, value_):
            raise NotMaintainable(f"an axiom follows from data: {' '.join(map(shown, statement))}")
        if predicate == SAME_AS and entailed.clause is not None and not self._may_merge(entailed):
            return
        if self._enter(statement, queue):
            self._found.counts[entailed.rule] += 1
            if len(self._view.new.statements) > self._budget.statements + len(self._asserted.gained):
                self._give_up(
                    "statements", f"more than {self._budget.statements} statements would be inferred", entailed
                )

    def _conclude_of_literal(self, entailed: Entailed, queue: deque[Statement]) -> None:
        """The type of a literal: right, wrong, or unknown, and then not written but followed."""
        subject, predicate, kind = entailed.statement
        assert isinstance(subject, ox.Literal)
        if predicate == SAME_AS:
            self._may_merge(entailed)
        if predicate != TYPE or entailed.statement in self._literal:
            return
        inside = lies_in(subject, kind)
        if inside is False and entailed.clause is not None and entailed.binding is not None:
            assert isinstance(kind, ox.NamedNode)
            self._objections.add(not_of_datatype(subject, kind, premises_of(entailed.clause, entailed.binding)))
        self._literal.add(entailed.statement)
        if inside is not False:
            queue.append(entailed.statement)

    # Sameness

    def _may_merge(self, entailed: Entailed) -> bool:
        """Whether a clause makes two terms the same; values that differ are an inconsistency, equal ones no news."""
        one, _, other = entailed.statement
        if isinstance(one, ox.Literal) and isinstance(other, ox.Literal):
            different = differ(one, other)
            if different:
                assert entailed.clause is not None and entailed.binding is not None
                self._objections.add(different_values(entailed.clause, entailed.binding))
            if different is not None:
                return False
        if isinstance(one, ox.Literal) or isinstance(other, ox.Literal):
            raise NotMaintainable("a literal would be the same as another term")
        self._refuse_merge(entailed.statement, entailed.rule, entailed)
        self._found.ties.append(ox.Triple(one, SAME_AS, other))
        return True

    def _refuse_merge(self, statement: Statement, rule: str, entailed: Entailed | None) -> None:
        """Foretell what sameness writes; leave the sameness of properties, classes and named terms to a new closure."""
        pair = (statement[0], statement[2])
        if pair[0] == pair[1]:
            return
        for node in pair:
            if isinstance(node, ox.Literal) or node in self._program.constants or self._is_vocabulary(node):
                raise NotMaintainable(f"{shown(node)} is a property, a class, or named by the ontology")
            if self._is_claim(node):
                raise NotMaintainable(_MERGED_CLAIM)
        members = {node for one in pair for node in (one, *self._view.objects(one, SAME_AS))}
        limit = self._budget.sameness
        degree = sum(1 for _ in islice((one for node in members for one in self._view.around(node)), limit + 1))
        cost = len(members) * (degree + len(members))
        if cost > limit:
            names = ", ".join(shown(node) for node in pair)
            self._give_up("sameness", f"{names} would be the same, which would write about {cost} statements", entailed)

    def _refuse_merged_vocabulary(self) -> None:
        """Leave what concerns properties and named terms that are the same as others to a new closure."""
        if not self._program.constants.isdisjoint(self._now.same):
            raise NotMaintainable("a term that the ontology names is the same as another")
        for subject, predicate, value_ in self._asserted.lost:
            nodes = (subject, value_) if predicate == SAME_AS else ()
            if predicate in self._now.same or any(map(self._is_vocabulary, nodes)):
                raise NotMaintainable("a property or a class is the same as another")
            if any(map(self._is_claim, nodes)):
                raise NotMaintainable(_MERGED_CLAIM)

    def _is_claim(self, node: Node) -> bool:
        """Whether a node has statements that decide whether a claim holds."""
        return any(next(iter(self._asserted.objects(node, part)), None) is not None for part in claims.OWN)

    def _is_merged(self, node: Node) -> bool:
        return any(other != node for other in self._view.objects(node, SAME_AS))

    def _is_vocabulary(self, node: Node) -> bool:
        used = isinstance(node, ox.NamedNode) and next(iter(self._view.pairs(node)), None) is not None
        return used or next(iter(self._view.subjects(TYPE, node)), None) is not None

    # Limits

    def _check(self) -> None:
        if time.monotonic() > self._deadline:
            self._give_up("seconds", f"reasoning was not complete after {self._budget.seconds:g} seconds", None)

    def _give_up(self, limit: str, what: str, entailed: Entailed | None) -> NoReturn:
        axioms = entailed.clause.axioms if entailed and entailed.clause else []
        rule, counts = entailed.rule if entailed else None, dict(self._found.counts.most_common())
        raise exceeded(limit, what, axioms=axioms, rule=rule, counts=counts)
