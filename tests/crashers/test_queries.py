from pathlib import Path

import pytest

from cnrs_kg.engine.pool import Pool, QueryRequest
from cnrs_kg.engine.process import now
from cnrs_kg.errors import QueryError

from .conftest import DEADLINE, PATIENCE, SLACK
from .corpus import COSTLY, HARMLESS, HEAVY, PREFIXES, REFUSED

LIMITS_OF_EVALUATION = {"query_timeout", "query_memory", "query_stack", "result_limit", "result_bytes"}


def ask(pool: Pool, store: Path, text: str, seconds: float = DEADLINE) -> QueryError | None:
    """The error, if the answer is not a whole one; either in time."""
    asked = now()
    try:
        answer = pool.query(QueryRequest(text, store), client="heavy", deadline=asked + seconds)
        assert len(answer.read()) == answer.size
        return None
    except QueryError as error:
        return error
    finally:
        assert now() - asked < seconds + SLACK


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_guards_refuse(pool, store, name):
    text, limit = REFUSED[name]
    error = ask(pool, store, text, PATIENCE)
    assert error is not None
    assert error.limit == limit


@pytest.mark.parametrize("name", HEAVY)
def test_what_would_never_end(pool, store, name):
    error = ask(pool, store, HEAVY[name])
    assert error is not None
    assert error.limit in LIMITS_OF_EVALUATION


@pytest.mark.parametrize("name", COSTLY)
def test_what_takes_long_to_prepare(pool, store, name):
    error = ask(pool, store, COSTLY[name])
    assert error is None or error.limit in LIMITS_OF_EVALUATION


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_dangerous(pool, store, name):
    error = ask(pool, store, HARMLESS[name])
    assert error is None or type(error).__name__ in ("QuerySyntaxError", "DatasetRefused", "QueryTimeout"), error


@pytest.mark.parametrize("name", ["COUNT of a cross product", "CONCAT doubling", "paths over cycles, both ways"])
def test_updates_with_the_same_patterns(pool, store, name):
    pattern = HEAVY[name][HEAVY[name].index("{") :]
    asked = now()
    with pytest.raises(QueryError) as caught:
        pool.changes(f"{PREFIXES} INSERT {{ <urn:a> <urn:b> ?o0 }} WHERE {pattern}", store, plain=True)
    assert caught.value.limit in LIMITS_OF_EVALUATION | {"update_size"}
    assert now() - asked < DEADLINE + SLACK
