"""A worker process as the server holds it: started, asked, lowered in priority, killed, and its end explained."""

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnrs_kg.engine.frames import LARGEST, Reply, Request, Status, receive_reply, send_request
from cnrs_kg.engine.requests import Limits
from cnrs_kg.errors import CnrsKgError, QueryCrashed, QueryMemory, QueryTooComplex

SANDBOX = frozenset({"namespace", "seccomp"})
_LOW_PRIORITY = 10
_TUNED = ("env", "GLIBC_TUNABLES=glibc.malloc.tcache_count=1000")
"""A query makes and frees thousands of small objects: with more of them kept at hand it takes a sixth less time."""
_PARTS = 5
_BUFFER = 2**20
_OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"out of memory", b"Cannot allocate memory")
_OVERFLOW = (b"overflowed its stack", b"RecursionError")


class WorkerGone(Exception):
    """The worker died before it could take the request: another one may be asked."""


class WorkerProcess:
    """One worker. Started by a thread that lives as long as it: the worker ends with that thread."""

    def __init__(
        self, limits: Limits, spool: Path, *, store: str | None = None, sandbox: frozenset[str] = SANDBOX
    ) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for sock in (ours, theirs):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._errors = os.memfd_create("cnrs-kg-worker-errors", os.MFD_CLOEXEC)
        options = {
            "parent": os.getpid(),
            "socket": theirs.fileno(),
            "spool": str(spool),
            "limits": asdict(limits),
            "allowed": sorted(sandbox),
            "store": store,
        }
        try:
            self._process = subprocess.Popen(
                [*_TUNED, sys.executable, "-P", "-m", "cnrs_kg.engine.worker", json.dumps(options)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError:
            os.close(self._errors)
            raise
        theirs.close()
        self.socket = ours
        self.pid = self._process.pid
        self.killed = False
        self.facts: dict[str, Any] = {}
        self._buffer = bytearray(LARGEST)
        self._poll = select.poll()
        self._poll.register(ours, select.POLLIN)
        self._limits = limits
        self.patience = limits.quick / _PARTS
        """Seconds of one wait in the quick lane."""
        _set_patience(ours, self.patience)

    def greet(self) -> bool:
        """Read the worker's first word, once the socket is readable; False if it died instead."""
        reply = receive_reply(self.socket, self._buffer)
        if reply is None or reply.status is not Status.HELLO:
            return False
        self.facts = json.loads(reply.body)
        return True

    def send(self, request: Request) -> None:
        """Hand over a request; `WorkerGone` if nobody is there any more."""
        try:
            send_request(self.socket, request)
        except (BrokenPipeError, ConnectionResetError):
            raise WorkerGone from None

    def receive(self, seconds: float) -> Reply | None:
        """The reply, or None if there is none after so many seconds; the worker's end as the error that explains it.

        The usual patience is the socket's own timeout, which saves a system call.
        """
        try:
            if seconds != self.patience and not self._poll.poll(max(0, seconds) * 1000):
                return None
            reply = receive_reply(self.socket, self._buffer)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            reply = None
        if reply is None:
            raise self.obituary()
        return reply

    def lower(self) -> None:
        """Run behind everything else from now on; there is no way back without privileges."""
        try:
            os.setpriority(os.PRIO_PROCESS, self.facts["thread"], _LOW_PRIORITY)
        except OSError:
            return

    def kill(self) -> None:
        """End the process at once."""
        self.killed = True
        if self._process.returncode is None:
            self._process.kill()

    def is_over(self) -> bool:
        """Whether the process has ended and is reaped."""
        return self._process.poll() is not None

    def close(self) -> None:
        """Give back the socket and the memory of its messages."""
        self.socket.close()
        os.close(self._errors)

    def last_words(self) -> bytes:
        """The end of what the worker wrote on its standard error."""
        size = os.fstat(self._errors).st_size
        return os.pread(self._errors, 4096, max(0, size - 4096))

    def obituary(self) -> CnrsKgError:
        """Why the worker ended without an answer, as far as its exit and its last words tell."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.kill()
            return QueryCrashed("The worker closed its socket without an answer")
        words = self.last_words()
        if any(mark in words for mark in _OUT_OF_MEMORY):
            return QueryMemory(
                f"The request needs more than the {self._limits.memory // 2**20:,} MiB of memory that one may use",
                limit="query_memory",
                advice="Sort or group less at a time: a narrower pattern, or a sub-select with LIMIT.",
            )
        if code == -signal.SIGSEGV or any(mark in words for mark in _OVERFLOW):
            return QueryTooComplex(
                "The request is nested or chained more deeply than the evaluator's stack holds",
                limit="query_stack",
                advice="Split the request, or use VALUES for long lists.",
            )
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return QueryCrashed(f"The worker ended without an answer ({name})", advice="Report the request, please.")


def _set_patience(sock: socket.socket, seconds: float) -> None:
    whole = int(seconds)
    value = struct.pack("@ll", whole, max(1, int((seconds - whole) * 1e6)))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)


def wait_readable(workers: list[WorkerProcess], seconds: float) -> list[WorkerProcess]:
    """Those whose socket has something to say, or that have died, within so many seconds."""
    poll = select.poll()
    by_descriptor = {worker.socket.fileno(): worker for worker in workers}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.POLLIN)
    return [by_descriptor[descriptor] for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)]


now = time.monotonic
"""The clock of every deadline here."""
