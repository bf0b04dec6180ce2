"""Terms that are the same: one stands for all while rules run; statements are expanded when they are written.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 4
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from cnrs_kg.reasoning.columns.closing import Closing
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.pairs import (
    Keys,
    contained,
    difference,
    expanded,
    firsts,
    joined,
    pack,
    seconds,
    spans,
)
from cnrs_kg.reasoning.columns.plans import Plan
from cnrs_kg.reasoning.columns.relations import Delta, Key
from cnrs_kg.reasoning.limits import Budget, exceeded
from cnrs_kg.reasoning.rules.model import SAME_AS
from cnrs_kg.reasoning.terms import shown
from cnrs_kg.reasoning.values import differ


class NamedTermsMerged(Exception):
    """Terms that the ontology names, properties or classes became the same: the rules would have to change."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two terms that became the same, and the clause that says so (None: it was stated)."""

    first: int
    second: int
    plan: Plan | None


@dataclass
class Sameness:
    """Classes of terms that are the same, by the member that stands for them; `clashes` are values that differ."""

    dictionary: Dictionary
    named: frozenset[int]
    budget: Budget
    ties: list[Tie] = field(default_factory=list)
    clashes: list[Tie] = field(default_factory=list)
    members: dict[int, list[int]] = field(default_factory=dict)
    _representative: dict[int, int] = field(default_factory=dict)

    def of(self, number: int) -> int:
        """The term that stands for this one."""
        return self._representative.get(number, number)

    def merge(self, closing: Closing, same_as: int) -> bool:
        """Take in the pairs that were found equal and rewrite what is said of them; whether anything changed."""
        found, closing.same = closing.same, []
        fresh = [tie for keys, plan in found for tie in self._news(keys, plan)]
        self._refuse_costly(closing, fresh)
        moved: dict[int, int] = {}
        for tie in fresh:
            self._join(tie, moved, closing.relations.tables)
        if not moved:
            return False
        moved = {number: self.of(number) for number in moved}
        kept = np.unique(np.fromiter(moved.values(), np.uint64))
        _rewrite(closing, moved)
        closing.put((same_as, None), difference(pack(kept, kept), closing.relations[(same_as, None)]))
        return True

    def _news(self, keys: Keys, plan: Plan | None) -> Iterator[Tie]:
        """The pairs that make different terms the same; two values that differ are a clash instead."""
        for key in keys.tolist():
            first, second = key >> 32, key & 0xFFFFFFFF
            if first == second:
                continue
            tie = Tie(first, second, plan)
            different = differ(self.dictionary.node(first), self.dictionary.node(second))
            if different and plan is not None:
                self.clashes.append(tie)
            elif different is None or (plan is None and different):
                yield tie

    def _join(self, tie: Tie, moved: dict[int, int], columns: Collection[Key]) -> None:
        one, other = self.of(tie.first), self.of(tie.second)
        if one == other:
            return
        if {tie.first, tie.second} & self.named or any({tie.first, tie.second} & set(key) for key in columns):
            raise NamedTermsMerged
        keep, gone = sorted((one, other), key=self._rank)
        self.ties.append(tie)
        class_ = self.members.setdefault(keep, [keep])
        for member in self.members.pop(gone, [gone]):
            class_.append(member)
            self._representative[member] = moved[member] = keep

    def _rank(self, number: int) -> tuple[int, int]:
        """An IRI before a blank node before a literal, then the older."""
        return b'<_"'.index(self.dictionary.forms[number][:1]), number

    def _refuse_costly(self, closing: Closing, ties: Sequence[Tie]) -> None:
        """Foretell what each class would write: the sum of its members' degrees times its size."""
        classes: dict[int, set[int]] = {}
        for tie in ties:
            united = {self.of(tie.first), self.of(tie.second)}
            for member in list(united):
                united |= classes.get(member, set())
            for member in united:
                classes[member] = united
        numbers = np.array(sorted(classes), np.uint64)
        degrees = dict(zip(numbers.tolist(), _degrees(closing, numbers).tolist(), strict=True))
        for tie in ties:
            united = classes[self.of(tie.first)]
            size = sum(len(self.members.get(member, (member,))) for member in united)
            cost = size * (sum(degrees[member] for member in united) + size)
            if cost > self.budget.sameness:
                self._give_up(tie, cost, closing)

    def _give_up(self, tie: Tie, cost: int, closing: Closing) -> NoReturn:
        one, other = self.dictionary.node(tie.first), self.dictionary.node(tie.second)
        what = f"{shown(one)}, {shown(other)} would be the same, which would write about {cost} statements"
        axioms = tie.plan.clause.axioms if tie.plan else [(one, SAME_AS, other)]
        rule, counts = tie.plan.rule if tie.plan else "asserted", dict(closing.account.counts.most_common())
        raise exceeded("sameness", what, axioms=axioms, rule=rule, counts=counts)

    def expand(self, tables: Delta) -> Delta:
        """The columns with every statement said of all members of its terms' classes, and of each pair of them."""
        if not self.members:
            return tables
        kept = np.array(sorted(self.members), np.uint64)
        pairs = joined(
            [
                pack(np.full(len(many), keep, np.uint64), np.array(many, np.uint64))
                for keep, many in self.members.items()
            ]
        )
        made: dict[Key, list[Keys]] = {}
        for key, keys in tables.items():
            if key[1] is None:
                new = _expanded(_expanded(keys, pairs, kept, at_object=False), pairs, kept, at_object=True)
            else:
                new = _members(keys, pairs, kept)
            made.setdefault(key, []).append(new)
        return {key: joined(parts) for key, parts in made.items()}


