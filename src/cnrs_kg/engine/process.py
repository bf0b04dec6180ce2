"""A worker process as the server holds it: started, asked, lowered in priority, killed, and its end explained."""

import json
import os
import select
import signal
import socket
import threading
import time
from collections import deque
from dataclasses import asdict
from enum import IntEnum
from pathlib import Path
from typing import Any

from cnrs_kg.engine.children import FORK_SERVER, ORPHANED, Child
from cnrs_kg.engine.frames import LARGEST, Reply, Request, Status, receive_reply, send_request, set_patience
from cnrs_kg.engine.requests import Limits
from cnrs_kg.errors import CnrsKgError, QueryCrashed, QueryMemory, QueryTooComplex

SANDBOX = frozenset({"namespace", "seccomp"})
_LOW_PRIORITY = 10
_PARTS = 40
SEATS = 8
"""Requests that a worker may have at a time."""
_BUFFER = 2**20
_OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"out of memory", b"Cannot allocate memory")
_OVERFLOW = (b"overflowed its stack", b"RecursionError")


class Lane(IntEnum):
    """Where a request runs."""

    QUICK = 0
    SLOW = 1


class WorkerGone(Exception):
    """The worker ended before it came to the request: another one may be asked."""


class Seat:
    """One request's place at a worker, with a socket of its own for the reply."""

    def __init__(self, worker: "WorkerProcess", number: int, ours: socket.socket) -> None:
        self.worker = worker
        self.number = number
        self._socket = ours
        self._buffer = bytearray(LARGEST)
        self._poll = select.poll()
        self._poll.register(ours, select.POLLIN)

    def send(self, request: Request) -> None:
        """Hand over a request; `WorkerGone` if nobody is there any more."""
        self.worker.send(request, self)

    def receive(self, seconds: float) -> Reply | None:
        """The reply, or None if there is none after so many seconds; the worker's end as the error that explains it.

        `WorkerGone` if it ended for another reason than this request. The usual patience is the socket's own timeout,
        which saves a system call.
        """
        try:
            if seconds != self.worker.patience and not self._poll.poll(max(0, seconds) * 1000):
                return None
            reply = receive_reply(self._socket, self._buffer)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            reply = None
        if reply is None:
            raise self.worker.end_for(self)
        return reply

    def is_first(self) -> bool:
        """Whether the worker is at this request, as far as the replies that were read tell."""
        return self.worker.under_way[0] is self

    def leave(self) -> None:
        """Whoever waited here waits no more."""
        self.worker.under_way.remove(self)

    def close_for_reading(self) -> None:
        """Wake who waits here."""
        self._socket.shutdown(socket.SHUT_RD)

    def close(self) -> None:
        """Give back the socket."""
        self._socket.close()


