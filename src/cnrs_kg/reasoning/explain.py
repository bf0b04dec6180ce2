"""Proofs of inferred statements, searched backwards in a store that holds all that follows.

Every premise must hold; what is asserted, or follows from the ontology alone, needs no proof. Levels of premises are
opened one after the other, and reasons whose facts all have a proof are settled by least height, then size (Knuth's
generalisation of Dijkstra's algorithm): so a proof rests on what was proved before it and never on itself. Paths of
transitive properties are found apart and composed as balanced trees.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush
from itertools import count, islice

import pyoxigraph as ox

from cnrs_kg.errors import ReasoningBudget
from cnrs_kg.rdf.terms import GraphName
from cnrs_kg.reasoning.implicit import Implicit
from cnrs_kg.reasoning.paths import Edge, Edges, shortest_path
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.reasons import Backwards, Derivations, Reason, Statement, statement_of
from cnrs_kg.reasoning.rules.model import SAME_AS, TYPE, Atom
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.ties import Ties
from cnrs_kg.reasoning.values import lies_in
from cnrs_kg.reasoning.view import Assertions, StoreView, View

_DIRECT = 8
WIDTH = 64
"""Matches of one clause that are opened at first; all of them if that gives no proof."""


@dataclass(frozen=True, slots=True)
class _Proved:
    """How a statement was proved (no reason: it stands), with the height and the size of the proof."""

    reason: Reason | None
    height: int
    size: int
    path: tuple[Edge, ...] = ()


@dataclass(slots=True)
class _Candidate:
    """A reason for a statement, waiting for the proofs of its facts."""

    conclusion: Statement
    reason: Reason
    waiting: int


class Explainer:
    """Explains what the default graph of a store holds.

    `assertions` are what its named graphs assert, `as_of` is the day on which claims are judged; `seconds` bounds one
    explanation (`ReasoningBudget`).
    """

    def __init__(
        self, program: Program, store: ox.Store, assertions: Assertions, *, as_of: date, seconds: float = 30.0
    ) -> None:
        self.program = program
        self.assertions = assertions
        self._base = _Base(program, assertions)
        self._view = Implicit(StoreView(store), program)
        self._backwards = Backwards(program, self._view, assertions, as_of)
        self._directly = Backwards(program, Implicit(self._base, program), assertions, as_of)
        self._seconds = seconds

    def holds(self, statement: Statement) -> bool:
        """Whether the statement is published, or says of a literal what its value says."""
        return self._view.has(*statement)

    def stands(self, statement: Statement) -> bool:
        """Whether the statement needs no proof: it is asserted."""
        return self.assertions.has(*statement)

    def asserting(self, statement: Statement) -> list[GraphName]:
        """The graphs that assert the statement."""
        return self.assertions.graphs(Atom(*statement))

    def derivations(self, statement: Statement) -> Derivations | None:
        """How the statement, and all that its proof rests on, follows; None if it does not hold or has no proof.

        What is asserted is not among it. Every statement comes after those that it rests on.
        """
        if not self.holds(statement):
            return None
        return self._search(statement, time.monotonic() + self._seconds)

    def _search(
        self, statement: Statement, deadline: float, without: frozenset[Statement] = frozenset()
    ) -> Derivations | None:
        for width in (WIDTH, None):
            search = _Search(self, width, deadline, without)
            if search.prove(statement):
                return search.derivations(statement)
            if not search.narrowed:
                return None
        return None

    def alternatives(self, statement: Statement, limit: int) -> Iterator[Derivations]:
        """Up to `limit` proofs that differ in their last step, the one of `derivations` first.

        Those found in time; `ReasoningBudget` only if there is none.
        """
        deadline = time.monotonic() + self._seconds
        first = self.derivations(statement)
        if first is None or limit < 1:
            return
        yield first
        seen = {first.get(statement)}
        for reason in self._backwards.reasons(statement, WIDTH):
            steps = list(reason.steps(statement))
            if len(seen) >= limit or time.monotonic() > deadline:
                return
            last = steps[-1][1:]
            if last in seen or statement in reason.facts:
                continue
            found = self._premises_without(reason.facts, statement, deadline)
            if found is not None and statement not in found:
                seen.add(last)
                yield {**found, **{made: (rule, premises) for made, rule, premises in steps}}

    def _premises_without(
        self, facts: Iterable[Statement], statement: Statement, deadline: float
    ) -> Derivations | None:
        """Proofs of facts that do not rest on a statement; None if one has none, or none in time."""
        found: Derivations = {}
        for fact in facts:
            try:
                more = self._search(fact, deadline, frozenset([statement]))
            except ReasoningBudget:
                return None
            if more is None:
                return None
            found = {**more, **found}
        return found

    def premises(self, statements: Iterable[Statement]) -> Derivations:
        """How statements follow that are premises of one conclusion, a contradiction say."""
        found: Derivations = {}
        for statement in statements:
            found = {**found, **(self.derivations(statement) or {})}
        return found

    # What a search asks

    def joining(self, predicate: ox.NamedNode) -> tuple[str, tuple[Statement, ...]]:
        """The rule by which two edges of a path are one, with its axioms."""
        if predicate == SAME_AS:
            return "eq-trans", ()
        (step,) = self.program.transitive[predicate].steps
        return step.rule.name, tuple(map(statement_of, step.axioms))

    def ties(self) -> tuple[Ties, Ties]:
        """What makes terms the same: by what needs no proof, and by what holds."""
        return (
            Ties(self.program, self._base, self._directly, lambda fact: self._base.has(*fact)),
            Ties(self.program, self._base, self._backwards),
        )

    def direct(self, statement: Statement, ties: Ties) -> _Proved | None:
        """A proof by asserted statements alone: none at all, one clause, or a path; None if there is no such proof."""
        if self._base.has(*statement):
            return _Proved(None, 0, 0)
        subject, predicate, value = statement
        if predicate == TYPE and lies_in(subject, value):
            return _Proved(Reason((), "dt-type2"), 1, 1)
        for reason in islice(self._directly.reasons(statement, 1), _DIRECT):
            if statement not in reason.facts and all(self._base.has(*fact) for fact in reason.facts):
                return _Proved(reason, 1, 1)
        is_same = predicate == SAME_AS
        if is_same or predicate in self.program.transitive:
            path = shortest_path(ties if is_same else Edges(self.program, self._base, predicate), subject, value)
            if path:
                return _Proved(None, len(path).bit_length(), len(path), tuple(path))
        return None

    def reasons(self, statement: Statement, width: int | None, ties: Ties) -> Iterator[Reason]:
        """The ways in which the statement follows from what holds; of two terms that are the same, by their ties."""
        if statement[1] != SAME_AS:
            yield from self._backwards.reasons(statement, width)
            return
        one, _, other = statement
        yield from self._backwards.by_clauses(statement, width)
        yield Reason(((other, SAME_AS, one),), "eq-sym")
        for tie in ties.leaving(one):
            if tie.end != other:
                yield Reason(((one, SAME_AS, tie.end), (tie.end, SAME_AS, other)), "eq-trans")


class _Base:
    """What needs no proof: what is asserted, and what follows from the ontology alone."""

    def __init__(self, program: Program, assertions: View) -> None:
        self._given = program.given
        self._assertions = assertions

    def has(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether the statement is asserted or given."""
        if isinstance(subject, ox.Literal):
            return False
        return ox.Triple(subject, predicate, value) in self._given or self._assertions.has(subject, predicate, value)

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values that are asserted."""
        return self._assertions.objects(subject, predicate)

    def subjects(self, predicate: ox.NamedNode, value: Node) -> Iterator[Node]:
        """The subjects of which the value is asserted."""
        return self._assertions.subjects(predicate, value)

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every asserted subject and value of a property."""
        return self._assertions.pairs(predicate)


