"""The queue: every submission ever made, with its state and the history of decisions, in SQLite.

A row says *publishing* before a submission is published and *accepted* after; between the two, the version that names
the submission decides (decision 12), so that a crash leaves nothing half-done.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnrs_kg.errors import IllegalTransition, StoreError, SubmissionNotFound
from cnrs_kg.store.application import opened
from cnrs_kg.submissions.states import PENDING, Action, State, after
from cnrs_kg.submissions.submission import (
    Check,
    Content,
    Decision,
    Event,
    KeptDocument,
    Submission,
    anyhow,
    moment_text,
    summary,
)

_SCHEMA = """
create table if not exists submissions (
    number integer primary key autoincrement, state text not null, submitter text, created text not null,
    title text not null, message text, source text, based_on integer not null, patch text not null,
    places text not null, documents text not null, verdict text not null, summary text not null,
    version integer, publishing integer
) strict;
create table if not exists decisions (
    place integer primary key autoincrement, submission integer not null references submissions,
    action text not null, agent text, moment text not null, reason text, settled integer not null default 1
) strict;
create index if not exists decisions_submission on decisions (submission);
create index if not exists submissions_state on submissions (state);
"""
_COLUMNS = (
    "number, state, submitter, created, title, message, source, based_on, patch, places, documents, verdict, version"
)
_CONTENT = "title, message, source, based_on, patch, places, documents, verdict, summary"
_NUMBERS = range(1, 2**63)
Announce = Callable[[sqlite3.Cursor, str, Submission], None]


class Queue:
    """The submissions of one data directory; safe to use from several threads and beside other processes.

    `announce` is told what happened (`submitted`, `decided`) in the transaction in which it did.
    """

    def __init__(self, file: Path, announce: Announce | None = None) -> None:
        self._announce = announce or (lambda cursor, event, submission: None)
        self._connection = opened(file, _SCHEMA)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def submit(self, content: Content, submitter: str | None) -> Submission:
        """A new submission, open."""
        with self._writing() as cursor:
            marks = ", ".join("?" * 12)
            row = (State.OPEN, submitter, moment_text(datetime.now(UTC)), *_row(content))
            cursor.execute(f"insert into submissions (state, submitter, created, {_CONTENT}) values ({marks})", row)
            number = cursor.lastrowid
            assert number is not None
            _note(cursor, number, Action.SUBMIT, submitter, None)
            return self._announced(cursor, "submitted", number)

    def get(self, number: int) -> Submission:
        """A submission by number; `SubmissionNotFound` if there is none."""
        with self._lock:
            return _get(self._connection.cursor(), number)

    def list(
        self, states: Sequence[State] = (), *, before: int | None = None, limit: int | None = None
    ) -> "list[Submission]":
        """The submissions in these states (none named: all), the newest first, those with numbers below `before`.

        Their verdicts are summaries: counts by severity stand for results.
        """
        wanted = tuple(states) or tuple(State)
        marks = ", ".join("?" * len(wanted))
        with self._lock:
            cursor = self._connection.cursor()
            rows = cursor.execute(
                f"select {_COLUMNS.replace('verdict', 'summary')} from submissions where state in ({marks}) "
                "and number < ? order by number desc limit ?",
                (*wanted, before or _NUMBERS[-1], -1 if limit is None else limit),
            ).fetchall()
            return [_submission(cursor, row) for row in rows]

    def events(self) -> Sequence[Event]:
        """What was done with all submissions, the last first; what is being published is not there yet."""
        with self._lock:
            rows = self._connection.execute(
                "select place, submission, title, action, agent, moment, reason from decisions "
                "join submissions on number = submission where settled = 1 order by place desc"
            ).fetchall()
        return [
            Event(place, number, title, Decision(Action(action), agent, datetime.fromisoformat(moment), reason))
            for place, number, title, action, agent, moment, reason in rows
        ]

    def count(self) -> dict[State, int]:
        """How many submissions there are in each state."""
        with self._lock:
            found = dict(self._connection.execute("select state, count(*) from submissions group by state"))
        return {state: found.get(state, 0) for state in State}

    def nobodys(self) -> tuple[int, int, set[str]]:
        """Of the pending submissions without a submitter: how many, bytes of their verdicts, names of what is kept."""
        marks = ", ".join("?" * len(PENDING))
        with self._lock:
            rows = self._connection.execute(
                f"select patch, places, documents, length(verdict) from submissions "
                f"where submitter is null and state in ({marks})",
                PENDING,
            ).fetchall()
        names = {one["sha256"] for row in rows for one in json.loads(row[2])}
        return len(rows), sum(row[3] for row in rows), names | {name for row in rows for name in row[:2]}

    def decide(
        self, number: int, action: Action, agent: str | None, reason: str | None = None, check: Check = anyhow
    ) -> Submission:
        """The submission after a decision that publishes nothing; `IllegalTransition` if its state forbids it."""
        with self._writing() as cursor:
            state = after(number, _settled(cursor, number, action), action)
            check(_get(cursor, number))
            cursor.execute("update submissions set state = ? where number = ?", (state, number))
            _note(cursor, number, action, agent, reason)
            return self._announced(cursor, "decided", number)

    def amend(
        self, number: int, content: Content, agent: str | None, reason: str | None = None, check: Check = anyhow
    ) -> Submission:
        """The submission with another content, open again."""
        with self._writing() as cursor:
            state = after(number, _settled(cursor, number, Action.AMEND), Action.AMEND)
            check(_get(cursor, number))
            names = ", ".join(f"{name.strip()} = ?" for name in _CONTENT.split(","))
            cursor.execute(
                f"update submissions set state = ?, {names} where number = ?", (state, *_row(content), number)
            )
            _note(cursor, number, Action.AMEND, agent, reason)
            return self._announced(cursor, "submitted", number)

    def judged(self, submission: Submission, verdict: Mapping[str, Any]) -> Submission:
        """The submission with a newer verdict on the same patch; nothing else may have changed meanwhile."""
        with self._writing() as cursor:
            cursor.execute(
                "update submissions set verdict = ?, summary = ? where number = ? and patch = ? and state = ?",
                (
                    _json(verdict),
                    _json(summary(verdict)),
                    submission.number,
                    submission.content.patch,
                    submission.state,
                ),
            )
            return _get(cursor, submission.number)

    def publishing(
        self, number: int, base: int, agent: str | None, reason: str | None = None, check: Check = anyhow
    ) -> Submission:
        """Note who is about to publish the submission on the version `base`; `settle` says how it ended."""
        with self._writing() as cursor:
            after(number, _settled(cursor, number, Action.ACCEPT), Action.ACCEPT)
            check(_get(cursor, number))
            cursor.execute("update submissions set publishing = ? where number = ?", (base, number))
            _note(cursor, number, Action.ACCEPT, agent, reason, settled=False)
            return _get(cursor, number)

    def unsettled(self) -> dict[int, int]:
        """The submissions whose publication was begun and not settled, with the version that each began on."""
        with self._lock:
            found = self._connection.execute("select number, publishing from submissions where publishing not null")
            return dict(found.fetchall())

    def settle(self, number: int, version: int | None) -> Submission:
        """The submission is accepted with this version, whatever was said before; or its publication never was."""
        with self._writing() as cursor:
            if version is None:
                cursor.execute("delete from decisions where submission = ? and settled = 0", (number,))
                cursor.execute("update submissions set publishing = null where number = ?", (number,))
            elif _get(cursor, number).version is None:
                cursor.execute("update decisions set settled = 1 where submission = ?", (number,))
                cursor.execute(
                    "update submissions set state = ?, version = ?, publishing = null where number = ?",
                    (State.ACCEPTED, version, number),
                )
                return self._announced(cursor, "decided", number)
            return _get(cursor, number)

    def _announced(self, cursor: sqlite3.Cursor, event: str, number: int) -> Submission:
        found = _get(cursor, number)
        self._announce(cursor, event, found)
        return found

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Cursor]:
        """One transaction, that sees what every other process has committed and is committed or undone whole."""
        with self._lock, _translated():
            cursor = self._connection.cursor()
            cursor.execute("begin immediate")
            try:
                yield cursor
                cursor.execute("commit")
            except BaseException:
                if self._connection.in_transaction:
                    cursor.execute("rollback")
                raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"the queue could not be written: {error}",
            advice="Nothing was changed. See that the disk has room and is writable, then try again.",
        ) from error


def _get(cursor: sqlite3.Cursor, number: int) -> Submission:
    row = None
    if number in _NUMBERS:
        row = cursor.execute(f"select {_COLUMNS} from submissions where number = ?", (number,)).fetchone()
    if row is None:
        raise SubmissionNotFound(f"there is no submission {number}", advice="GET /submissions lists them.")
    return _submission(cursor, row)


def _submission(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Submission:
    number, state, submitter, created, title, message, source, based_on, patch, places, documents, verdict, version = (
        row
    )
    history = cursor.execute(
        "select action, agent, moment, reason from decisions where submission = ? and settled = 1 order by place",
        (number,),
    ).fetchall()
    kept = tuple(
        KeptDocument(one["name"], one["mediaType"], one["size"], one["sha256"]) for one in json.loads(documents)
    )
    return Submission(
        number,
        State(state),
        submitter,
        datetime.fromisoformat(created),
        Content(title, based_on, patch, places, json.loads(verdict), message, source, kept),
        version,
        tuple(Decision(Action(one[0]), one[1], datetime.fromisoformat(one[2]), one[3]) for one in history),
    )


def _settled(cursor: sqlite3.Cursor, number: int, action: Action) -> State:
    """The state of a submission that nobody is publishing."""
    _get(cursor, number)
    row = cursor.execute("select state, publishing from submissions where number = ?", (number,)).fetchone()
    state, publishing = row
    if publishing is not None:
        raise IllegalTransition(
            f"submission {number} is being published: it cannot be the object of {action}",
            advice="See how that ends, then try again.",
            state=state,
        )
    return State(state)


def _note(
    cursor: sqlite3.Cursor, number: int, action: Action, agent: str | None, reason: str | None, *, settled: bool = True
) -> None:
    # A clock that was set back does not put a decision before the ones that it follows.
    (last,) = cursor.execute("select max(moment) from decisions where submission = ?", (number,)).fetchone()
    moment = max(moment_text(datetime.now(UTC)), last or "")
    cursor.execute(
        "insert into decisions (submission, action, agent, moment, reason, settled) values (?, ?, ?, ?, ?, ?)",
        (number, action, agent, moment, reason, settled),
    )


def _row(content: Content) -> tuple[Any, ...]:
    documents = [document.to_json() for document in content.documents]
    return (
        content.title,
        content.message,
        content.source,
        content.based_on,
        content.patch,
        content.places,
        _json(documents),
        _json(content.verdict),
        _json(summary(content.verdict)),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=dict)
