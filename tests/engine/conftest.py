"""A small dataset on disk, and a pool of two workers on it with little time and memory."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.pool import Limits, Pool

DATA = """
@prefix : <http://example.org/> .
:a :knows :b . :b :knows :c . :c :knows :a . :a :name "A"@en . :inferred a :Thing .
:g1 { :a :knows :b . :b :knows :c . }
:g2 { :a :knows :b . :c :knows :a . }
:g3 { :a :name "A"@en . }
"""
LIMITS = Limits(timeout=60, memory=2**28, result_rows=5000, result_bytes=2_000_000, merge_triples=4)

ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(14)) + " }"
"""A cross product of 6^14 rows that needs no memory."""


@pytest.fixture(scope="module", autouse=True)
def _own_garbage(own_garbage: None) -> None:
    """Queries are evaluated in this process, and fail."""


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("engine") / "store"
    store = ox.Store(str(path))
    store.load(DATA, format=ox.RdfFormat.TRIG)
    store.flush()
    del store
    return path


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    with Pool(2, LIMITS, tmp_path_factory.mktemp("spool")) as found:
        yield found
