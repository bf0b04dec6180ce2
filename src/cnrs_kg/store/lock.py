"""One writer at a time, over threads and processes: flock on a file that says who holds it."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from cnrs_kg.errors import StoreLocked

_POLL = 0.01


class WriterLock:
    """The lock of a data directory. The kernel frees it when its holder ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Hold the lock; `StoreLocked` tells who has it if it is not free within `timeout` seconds."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._acquire(descriptor, timeout)
            os.ftruncate(descriptor, 0)
            # On a full disk nobody learns who writes; what is in the way is told where the change is written.
            with suppress(OSError):
                os.pwrite(descriptor, json.dumps(_me()).encode(), 0)
            try:
                yield
            finally:
                os.ftruncate(descriptor, 0)
                # Closing alone would leave the lock to a child forked meanwhile.
                fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            os.close(descriptor)

    def owner(self) -> dict[str, object]:
        """Process, host and time of the holder, as far as the file tells."""
        try:
            found = json.loads(self._path.read_bytes() or b"{}")
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _acquire(self, descriptor: int, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not _try(descriptor):
            if time.monotonic() >= deadline:
                owner = self.owner()
                who = f"process {owner.get('pid', '?')} on {owner.get('host', '?')}"
                raise StoreLocked(
                    f"{who} has been writing to {self._path.parent} since {owner.get('since', 'a moment ago')}; "
                    f"waited {timeout:g} s",
                    limit="lock_timeout",
                    advice="Wait for it to end, or end that process; a process that has ended holds no lock.",
                    owner=owner,
                )
            time.sleep(_POLL)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _me() -> dict[str, object]:
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
