"""The fixpoint: columns grow until nothing new follows, semi-naive, each round joining what the one before added.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.linear import Conclusion, Linear
from cnrs_kg.reasoning.columns.pairs import (
    EMPTY,
    Keys,
    contained,
    expanded,
    firsts,
    joined,
    pack,
    pieces,
    seconds,
    spans,
    union,
)
from cnrs_kg.reasoning.columns.plans import ROWS, Plan, Ref, Rows, plan, solutions
from cnrs_kg.reasoning.columns.relations import Delta, Key, Relations, by_class, partition
from cnrs_kg.reasoning.limits import Budget, exceeded
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.rules.model import Var

Progress = Callable[[int], None]


@dataclass
class Account:
    """What each rule has concluded, and the seconds that it took; what enters the columns is not in them."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    busiest: tuple[int, Plan | None] = (0, None)
    _plans: Counter[int] = field(default_factory=Counter)

    def note(self, made: Plan, conclusions: int, seconds: float) -> None:
        """Count the conclusions of a clause, and its time."""
        self.counts[made.rule] += conclusions
        self.seconds[made.rule] += seconds
        self._plans[id(made)] += conclusions
        self.busiest = max(self.busiest, (self._plans[id(made)], made), key=lambda pair: pair[0])


@dataclass(slots=True)
class _Column:
    """What is to be entered into a column: keys, and those that only paths of a transitive property gave."""

    plain: list[Keys] = field(default_factory=list)
    composed: list[Keys] = field(default_factory=list)


