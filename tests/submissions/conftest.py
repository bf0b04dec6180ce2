"""A small published graph to write to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ..small_project import write_project


@pytest.fixture
def small(tmp_path: Path) -> Iterator[KnowledgeGraph]:
    """The small project, published as version 1; writable."""
    settings = Settings(data_dir=tmp_path / "var", workers=1, lock_timeout=600)
    with KnowledgeGraph(settings, project=write_project(tmp_path)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        yield kg
