"""The statements of a closure in the making: a sorted column for each property, one for each class."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from cnrs_kg.reasoning.columns.pairs import EMPTY, Keys, difference, distinct, firsts, pack, seconds, swapped, union

Key = tuple[int, int | None]
"""A property, or `rdf:type` and a class; the members of a class are a column of single numbers."""

Delta = dict[Key, Keys]


class Relations:
    """Columns by property and class. What was added last is joined with everything."""

    def __init__(self, type_: int) -> None:
        self.type = type_
        self.tables: Delta = {}
        self.statements = 0
        self.values: Keys | None = None
        """For each term the one that stands for its value, where literals of equal value meet."""
        self._inverse: dict[Key, Keys] = {}
        self._by_value: dict[Key, Keys] = {}

    def __getitem__(self, key: Key) -> Keys:
        return self.tables.get(key, EMPTY)

    def valued(self, terms: Keys) -> Keys:
        """The terms that stand for the values of these."""
        return terms if self.values is None else self.values[terms]

    def by_value(self, key: Key) -> Keys:
        """The pairs of a property, each object replaced by the term that stands for its value."""
        if self.values is None:
            return self[key]
        found = self._by_value.get(key)
        if found is None:
            keys = self[key]
            found = self._by_value[key] = distinct(pack(firsts(keys), self.valued(seconds(keys))))
        return found

    def inverse(self, key: Key) -> Keys:
        """The pairs of a property by the value of the object."""
        found = self._inverse.get(key)
        if found is None:
            found = self._inverse[key] = swapped(self.by_value(key))
        return found

    def add(self, key: Key, new: Keys) -> None:
        """Enter keys that are not there yet."""
        if not len(new):
            return
        self.tables[key] = union(self[key], new)
        self.statements += len(new)
        if self.values is not None:
            self._forget(key)
        elif key in self._inverse:
            self._inverse[key] = union(self._inverse[key], swapped(new))

    def replace(self, key: Key, keys: Keys) -> None:
        """Let a column hold these keys instead."""
        self.statements += len(keys) - len(self[key])
        self.tables[key] = keys
        self._forget(key)

    def _forget(self, key: Key) -> None:
        self._inverse.pop(key, None)
        self._by_value.pop(key, None)

    def news(self, key: Key, keys: Keys) -> Keys:
        """Those of the keys that are not there yet."""
        return difference(keys, self[key])


def partition(rows: Keys, type_: int) -> Iterator[tuple[Key, Keys]]:
    """Rows of three numbers as columns: pairs for each property, members for each class; repetitions dropped."""
    for predicate, pairs in _grouped(rows[:, 1], pack(rows[:, 0], rows[:, 2])):
        if predicate != type_:
            yield (predicate, None), distinct(pairs)
        else:
            yield from by_class(pairs, type_)


def by_property(rows: Keys) -> dict[int, Keys]:
    """Rows of three numbers as the pairs of each property; repetitions dropped."""
    pairs = pack(rows[:, 0], rows[:, 2])
    return {predicate: distinct(found) for predicate, found in _grouped(rows[:, 1], pairs)}


def by_class(pairs: Keys, type_: int) -> Iterator[tuple[Key, Keys]]:
    """Pairs of a thing and its class as columns of members."""
    for kind, members in _grouped(seconds(pairs), firsts(pairs)):
        yield (type_, kind), distinct(members)


def _grouped(groups: Keys, values: Keys) -> Iterator[tuple[int, Keys]]:
    if not len(groups):
        return
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    cuts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    values = values[order]
    for start, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(ordered)], strict=True):
        yield int(ordered[start]), values[start:end]


def pairs_of(key: Key, keys: Keys) -> Keys:
    """The column as pairs of subject and object, whether it is a property's or a class's."""
    if key[1] is None:
        return keys
    return pack(keys, np.full(len(keys), key[1], np.uint64))


def written(tables: Mapping[Key, Keys], minus: Callable[[Key], Keys]) -> Iterator[tuple[int, Keys]]:
    """The property and the pairs of each column, without the keys that `minus` gives."""
    for key, keys in tables.items():
        left = difference(keys, minus(key))
        if len(left):
            yield key[0], pairs_of(key, left)
