"""A process of its own that judges and publishes changes, so that reasoning never holds up the answering of queries.

It lives as long as its `Writer`: it keeps one `Versions`, whose writing store stays open between changes. The two talk
by pickles over pipes; both ends are this program.
"""

import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import IO

from cnrs_kg.errors import CnrsKgError, EngineBusy, StoreError
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.store.retention import Retention
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Change, Outcome, Trial, publish, try_out

WAITING = 8
"""Trials that may wait; each holds a thread of the server."""
COMMAND = (sys.executable, "-c", "from cnrs_kg.submissions.writer import main; main()")


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
        self._task = task
        self._turn = Lock()
        self._places = BoundedSemaphore(WAITING)
        self._process: subprocess.Popen[bytes] | None = None

    def publish(self, change: Change) -> Outcome:
        """Judge and publish the change; what it raises there is raised here, `StoreError` if the process ended."""
        return self._done(change)

    def try_out(self, trial: Trial, *, patience: float) -> Outcome:
        """What would happen if a change were published; `EngineBusy` if others are judged for as long as `patience`."""
        if not self._places.acquire(blocking=False):
            raise EngineBusy("other changes are being judged", limit="backlog", retry_after=10)
        try:
            return self._done(trial, patience)
        finally:
            self._places.release()

    def _done(self, asked: Change | Trial, patience: float = -1) -> Outcome:
        if not self._turn.acquire(timeout=patience):
            raise EngineBusy("other changes are being judged", limit="lock_timeout", retry_after=10)
        try:
            process = self._running()
            try:
                _send(process.stdin, asked)
                outcome = _receive(process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self._stop()
                code = process.wait()
                raise StoreError(
                    f"the writing process ended ({code}) before it said whether the change is published",
                    advice="See which version is current, then send the change again if need be.",
                ) from error
        finally:
            self._turn.release()
        if isinstance(outcome, CnrsKgError):
            raise outcome
        assert isinstance(outcome, Outcome)
        return outcome

    def close(self) -> None:
        """End the process when it has done what it is at."""
        with self._turn:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            _send(self._process.stdin, self._task)
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
            process.wait()


def _send(stream: IO[bytes] | None, message: object) -> None:
    assert stream is not None
    pickle.dump(message, stream)
    stream.flush()


def _receive(stream: IO[bytes] | None) -> object:
    assert stream is not None
    return pickle.load(stream)


def main() -> None:
    """Publish the changes that come on standard input until it ends."""
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    task = _receive(source)
    assert isinstance(task, Task)
    versions = task.versions()
    try:
        while True:
            change = _receive(source)
            try:
                outcome: Outcome | CnrsKgError
                if isinstance(change, Trial):
                    outcome = try_out(versions, change, budget=task.budget)
                else:
                    assert isinstance(change, Change)
                    outcome = publish(versions, change, budget=task.budget)
            except CnrsKgError as error:
                outcome = error
            _send(answers, outcome)
    except EOFError:
        return
    finally:
        versions.close()