class WorkerProcess:
    """One worker, which ends with this process at the latest.

    It does one request after the other in the order in which they were sent, so the first of those under way is the one
    that it is at.
    """

    def __init__(
        self, limits: Limits, spool: Path, *, store: str | None = None, sandbox: frozenset[str] = SANDBOX
    ) -> None:
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(1 + SEATS)]
        for pair in pairs:
            for sock in pair:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
        self._errors = os.memfd_create("cnrs-kg-worker-errors", os.MFD_CLOEXEC)
        options = {"spool": str(spool), "limits": asdict(limits), "allowed": sorted(sandbox), "store": store}
        self._process = self._start(theirs, options)
        self._socket = ours[0]
        self._sending = threading.Lock()
        self.patience = limits.quick / _PARTS
        """Seconds of one wait in the quick lane."""
        self.seats = [Seat(self, number, sock) for number, sock in enumerate(ours[1:])]
        for sock in ours[1:]:
            set_patience(sock, self.patience)
        self.under_way: deque[Seat] = deque()
        """Where replies are awaited, in the order of the requests."""
        self.free = list(self.seats)
        self.lane: Lane | None = None
        self.moved = 0.0
        self.usual = limits.quick
        """Kept by the lanes: free seats, place, when it last took or answered a request, seconds that one takes."""
        self.pid = self._process.pid
        self.killed = False
        self.facts: dict[str, Any] = {}
        self._kept_for: Seat | None = None
        self._culprit: Seat | None = None
        self._limits = limits

    def _start(self, theirs: list[socket.socket], options: dict[str, Any]) -> Child:
        """The process, with its ends of the sockets, which this one needs no more."""
        try:
            return FORK_SERVER.start(options, self._errors, [sock.fileno() for sock in theirs])
        except OSError:
            os.close(self._errors)
            raise
        finally:
            for sock in theirs:
                sock.close()

    def fileno(self) -> int:
        """Readable when it greets, or has died."""
        return self._socket.fileno()

    def greet(self) -> bool:
        """Read the worker's first word, once the socket is readable; False if it died instead."""
        reply = receive_reply(self._socket, bytearray(LARGEST))
        if reply is None or reply.status is not Status.HELLO:
            return False
        self.facts = json.loads(reply.body)
        return True

    def send(self, request: Request, seat: Seat) -> None:
        """Hand over a request; `WorkerGone` if nobody is there any more."""
        with self._sending:
            self.under_way.append(seat)
            if self._kept_for is not None:
                raise WorkerGone
            try:
                send_request(self._socket, request, seat.number)
            except (BrokenPipeError, ConnectionResetError):
                raise WorkerGone from None

    def lower(self) -> None:
        """Run behind everything else from now on; there is no way back without privileges."""
        try:
            os.setpriority(os.PRIO_PROCESS, self.facts["thread"], _LOW_PRIORITY)
        except OSError:
            return

    def processor_time(self) -> float:
        """Seconds of the processor that it has used; `OSError` if it is no more, or nothing tells."""
        return self._process.processor_time()

    def keep_for(self, seat: Seat) -> None:
        """No other request gets a reply: whoever waits behind this one is told that the worker is gone."""
        with self._sending:
            self._kept_for = seat
            others = [other for other in tuple(self.under_way) if other is not seat]
        for other in others:
            other.close_for_reading()

    def kill(self) -> None:
        """End the process at once, if it has not ended by itself."""
        if self._process.poll() is None:
            self.killed = True
            self._process.kill()

    def is_over(self) -> bool:
        """Whether the process has ended and is reaped, and nobody waits for it any more."""
        return self._process.poll() is not None and not self.under_way

    def close(self) -> None:
        """Give back the sockets, its number and the memory of its messages."""
        self._process.close()
        self._socket.close()
        for seat in self.seats:
            seat.close()
        os.close(self._errors)

    def last_words(self) -> bytes:
        """The end of what the worker wrote on its standard error."""
        size = os.fstat(self._errors).st_size
        return os.pread(self._errors, 4096, max(0, size - 4096))

    def end_for(self, seat: Seat) -> Exception:
        """What the end is to one who waited: `WorkerGone`, or its cause if it was at that request."""
        if self._kept_for not in (None, seat):
            return WorkerGone()
        try:
            code = self._process.wait()
        except TimeoutError:
            self.kill()
            return QueryCrashed("The worker closed its socket without an answer")
        with self._sending:
            ended_by_others = code == ORPHANED or (self.killed and code == -signal.SIGKILL)
            if self._culprit is None and not ended_by_others:
                self._culprit = self.under_way[0]
        return self._obituary(code) if self._culprit is seat else WorkerGone()

    def _obituary(self, code: int) -> CnrsKgError:
        """Why the worker ended without an answer, as far as its exit and its last words tell."""
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


def wait_readable(workers: list[WorkerProcess], seconds: float) -> list[WorkerProcess]:
    """Those that have something to say, or that have died, within so many seconds."""
    poll = select.poll()
    by_descriptor = {worker.fileno(): worker for worker in workers}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.POLLIN)
    return [by_descriptor[descriptor] for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)]


now = time.monotonic
"""The clock of every deadline here."""
