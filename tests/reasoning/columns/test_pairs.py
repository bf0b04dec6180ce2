"""Columns behave as sets of pairs do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.reasoning.columns import pairs

numbers = st.integers(0, 9)
sets = st.sets(st.tuples(numbers, numbers), max_size=30)


def keys(found: set[tuple[int, int]]) -> pairs.Keys:
    return np.array(sorted((one << 32) | other for one, other in found), np.uint64)


def plain(column: pairs.Keys) -> set[tuple[int, int]]:
    made = {(key >> 32, key & 0xFFFFFFFF) for key in column.tolist()}
    assert len(made) == len(column), "a key stands twice"
    assert column.tolist() == sorted(column.tolist())
    return made


@given(sets, sets)
def test_difference_union_and_inverse(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> None:
    left = pairs.difference(keys(one), keys(other))
    assert plain(left) == one - other
    assert plain(pairs.union(keys(other), left)) == one | other
    assert plain(pairs.joined([keys(one), keys(other)])) == one | other
    assert plain(pairs.swapped(keys(one))) == {(second, first) for first, second in one}


@given(sets, st.lists(numbers))
def test_spans_are_the_pairs_of_each_first_element(table: set[tuple[int, int]], wanted: list[int]) -> None:
    start, count = pairs.spans(keys(table), np.array(wanted, np.uint64))
    row, position = pairs.expanded(start, count)
    found = [(wanted[at], int(value) & 0xFFFFFFFF) for at, value in zip(row, keys(table)[position], strict=True)]
    assert sorted(found) == sorted((first, second) for first in wanted for one, second in table if one == first)


@given(st.lists(st.integers(0, 20), max_size=20), st.integers(1, 15))
def test_pieces_cover_all_rows_and_stay_small(count: list[int], rows: int) -> None:
    found = list(pairs.pieces(np.array(count, np.intp), rows))
    assert [at for piece in found for at in range(piece.start, piece.stop)] == list(range(len(count)))
    assert all(sum(count[piece]) <= rows or piece.stop == piece.start + 1 for piece in found)
