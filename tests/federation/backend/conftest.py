"""A data directory, an engine in this process, and what asks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnrs_kg.engine.pool import Limits, Pool
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.store.versions import Versions

from .engines import Engine, backend


@pytest.fixture(scope="module", autouse=True)
def _own_garbage(own_garbage: None) -> None:
    """The engine of these tests evaluates queries in this process."""


@pytest.fixture(scope="package")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    with Pool(1, Limits(timeout=60, memory=2**28, result_rows=1000), tmp_path_factory.mktemp("spool")) as found:
        yield found


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    found = Versions(tmp_path / "var")
    yield found
    found.close()


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def found(engine: Engine, pool: Pool, versions: Versions) -> Iterator[Backend]:
    made = backend(engine, pool, versions)
    yield made
    made.close()
