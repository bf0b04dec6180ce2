import pytest


@pytest.fixture(scope="module", autouse=True)
def _own_garbage(own_garbage: None) -> None:
    """Queries are evaluated in this process, and fail."""
