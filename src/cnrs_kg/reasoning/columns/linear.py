"""What each fact entails by itself: composed clauses applied to whole columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.pairs import Keys, distinct_in_order, firsts, joined, pack, seconds
from cnrs_kg.reasoning.columns.plans import Plan, Ref, plan
from cnrs_kg.reasoning.columns.relations import Key
from cnrs_kg.reasoning.compose import X, Y
from cnrs_kg.reasoning.program import Program


@dataclass(frozen=True, slots=True)
class Conclusion:
    """New keys for a column, by which clause; `moved` pairs have both ends of the fact that they come from."""

    key: Key
    keys: Keys
    plan: Plan
    moved: bool = False


class Linear:
    """The composed clauses of a program by the column that they start from."""

    def __init__(self, program: Program, dictionary: Dictionary, type_: int) -> None:
        self._type = type_
        self._from: dict[Key, list[Plan]] = {}
        for clause in program.linear:
            made = plan(clause, dictionary)
            self._from.setdefault(made.body[0].key, []).append(made)

    def conclusions(self, delta: Mapping[Key, Keys]) -> Iterator[Conclusion]:
        """All that the facts of a delta entail, one by one; what is known already is among it."""
        for key, keys in delta.items():
            plans = self._from.get(key)
            if not plans:
                continue
            ends = _Ends(key, keys)
            for made in plans:
                yield self._conclude(made, ends)

    def _conclude(self, made: Plan, ends: "_Ends") -> Conclusion:
        assert made.head is not None
        s, p, o = made.head
        assert isinstance(p, int)
        if p == self._type and isinstance(o, int):
            return Conclusion((p, o), ends.members(s), made)
        return Conclusion((p, None), ends.pairs(s, o), made, moved={s, o} == {X, Y})


class _Ends:
    """The ends of a column's facts, each computed once."""

    def __init__(self, key: Key, keys: Keys) -> None:
        self._is_class = key[1] is not None
        self._keys = keys
        self._members: dict[Ref, Keys] = {}

    def members(self, end: Ref) -> Keys:
        """The terms at one end, each once."""
        if isinstance(end, int):
            return np.array([end], np.uint64)
        if end not in self._members:
            column = self._end(end)
            self._members[end] = distinct_in_order(column) if end == X else joined([column])
        return self._members[end]

    def pairs(self, s: Ref, o: Ref) -> Keys:
        """Pairs of two ends, each a variable of the fact or a constant."""
        if (s, o) == (X, Y) and not self._is_class:
            return self._keys
        return pack(self._end(s), self._end(o))

    def _end(self, end: Ref) -> Keys:
        if isinstance(end, int):
            return np.full(len(self._keys), end, np.uint64)
        if self._is_class:
            return self._keys
        return firsts(self._keys) if end == X else seconds(self._keys)
