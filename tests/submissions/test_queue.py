"""The queue: what is kept of a submission, and its steps from one state to the next."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cnrs_kg.errors import CnrsKgError, IllegalTransition, SubmissionNotFound
from cnrs_kg.submissions import queue as module
from cnrs_kg.submissions.queue import Queue
from cnrs_kg.submissions.states import Action, State
from cnrs_kg.submissions.submission import Content, KeptDocument
from cnrs_kg.validation.report import Result, Verdict

GOOD = Verdict(version=4, added=2).to_json()
BAD = Verdict((Result("Violation", "shape", {"en": "no", "fr": "non"}),), version=4).to_json()
CONTENT = Content(
    "A new unit", 4, "a" * 64, "b" * 64, GOOD, "why", "https://x.org/", (KeptDocument("u.ttl", "text/turtle", 7, "c"),)
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "app.sqlite"


@pytest.fixture
def queue(file: Path) -> Iterator[Queue]:
    found = Queue(file)
    yield found
    found.close()


def test_a_submission_is_open_numbered_and_kept(queue: Queue, file: Path) -> None:
    first, second = queue.submit(CONTENT, "stella"), queue.submit(replace(CONTENT, verdict=BAD), None)
    assert (first.number, first.state, first.submitter, first.content) == (1, State.OPEN, "stella", CONTENT)
    assert (second.number, second.submitter, second.content.conforms) == (2, None, False)
    again = Queue(file)
    assert again.get(1) == first
    again.close()


def test_the_file_is_its_owners(queue: Queue, file: Path) -> None:
    assert file.stat().st_mode & 0o077 == 0


def test_its_json_is_the_contracts(queue: Queue) -> None:
    found = queue.submit(CONTENT, "stella").to_json()
    assert found["links"] == {
        "self": "/submissions/1",
        "report": "/submissions/1/report",
        "diff": "/submissions/1/diff",
        "sparql": "/submissions/1/sparql",
    }
    assert (found["basedOn"], found["version"], found["verdict"]["added"]) == (4, None, 2)
    assert [step["action"] for step in found["history"]] == ["submit"]


def test_what_is_not_there_is_said(queue: Queue) -> None:
    for attempt in (
        lambda: queue.get(7),
        lambda: queue.decide(7, Action.REJECT, "anna"),
        lambda: queue.get(7 * 10**30),
    ):
        with pytest.raises(SubmissionNotFound, match="submission 7"):
            attempt()


def test_the_newest_come_first_by_state_and_page(queue: Queue) -> None:
    for _ in range(5):
        queue.submit(CONTENT, "stella")
    queue.decide(4, Action.REJECT, "anna", "no source")
    assert [one.number for one in queue.list()] == [5, 4, 3, 2, 1]
    assert [one.number for one in queue.list([State.OPEN], limit=2)] == [5, 3]
    assert [one.number for one in queue.list([State.OPEN], before=3)] == [2, 1]
    assert queue.count()[State.OPEN] == 4 and queue.count()[State.ACCEPTED] == 0


def test_a_decision_is_kept_with_who_and_why(queue: Queue) -> None:
    queue.submit(CONTENT, "stella")
    found = queue.decide(1, Action.REQUEST_CHANGES, "anna", "which source?")
    assert found.state is State.CHANGES_REQUESTED
    found = queue.amend(1, replace(CONTENT, title="Better", based_on=5), "stella", "the source is named")
    assert (found.state, found.content.title, found.content.based_on) == (State.OPEN, "Better", 5)
    said = [(one.action, one.agent, one.reason) for one in found.history]
    assert said == [
        ("submit", "stella", None),
        ("request-changes", "anna", "which source?"),
        ("amend", "stella", "the source is named"),
    ]
    assert found.decision(Action.AMEND) == found.history[-1]


def test_an_illegal_step_changes_nothing(queue: Queue) -> None:
    queue.submit(CONTENT, "stella")
    done = queue.decide(1, Action.REJECT, "anna")
    for attempt in (
        lambda: queue.decide(1, Action.REJECT, "anna"),
        lambda: queue.amend(1, CONTENT, "stella"),
        lambda: queue.publishing(1, 4, "anna"),
    ):
        with pytest.raises(IllegalTransition):
            attempt()
    assert queue.get(1) == done


def test_a_verdict_is_renewed_for_the_same_patch_only(queue: Queue) -> None:
    before = queue.submit(CONTENT, "stella")
    assert queue.judged(before, BAD).content.verdict == BAD
    queue.amend(1, replace(CONTENT, patch="d" * 64), "stella")
    assert queue.judged(before, BAD).content.conforms


def test_while_it_is_published_nothing_else_is_decided(queue: Queue) -> None:
    queue.submit(CONTENT, "stella")
    begun = queue.publishing(1, 6, "anna", "well sourced")
    assert begun.state is State.OPEN and len(begun.history) == 1 and queue.unsettled() == {1: 6}
    for action in (Action.REJECT, Action.WITHDRAW):
        with pytest.raises(IllegalTransition, match="being published"):
            queue.decide(1, action, "stella")
    with pytest.raises(IllegalTransition):
        queue.publishing(1, 6, "otto")
    done = queue.settle(1, 7)
    assert (done.state, done.version, queue.unsettled()) == (State.ACCEPTED, 7, {})
    assert (done.history[-1].action, done.history[-1].agent, done.history[-1].reason) == (
        "accept", "anna", "well sourced",
    )  # fmt: skip


def test_a_publication_that_never_was_leaves_it_open(queue: Queue) -> None:
    before = queue.submit(CONTENT, "stella")
    queue.publishing(1, 6, "anna")
    assert queue.settle(1, None) == before and queue.unsettled() == {}


def test_the_version_decides_whatever_the_queue_said(queue: Queue) -> None:
    queue.submit(CONTENT, "stella")
    queue.publishing(1, 6, "anna")
    queue.settle(1, None)
    assert queue.settle(1, 7).state is State.ACCEPTED


def test_of_two_who_decide_at_once_one_is_refused(queue: Queue, file: Path) -> None:
    queue.submit(CONTENT, "stella")
    other, ended = Queue(file), []

    def decide(mine: Queue, action: Action, agent: str) -> None:
        try:
            ended.append(mine.decide(1, action, agent).state)
        except CnrsKgError as error:
            ended.append(type(error))

    threads = [
        threading.Thread(target=decide, args=arguments)
        for arguments in ((queue, Action.REJECT, "anna"), (other, Action.WITHDRAW, "stella"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(map(str, ended)) in (
        sorted(map(str, (State.REJECTED, IllegalTransition))),
        sorted(map(str, (State.WITHDRAWN, IllegalTransition))),
    )
    assert len(queue.get(1).history) == 2


def test_a_clock_set_back_does_not_reorder_decisions(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.submit(CONTENT, "stella")

    class Past:
        @staticmethod
        def now(zone: Any) -> datetime:
            return datetime(2001, 1, 1, tzinfo=UTC)

        fromisoformat = datetime.fromisoformat

    monkeypatch.setattr(module, "datetime", Past)
    found = queue.decide(1, Action.REJECT, "anna")
    moments = [one.moment for one in found.history]
    assert moments == sorted(moments) and moments[0].year > 2001


def test_what_was_done_with_all_of_them_is_told_in_order(queue: Queue) -> None:
    queue.submit(CONTENT, "stella")
    queue.submit(replace(CONTENT, title="Another"), None)
    queue.decide(1, Action.REJECT, "anna", "no")
    queue.publishing(2, 4, "anna")
    told = [(one.submission, one.title, one.decision.action, one.decision.reason) for one in queue.events()]
    assert told == [
        (1, "A new unit", Action.REJECT, "no"),
        (2, "Another", Action.SUBMIT, None),
        (1, "A new unit", Action.SUBMIT, None),
    ]
    queue.settle(2, 5)
    assert [(one.place, one.submission) for one in queue.events()][0] == (4, 2)
