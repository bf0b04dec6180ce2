"""What several directories of tests share: the graph, built once from the project's own files."""

import gc
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, settings

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph

from .conformance import recording
from .federation.linking.world import harvest

PROJECT = Path(__file__).parents[1]
HASTE = (
    "browsing.completion.PATIENCE",
    "browsing.search.FIRST",
    "browsing.search.NEXT",
    "federation.backend.backend.JUDGING",
    "federation.backend.following.PATIENCE",
    "federation.backend.remote.CONNECT",
    "reviewing.review.ALL",
    "reviewing.review.EACH",
    "submissions.explaining.GRACE",
)
"""Seconds after which something else is done instead, which a busy machine may need for anything."""

# The same examples on every machine, however slow it is; others are tried by --hypothesis-profile=default.
settings.register_profile(
    "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """The table of the W3C suites: what sums up collects no test itself where workers run them."""
    pluginmanager.register(recording)


@pytest.fixture(scope="session", autouse=True)
def in_no_hurry() -> Iterator[None]:
    """Nothing is given up for being late but where a test says so."""
    with pytest.MonkeyPatch.context() as patch:
        for name in HASTE:
            patch.setattr(f"cnrs_kg.{name}", 600.0)
        yield


@pytest.fixture(scope="module")
def own_garbage() -> Iterator[None]:
    """Results of queries belong to the thread that asked: what a traceback still holds of them is freed by this one,
    not by another that happens to be at work.
    """
    gc.disable()
    yield
    gc.collect()
    gc.enable()


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
