"""A query worker: forked by the fork server, asked and killed by the pool.

It confines itself, then answers one request after the other of those that come on its socket, each on the socket of its
seat. All evaluation runs in a thread with a large stack, since pyoxigraph recurses; anything unforeseen ends the
process, and the pool finds out why.
"""

import gc
import json
import os
import socket
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NoReturn

import pyoxigraph as ox

from cnrs_kg.engine import sandbox
from cnrs_kg.engine.changes import evaluate_changes
from cnrs_kg.engine.evaluate import evaluate, out_of_memory
from cnrs_kg.engine.frames import (
    LARGEST,
    Job,
    Reply,
    Request,
    Status,
    error_body,
    receive_request,
    send_reply,
    set_patience,
)
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.service import answer_plan
from cnrs_kg.engine.solutions import answer_results, answer_solutions
from cnrs_kg.engine.spool import Spool
from cnrs_kg.engine.uploads import parse_upload
from cnrs_kg.errors import CnrsKgError, StoreDamaged

STACK = 512 * 2**20
OPEN_STORES = 4
SPOOL_THRESHOLD = 2**16
_LONG = 0.05
_PAUSE = 30
"""Seconds without a request after which a worker looks for what it need not keep."""
_SERVICE = {Job.PLAN: answer_plan, Job.SOLUTIONS: answer_solutions, Job.RESULTS: answer_results}


@dataclass(frozen=True)
class Options:
    """What the pool tells a worker when it starts it."""

    parent: int
    spool: str
    limits: Limits
    allowed: frozenset[str]
    store: str | None

    @classmethod
    def read(cls, text: bytes, parent: int) -> "Options":
        """Those of a request to the fork server, which is the parent."""
        data = json.loads(text)
        limits = Limits(**data.pop("limits"))
        return cls(parent, limits=limits, allowed=frozenset(data.pop("allowed")), **data)


class Stores:
    """The stores that this worker has open, the last used last."""

    def __init__(self, memory: sandbox.Memory) -> None:
        self._memory = memory
        self._open: OrderedDict[str, ox.Store] = OrderedDict()

    def get(self, path: str) -> ox.Store:
        found = self._open.get(path)
        if found is None:
            return self._read_only(path)
        self._open.move_to_end(path)
        return found

    def close_removed(self) -> None:
        """Close stores that were pruned, so that their space on the disk is given back."""
        before = sandbox.usage()[0]
        removed = [path for path in self._open if not os.path.exists(path)]
        for path in removed:
            del self._open[path]
        if removed:
            self._memory.settle(before)

    def _read_only(self, path: str) -> ox.Store:
        self.close_removed()
        self._memory.lift()
        before = sandbox.usage()[0]
        try:
            if len(self._open) >= OPEN_STORES:
                self._open.popitem(last=False)
            self._open[path] = ox.Store.read_only(path)
        except (OSError, ValueError) as error:
            raise StoreDamaged(f"The version's store cannot be opened: {error}") from None
        finally:
            self._memory.settle(before)
        return self._open[path]


class Worker:
    """The loop of one worker."""

    def __init__(self, options: Options, sockets: list[int], ways: tuple[str, ...]) -> None:
        self.options = options
        self.socket, *self.seats = (socket.socket(fileno=descriptor) for descriptor in sockets)
        set_patience(self.socket, _PAUSE)
        self.ways = ways
        self.memory = sandbox.Memory(options.limits.memory)
        self.stores = Stores(self.memory)
        self._reserve: int | None = None

    def run(self) -> None:
        if self.options.store is not None:
            self._open_first(self.options.store)
        self.memory.settle(sandbox.usage()[0])
        gc.freeze()
        self._greet()
        buffer = bytearray(LARGEST)
        while (received := self._next(buffer)) is not None:
            request, seat = received
            started = time.thread_time()
            reply = self._answer(request)
            seconds = time.thread_time() - started
            if seconds > _LONG and self.memory.is_worn():
                reply = reply._replace(last=True)
            send_reply(self.seats[seat], reply, seconds)
            for descriptor in (reply.file, request.file):
                if descriptor is not None:
                    os.close(descriptor)

    def _next(self, buffer: bytearray) -> tuple[Request, int] | None:
        """The next request and its seat, None when the server has gone; now and then what nobody needs is closed."""
        while True:
            try:
                return receive_request(self.socket, buffer)
            except BlockingIOError:
                self.stores.close_removed()

    def _open_first(self, path: str) -> None:
        try:
            self.stores.get(path)
        except StoreDamaged as error:
            sys.stderr.write(f"{error.detail}\n")

    def _greet(self) -> None:
        ways = self.ways or ("descriptors",)
        facts = {"sandbox": ways, "thread": threading.get_native_id(), "base": self.memory.base}
        send_reply(self.socket, Reply(Status.HELLO, body=json.dumps(facts).encode()))

    def _answer(self, request: Request) -> Reply:
        try:
            if self.ways:
                return self._run(request)
            return self._run_frozen(request)
        except CnrsKgError as error:
            return Reply(Status.ERROR, body=error_body(error))
        except MemoryError:
            return Reply(Status.ERROR, body=error_body(out_of_memory(self.options.limits.memory)), last=True)

    def _run_frozen(self, request: Request) -> Reply:
        """Run with no descriptor to spare: where the machine allows nothing better against sockets."""
        if request.store:
            self.stores.get(request.store)
        self._reserve = os.open(self.options.spool, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        sandbox.freeze_descriptors()
        try:
            return self._run(request)
        finally:
            sandbox.thaw_descriptors()
            if self._reserve is not None:
                os.close(self._reserve)

    def _run(self, request: Request) -> Reply:
        limits = self.options.limits
        if request.job is Job.QUERY:
            return evaluate(self.stores.get(request.store), request, limits, self._spool)
        if request.job is Job.PARSE:
            return parse_upload(request, limits, self._spool)
        if request.job is Job.CHANGES:
            return evaluate_changes(self.stores.get(request.store), request, limits, self._spool)
        if request.job is Job.SHEET:
            return self._sheet(request)
        if request.job in _SERVICE:
            return _SERVICE[request.job](request, limits, self._spool)
        self.stores.get(request.store)
        return Reply(Status.ANSWER)

    def _sheet(self, request: Request) -> Reply:
        # Not read by the fork server: what comes with it starts a thread, and takes as long as all else.
        from cnrs_kg.engine.sheets import answer_sheet

        return answer_sheet(self.stores.get(request.store), request, self.options.limits, self._spool)

    def _spool(self, limit: int) -> Spool:
        return Spool(self.options.spool, SPOOL_THRESHOLD, limit, self._take_reserve)

    def _take_reserve(self) -> int | None:
        reserve, self._reserve = self._reserve, None
        return reserve


def work(options: Options, sockets: list[int]) -> NoReturn:
    """Confine this process, then answer what comes on the first socket on those of the seats, until the server goes."""
    ways = sandbox.confine(options.parent, spool_bytes=options.limits.result_bytes + 2**20, allowed=options.allowed)
    gc.disable()
    threading.stack_size(STACK)
    failure: list[Any] = []

    def run() -> None:
        failure.append("the worker ended by an exception")
        Worker(options, sockets, ways).run()
        failure.clear()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    os._exit(1 if failure else 0)
