"""Turns host by host, and what Retry-After asks for."""

import pytest

from cnrs_kg.errors import OutboundTimeout
from cnrs_kg.outbound.clock import Deadline
from cnrs_kg.outbound.pace import Pace, back_off, retry_after
from cnrs_kg.outbound.places import Place

from .hosts import Hand

SLOW, OTHER = Place("slow.example", interval=2.0), Place("other.example")


def test_a_host_is_asked_no_more_often_than_it_bears() -> None:
    clock = Hand()
    pace, deadline = Pace(clock), Deadline.after(60, clock)
    for _ in range(3):
        pace.wait(SLOW, deadline)
        pace.wait(OTHER, deadline)
    assert clock.slept == [2.0, 2.0]


def test_a_turn_after_the_deadline_is_not_waited_for() -> None:
    clock = Hand()
    pace = Pace(clock)
    pace.hold(SLOW, 100)
    with pytest.raises(OutboundTimeout, match=r"slow\.example may not be asked again before 100 seconds"):
        pace.wait(SLOW, Deadline.after(60, clock))
    assert clock.slept == []


def test_pauses_grow_to_a_bound() -> None:
    assert [back_off(attempt) for attempt in (1, 2, 3, 50)] == [0.5, 1.0, 2.0, 30.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 01 Jan 1970 00:17:40 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("9" * 400, 999_999_999.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("²", None),
    ],
)
def test_what_retry_after_asks_for(header: str, seconds: float | None) -> None:
    assert retry_after(header, Hand()) == seconds
