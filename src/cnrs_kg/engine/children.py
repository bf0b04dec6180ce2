"""The fork server and the workers' processes that it starts, as the server holds them."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

START = 60.0
"""Seconds in which a worker must be ready, or gone."""
_TUNED = ("env", "GLIBC_TUNABLES=glibc.malloc.tcache_count=1000")
"""A query makes and frees thousands of small objects: with more of them kept at hand it takes a sixth less time."""
ORPHANED = -(2**8)
"""The exit code of those who were ended because the fork server was."""
_LARGEST = 1024
_SCHEDULED = 2
_GONE = "the fork server has ended"


class Child:
    """A worker's process as the server holds it. Any thread may ask; whoever closes it asks no more."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        told = self._told(START)
        if told is None or "pid" not in told:
            line.close()
            raise TimeoutError if told is None else OSError(told["error"]) if told else ConnectionResetError(_GONE)
        line.recv(_LARGEST)
        self.pid: int = told["pid"]

    def poll(self) -> int | None:
        """Its exit code, a signal's number negative; None while it lives."""
        return self._code(0)

    def wait(self, timeout: float = START) -> int:
        """Its exit code; `TimeoutError` if it lives on for so many seconds."""
        code = self._code(timeout)
        if code is None:
            raise TimeoutError
        return code

    def processor_time(self) -> float:
        """Seconds of the processor that it has used (clock_getcpuclockid(3)); `OSError` if it is no more."""
        return time.clock_gettime((~self.pid << 3) | _SCHEDULED)

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):  # the fork server has ended, and it with it
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Give back its number."""
        self._line.close()

    def _code(self, timeout: float) -> int | None:
        told = self._told(timeout)
        return None if told is None else told.get("code", ORPHANED)

    def _told(self, timeout: float) -> dict[str, Any] | None:
        """What is on the line, which stays there; nothing (`{}`) if the fork server has gone."""
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        if not poll.poll(timeout * 1000):
            return None
        try:
            data = self._line.recv(_LARGEST, socket.MSG_PEEK)
        except ConnectionResetError:
            data = b""
        told: dict[str, Any] = json.loads(data or b"{}")
        return told


class ForkServer:
    """The fork server of this process, started by its first use and again should it have ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def start(self, options: dict[str, Any], errors: int, descriptors: Sequence[int]) -> Child:
        """A new worker in the current directory, with copies of the descriptors, the first of which is its socket and
        the others those of its seats; it writes what goes wrong to `errors`. An `OSError` if there is none.
        """
        message = json.dumps(options).encode()
        directory = _current_directory()
        try:
            with self._lock:
                try:
                    return self._asked(message, [directory, errors, *descriptors])
                except (ConnectionError, TimeoutError):
                    self._leave()
                    return self._asked(message, [directory, errors, *descriptors])
        finally:
            os.close(directory)

    def close(self) -> None:
        """End it, and with it the workers that are left."""
        with self._lock:
            self._leave()

    def _asked(self, message: bytes, descriptors: list[int]) -> Child:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(self._running(), [message], [theirs.fileno(), *descriptors])
        except OSError as error:
            ours.close()
            if isinstance(error, ConnectionError):
                raise ConnectionResetError(_GONE) from None
            raise
        return Child(ours)

    def _running(self) -> socket.socket:
        if self._socket is not None and self._owner == os.getpid():
            return self._socket
        self._leave()
        self._owner = os.getpid()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(START)
        with theirs:
            self._process = subprocess.Popen(
                [*_TUNED, sys.executable, "-P", "-m", "cnrs_kg.engine.forkserver", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        return self._socket

    def _leave(self) -> None:
        """It ends, if it has not, unless it is that of the process that this one was forked from."""
        if self._socket is not None:
            self._socket.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._socket = self._process = None


def _current_directory() -> int:
    """A descriptor of it; of the root if this user may not be where it is."""
    try:
        return os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        return os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


FORK_SERVER = ForkServer()
atexit.register(FORK_SERVER.close)
