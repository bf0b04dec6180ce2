"""Who gets a worker next: a quick lane and a slow one, in each a turn for every client.

A request starts in the quick lane. When it outruns its slice, or sooner if others wait, it moves to one of the few
places of the slow lane, with its worker, and a spare worker takes its place; if the slow lane is full and others wait,
it is ended and begins anew there when its turn comes. So light requests do not wait for heavy ones, and what was slow
once goes to the slow lane at once. Waiting requests are taken client by client, however many each client sends.
"""

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from enum import IntEnum

from cnrs_kg.engine.process import WorkerProcess, now
from cnrs_kg.errors import EngineBusy

_TICK = 0.25


class Lane(IntEnum):
    """Where a request runs."""

    QUICK = 0
    SLOW = 1


@dataclass(eq=False)
class Waiter:
    """A request that waits; the lock is released when it is given a worker."""

    client: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    worker: WorkerProcess | None = None
    closed: bool = False


class FairQueue:
    """First come, first served for each client; clients take turns."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, deque[Waiter]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, waiter: Waiter) -> None:
        self._clients.setdefault(waiter.client, deque()).append(waiter)
        self._length += 1

    def pop(self) -> Waiter:
        """The next waiter; its client goes to the end of the round."""
        client, waiters = self._clients.popitem(last=False)
        waiter = waiters.popleft()
        if waiters:
            self._clients[client] = waiters
        self._length -= 1
        return waiter

    def remove(self, waiter: Waiter) -> None:
        waiters = self._clients[waiter.client]
        waiters.remove(waiter)
        if not waiters:
            del self._clients[waiter.client]
        self._length -= 1


class Lanes:
    """The idle workers, the free places of each lane, and who waits for them."""

    def __init__(self, workers: int, slow: int, backlog: int) -> None:
        self.lock = threading.Lock()
        self.places = {Lane.QUICK: workers, Lane.SLOW: slow}
        self._free = dict(self.places)
        self._idle: deque[WorkerProcess] = deque()
        self._waiting = {Lane.QUICK: FairQueue(), Lane.SLOW: FairQueue()}
        self._backlog = backlog
        self._closed = False

    def acquire(
        self, lane: Lane, client: str, deadline: float, cancelled: threading.Event | None = None
    ) -> WorkerProcess | None:
        """A worker and a place in the lane; None when the deadline passes, or `cancelled` is set, before one is free.

        `EngineBusy` when too many wait already.
        """
        with self.lock:
            queue = self._waiting[lane]
            if self._idle and self._free[lane] and not queue and not self._closed:
                self._free[lane] -= 1
                return self._idle.pop()
            if len(queue) >= self._backlog or self._closed:
                raise self._busy(len(queue))
            waiter = Waiter(client)
            waiter.lock.acquire()
            queue.add(waiter)
        if not _wait(waiter, deadline, cancelled):
            with self.lock:
                if waiter.worker is None and not waiter.closed:
                    queue.remove(waiter)
        return waiter.worker

    def release(self, worker: WorkerProcess, lane: Lane) -> bool:
        """The worker is ready for the next request; False if the pool is closed and nobody will take it."""
        with self.lock:
            self._free[lane] += 1
            if self._closed:
                return False
            self._idle.append(worker)
            self._dispatch()
            return True

    def leave(self, lane: Lane) -> None:
        """The place is free, its worker is not."""
        with self.lock:
            self._free[lane] += 1
            self._dispatch()

    def move_to_slow(self) -> bool:
        """Exchange a quick place for a slow one; False, and nothing changes, if none is free."""
        with self.lock:
            if not self._free[Lane.SLOW] or self._waiting[Lane.SLOW]:
                return False
            self._free[Lane.SLOW] -= 1
            self._free[Lane.QUICK] += 1
            self._dispatch()
            return True

    def is_awaited(self) -> bool:
        """Whether a request waits for a quick place."""
        return len(self._waiting[Lane.QUICK]) > 0

    def has_slow_place(self) -> bool:
        """Whether a request could move to the slow lane now."""
        return self._free[Lane.SLOW] > 0 and not self._waiting[Lane.SLOW]

    def add(self, worker: WorkerProcess) -> bool:
        """A new worker is ready; False if none is wanted any more."""
        with self.lock:
            if self._closed:
                return False
            self._idle.append(worker)
            self._dispatch()
            return True

    def discard_idle(self) -> list[WorkerProcess]:
        """All idle workers, which are idle no more; whoever waits is told that nothing will come."""
        with self.lock:
            self._closed = True
            idle = list(self._idle)
            self._idle.clear()
            for queue in self._waiting.values():
                while queue:
                    waiter = queue.pop()
                    waiter.closed = True
                    waiter.lock.release()
            return idle

    def numbers(self) -> dict[str, int]:
        """How many are idle, running and waiting."""
        with self.lock:
            return {
                "idle": len(self._idle),
                "running": self.places[Lane.QUICK] - self._free[Lane.QUICK],
                "slow": self.places[Lane.SLOW] - self._free[Lane.SLOW],
                "waiting": len(self._waiting[Lane.QUICK]),
                "waiting_slow": len(self._waiting[Lane.SLOW]),
            }

    def _dispatch(self) -> None:
        for lane, queue in self._waiting.items():
            while queue and self._idle and self._free[lane]:
                waiter = queue.pop()
                self._free[lane] -= 1
                waiter.worker = self._idle.pop()
                waiter.lock.release()

    def _busy(self, waiting: int) -> EngineBusy:
        seconds = 1 + min(29, waiting // max(1, self.places[Lane.QUICK]))
        return EngineBusy(
            f"{waiting} requests are waiting already",
            limit="backlog",
            advice=f"Send the request again in {seconds} s.",
            retry_after=seconds,
        )


def _wait(waiter: Waiter, deadline: float, cancelled: threading.Event | None) -> bool:
    """Whether the waiter got its worker in time."""
    while (left := deadline - now()) > 0:
        if waiter.lock.acquire(timeout=left if cancelled is None else min(left, _TICK)):
            return True
        if cancelled is not None and cancelled.is_set():
            return False
    return False
