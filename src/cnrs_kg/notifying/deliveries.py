"""What is still to be told, and what was: a bounded queue in SQLite, written in the transactions that it tells of.

A delivery that was written is made at least once, whatever ends in between; `webhook-id` tells doubles apart.
"""

import json
import secrets
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnrs_kg.notifying.webhooks import Webhook
from cnrs_kg.store.application import opened

WAITING, KEPT = 1_000, 1_000
"""Deliveries to one place that may wait, and those that are over and still listed."""
PAUSES = (10, 30, 120, 600, 3_600, 6 * 3_600, 24 * 3_600)
"""Seconds after the first, second… attempt that failed; after the last of them one more is made."""
LEASE = 120
"""Seconds after which an attempt of which nothing was heard is made again."""
_SCHEMA = """
create table if not exists deliveries (
    place integer primary key autoincrement, message text not null, hook text not null, event text not null,
    subject text not null, body text not null, created real not null, due real not null,
    attempts integer not null default 0, state text not null default 'waiting', answer text
) strict;
create index if not exists deliveries_due on deliveries (state, due);
create table if not exists announced (version integer not null) strict;
"""
_COLUMNS = "place, message, hook, event, subject, body, created, attempts, state, answer"


@dataclass(frozen=True)
class Delivery:
    """An event that is told to a webhook: `waiting`, `delivered`, `failed`, or `dropped` since too many waited.

    `answer` is the status that came back, or why none did.
    """

    place: int
    message: str
    hook: str
    event: str
    subject: str
    body: str
    created: datetime
    attempts: int
    state: str
    answer: str | None

    def to_json(self) -> dict[str, Any]:
        """The delivery as JSON, without its body."""
        return {
            "id": self.message,
            "webhook": self.hook,
            "event": self.event,
            "subject": self.subject,
            "created": self.created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "attempts": self.attempts,
            "state": self.state,
            "answer": self.answer,
        }


class Deliveries:
    """The deliveries of one data directory; safe to use from several threads and beside other processes."""

    def __init__(self, file: Path, hooks: Sequence[Webhook]) -> None:
        self.hooks = {hook.name: hook for hook in hooks}
        self._connection = opened(file, _SCHEMA)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def note(self, cursor: sqlite3.Cursor, event: str, subject: str, told: Mapping[str, Any], now: float) -> None:
        """Write a delivery for each webhook that wants the event, in a transaction of whoever made it happen."""
        body = json.dumps({"type": event, "timestamp": _moment(now).isoformat(), "data": told}, ensure_ascii=False)
        for hook in self.hooks.values():
            if event in hook.events:
                (waiting,) = cursor.execute(
                    "select count(*) from deliveries where hook = ? and state = 'waiting'", (hook.name,)
                ).fetchone()
                state = "waiting" if waiting < WAITING else "dropped"
                message = f"msg_{secrets.token_hex(12)}"
                cursor.execute(
                    "insert into deliveries (message, hook, event, subject, body, created, due, state) "
                    "values (?, ?, ?, ?, ?, ?, ?, ?)",
                    (message, hook.name, event, subject, body, now, now, state),
                )

    def announce(self, newest: int, told: Mapping[int, Mapping[str, Any]], now: float) -> None:
        """Write deliveries for versions that were not announced; `told` is what to say of each."""
        with self._lock:
            cursor = self._connection.cursor()
            cursor.execute("begin immediate")
            try:
                last = self._announced(cursor, newest)
                for number, said in sorted(told.items()):
                    if number > last:
                        self.note(cursor, "published", f"version {number}", said, now)
                cursor.execute("update announced set version = max(version, ?)", (newest,))
                cursor.execute("commit")
            except BaseException:
                cursor.execute("rollback")
                raise

    def announced(self, newest: int) -> int:
        """The newest version that was announced; at first, the one that is there."""
        with self._lock:
            return self._announced(self._connection.cursor(), newest)

    def _announced(self, cursor: sqlite3.Cursor, newest: int) -> int:
        row = cursor.execute("select version from announced").fetchone()
        if row is None:
            cursor.execute("insert into announced (version) values (?)", (newest,))
            return newest
        return int(row[0])

    def claim(self, now: float) -> Delivery | None:
        """The next delivery that is due, for whoever asks alone; None if there is none."""
        with self._lock:
            row = self._connection.execute(
                "update deliveries set due = ?, attempts = attempts + 1 where place = ("
                "select place from deliveries where state = 'waiting' and due <= ? order by due, place limit 1) "
                f"returning {_COLUMNS}",
                (now + LEASE, now),
            ).fetchone()
        return None if row is None else _delivery(row)

    def delivered(self, delivery: Delivery, answer: str) -> None:
        """The delivery was taken."""
        self._end(delivery, "delivered", answer)

    def failed(self, delivery: Delivery, answer: str, now: float, *, for_good: bool = False) -> None:
        """An attempt failed: the next one is made later, if there is to be one."""
        if for_good or delivery.attempts > len(PAUSES):
            self._end(delivery, "failed", answer)
            return
        with self._lock:
            self._connection.execute(
                "update deliveries set due = ?, answer = ? where place = ?",
                (now + PAUSES[delivery.attempts - 1], answer, delivery.place),
            )

    def list(self, limit: int = 100) -> "list[Delivery]":
        """The last deliveries, the newest first."""
        with self._lock:
            rows = self._connection.execute(
                f"select {_COLUMNS} from deliveries order by place desc limit ?", (limit,)
            ).fetchall()
        return [_delivery(row) for row in rows]

    def _end(self, delivery: Delivery, state: str, answer: str) -> None:
        with self._lock:
            self._connection.execute(
                "update deliveries set state = ?, answer = ? where place = ?", (state, answer, delivery.place)
            )
            self._connection.execute(
                "delete from deliveries where state <> 'waiting' and place <= ("
                "select place from deliveries where state <> 'waiting' order by place desc limit 1 offset ?)",
                (KEPT,),
            )


def _delivery(row: tuple[Any, ...]) -> Delivery:
    place, message, hook, event, subject, body, created, attempts, state, answer = row
    return Delivery(place, message, hook, event, subject, body, _moment(created), attempts, state, answer)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
