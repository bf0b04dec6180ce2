"""Queries with known answers, put to an engine before it is told anything."""

import httpx
import pytest

from cnrs_kg.engine.pool import Pool
from cnrs_kg.errors import OutboundAnswer
from cnrs_kg.federation.backend import trials
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.store.versions import Versions

from ...store.helpers import quads
from .engines import Engine, backend, publish, results

REPEATED = trials.QUERIES[0]


def test_each_query_has_an_answer() -> None:
    found = list(trials.answers())
    assert len({text for text, _, _ in found}) == len(trials.QUERIES)
    assert all(rows for _, _, rows in found)


def test_they_are_put_to_it_once_and_leave_nothing(engine: Engine, found: Backend, versions: Versions) -> None:
    for number in range(2):
        publish(versions, quads(number))
        found.follower.follow()
    assert (found.status()["version"], engine.queries.count(REPEATED)) == (2, 1)
    assert not {graph.value for graph in engine.store.named_graphs()} & {trials.GRAPH, trials.NAMED}


def instead(engine: Engine, text: str, answer: httpx.Response) -> None:
    engine.instead = lambda engine, form: answer if form.get("query") == [text] else None


def test_an_engine_that_answers_otherwise_is_told_nothing(engine: Engine, found: Backend, versions: Versions) -> None:
    wrong = engine.query({"query": ["SELECT ?s { VALUES ?s { <x:a> <x:b> } }"]})
    instead(engine, REPEATED, results(wrong))
    publish(versions, quads(0))
    with pytest.raises(OutboundAnswer, match="says to SELECT .*: <x:a>; <x:b>; we say: <x:c>"):
        found.follower.follow()
    found.follower.follow()
    assert (found.status()["version"], found.status()["unfit"]) == (0, True)
    assert not any("x:s0" in update for update in engine.updates)


def test_what_it_refuses_does_no_harm(engine: Engine, found: Backend, versions: Versions) -> None:
    instead(engine, REPEATED, results(b"not implemented", 501))
    publish(versions, quads(0))
    found.follower.follow()
    assert (found.status()["version"], found.status()["unfit"]) == (1, False)


def test_one_that_takes_no_updates_yet_is_asked_again(engine: Engine, pool: Pool, versions: Versions) -> None:
    publish(versions, quads(0))
    made = backend(engine, pool, versions)
    engine.instead = lambda engine, form: results(b"no right", 403) if "update" in form else None
    with pytest.raises(OutboundAnswer, match="403"):
        made.follower.follow()
    assert not made.status()["unfit"]
    engine.instead = lambda engine, form: None
    made.follower.follow()
    assert made.status()["version"] == 1
    made.close()
