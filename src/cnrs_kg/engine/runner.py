"""One request on its way through the lanes: quick for a slice of time, then slow, never beyond its deadline."""

import threading
from collections import Counter

from cnrs_kg.engine.frames import Reply, Request
from cnrs_kg.engine.keeper import Keeper
from cnrs_kg.engine.lanes import Lane, Lanes
from cnrs_kg.engine.process import WorkerGone, WorkerProcess, now
from cnrs_kg.engine.requests import Limits
from cnrs_kg.errors import CnrsKgError, QueryCancelled, QueryTimeout

_TICK = 0.25
_REMEMBERED = 1000


class Runner:
    """Runs requests on the workers of the lanes, and replaces those that overstep."""

    def __init__(self, lanes: Lanes, keeper: Keeper, limits: Limits) -> None:
        self.counts: Counter[str] = Counter()
        self._lanes = lanes
        self._keeper = keeper
        self._limits = limits
        self._heavy: dict[int, None] = {}

    def run(self, request: Request, client: str, deadline: float, cancelled: threading.Event | None) -> Reply:
        """The worker's reply; `QueryTimeout` at the deadline, `QueryCancelled` once `cancelled` is set."""
        key = hash((request.job, request.store, request.text))
        if key not in self._heavy:
            worker = self._begin(Lane.QUICK, request, client, deadline, cancelled)
            reply = self._quick(worker, deadline, cancelled)
            if reply is not None:
                return reply
            if self._lanes.move_to_slow():
                self._keeper.set_aside()
                return self._slow(worker, key, deadline, cancelled)
            self._drop(worker)
            self.counts["requeued"] += 1
        worker = self._begin(Lane.SLOW, request, client, deadline, cancelled)
        self._keeper.set_aside()
        return self._slow(worker, key, deadline, cancelled)

    def _begin(
        self, lane: Lane, request: Request, client: str, deadline: float, cancelled: threading.Event | None
    ) -> WorkerProcess:
        """A worker with a place in the lane that has taken the request."""
        while True:
            worker = self._acquire(lane, client, deadline, cancelled)
            try:
                worker.send(request)
                return worker
            except WorkerGone:
                self._lose(worker, lane)
            except BaseException:
                self._lose(worker, lane)
                raise

    def _lose(self, worker: WorkerProcess, lane: Lane) -> None:
        """The worker did not take the request whole: end it, and give back its place."""
        self._lanes.leave(lane)
        self._keeper.lose(worker)

    def _remember(self, key: int) -> None:
        """What was slow once goes to the slow lane at once the next time."""
        self._heavy[key] = None
        while len(self._heavy) > _REMEMBERED:
            self._heavy.pop(next(iter(self._heavy)), None)

    def _acquire(self, lane: Lane, client: str, deadline: float, cancelled: threading.Event | None) -> WorkerProcess:
        worker = self._lanes.acquire(lane, client, deadline, cancelled)
        if worker is not None:
            return worker
        if cancelled is not None and cancelled.is_set():
            raise _cancelled()
        raise self.timeout("while it waited for its turn")

    def _quick(self, worker: WorkerProcess, deadline: float, cancelled: threading.Event | None) -> Reply | None:
        """The reply, if it comes while the request may stay in the quick lane.

        None when it must go: to a free slow place after its slice, or at once if others wait; from half its slice on if
        others wait though the slow lane is full. When nobody waits it stays. The place is given back unless None.
        """
        patience = worker.patience
        started = now()
        while True:
            left = deadline - now()
            try:
                reply = worker.receive(patience if left > patience else left)
            except BaseException:
                self._drop(worker)
                raise
            if reply is not None:
                self._finish(worker, reply)
                return reply
            error = self._over(deadline, cancelled)
            if error is not None:
                self._drop(worker)
                raise error
            if self._must_go(now() - started):
                return None

    def _must_go(self, elapsed: float) -> bool:
        awaited = self._lanes.is_awaited()
        if self._lanes.has_slow_place():
            return awaited or elapsed >= self._limits.quick
        return awaited and elapsed >= self._limits.quick / 2

    def _finish(self, worker: WorkerProcess, reply: Reply) -> None:
        """A quick request is over: its worker takes the next, or is replaced if it asks for that."""
        if reply.last:
            self._drop(worker)
        elif not self._lanes.release(worker, Lane.QUICK):
            self._keeper.lose(worker)

    def _drop(self, worker: WorkerProcess) -> None:
        """End the worker of a quick request."""
        self._lanes.leave(Lane.QUICK)
        self._keeper.lose(worker)

    def _slow(self, worker: WorkerProcess, key: int, deadline: float, cancelled: threading.Event | None) -> Reply:
        self.counts["slowed"] += 1
        started = now()
        worker.lower()
        try:
            while True:
                left = max(0.0, deadline - now())
                reply = worker.receive(left if cancelled is None else min(left, _TICK))
                if reply is not None:
                    return reply
                error = self._over(deadline, cancelled)
                if error is not None:
                    raise error
        finally:
            if now() - started > self._limits.quick:
                self._remember(key)
            self._lanes.leave(Lane.SLOW)
            self._keeper.bury(worker)

    def _over(self, deadline: float, cancelled: threading.Event | None) -> CnrsKgError | None:
        if cancelled is not None and cancelled.is_set():
            self.counts["cancelled"] += 1
            return _cancelled()
        return self.timeout("") if now() >= deadline else None

    def timeout(self, when: str) -> QueryTimeout:
        """The error of a request whose deadline passed."""
        self.counts["timeouts"] += 1
        seconds = f"{self._limits.timeout:g} s"
        return QueryTimeout(
            f"The deadline of {seconds} passed {when}".rstrip(),
            limit="query_timeout",
            advice="Ask for less at a time: a narrower pattern, or a sub-select with LIMIT.",
        )


def _cancelled() -> QueryCancelled:
    return QueryCancelled("The client left before the answer was ready")
