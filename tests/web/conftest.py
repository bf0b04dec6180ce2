from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..conftest import PROJECT
from .fakes import FakeGraph

PUBLIC = "https://kg.example"


@pytest.fixture(scope="session")
def graph(built: Path) -> Iterator[KnowledgeGraph]:
    """The project's own graph under a public URL, for reading only."""
    with KnowledgeGraph(Settings(data_dir=built, workers=1, public_url=f"{PUBLIC}/"), project=PROJECT) as found:
        yield found


@pytest.fixture(scope="session")
def browser(graph: KnowledgeGraph) -> Any:
    """A client of the application over it, which keeps no language that a test has chosen."""
    return create_app(graph).test_client(use_cookies=False)


@pytest.fixture
def kg(tmp_path):
    found = FakeGraph(tmp_path)
    yield found
    found.close()


@pytest.fixture
def app(kg):
    return create_app(kg)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def curator(kg):
    return {"Authorization": f"Bearer {kg.accounts.add('anna', 'curator')}"}


@pytest.fixture
def steward(kg):
    return {"Authorization": f"Bearer {kg.accounts.add('stella', 'steward')}"}