@dataclass
class _Search:
    """One search; `narrowed` tells whether matches of a clause were left out."""

    explainer: Explainer
    width: int | None
    deadline: float
    without: frozenset[Statement]
    narrowed: bool = False
    proved: dict[Statement, _Proved] = field(default_factory=dict)
    _seen: set[Statement] = field(default_factory=set)
    _waiting: dict[Statement, list[_Candidate]] = field(default_factory=dict)
    _ready: list[tuple[int, int, int, _Candidate]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._given_ties, self._ties = self.explainer.ties()

    def prove(self, statement: Statement) -> bool:
        """Whether a proof was found."""
        level = self._visit([statement])
        while level and statement not in self.proved:
            premises: list[Statement] = []
            for open_ in level:
                if open_ not in self.proved:
                    premises += self._open(open_)
            level = self._visit(premises)
            self._settle()
        return statement in self.proved

    def _visit(self, statements: list[Statement]) -> list[Statement]:
        """Prove what stands or follows directly; the rest is to be opened."""
        left = []
        for statement in statements:
            if statement in self._seen or statement in self.without:
                continue
            self._seen.add(statement)
            self._check()
            direct = self.explainer.direct(statement, self._given_ties)
            if direct is None:
                left.append(statement)
            elif not direct.reason or not self.without.intersection(direct.reason.facts):
                self._enter(statement, direct)
        return left

    def _open(self, statement: Statement) -> list[Statement]:
        """Enter the reasons for a statement; the facts that they rest on."""
        facts: list[Statement] = []
        matches = 0
        for reason in self.explainer.reasons(statement, self.width, self._ties):
            matches += 1
            self._check()
            if statement in reason.facts or self.without.intersection(reason.facts):
                continue
            distinct = dict.fromkeys(reason.facts)
            waiting = [fact for fact in distinct if fact not in self.proved]
            candidate = _Candidate(statement, reason, len(waiting))
            for fact in waiting:
                self._waiting.setdefault(fact, []).append(candidate)
            if not waiting:
                self._offer(candidate)
            facts += distinct
        self.narrowed = self.narrowed or (self.width is not None and matches >= self.width)
        return facts

    def _offer(self, candidate: _Candidate) -> None:
        known = [self.proved[fact] for fact in candidate.reason.facts]
        clause = candidate.reason.clause
        steps = self.explainer.program.cost(clause) if clause else 1
        height = 1 + max((one.height for one in known), default=0)
        heappush(self._ready, (height, steps + sum(one.size for one in known), next(self._number), candidate))

    def _settle(self) -> None:
        while self._ready:
            height, size, _, candidate = heappop(self._ready)
            if candidate.conclusion not in self.proved:
                self._enter(candidate.conclusion, _Proved(candidate.reason, height, size))

    def _enter(self, statement: Statement, proved: _Proved) -> None:
        self.proved[statement] = proved
        for candidate in self._waiting.pop(statement, ()):
            candidate.waiting -= 1
            if not candidate.waiting:
                self._offer(candidate)

    def _check(self) -> None:
        if time.monotonic() > self.deadline:
            raise ReasoningBudget("no proof was found in the time allowed", limit="seconds")

    def derivations(self, statement: Statement) -> Derivations:
        """The steps of the proof that was found, each after those that it rests on; axioms included."""
        made: Derivations = {}
        stack = [(statement, False)]
        while stack:
            current, ready = stack.pop()
            if current in made:
                continue
            proved = self.proved.get(current)
            if proved is None or (proved.reason is None and not proved.path):
                self._given(current, made)
            elif proved.path:
                self._walk(proved.path, current, made)
            elif ready:
                assert proved.reason is not None
                self._steps(proved.reason, current, made)
            else:
                assert proved.reason is not None
                stack.append((current, True))
                stack += [(fact, False) for fact in proved.reason.facts]
        return made

    def _steps(self, reason: Reason, conclusion: Statement, made: Derivations) -> None:
        for step, rule, premises in reason.steps(conclusion):
            for premise in premises:
                self._given(premise, made)
            if step not in made and not self.explainer.stands(step):
                made[step] = rule, premises

    def _walk(self, path: tuple[Edge, ...], conclusion: Statement, made: Derivations) -> None:
        """A path as a balanced tree: halves, halves of halves, edges."""
        predicate = conclusion[1]
        rule, axioms = self.explainer.joining(predicate)
        for axiom in axioms:
            self._given(axiom, made)
        for edge in path:
            if edge.reason is not None:
                self._steps(edge.reason, (edge.start, predicate, edge.end), made)
        parts = [(edge.start, edge.end) for edge in path]
        while len(parts) > 1:
            joined = []
            for at in range(0, len(parts) - 1, 2):
                (start, middle), (_, end) = parts[at], parts[at + 1]
                whole = (start, predicate, end)
                if whole not in made and not self.explainer.stands(whole):
                    made[whole] = rule, (*axioms, (start, predicate, middle), (middle, predicate, end))
                joined.append((start, end))
            parts = [*joined, *parts[len(joined) * 2 :]]

    def _given(self, statement: Statement, made: Derivations) -> None:
        """The steps by which the ontology alone gives a statement."""
        given = self.explainer.program.given
        stack = [(statement, False)]
        while stack:
            current, ready = stack.pop()
            if current in made or isinstance(current[0], ox.Literal) or self.explainer.stands(current):
                continue
            derivation = given.get(ox.Triple(*current))  # type: ignore[arg-type]
            if derivation is None:
                continue
            premises = tuple(map(statement_of, derivation.premises))
            if ready:
                made[current] = derivation.rule.name, premises
            else:
                stack.append((current, True))
                stack += [(premise, False) for premise in premises]
