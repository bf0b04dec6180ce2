"""Sets of pairs of numbers as sorted columns: subject in the upper, object in the lower 32 bits of a uint64.

Every array of keys is sorted and without repetition unless said otherwise.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]

EMPTY: Keys = np.empty(0, np.uint64)
_SHIFT = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


def pack(subjects: Keys, objects: Keys) -> Keys:
    """The pairs, in the order given."""
    return (subjects << _SHIFT) | objects


def firsts(keys: Keys) -> Keys:
    """The subject of each pair."""
    return keys >> _SHIFT


def seconds(keys: Keys) -> Keys:
    """The object of each pair."""
    return keys & _LOW


def swapped(keys: Keys) -> Keys:
    """The pairs the other way round, sorted."""
    turned: Keys = (keys << _SHIFT) | (keys >> _SHIFT)
    turned.sort()
    return turned


def distinct(keys: Keys) -> Keys:
    """The values, sorted, each once."""
    if len(keys) < 2:
        return keys
    ordered = np.sort(keys)
    kept = np.empty(len(ordered), bool)
    kept[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]


def distinct_in_order(keys: Keys) -> Keys:
    """The values of a sorted column with repetitions, each once."""
    if len(keys) < 2:
        return keys
    return keys[np.concatenate(([True], keys[1:] != keys[:-1]))]


def joined(parts: Sequence[Keys]) -> Keys:
    """The values of all parts, sorted, each once."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return EMPTY
    return distinct(np.concatenate(parts) if len(parts) > 1 else parts[0])


def contained(keys: Keys, table: Keys) -> Mask:
    """Which of the keys (in any order) the table holds."""
    if not len(table) or not len(keys):
        return np.zeros(len(keys), bool)
    at = np.searchsorted(table, keys)
    at[at == len(table)] = len(table) - 1
    found: Mask = table[at] == keys
    return found


def difference(keys: Keys, table: Keys) -> Keys:
    """The keys that the table does not hold."""
    if not len(table) or not len(keys):
        return keys
    return keys[~contained(keys, table)]


def union(keys: Keys, others: Keys) -> Keys:
    """The keys of two tables that share none."""
    if not len(keys):
        return others
    if not len(others):
        return keys
    merged = np.empty(len(keys) + len(others), np.uint64)
    at = np.searchsorted(keys, others) + np.arange(len(others))
    own = np.ones(len(merged), bool)
    own[at] = False
    merged[at] = others
    merged[own] = keys
    return merged


def spans(table: Keys, wanted: Keys) -> tuple[Positions, Positions]:
    """For each first element wanted, where its pairs start in the table and how many there are."""
    start = np.searchsorted(table, wanted << _SHIFT, "left")
    end = np.searchsorted(table, (wanted << _SHIFT) | _LOW, "right")
    return start, end - start


def expanded(start: Positions, count: Positions) -> tuple[Positions, Positions]:
    """The rows that spans stand for: for each, which span it comes from, and its position in the table."""
    total = int(count.sum())
    row = np.repeat(np.arange(len(count)), count)
    offset = np.cumsum(count) - count
    return row, np.arange(total) + np.repeat(start - offset, count)


def pieces(count: Positions, rows: int) -> Iterator[slice]:
    """Slices of the spans, each of at most `rows` rows where a single span allows it."""
    if not len(count):
        return
    total = np.cumsum(count)
    start = 0
    while start < len(count):
        done = int(total[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(total, done + rows, "right")))
        yield slice(start, end)
        start = end
