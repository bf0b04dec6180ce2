"""Lists of things, whatever else the graph holds."""

from types import SimpleNamespace

import pyoxigraph as ox
import pytest

from cnrs_kg.browsing.lists import KINDS, Lists


class Asked:
    """Answers from a store, and keeps what was asked."""

    def __init__(self, store: ox.Store) -> None:
        self.store, self.queries = store, list[str]()

    def __call__(self, text: str, _: object) -> bytes:
        self.queries.append(text)
        answer = self.store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        return answer.serialize(format=ox.QueryResultsFormat.JSON)


@pytest.mark.parametrize("name", KINDS)
def test_values_are_asked_of_the_things_of_the_list_alone(name):
    version = SimpleNamespace(number=1, digest="d")
    asked = Asked(ox.Store())
    assert Lists(asked).listing(name, version).items == ()
    assert asked.queries == [f"SELECT DISTINCT ?thing {{ {KINDS[name].pattern} }}"]
