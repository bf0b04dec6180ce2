"""What several directories of tests share: the graph, built once from the project's own files."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph

from .conformance import recording
from .federation.linking.world import harvest

PROJECT = Path(__file__).parents[1]


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """The table of the W3C suites: what sums up collects no test itself where workers run them."""
    pluginmanager.register(recording)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which the project's ontology, shapes and data are published as version 1."""
    directory = tmp_path_factory.mktemp("published")
    with KnowledgeGraph(Settings(data_dir=directory), project=PROJECT) as kg:
        outcome = kg.build(progress=lambda stage: None)
    assert outcome.conforms, outcome.to_json()["results"][:10]
    return directory


@pytest.fixture(scope="session")
def harvested(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the project's graph and two small registries."""
    directory = tmp_path_factory.mktemp("linking")
    copytree(built, directory / "var", symlinks=True)
    with KnowledgeGraph(Settings(data_dir=directory / "var", workers=1), project=PROJECT) as kg:
        harvest(kg, directory)
    return directory / "var"


@pytest.fixture(scope="session")
def compared(harvested: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registries, linked."""
    directory = tmp_path_factory.mktemp("links") / "var"
    copytree(harvested, directory, symlinks=True)
    with KnowledgeGraph(Settings(data_dir=directory, workers=1), project=PROJECT) as kg:
        assert kg.registries.links.compare("rnsr", "ror").outcome.changed
    return directory


@pytest.fixture(scope="session")
def published(built: Path) -> ox.Store:
    """The published graph, read-only: the default graph holds the merge and the inferences."""
    return ox.Store.read_only(str(built / "current" / "store"))


@pytest.fixture(scope="session")
def kg(built: Path) -> Iterator[KnowledgeGraph]:
    """The published graph behind its facade, for reading only."""
    with KnowledgeGraph(Settings(data_dir=built), project=PROJECT) as found:
        yield found
