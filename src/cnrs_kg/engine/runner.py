"""One request on its way through the lanes: quick for a slice of time, then slow, never beyond its deadline."""

import threading
from collections import Counter
from functools import partial

from cnrs_kg.engine.frames import Job, Reply, Request
from cnrs_kg.engine.keeper import Keeper
from cnrs_kg.engine.lanes import Lanes
from cnrs_kg.engine.process import Lane, Seat, WorkerGone, WorkerProcess, now
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.shapes import LONGEST, Shapes
from cnrs_kg.errors import QueryCancelled, QueryCrashed, QueryTimeout

_TICK = 0.25
_REMEMBERED = 1000
_SOON, _LONG, _LIGHT = 0.2, 0.1, 0.05
"""Parts of the slice: after which a request leaves for a free place if others wait; that others have waited for long;
and that a light request works.
"""
_BRIEF = LONGEST
"""Bytes of a query that may be sent to a worker that has others, whose socket must never be full."""


class Turn:
    """What a worker does for the request that it is at."""

    def __init__(self, worker: WorkerProcess) -> None:
        self.started = now()
        self._worker = worker
        self._before = self._processor_time()

    def worked(self) -> float:
        """Seconds of the processor since then; all seconds, where nothing tells."""
        return self._processor_time() - self._before

    def _processor_time(self) -> float:
        try:
            return self._worker.processor_time()
        except OSError:
            return now()


class Runner:
    """Runs requests on the workers of the lanes, and replaces those that overstep."""

    def __init__(self, lanes: Lanes, keeper: Keeper, limits: Limits) -> None:
        self.counts: Counter[str] = Counter()
        self._lanes = lanes
        self._keeper = keeper
        self._limits = limits
        self._heavy: dict[int, None] = {}
        self._shapes = Shapes()
        self._light = limits.quick * _LIGHT

    def run(self, request: Request, client: str, deadline: float, cancelled: threading.Event | None) -> Reply:
        """The worker's reply; `QueryTimeout` at the deadline, `QueryCancelled` once `cancelled` is set."""
        if now() >= deadline:
            raise self.timeout("before it began")
        key = hash((request.job, request.store, request.text))
        while key not in self._heavy:
            seat = self._begin(Lane.QUICK, request, client, deadline, cancelled)
            try:
                reply = self._quick(seat, request, deadline, cancelled)
            except WorkerGone:
                self.counts["sent_again"] += 1
                self._check(deadline, cancelled)
                continue
            if reply is not None:
                return reply
            self._shapes.heavy(request.text)
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
        light = partial(self._shapes.is_light, request.text) if brief and lane is Lane.QUICK else bool
        while True:
            seat = self._lanes.acquire(lane, client, deadline, cancelled, brief=brief, light=light)
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

    def _quick(self, seat: Seat, request: Request, deadline: float, cancelled: threading.Event | None) -> Reply | None:
        """The reply, if it comes while the request may stay in the quick lane (`_must_go`); else None.

        The place is given back unless None.
        """
        patience = seat.worker.patience
        turn: Turn | None = None
        try:
            while True:
                left = deadline - now()
                reply = seat.receive(patience if left > patience else left)
                if reply is not None:
                    self._finish(seat, request, reply)
                    return reply
                self._check(deadline, cancelled)
                if not seat.is_first():
                    turn = None
                elif turn is None:
                    turn = Turn(seat.worker)
                elif self._must_go(seat, turn):
                    return None
        except BaseException:
            self._drop(seat, Lane.QUICK)
            raise

    def _must_go(self, seat: Seat, turn: "Turn") -> bool:
        """Whether a request has had its part of the quick lane.

        To a free slow place it goes, with its worker, after its slice, and sooner if others wait. Where there is none
        it stays while nobody waits, and for half its slice if others do. But once others have waited for long, it goes
        as soon as it has been seen to work for longer than light ones do.
        """
        elapsed, quick = now() - turn.started, self._limits.quick
        waited = elapsed if len(seat.worker.under_way) > 1 else self._lanes.waited()
        if waited > quick * _LONG and turn.worked() > self._light:
            return True
        if self._lanes.has_slow_place():
            return elapsed >= (quick * _SOON if waited else quick)
        return waited > 0 and elapsed >= quick / 2

    def _finish(self, seat: Seat, request: Request, reply: Reply) -> None:
        """A quick request is over: its worker takes the next, or is replaced if it asks for that."""
        if reply.seconds < self._light:
            self._shapes.light(request.text)
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
