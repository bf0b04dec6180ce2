"""One request on its way through the lanes: quick for a slice of time, then slow, never beyond its deadline."""

import threading
from collections import Counter

from cnrs_kg.engine.frames import Job, Reply, Request
from cnrs_kg.engine.keeper import Keeper
from cnrs_kg.engine.lanes import Lanes
from cnrs_kg.engine.process import Lane, Seat, WorkerGone, now
from cnrs_kg.engine.requests import Limits
from cnrs_kg.errors import QueryCancelled, QueryCrashed, QueryTimeout

_TICK = 0.25
_REMEMBERED = 1000
_BRIEF = 4096
"""Bytes of a query that may be sent to a worker that has others, whose socket must never be full."""


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
        self._check(deadline, cancelled, "before it began")
        key = hash((request.job, request.store, request.text))
        while key not in self._heavy:
            seat = self._begin(Lane.QUICK, request, client, deadline, cancelled)
            try:
                reply = self._quick(seat, deadline, cancelled)
            except WorkerGone:
                self.counts["sent_again"] += 1
                self._check(deadline, cancelled)
                continue
            if reply is not None:
                return reply
            if self._lanes.move_to_slow(seat.worker):
                return self._slow(seat, key, deadline, cancelled)
            self._drop(seat, Lane.QUICK)
            self.counts["requeued"] += 1
            break
        seat = self._begin(Lane.SLOW, request, client, deadline, cancelled)
        return self._slow(seat, key, deadline, cancelled)

    def _begin(
        self, lane: Lane, request: Request, client: str, deadline: float, cancelled: threading.Event | None
    ) -> Seat:
        """A seat at a worker with a place in the lane that has taken the request."""
        brief = request.job is Job.QUERY and request.file is None and len(request.text) + len(request.extra) <= _BRIEF
        while True:
            seat = self._lanes.acquire(lane, client, deadline, cancelled, brief=brief)
            if seat is None:
                self._check(deadline, cancelled, "while it waited for its turn")
                raise self.timeout("while it waited for its turn")
            try:
                seat.send(request)
                return seat
            except WorkerGone:
                self._drop(seat, lane)
            except BaseException:
                self._drop(seat, lane)
                raise

    def _remember(self, key: int) -> None:
        """What was slow once goes to the slow lane at once the next time."""
        self._heavy[key] = None
        while len(self._heavy) > _REMEMBERED:
            self._heavy.pop(next(iter(self._heavy)), None)

    def _quick(self, seat: Seat, deadline: float, cancelled: threading.Event | None) -> Reply | None:
        """The reply, if it comes while the request may stay in the quick lane.

        None when it must go: to a free slow place after its slice, or at once if others wait; from half its slice on if
        others wait though the slow lane is full. When nobody waits it stays. The place is given back unless None.
        """
        patience = seat.worker.patience
        started = now()
        try:
            while True:
                left = deadline - now()
                reply = seat.receive(patience if left > patience else left)
                if reply is not None:
                    self._finish(seat, reply)
                    return reply
                self._check(deadline, cancelled)
                if not seat.is_first():
                    started = now()
                elif self._must_go(seat, now() - started):
                    return None
        except BaseException:
            self._drop(seat, Lane.QUICK)
            raise

    def _must_go(self, seat: Seat, elapsed: float) -> bool:
        awaited = len(seat.worker.under_way) > 1 or self._lanes.is_awaited()
        if self._lanes.has_slow_place():
            return awaited or elapsed >= self._limits.quick
        return awaited and elapsed >= self._limits.quick / 2

    def _finish(self, seat: Seat, reply: Reply) -> None:
        """A quick request is over: its worker takes the next, or is replaced if it asks for that."""
        if reply.last:
            self._drop(seat, Lane.QUICK)
            return
        seat.leave()
        if not self._lanes.release(seat, reply.seconds):
            self._keeper.lose(seat.worker)

    def _drop(self, seat: Seat, lane: Lane) -> None:
        """End the seat's worker, unless it was moved to another lane for another request."""
        if self._lanes.leave(seat.worker, lane):
            self._keeper.lose(seat.worker)
        seat.leave()

    def _slow(self, seat: Seat, key: int, deadline: float, cancelled: threading.Event | None) -> Reply:
        self.counts["slowed"] += 1
        started = now()
        self._keeper.set_aside()
        try:
            seat.worker.keep_for(seat)
            seat.worker.lower()
            while True:
                left = max(0.0, deadline - now())
                reply = seat.receive(left if cancelled is None else min(left, _TICK))
                if reply is not None:
                    return reply
                self._check(deadline, cancelled)
        except WorkerGone:
            raise QueryCrashed("The worker was ended before its answer was ready") from None
        finally:
            if now() - started > self._limits.quick:
                self._remember(key)
            self._lanes.leave(seat.worker, Lane.SLOW)
            seat.leave()
            self._keeper.bury(seat.worker)

    def _check(self, deadline: float, cancelled: threading.Event | None, when: str = "") -> None:
        """Raise what ends a request whose time is over or whose client has left."""
        if cancelled is not None and cancelled.is_set():
            self.counts["cancelled"] += 1
            raise QueryCancelled("The client left before the answer was ready")
        if now() >= deadline:
            raise self.timeout(when)

    def timeout(self, when: str) -> QueryTimeout:
        """The error of a request whose deadline passed."""
        self.counts["timeouts"] += 1
        seconds = f"{self._limits.timeout:g} s"
        return QueryTimeout(
            f"The deadline of {seconds} passed {when}".rstrip(),
            limit="query_timeout",
            advice="Ask for less at a time: a narrower pattern, or a sub-select with LIMIT.",
        )
