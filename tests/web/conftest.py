import pytest

from cnrs_kg.web.app import create_app

from .fakes import FakeGraph


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
