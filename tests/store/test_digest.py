from datetime import date
from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.store.digest import Sums, from_hex, of_statement, of_statements, to_hex

from .helpers import PROVENANCE, named_quads, quad

quad_sets = st.sets(named_quads, max_size=8)


def test_a_statement_is_the_hash_of_its_n_quads_line() -> None:
    line = b"<x:s0> <x:p> <x:o> <https://w3id.org/cnrs-kg/graph/steward> .\n"
    assert to_hex(of_statement(quad(0)).digest) == blake2b(line, digest_size=32).hexdigest()


@given(quad_sets, st.randoms())
def test_order_does_not_matter(some, random) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    assert of_statements(some) == of_statements(shuffled)


@given(quad_sets, quad_sets)
def test_a_patch_carries_the_sums_from_set_to_set(before, after) -> None:
    assert of_statements(before).changed(after - before, before - after) == of_statements(after)


def test_provenance_is_in_the_content_alone() -> None:
    sums = of_statement(quad(0, PROVENANCE))
    assert sums.digest == 0 != sums.content


def test_the_day_is_part_and_can_be_taken_back() -> None:
    days = [None, date(2026, 1, 1), date(2026, 1, 2)]
    start = of_statement(quad(0))
    assert len({start.moved(None, day).digest for day in days}) == 3
    assert start.moved(None, days[1]).moved(days[1], days[2]).moved(days[2], None) == start


def test_hexadecimal_has_one_length_and_comes_back() -> None:
    assert len(to_hex(1)) == 64
    assert from_hex(to_hex(1)) == 1
    assert Sums() == Sums(from_hex(to_hex(0)), 0)
