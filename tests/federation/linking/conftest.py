from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ...conftest import PROJECT


@pytest.fixture
def graph(harvested: Path, tmp_path: Path) -> Iterator[KnowledgeGraph]:
    """A graph of its own with two small registries."""
    copytree(harvested, tmp_path / "var", symlinks=True)
    with KnowledgeGraph(Settings(data_dir=tmp_path / "var", workers=1), project=PROJECT) as kg:
        yield kg
