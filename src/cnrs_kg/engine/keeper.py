"""Keeps as many workers alive as the pool needs, one more in reserve, and buries the dead."""

import logging
import shutil
import threading
from pathlib import Path

from cnrs_kg.engine.lanes import Lane, Lanes
from cnrs_kg.engine.process import SANDBOX, WorkerProcess, now, wait_readable
from cnrs_kg.engine.requests import Limits

logger = logging.getLogger(__name__)

_START = 20.0
"""Seconds in which a worker must be ready."""
_BURIAL = 0.05


class Keeper:
    """One thread, that of which every worker is the child, and that lives as long as the pool."""

    def __init__(self, lanes: Lanes, limits: Limits, spool: Path, sandbox: frozenset[str] = SANDBOX) -> None:
        self.store: str | None = None
        """The store that new workers open before they are asked."""
        self.started = 0
        self.failure: str | None = None
        self._lanes = lanes
        self._limits = limits
        self._spool = spool
        self._sandbox = sandbox
        self._wanted = lanes.places[Lane.QUICK] + 1
        self._changed = threading.Condition()
        self._alive = 0
        self._dead: list[WorkerProcess] = []
        self._closing = False
        self._ready = threading.Event()
        self._facts: dict[str, object] = {}
        self._thread = threading.Thread(target=self._keep, name="cnrs-kg-keeper", daemon=True)

    def start(self) -> None:
        """Start the workers; returns when one is ready, or raises `RuntimeError` with what went wrong."""
        self._thread.start()
        self._ready.wait(_START)
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
            if self._closing:
                return
            self._closing = True
            self._changed.notify()
        for worker in self._lanes.discard_idle():
            self.lose(worker)
        self._thread.join()

    def numbers(self) -> dict[str, object]:
        """What is alive, what was started, and how it is confined."""
        return {"alive": self._alive, "started": self.started, **self._facts}

    def _keep(self) -> None:
        failures = 0
        while True:
            with self._changed:
                while not self._closing and self._alive >= self._wanted and not self._dead:
                    self._changed.wait()
                if self._closing and not self._dead:
                    return
                missing = 0 if self._closing else self._wanted - self._alive
                dead, self._dead = self._dead, []
            if missing > 0 and not self._start(missing):
                failures += 1
                self._pause(min(30.0, 0.1 * 2**failures))
            else:
                failures = 0
            self._bury_all(dead)

    def _start(self, count: int) -> bool:
        """Start so many workers; False if one of them was not ready in time."""
        self.failure = None
        coming = [
            WorkerProcess(self._limits, self._spool, store=self.store, sandbox=self._sandbox) for _ in range(count)
        ]
        deadline = now() + _START
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
        self._lanes.add(worker)
        self._ready.set()

    def _report(self, worker: WorkerProcess, what: str) -> None:
        worker.kill()
        self.failure = f"a worker {what}: {worker.last_words().decode(errors='replace').strip()[-500:]}"
        logger.error("%s", self.failure)
        with self._changed:
            self._dead.append(worker)

    def _pause(self, seconds: float) -> None:
        self._ready.set()
        with self._changed:
            if not self._closing:
                self._changed.wait(seconds)

    def _bury_all(self, dead: list[WorkerProcess]) -> None:
        left = []
        for worker in dead:
            if worker.is_over():
                worker.close()
                shutil.rmtree(self._spool / str(worker.pid), ignore_errors=True)
            else:
                left.append(worker)
        if left:
            with self._changed:
                if not self._closing:
                    self._changed.wait(_BURIAL)
                self._dead.extend(left)