def _rewrite(closing: Closing, moved: dict[int, int]) -> None:
    """Let the statements about terms that moved be about those that stand for them.

    A claim that holds makes the one that stands for it hold, whose own statements then say more than they did.
    """
    gone = np.array(sorted(moved), np.uint64)
    stands = np.array([moved[number] for number in gone.tolist()], np.uint64)
    closing.forget_edges(gone)
    relations = closing.relations

    def put(column: Keys) -> Keys:
        found = column.copy()
        mask = contained(column, gone)
        found[mask] = stands[np.searchsorted(gone, column[mask])]
        return found

    held = joined([put(closing.held)])
    again = joined([gone, difference(held, closing.held)])
    closing.held = held
    for key, keys in list(relations.tables.items()):
        if key[1] is None:
            mask = contained(firsts(keys), again) | contained(seconds(keys), gone)
            new = pack(put(firsts(keys[mask])), put(seconds(keys[mask])))
        else:
            mask = contained(keys, again)
            new = put(keys[mask])
        if mask.any():
            relations.replace(key, keys[~mask])
            closing.put(key, joined([new]))


def _degrees(closing: Closing, numbers: Keys) -> Keys:
    """In how many statements each term stands as subject or object."""
    found = np.zeros(len(numbers), np.uint64)
    for key, keys in closing.relations.tables.items():
        ends = (keys,) if key[1] is not None else (firsts(keys), seconds(keys))
        for end in ends:
            at, count = np.unique(end[contained(end, numbers)], return_counts=True)
            found[np.searchsorted(numbers, at)] += count.astype(np.uint64)
    return found


def _expanded(keys: Keys, pairs: Keys, kept: Keys, *, at_object: bool) -> Keys:
    """The pairs, those with a term that stands for a class repeated for each member."""
    end = seconds(keys) if at_object else firsts(keys)
    mask = contained(end, kept)
    if not mask.any():
        return keys
    start, count = spans(pairs, end[mask])
    row, position = expanded(start, count)
    some, member = keys[mask][row], seconds(pairs[position])
    new = pack(firsts(some), member) if at_object else pack(member, seconds(some))
    return joined([keys, new])


def _members(keys: Keys, pairs: Keys, kept: Keys) -> Keys:
    mask = contained(keys, kept)
    if not mask.any():
        return keys
    start, count = spans(pairs, keys[mask])
    _, position = expanded(start, count)
    return joined([keys, seconds(pairs[position])])
