"""Rules of the house over ontology and data: one query each, and any row that it returns is a violation."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from .conftest import FILES, ROOT

RULES = sorted(Path(__file__).with_name("hygiene").glob("*-violation.rq"))


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    for file in [*FILES, *(ROOT / "data").rglob("*.ttl")]:
        store.load(path=file, format=ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.stem.removesuffix("-violation"))
def test_rule(rule: Path, store: ox.Store) -> None:
    query = rule.read_text()
    assert query.startswith("# ")
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [[str(value) for value in solution] for solution in solutions] == []
