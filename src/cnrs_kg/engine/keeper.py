"""Keeps as many workers alive as the pool needs, as many again in reserve, and buries the dead."""

import logging
import shutil
import threading
from pathlib import Path

from cnrs_kg.engine.children import START
from cnrs_kg.engine.lanes import Lanes
from cnrs_kg.engine.process import SANDBOX, Lane, WorkerProcess, now, wait_readable
from cnrs_kg.engine.requests import Limits

logger = logging.getLogger(__name__)

_BURIAL = 0.02


class Keeper:
    """One thread that lives as long as the pool."""

    def __init__(self, lanes: Lanes, limits: Limits, spool: Path, sandbox: frozenset[str] = SANDBOX) -> None:
        self.store: str | None = None
        """The store that new workers open before they are asked."""
        self.started = 0
        self.failure: str | None = None
        self._lanes = lanes
        self._limits = limits
        self._spool = spool
        self._sandbox = sandbox
        self._wanted = 2 * lanes.places[Lane.QUICK]
        self._changed = threading.Condition()
        self._alive = 0
        self._all: set[WorkerProcess] = set()
        self._dead: list[WorkerProcess] = []
        self._closing = False
        self._end: float | None = None
        self._ready = threading.Event()
        self._facts: dict[str, object] = {}
        self._thread = threading.Thread(target=self._keep, name="cnrs-kg-keeper", daemon=True)

    def start(self) -> None:
        """Start the workers; returns when one is ready, or raises `RuntimeError` with what went wrong."""
        self._thread.start()
        self._ready.wait(START)
        if self.started == 0:
            self.close()
            raise RuntimeError(f"no query worker could be started: {self.failure}")

    def lose(self, worker: WorkerProcess) -> None:
        """A worker is killed or dying: bury it, and start another."""
        self.set_aside()
        self.bury(worker)

    def set_aside(self) -> None:
        """A worker has gone to the slow lane: start another for the quick one."""
        with self._changed:
            self._alive -= 1
            self._changed.notify()

    def bury(self, worker: WorkerProcess) -> None:
        """A worker that was set aside has ended, or is ended now."""
        worker.kill()
        with self._changed:
            self._dead.append(worker)
            self._changed.notify()

    def close(self) -> None:
        """End every worker; returns when all are gone."""
        with self._changed:
            self._closing = True
            self._dead.extend(self._lanes.discard_idle())
            for worker in list(self._all):
                worker.kill()
            self._changed.notify()
        self._thread.join()

    def numbers(self) -> dict[str, object]:
        """What is alive, what was started, and how it is confined."""
        return {"alive": self._alive, "started": self.started, **self._facts}

    def _keep(self) -> None:
        failures = 0
        while not self._is_over():
            with self._changed:
                while not self._closing and self._alive >= self._wanted and not self._dead:
                    self._changed.wait()
                missing = 0 if self._closing else self._wanted - self._alive
            if missing > 0 and not self._start(missing):
                failures += 1
                self._pause(min(30.0, 0.1 * 2**failures))
            else:
                failures = 0
            self._bury_dead()

    def _is_over(self) -> bool:
        """Whether the pool is closed and its last worker buried; those in use are waited for, but not for ever."""
        if self._closing and self._end is None:
            self._end = now() + START
        return self._closing and (not self._all or (self._end is not None and now() > self._end))

    def _start(self, count: int) -> bool:
        """Start so many workers; False if one of them was not ready in time."""
        self.failure = None
        coming = []
        for _ in range(count):
            try:
                worker = WorkerProcess(self._limits, self._spool, store=self.store, sandbox=self._sandbox)
            except OSError as error:
                self.failure = f"a worker could not be started: {error}"
                logger.error("%s", self.failure)
                break
            coming.append(worker)
            self._all.add(worker)
        deadline = now() + START
        while coming and not self._closing:
            readable = wait_readable(coming, deadline - now())
            if not readable:
                break
            for worker in readable:
                coming.remove(worker)
                self._welcome(worker)
        for worker in coming:
            self._report(worker, "was not ready in time")
        return self.failure is None

    def _welcome(self, worker: WorkerProcess) -> None:
        if not worker.greet():
            self._report(worker, "died at its start")
            return
        self._facts = {"sandbox": worker.facts["sandbox"], "base": worker.facts["base"]}
        with self._changed:
            self._alive += 1
            self.started += 1
        if not self._lanes.add(worker):
            self.lose(worker)
        self._ready.set()

    def _report(self, worker: WorkerProcess, what: str) -> None:
        if not self._closing:
            words = worker.last_words().decode(errors="replace").strip()
            self.failure = f"a worker {what}: {words[-500:]}"
            logger.error("%s", self.failure)
        self.bury(worker)

    def _pause(self, seconds: float) -> None:
        self._ready.set()
        with self._changed:
            if not self._closing:
                self._changed.wait(seconds)

    def _bury_dead(self) -> None:
        with self._changed:
            dead, self._dead = self._dead, []
        left = []
        for worker in dead:
            if worker.is_over():
                worker.close()
                self._all.discard(worker)
                shutil.rmtree(self._spool / str(worker.pid), ignore_errors=True)
            else:
                left.append(worker)
        if left or self._closing:
            with self._changed:
                self._dead.extend(left)
                self._changed.wait(_BURIAL)
