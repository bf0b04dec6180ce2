"""The current version for those who ask very often."""

import threading
import time

from cnrs_kg.store.meta import Version
from cnrs_kg.store.versions import Versions

FRESH = 0.001
"""Seconds for which an answer holds: a system call for every request makes threads wait for each other."""

_NEVER = float("-inf")


class CurrentVersion:
    """Known for `FRESH` seconds, so that what another process publishes is noticed that much later.

    Whoever publishes through this process calls `forget`; what is asked after that call is never older than it.
    """

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._known: tuple[float, Version | None] = (_NEVER, None)
        self._forgotten = 0
        self._lock = threading.Lock()

    def get(self) -> Version | None:
        """The version that is published now; None before the first."""
        looked, version = self._known
        now = time.monotonic()
        if now - looked < FRESH:
            return version
        forgotten, version = self._forgotten, self._versions.current()
        with self._lock:
            if forgotten == self._forgotten:
                self._known = now, version
        return version

    def forget(self) -> None:
        """Something was published."""
        with self._lock:
            self._forgotten += 1
            self._known = _NEVER, None
