"""Events are noted as they happen, and told from a thread of the server, each as often as it takes."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from cnrs_kg.errors import CnrsKgError, OutboundError
from cnrs_kg.notifying.deliveries import Deliveries, Delivery
from cnrs_kg.notifying.webhooks import Webhook
from cnrs_kg.outbound.bodies import Limits
from cnrs_kg.outbound.client import Outbound, Reply
from cnrs_kg.outbound.clock import Clock
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.submission import Submission, summary

LOG = logging.getLogger(__name__)
EVERY = 2.0
"""Seconds between looks for what is due."""
LIMITS = Limits(connect=5.0, read=10.0, whole=15.0, bytes=2**16, attempts=1)
"""What one attempt may cost: whoever is told says little, and at once."""
MOST_VERSIONS = 100
"""Versions that are announced at a time."""


class Sender(Protocol):
    """What carries a message: `Outbound`."""

    def post(
        self, url: str, body: bytes, media_type: str, *, headers: Mapping[str, str], statuses: Iterable[int]
    ) -> AbstractContextManager[Reply]:
        """The answer, or an `OutboundError`."""

    def close(self) -> None:
        """Give connections back."""


class Notices:
    """What happens to submissions and versions of a data directory, told to webhooks."""

    def __init__(
        self,
        file: Path,
        hooks: Sequence[Webhook],
        versions: Versions,
        *,
        clock: Clock | None = None,
        sender: Callable[[], Sender] | None = None,
    ) -> None:
        self.deliveries = Deliveries(file, hooks)
        self._versions, self._clock = versions, clock or Clock()
        self._sender = sender or (lambda: Outbound([hook.place for hook in hooks], limits=LIMITS))
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._run, daemon=True)

    def note(self, cursor: sqlite3.Cursor, event: str, submission: Submission) -> None:
        """Note what happened to a submission, in the transaction in which it did."""
        told = submission.to_json() | {"verdict": summary(submission.content.verdict)}
        told |= {"history": [step.to_json() for step in submission.history[-1:]]}
        self.deliveries.note(cursor, event, f"submission {submission.number}", told, self._clock.today())

    def start(self) -> None:
        """Tell what is due from now on, in the background, if there is anybody to be told."""
        if self.deliveries.hooks:
            self._thread.start()

    def close(self) -> None:
        """Tell nothing more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(LIMITS.whole + EVERY)
        self.deliveries.close()

    def tell(self, sender: Sender) -> int:
        """Note new versions, tell all that is due; how many attempts were made."""
        self._announce()
        count = 0
        while not self._stop.is_set() and (found := self.deliveries.claim(self._clock.today())) is not None:
            self._attempt(found, sender)
            count += 1
        return count

    def _run(self) -> None:
        sender = self._sender()
        while not self._stop.is_set():
            try:
                self.tell(sender)
            except (CnrsKgError, sqlite3.Error) as error:
                LOG.error("webhooks: %s", error)
            self._stop.wait(EVERY)
        sender.close()

    def _announce(self) -> None:
        current = self._versions.current()
        newest = current.number if current else 0
        last = self.deliveries.announced(newest)
        end = min(newest, last + MOST_VERSIONS)
        if end > last:
            told = {number: self._versions.record(number).to_json() for number in range(last + 1, end + 1)}
            self.deliveries.announce(end, told, self._clock.today())

    def _attempt(self, delivery: Delivery, sender: Sender) -> None:
        hook, now = self.deliveries.hooks.get(delivery.hook), self._clock.today()
        if hook is None:
            self.deliveries.failed(delivery, "it is no longer among the settings", now, for_good=True)
            return
        body = delivery.body.encode()
        headers = hook.headers(delivery.message, int(now), body)
        try:
            with sender.post(hook.url, body, "application/json", headers=headers, statuses=range(200, 300)) as reply:
                self.deliveries.delivered(delivery, str(reply.status))
        except OutboundError as error:
            # A URL may hold a secret, and is told to nobody.
            answered = error.extra.get("answered")
            why = error.detail.replace(hook.url, hook.host)[:300] if answered is None else str(answered)
            LOG.warning("webhook %s: attempt %d failed: %s", hook.name, delivery.attempts, why)
            self.deliveries.failed(delivery, why, self._clock.today())
