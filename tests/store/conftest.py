from collections.abc import Iterator
from pathlib import Path

import pytest

from cnrs_kg.store.versions import Versions


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    made = Versions(tmp_path / "var", lock_timeout=0)
    yield made
    made.close()
