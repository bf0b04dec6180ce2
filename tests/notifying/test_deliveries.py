"""Deliveries: written with what they tell of, made at least once, bounded."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnrs_kg.notifying import deliveries as module
from cnrs_kg.notifying.deliveries import LEASE, PAUSES, Deliveries
from cnrs_kg.notifying.webhooks import Webhook

HOOKS = (
    Webhook("all", "https://all.example/hook", b"k" * 32),
    Webhook("few", "https://few.example/hook", b"k" * 32, events=("published",)),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "app.sqlite"


@pytest.fixture
def found(file: Path) -> Iterator[Deliveries]:
    made = Deliveries(file, HOOKS)
    yield made
    made.close()


def note(found: Deliveries, event: str = "submitted", now: float = 0.0) -> None:
    found.note(found._connection.cursor(), event, "submission 1", {"number": 1}, now)


def states(found: Deliveries) -> list[tuple[str, str, int]]:
    return [(one.hook, one.state, one.attempts) for one in reversed(found.list())]


def test_only_those_who_want_an_event_are_told(found: Deliveries) -> None:
    note(found, "submitted")
    note(found, "published")
    assert [(one.hook, one.event) for one in reversed(found.list())] == [
        ("all", "submitted"),
        ("all", "published"),
        ("few", "published"),
    ]


def test_each_is_claimed_once_and_again_when_nothing_was_heard(found: Deliveries) -> None:
    note(found)
    first = found.claim(0)
    assert first is not None and found.claim(1) is None
    again = found.claim(LEASE + 1)
    assert again is not None and (again.message, again.attempts) == (first.message, 2)


def test_what_fails_is_tried_again_later_each_time_and_given_up_in_the_end(found: Deliveries) -> None:
    note(found)
    now = 0.0
    for pause in PAUSES:
        claimed = found.claim(now)
        assert claimed is not None
        found.failed(claimed, "503", now)
        assert found.claim(now + pause - 1) is None
        now += pause
    last = found.claim(now)
    assert last is not None
    found.failed(last, "503", now)
    assert states(found) == [("all", "failed", len(PAUSES) + 1)] and found.claim(now + 10**9) is None


def test_a_restart_loses_nothing(file: Path, found: Deliveries) -> None:
    note(found)
    claimed = found.claim(0)
    found.close()
    with_others = Deliveries(file, HOOKS)
    again = with_others.claim(LEASE + 1)
    assert claimed is not None and again is not None and again.body == claimed.body
    with_others.close()


def test_what_is_rolled_back_is_not_told(file: Path, found: Deliveries) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    cursor = connection.cursor()
    cursor.execute("begin immediate")
    found.note(cursor, "submitted", "submission 1", {}, 0)
    cursor.execute("rollback")
    connection.close()
    assert found.list() == []


def test_the_queue_is_bounded_and_says_what_it_dropped(found: Deliveries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING", 2)
    monkeypatch.setattr(module, "KEPT", 1)
    for _ in range(4):
        note(found)
    assert [state for _, state, _ in states(found)] == ["waiting", "waiting", "dropped", "dropped"]
    claimed = found.claim(0)
    assert claimed is not None
    found.delivered(claimed, "204")
    assert [state for _, state, _ in states(found)] == ["waiting", "dropped"], "of what is over, the last is listed"


def test_versions_are_announced_once_from_the_first_look_on(found: Deliveries) -> None:
    assert found.announced(5) == 5
    found.announce(7, {6: {"number": 6}, 7: {"number": 7}}, 0)
    found.announce(7, {6: {"number": 6}, 7: {"number": 7}}, 0)
    assert found.announced(9) == 7
    assert sorted(one.subject for one in found.list() if one.hook == "few") == ["version 6", "version 7"]