class Closing:
    """The columns of a dataset under a program.

    `held` are the claims that hold; `same` collects the pairs that are stated to be the same, or that a rule made so.
    """

    def __init__(
        self,
        program: Program,
        dictionary: Dictionary,
        type_: int,
        same_as: int,
        *,
        budget: Budget,
        progress: Progress,
    ) -> None:
        self.relations = Relations(type_)
        self.account = Account()
        self.same: list[tuple[Keys, Plan | None]] = []
        self._same_as = same_as
        self._dictionary, self._budget, self._progress = dictionary, budget, progress
        self.held = EMPTY
        self._linear = Linear(program, dictionary, type_)
        plans = [plan(clause, dictionary) for clause in program.joins]
        self._paths = {made.body[0].key: made for made in plans if made.clause.is_transitivity}
        self._edges: Delta = {}
        self._joins: dict[Key, list[tuple[Plan, int]]] = {}
        for made in plans:
            if not made.clause.is_transitivity:
                for at, pattern in enumerate(made.body):
                    self._joins.setdefault(pattern.key, []).append((made, at))
        self._pending: dict[Key, _Column] = {}
        self._started, self._given = time.monotonic(), 0

    def enter(self, rows: Keys) -> Delta:
        """Enter statements (rows of three numbers), to be closed by `run`; them as columns."""
        columns = dict(partition(rows, self.relations.type))
        for key, keys in columns.items():
            self._given += len(keys)
            if key[0] == self._same_as:
                self.same.append((keys, None))
            else:
                self.put(key, keys)
        return columns

    def put(self, key: Key, keys: Keys) -> None:
        """Have keys entered into a column."""
        self._pending.setdefault(key, _Column()).plain.append(keys)

    def run(self) -> None:
        """Draw all conclusions from what was entered, except those of sameness."""
        while self._pending:
            pending, self._pending = self._pending, {}
            plain, composed = self._settle(pending)
            self._entail(plain, composed)
            delta = self._together(plain, composed)
            self._check()
            for key, made in self._paths.items():
                if key in delta:
                    self._lengthen(made, delta[key], plain.get(key, EMPTY))
            for key, keys in delta.items():
                for made, at in self._joins.get(key, ()):
                    self._join(made, at, keys)

    def forget_edges(self, moved: Keys) -> None:
        """Drop the edges of terms that another term stands for now; they come back as facts about that one."""
        for key, keys in self._edges.items():
            gone = contained(firsts(keys), moved) | contained(seconds(keys), moved)
            self._edges[key] = keys[~gone]

    def _settle(self, pending: Mapping[Key, _Column]) -> tuple[Delta, Delta]:
        """Enter what is new."""
        plain: Delta = {}
        composed: Delta = {}
        for key, column in pending.items():
            new = self.relations.news(key, joined(column.plain))
            if len(new):
                plain[key] = new
                self.relations.add(key, new)
            if column.composed:
                path = self.relations.news(key, joined(column.composed))
                if len(path):
                    composed[key] = path
                    self.relations.add(key, path)
        return plain, composed

    def _entail(self, plain: Delta, composed: Delta) -> None:
        """Enter what the new facts entail by themselves, into the same round."""
        pending: dict[Key, _Column] = {}
        for found in self._counted(self._linear.conclusions(plain)):
            pending.setdefault(found.key, _Column()).plain.append(found.keys)
        for found in self._counted(self._linear.conclusions(composed)):
            column = pending.setdefault(found.key, _Column())
            (column.composed if found.moved else column.plain).append(found.keys)
        more, paths = self._settle(pending)
        for entered, news in ((plain, more), (composed, paths)):
            for key, keys in news.items():
                entered[key] = union(entered.get(key, EMPTY), keys)

    def _counted(self, conclusions: Iterable[Conclusion]) -> Iterator[Conclusion]:
        started = time.monotonic()
        for found in conclusions:
            self.account.note(found.plan, len(found.keys), time.monotonic() - started)
            yield found
            started = time.monotonic()

    def _together(self, plain: Delta, composed: Delta) -> Delta:
        for key in self._paths:
            if key in plain:
                self._edges[key] = union(self._edges.get(key, EMPTY), plain[key])
        return {
            **plain,
            **{key: union(plain.get(key, EMPTY), keys) for key, keys in composed.items()},
        }

    def _lengthen(self, made: Plan, paths: Keys, new_edges: Keys) -> None:
        """Paths of a transitive property, by one edge: new paths with every edge, every path with new edges."""
        key = made.body[0].key
        started = time.monotonic()
        found = [EMPTY]
        for ahead, edges in ((paths, self._edges.get(key, EMPTY)), (self.relations[key], new_edges)):
            start, count = spans(edges, seconds(ahead))
            for piece in pieces(count, ROWS):
                row, position = expanded(start[piece], count[piece])
                new = joined([pack(firsts(ahead[piece][row]), seconds(edges[position]))])
                found.append(self.relations.news(key, new))
                self._check(sum(map(len, found)), made)
        self.account.note(made, sum(map(len, found)), time.monotonic() - started)
        self._pending.setdefault(key, _Column()).composed.append(joined(found))
        if not len(self._pending[key].composed[-1]) and not self._pending[key].plain:
            del self._pending[key]

    def _join(self, made: Plan, at: int, seeds: Keys) -> None:
        started = time.monotonic()
        found: dict[Key, list[Keys]] = {}
        size = 0
        for rows in solutions(made, at, seeds, self.relations):
            for key, keys in self._heads(made, self._filtered(made, rows)):
                new = joined([keys]) if key[0] == self._same_as else self.relations.news(key, joined([keys]))
                found.setdefault(key, []).append(new)
                size += len(new)
                self._check(size, made)
        columns = {key: joined(parts) for key, parts in found.items()}
        self.account.note(made, sum(map(len, columns.values())), time.monotonic() - started)
        for key, new in columns.items():
            if not len(new):
                continue
            if key[0] == self._same_as:
                self.same.append((new, made))
            else:
                self.put(key, new)

    def _filtered(self, made: Plan, rows: Rows) -> Rows:
        """The rows whose different terms differ and whose claims hold."""
        mask = None
        for one, other in made.different:
            differ = self._end(one, rows) != self._end(other, rows)
            mask = differ if mask is None else mask & differ
        for claim in made.clause.claims:
            holds = contained(rows[claim], self.held)  # type: ignore[index]
            mask = holds if mask is None else mask & holds
        return rows if mask is None else {name: column[mask] for name, column in rows.items()}

    def _heads(self, made: Plan, rows: Rows) -> Iterable[tuple[Key, Keys]]:
        """The conclusions of rows by column."""
        assert made.head is not None
        s, p, o = made.head
        subjects, type_ = self._end(s, rows), self.relations.type
        if isinstance(p, Var):
            triples = np.stack([subjects, rows[p], self._end(o, rows)], axis=1)
            yield from partition(triples, type_)
        elif p == type_ and isinstance(o, int):
            yield (p, o), subjects
        elif p == type_:
            yield from by_class(pack(subjects, self._end(o, rows)), type_)
        else:
            yield (p, None), pack(subjects, self._end(o, rows))

    def _end(self, ref: Ref, rows: Rows) -> Keys:
        if isinstance(ref, Var):
            return rows[ref]
        return np.full(len(next(iter(rows.values()))), ref, np.uint64)

    def _check(self, more: int = 0, made: Plan | None = None) -> None:
        """Stop when the budget is used up, naming the clause that is at work, or the rule that concluded most."""
        inferred = self.relations.statements - self._given + more
        self._progress(self.relations.statements)
        if inferred > self._budget.statements:
            self._give_up("statements", f"more than {self._budget.statements} statements would be inferred", made, more)
        if self._budget.memory and self._bytes(more) > self._budget.memory:
            self._give_up("memory", f"the closure needs more than {self._budget.memory} bytes", made, more)
        if time.monotonic() - self._started > self._budget.seconds:
            self._give_up("seconds", f"the closure was not complete after {self._budget.seconds:g} seconds", made, more)

    def _bytes(self, more: int) -> int:
        return 8 * (2 * self.relations.statements + 4 * more)

    def _give_up(self, limit: str, what: str, made: Plan | None, more: int) -> NoReturn:
        made = made or self.account.busiest[1]
        axioms = made.clause.axioms if made else []
        counts = self.account.counts + Counter({made.rule: more} if made else {})
        raise exceeded(limit, what, axioms=axioms, rule=made.rule if made else None, counts=dict(counts.most_common()))
