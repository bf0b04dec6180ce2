"""A process of its own that judges and publishes changes, so that reasoning never holds up the answering of queries.

It lives as long as its `Writer`: it keeps one `Versions`, whose writing store stays open between changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock

from cnrs_kg.errors import EngineBusy, StoreError
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.store.retention import Retention
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Change, Outcome, publish
from cnrs_kg.submissions.companion import Answer, Companion, Ended, serve
from cnrs_kg.submissions.validate import Asked, Judged, judge

WAITING = 24
"""Trials that may wait; each holds a thread of the server. Twenty stewards at once have their turn."""


@dataclass(frozen=True)
class Task:
    """Where versions are published, how long they are kept, and what a closure may cost."""

    data_dir: Path
    retention: Retention = field(default_factory=Retention)
    budget: Budget = field(default_factory=Budget)
    base_iri: str = "https://w3id.org/cnrs-kg/"
    lock_timeout: float = 30.0
    merged: bool = True

    def versions(self) -> Versions:
        """The versions to publish in."""
        return Versions(
            self.data_dir, self.retention, self.base_iri, lock_timeout=self.lock_timeout, merged=self.merged
        )


class Writer:
    """Publishes changes in a process of its own, one at a time; started with the first, and again after a crash."""

    def __init__(self, task: Task) -> None:
        self._turn = Lock()
        self._places = BoundedSemaphore(WAITING)
        self.companion = Companion(__name__, task)

    def publish(self, change: Change) -> Outcome:
        """Judge and publish the change; what it raises there is raised here, `StoreError` if the process ended."""
        outcome = self._done(change)
        assert isinstance(outcome, Outcome)
        return outcome

    def judge(self, asked: Asked, *, patience: float) -> Judged:
        """What would happen if it were published; `EngineBusy` if others are judged for as long as `patience`."""
        if not self._places.acquire(blocking=False):
            raise EngineBusy("other changes are being judged", limit="backlog", retry_after=10)
        try:
            found = self._done(asked, patience)
        finally:
            self._places.release()
        assert isinstance(found, Judged)
        return found

    def _done(self, asked: Change | Asked, patience: float = -1) -> object:
        if not self._turn.acquire(timeout=patience):
            raise EngineBusy("other changes are being judged", limit="lock_timeout", retry_after=10)
        try:
            return self.companion.ask(asked)
        except Ended as error:
            raise StoreError(
                f"the writing process ended ({error.code}) before it said whether the change is published",
                advice="See which version is current, then send the change again if need be.",
            ) from error
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process when it has done what it is at."""
        with self._turn:
            self.companion.stop()


@contextmanager
def _writing(task: Task) -> Iterator[Answer]:
    versions = task.versions()

    def answer(asked: Change | Asked) -> Outcome | Judged:
        if isinstance(asked, Asked):
            return judge(versions, asked, budget=task.budget)
        return publish(versions, asked, budget=task.budget)

    try:
        yield answer
    finally:
        versions.close()


def main() -> None:
    """Publish the changes that come on standard input until it ends."""
    serve(_writing)
