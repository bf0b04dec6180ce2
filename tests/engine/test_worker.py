"""What a worker keeps."""

import shutil
from pathlib import Path
from typing import Any

from cnrs_kg.engine.worker import Stores


class Memory:
    """Limits nothing: this process is no worker."""

    settled = 0

    def lift(self) -> None:
        pass

    def settle(self, before: int) -> None:
        self.settled += 1


def kept(path: Path) -> bool:
    return any(link.resolve().is_relative_to(path) for link in Path("/proc/self/fd").iterdir())


def test_a_store_that_was_pruned_does_not_stay_open(tmp_path: Path, store_path: Path) -> None:
    memory: Any = Memory()
    stores = Stores(memory)
    for name in ("a", "b"):
        shutil.copytree(store_path, tmp_path / name)
        assert len(stores.get(str(tmp_path / name)))
    shutil.rmtree(tmp_path / "a")
    stores.close_removed()
    assert not kept(tmp_path / "a") and kept(tmp_path / "b")
    assert memory.settled == 3
    shutil.rmtree(tmp_path / "b")
    stores.get(str(store_path))
    assert not kept(tmp_path / "b")
