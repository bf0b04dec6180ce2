"""The line that each request leaves: written together, since a line at a time costs more than a cached answer does."""

import sys
import threading
import time
from collections import deque
from typing import TextIO


class RequestLog:
    """Called with a line; writes what has come in a few times a second, and the rest when it is closed.

    A line is lost only if the process is killed within that time.
    """

    def __init__(self, stream: TextIO | None = None, *, name: str = "cnrs_kg.web.requests", every: float = 0.2) -> None:
        self._stream = stream or sys.stderr
        self._name = name
        self._every = every
        self._lines: deque[str] = deque()
        self._second = (0, "")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="request-log", daemon=True)
        self._thread.start()

    def __call__(self, line: str) -> None:
        """Note a line, with the time of now."""
        now = time.time()
        second, text = self._second
        if second != int(now):
            second = int(now)
            text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
            self._second = (second, text)
        self._lines.append(f"{text},{int(now * 1000) % 1000:03} INFO {self._name} {line}\n")

    def close(self) -> None:
        """Write what is left."""
        self._stop.set()
        self._thread.join()
        self._write()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self._write()

    def _write(self) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if lines:
            self._stream.write("".join(lines))
            self._stream.flush()
