"""Who gets a worker next: a quick lane and a slow one, in each a turn for every client.

A request starts in the quick lane. When it outruns its slice, or sooner if others wait, it moves to one of the few
places of the slow lane, with its worker, and a spare worker takes its place; if the slow lane is full and others wait,
it is ended and begins anew there when its turn comes (`runner` says when). So light requests do not wait for heavy
ones, and what was slow once goes to the slow lane at once. Waiting requests are taken client by client, however many
each client sends, and where no more may wait, who has the most waiting gives way to who has fewer.

Where there is more than one quick place, one is kept for requests that are known to be light, and these wait apart: a
client that sends heavy ones without end does not even keep its own light ones waiting.

A brief request may also take a seat at a worker that has others, where it waits for less time than it takes to wake
another process: where what that worker was asked lately took so little that its turn comes within `SHARED` seconds.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from cnrs_kg.engine.process import Lane, Seat, WorkerProcess, now
from cnrs_kg.errors import EngineBusy

_TICK = 0.25
SHARED = 0.003
"""Seconds that a request may expect to wait behind others at a worker."""
STILL = 0.01
"""Seconds after which a worker that neither began nor answered anything is not expected to answer at once."""
_SLOWER, _FASTER = 0.5, 0.02
"""Weights of the last request in what a worker usually takes: one that was slow is remembered for dozens of others."""


@dataclass(eq=False)
class Waiter:
    """A request that waits; the lock is released when it is given a seat, or is told that it gets none."""

    client: str
    brief: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    seat: Seat | None = None
    closed: bool = False
    displaced: bool = False
    since: float = field(default_factory=now)


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

    def first(self) -> Waiter:
        """The one whose turn is next."""
        return next(iter(self._clients.values()))[0]

    def waited(self) -> float:
        """Seconds that whoever waits longest has waited; 0 if nobody does."""
        return now() - min(waiters[0].since for waiters in self._clients.values()) if self._clients else 0.0

    def pop(self) -> Waiter:
        """The next waiter; its client goes to the end of the round."""
        client, waiters = self._clients.popitem(last=False)
        waiter = waiters.popleft()
        if waiters:
            self._clients[client] = waiters
        self._length -= 1
        return waiter

    def displace(self, client: str) -> Waiter | None:
        """Take the last waiter of the client with the most; None if it has hardly more than this client has."""
        greedy, waiters = max(self._clients.items(), key=lambda entry: len(entry[1]), default=("", deque[Waiter]()))
        if len(waiters) < len(self._clients.get(client, ())) + 2:
            return None
        waiter = waiters[-1]
        self.remove(waiter)
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
        self._shared: dict[WorkerProcess, bool] = {}
        self._waiting = {Lane.QUICK: FairQueue(), Lane.SLOW: FairQueue()}
        self._light, self._light_is_next = FairQueue(), True
        self._kept = {Lane.QUICK: min(1, workers - 1), Lane.SLOW: 0}
        self._backlog = backlog
        self._seated = 0
        self._closed = False

    def acquire(
        self,
        lane: Lane,
        client: str,
        deadline: float,
        cancelled: threading.Event | None = None,
        *,
        brief: bool = False,
        light: Callable[[], bool] = bool,
    ) -> Seat | None:
        """A seat at a worker with a place in the lane; None when the deadline passes, or `cancelled` is set, before one
        is free.

        A `brief` request is short to send and may be short to answer; whether it is known to be `light` is asked where
        it would wait. `EngineBusy` when too many wait already, and when others come while its own client has more
        waiting than they.
        """
        with self.lock:
            queue = self._waiting[lane]
            seat = None if queue or self._closed else self._seat(lane, brief)
            if seat is None and not self._closed and light():
                queue = self._light
                seat = None if queue else self._seat(lane, brief, light=True)
            if seat is not None:
                return seat
            if self._closed or (len(queue) >= self._backlog and not _displaced(queue, client)):
                raise self._busy(len(queue))
            waiter = Waiter(client, brief)
            waiter.lock.acquire()
            queue.add(waiter)
        if not _wait(waiter, deadline, cancelled):
            with self.lock:
                if waiter.seat is None and not (waiter.closed or waiter.displaced):
                    queue.remove(waiter)
        if waiter.displaced:
            raise self._busy(self._backlog)
        return waiter.seat

    def release(self, seat: Seat, seconds: float) -> bool:
        """The seat's request was answered, after so many seconds of work; False if the pool is closed and nobody will
        take its worker.
        """
        worker = seat.worker
        with self.lock:
            worker.free.append(seat)
            worker.moved = now()
            worker.usual += (_SLOWER if seconds > worker.usual else _FASTER) * (seconds - worker.usual)
            if worker.lane is not None and len(worker.free) == len(worker.seats):
                self._give_back(worker)
                if self._closed:
                    return False
                self._idle.append(worker)
            self._dispatch()
            return True

    def leave(self, worker: WorkerProcess, lane: Lane) -> bool:
        """The worker's place in the lane is free, the worker is not; False if it has none there any more."""
        with self.lock:
            if worker.lane is not lane:
                return False
            self._give_back(worker)
            self._dispatch()
            return True

    def move_to_slow(self, worker: WorkerProcess) -> bool:
        """Exchange the worker's quick place for a slow one; False, and nothing changes, if none is free."""
        with self.lock:
            if worker.lane is not Lane.QUICK or not self._free[Lane.SLOW] or self._waiting[Lane.SLOW]:
                return False
            self._give_back(worker)
            self._take(worker, Lane.SLOW)
            self._dispatch()
            return True

    def waited(self) -> float:
        """Seconds that somebody has waited for a quick place; 0 if nobody waits."""
        with self.lock:
            return max(self._waiting[Lane.QUICK].waited(), self._light.waited())

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
            for queue in (*self._waiting.values(), self._light):
                while queue:
                    waiter = queue.pop()
                    waiter.closed = True
                    waiter.lock.release()
            return idle

    def numbers(self) -> dict[str, int]:
        """How many workers are idle and running, requests are waiting, and brief ones were `seated` behind others."""
        with self.lock:
            return {
                "idle": len(self._idle),
                "running": self.places[Lane.QUICK] - self._free[Lane.QUICK],
                "slow": self.places[Lane.SLOW] - self._free[Lane.SLOW],
                "waiting": len(self._waiting[Lane.QUICK]) + len(self._light),
                "waiting_slow": len(self._waiting[Lane.SLOW]),
                "seated": self._seated,
            }

    def _dispatch(self) -> None:
        for lane in self._waiting:
            while (queue := self._next(lane)) is not None:
                seat = self._seat(lane, queue.first().brief, light=queue is self._light)
                if seat is None:
                    break
                waiter = queue.pop()
                waiter.seat = seat
                waiter.lock.release()
                self._light_is_next = queue is not self._light

    def _next(self, lane: Lane) -> FairQueue | None:
        """Whose turn it is: of those who are known to be light and the others, by turns, where both have a place."""
        queue, light = self._waiting[lane], self._light
        if lane is Lane.SLOW or not light:
            return queue or None
        return queue if queue and not self._light_is_next and self._free[lane] > self._kept_of(lane) else light

    def _seat(self, lane: Lane, brief: bool, *, light: bool = False) -> Seat | None:
        """A seat behind others who are quick, else at an idle worker; those that are kept are for `light` ones."""
        if brief and lane is Lane.QUICK:
            at = now()
            for worker, apart in self._shared.items():
                before = len(worker.seats) - len(worker.free)
                if apart <= light and worker.free and before * worker.usual < SHARED and at - worker.moved < STILL:
                    self._seated += 1
                    return worker.free.pop()
        if not self._idle or self._free[lane] <= (0 if light else self._kept_of(lane)):
            return None
        worker = self._idle.pop()
        self._take(worker, lane)
        if brief and lane is Lane.QUICK:
            self._shared[worker] = light
        worker.moved = now()
        return worker.free.pop()

    def _kept_of(self, lane: Lane) -> int:
        """Free places that are for what is known to be light: none while it has one."""
        return 0 if any(self._shared.values()) else self._kept[lane]

    def _take(self, worker: WorkerProcess, lane: Lane) -> None:
        self._free[lane] -= 1
        worker.lane = lane

    def _give_back(self, worker: WorkerProcess) -> None:
        if worker.lane is not None:
            self._free[worker.lane] += 1
        worker.lane = None
        self._shared.pop(worker, None)

    def _busy(self, waiting: int) -> EngineBusy:
        seconds = 1 + min(29, waiting // max(1, self.places[Lane.QUICK]))
        return EngineBusy(
            f"{waiting} requests are waiting already",
            limit="backlog",
            advice=f"Send the request again in {seconds} s.",
            retry_after=seconds,
        )


def _displaced(queue: FairQueue, client: str) -> bool:
    """Whether the queue has room for one more of this client, because somebody else had more than a fair part of it."""
    waiter = queue.displace(client)
    if waiter is not None:
        waiter.displaced = True
        waiter.lock.release()
    return waiter is not None


def _wait(waiter: Waiter, deadline: float, cancelled: threading.Event | None) -> bool:
    """Whether the waiter got its seat in time."""
    while (left := deadline - now()) > 0:
        if waiter.lock.acquire(timeout=left if cancelled is None else min(left, _TICK)):
            return True
        if cancelled is not None and cancelled.is_set():
            return False
    return False
