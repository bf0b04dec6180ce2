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


class Runner:
    """Runs requests on the workers of the lanes, and replaces those that overstep."""

    def __init__(self, lanes: Lanes, keeper: Keeper, limits: Limits) -> None:
        self.counts: Counter[str] = Counter()
        self._lanes = lanes
        self._keeper = keeper
        self._limits = limits

    def run(self, request: Request, client: str, deadline: float, cancelled: threading.Event | None) -> Reply:
        """The worker's reply; `QueryTimeout` at the deadline, `QueryCancelled` once `cancelled` is set."""
        while True:
            worker = self._acquire(Lane.QUICK, client, deadline, cancelled)
            try:
                worker.send(request)
                break
            except WorkerGone:
                self._lanes.leave(Lane.QUICK)
                self._keeper.lose(worker)
        reply = self._quick(worker, deadline)
        if reply is not None:
            return reply
        self._check(worker, deadline, cancelled)
        if self._lanes.move_to_slow():
            self._keeper.set_aside()
        else:
            self._lanes.leave(Lane.QUICK)
            self._keeper.lose(worker)
            self.counts["requeued"] += 1
            worker = self._acquire(Lane.SLOW, client, deadline, cancelled)
            self._keeper.set_aside()
            worker.send(request)
        return self._slow(worker, deadline, cancelled)

    def _acquire(self, lane: Lane, client: str, deadline: float, cancelled: threading.Event | None) -> WorkerProcess:
        worker = self._lanes.acquire(lane, client, deadline, cancelled)
        if worker is not None:
            return worker
        if cancelled is not None and cancelled.is_set():
            raise _cancelled()
        raise self.timeout("while it waited for its turn")

    def _quick(self, worker: WorkerProcess, deadline: float) -> Reply | None:
        """The reply within the quick slice; None if there is none yet. The place is given back unless None."""
        left = deadline - now()
        try:
            reply = worker.receive(self._limits.quick if left > self._limits.quick else left)
        except BaseException:
            self._lanes.leave(Lane.QUICK)
            self._keeper.lose(worker)
            raise
        if reply is not None:
            if reply.last:
                self._lanes.leave(Lane.QUICK)
                self._keeper.lose(worker)
            elif not self._lanes.release(worker, Lane.QUICK):
                self._keeper.lose(worker)
        return reply

    def _check(self, worker: WorkerProcess, deadline: float, cancelled: threading.Event | None) -> None:
        """Kill the worker of a request that is past its deadline or that nobody wants any more."""
        error = self._over(deadline, cancelled)
        if error is not None:
            self._lanes.leave(Lane.QUICK)
            self._keeper.lose(worker)
            raise error

    def _slow(self, worker: WorkerProcess, deadline: float, cancelled: threading.Event | None) -> Reply:
        self.counts["slowed"] += 1
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
