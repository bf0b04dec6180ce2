"""When a request has had its part of the quick lane."""

import os
from types import SimpleNamespace
from typing import Any

import pytest

from cnrs_kg.engine.children import Child
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.runner import Runner, Turn

SLICE = 1000.0
"""A slice is long: the tests do not depend on how long they take."""


def must_go(*, slow_place: bool, elapsed: float, waited: float = 0, worked: float = 0, behind: int = 0) -> bool:
    """All in parts of the slice."""
    quick = SLICE
    lanes: Any = SimpleNamespace(waited=lambda: waited * quick, has_slow_place=lambda: slow_place)
    turn: Any = SimpleNamespace(started=now() - elapsed * quick, worked=lambda: worked * quick)
    seat: Any = SimpleNamespace(worker=SimpleNamespace(under_way=[None] * (1 + behind)))
    keeper: Any = None
    return Runner(lanes, keeper, Limits(quick=quick))._must_go(seat, turn)


@pytest.mark.parametrize(
    ("slow_place", "elapsed", "waited", "goes"),
    [
        (True, 0.9, 0, False),
        (True, 1.1, 0, True),
        (True, 0.1, 0.01, False),
        (True, 0.3, 0.01, True),
        (False, 9.0, 0, False),
        (False, 0.4, 0.01, False),
        (False, 0.6, 0.01, True),
    ],
)
def test_its_slice_is_shorter_where_others_wait(slow_place: bool, elapsed: float, waited: float, goes: bool) -> None:
    assert must_go(slow_place=slow_place, elapsed=elapsed, waited=waited) is goes


@pytest.mark.parametrize("slow_place", [True, False])
@pytest.mark.parametrize(
    ("waited", "worked", "goes"), [(0.2, 0.06, True), (0.2, 0.04, False), (0.05, 0.1, False), (0, 0.1, False)]
)
def test_once_others_have_waited_for_long_what_works_goes(
    slow_place: bool, waited: float, worked: float, goes: bool
) -> None:
    assert must_go(slow_place=slow_place, elapsed=0.15, waited=waited, worked=worked) is goes


def test_those_who_sit_behind_it_wait_as_long_as_it_takes() -> None:
    assert must_go(slow_place=False, elapsed=0.15, worked=0.1, behind=1)
    assert not must_go(slow_place=False, elapsed=0.15, worked=0.1)
    assert not must_go(slow_place=False, elapsed=0.05, worked=0.1, behind=1)


def test_a_turn_counts_the_work_of_the_process() -> None:
    worker: Any = SimpleNamespace(processor_time=lambda: Child.processor_time(worker), pid=os.getpid())
    turn = Turn(worker)
    while turn.worked() < 0.01:
        pass
    assert turn.worked() < now() - turn.started + 60


def test_where_nothing_tells_all_time_is_work() -> None:
    def refuse() -> float:
        raise OSError

    worker: Any = SimpleNamespace(processor_time=refuse)
    turn = Turn(worker)
    before = turn.worked()
    assert 0 <= before <= turn.worked()
