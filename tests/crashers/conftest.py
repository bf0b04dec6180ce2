"""A pool with little time and memory, and somebody who asks light queries all the while."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.pool import Limits, Pool, QueryRequest
from cnrs_kg.engine.process import now
from cnrs_kg.errors import CnrsKgError

from ..waiting import until

DEADLINE = 0.8
SLACK = 60.0
"""Seconds after the deadline in which an answer must be there: promised at once, but this machine may be busy."""
PATIENCE = 60.0
"""A deadline for what is not about time."""
LIMITS = Limits(
    timeout=DEADLINE,
    memory=2**27,
    result_rows=200_000,
    result_bytes=2**23,
    merge_triples=250,
    upload_bytes=2**23,
    quick=0.2,
)


class Light:
    """A client that asks one cheap query after the other."""

    def __init__(self, pool: Pool, store: Path) -> None:
        self.answers = 0
        self.failures: list[CnrsKgError] = []
        self._pool = pool
        self._store = store
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        number = 0
        while not self._stop.wait(0.02):
            number += 1
            request = QueryRequest(f"SELECT * {{ <http://example.org/n{number}> ?p ?o }}", self._store)
            try:
                self._pool.query(request, client="light", deadline=now() + PATIENCE)
                self.answers += 1
            except CnrsKgError as error:
                self.failures.append(error)


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of 120 nodes, each on many cycles, and named graphs."""
    path = tmp_path_factory.mktemp("crashers") / "store"
    triples = [f":n{i} :p :n{(i * k + 1) % 120} ; :q {i}, 'text {i}' ." for i in range(120) for k in (1, 2, 3, 7)]
    graphs = [f":g{i} {{ :n{i} :p :n{i + 1} }}" for i in range(300)]
    store = ox.Store(str(path))
    store.load("@prefix : <http://example.org/> . " + "\n".join(triples + graphs), format=ox.RdfFormat.TRIG)
    store.flush()
    del store
    return path


@pytest.fixture(scope="package")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    with Pool(2, LIMITS, tmp_path_factory.mktemp("spool")) as found:
        yield found


@pytest.fixture(scope="package")
def light(pool: Pool, store: Path) -> Iterator[Light]:
    asking = Light(pool, store)
    yield asking
    asking.stop()


@pytest.fixture(autouse=True)
def light_queries_go_on(light: Light, pool: Pool) -> Iterator[None]:
    """Through every test: no light query failed, and they still come through after it."""
    server = os.getpid()
    yield
    assert os.getpid() == server
    before = light.answers
    until(lambda: light.answers > before or light.failures)
    assert light.failures == []
