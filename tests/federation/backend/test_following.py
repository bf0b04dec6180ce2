"""An engine brought from version to version, whatever happens on the way."""

from collections.abc import Callable

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import QueryRequest
from cnrs_kg.errors import OutboundAnswer, OutboundUnavailable
from cnrs_kg.federation.backend import following, trials
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.federation.backend.following import Stopped
from cnrs_kg.federation.backend.updates import DEFAULT
from cnrs_kg.store.lock import WriterLock
from cnrs_kg.store.versions import Versions

from ...store.helpers import SHAPES, SOURCE, quad, quads, some_quads, some_triples, triple
from .engines import QUERIES, Engine, ask, backend, content, publish, results


def test_everything_is_loaded_and_counted_and_then_marked(found: Backend, engine: Engine, versions: Versions) -> None:
    version = publish(versions, [quad(0), quad(0, SOURCE), quad(2, SHAPES)], inferred=[triple(3)])
    found.follower.follow()
    assert engine.statements == content(version.path)
    assert found.status()["version"] == 1
    (mark,) = engine.marks
    assert mark.startswith(f"1 {version.content} held ")


def test_what_others_keep_there_stays(found: Backend, engine: Engine, versions: Versions) -> None:
    theirs = quad(0, ox.NamedNode("http://others.example/graph"))
    ours = [quad(8), quad(9, ox.NamedNode(DEFAULT))]
    engine.store.extend([theirs, *ours])
    version = publish(versions, quads(0))
    found.follower.follow()
    assert engine.statements == content(version.path) | {theirs}


def test_a_patch_is_all_that_is_sent(found: Backend, engine: Engine, versions: Versions) -> None:
    publish(versions, quads(*range(12)))
    found.follower.follow()
    engine.updates.clear()
    version = publish(versions, quads(12), quads(0))
    found.follower.follow()
    assert engine.statements == content(version.path)
    assert found.status()["version"] == 2
    assert not any("DROP" in update for update in engine.updates)
    assert sum(update.count("\n<") for update in engine.updates) == 4


def test_a_triple_leaves_the_default_graph_with_its_last_support(
    found: Backend, engine: Engine, versions: Versions
) -> None:
    publish(versions, [quad(0), quad(0, SOURCE), *quads(4, 8, 12)])
    found.follower.follow()
    for removed in (quad(0), quad(0, SOURCE)):
        version = publish(versions, [], [removed])
        found.follower.follow()
        assert engine.statements == content(version.path)


def test_several_versions_are_caught_up_with(found: Backend, engine: Engine, versions: Versions) -> None:
    publish(versions, quads(*range(12)))
    found.follower.follow()
    publish(versions, quads(12, 13), quads(1))
    version = publish(versions, quads(1), quads(12))
    found.follower.follow()
    assert (engine.statements, found.status()["version"]) == (content(version.path), 3)


def test_nothing_is_sent_again_to_an_engine_that_holds_the_version(
    found: Backend, engine: Engine, versions: Versions, pool: Pool
) -> None:
    publish(versions, quads(0))
    found.follower.follow()
    engine.updates.clear()
    found.follower.follow()
    later = backend(engine, pool, versions)
    later.follower.follow()
    assert all(trials.GRAPH in update for update in engine.updates)
    assert later.status()["version"] == 1
    later.close()


@pytest.mark.parametrize(
    "marks",
    [
        [],
        ['"1 0000 held aa"'],
        ['"77 0000 held aa"'],
        ['"something else"'],
        ["<http://e/x>"],
        ['"1 CONTENT held aa"', '"2 CONTENT held bb"'],
    ],
)
def test_an_engine_that_holds_nobody_knows_what_is_loaded_anew(
    marks: list[str], found: Backend, engine: Engine, versions: Versions
) -> None:
    first = publish(versions, quads(*range(12)))
    found.follower.follow()
    engine.store.update("CLEAR GRAPH <urn:cnrs-kg:state> ; CLEAR GRAPH <urn:cnrs-kg:default>")
    for mark in marks:
        said = mark.replace("CONTENT", first.content)
        engine.store.update(
            f"INSERT DATA {{ GRAPH <urn:cnrs-kg:state> {{ <urn:cnrs-kg:state> "
            f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#value> {said} }} }}"
        )
    version = publish(versions, quads(12))
    found.follower.follow()
    assert (engine.statements, found.status()["version"]) == (content(version.path), 2)


def test_looking_at_it_takes_nothing_from_queries_meanwhile(found: Backend, engine: Engine, versions: Versions) -> None:
    publish(versions, quads(0))
    found.follower.follow()
    seen = []
    engine.instead = lambda engine, form: seen.append(found.status()["version"])
    found.follower.follow()
    assert seen == [1]


def test_an_engine_that_forgot_everything_is_noticed(found: Backend, engine: Engine, versions: Versions) -> None:
    version = publish(versions, quads(0))
    found.follower.follow()
    engine.store.clear()
    found.follower.follow()
    assert (engine.statements, found.status()["version"]) == (content(version.path), 1)


@pytest.mark.parametrize("after", range(4))
def test_what_broke_off_is_done_again(
    after: int, found: Backend, engine: Engine, versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BATCH", 1)
    publish(versions, quads(*range(12)))
    found.follower.follow()
    publish(versions, quads(12), quads(0))
    left = [after]

    def breaking(engine: Engine, form: dict[str, list[str]]) -> httpx.Response | None:
        if "update" in form:
            left[0] -= 1
            if left[0] < 0:
                raise httpx.ConnectError("gone")
        return None

    engine.instead = breaking
    with pytest.raises(OutboundUnavailable):
        found.follower.follow()
    assert found.status()["version"] == 0
    engine.instead = lambda engine, form: None
    engine.updates.clear()
    # A version that undoes what was half done must not be taken for nothing.
    version = publish(versions, quads(0), quads(12))
    found.follower.follow()
    assert (engine.statements, found.status()["version"]) == (content(version.path), 3)
    assert not any("DROP" in update for update in engine.updates)


def test_an_engine_that_lost_statements_is_loaded_anew(found: Backend, engine: Engine, versions: Versions) -> None:
    publish(versions, quads(*range(12)))
    found.follower.follow()
    engine.store.remove(quad(5))
    version = publish(versions, quads(12))
    found.follower.follow()
    assert (engine.statements, found.status()["version"]) == (content(version.path), 2)


def test_an_engine_that_cannot_hold_a_version_is_left_alone(
    found: Backend, engine: Engine, versions: Versions, pool: Pool
) -> None:
    publish(versions, quads(0))
    engine.instead = lambda engine, form: (
        results(b"") if form.get("update", [""])[0].startswith("INSERT DATA {\n") else None
    )
    with pytest.raises(OutboundAnswer, match="says of urn:cnrs-kg:default: less; we say: "):
        found.follower.follow()
    assert (found.status()["version"], found.status()["unfit"], engine.marks) == (0, True, [])
    engine.updates.clear()
    engine.instead = lambda engine, form: None
    publish(versions, quads(1))
    found.follower.follow()
    assert engine.updates == []
    later = backend(engine, pool, versions)
    later.follower.follow()
    assert later.status()["version"] == 2
    later.close()


def loads(form: dict[str, list[str]]) -> bool:
    """Whether a request adds statements, and does nothing else."""
    return form.get("update", [""])[0].startswith("INSERT DATA {\n")


def rewriting(wrong: str, right: str) -> Callable[[Engine, dict[str, list[str]]], httpx.Response | None]:
    """An engine that keeps something else than it was told."""

    def rewritten(engine: Engine, form: dict[str, list[str]]) -> httpx.Response | None:
        if loads(form):
            engine.store.update(form["update"][0].replace(right, wrong))
            return results(b"")
        return None

    return rewritten


@pytest.mark.parametrize("wrong", ['"a\\nB"@en-gb', '"a\\nbc"@en-gb', '"a\\nb"@en', '"a\\nb"', '"1"^^<x:d>', "<x:o>"])
def test_an_engine_that_rewrites_values_is_found_out(
    wrong: str, found: Backend, engine: Engine, versions: Versions
) -> None:
    right = '"a\\nb"@en-gb'
    engine.instead = rewriting(wrong, right)
    publish(versions, quads(3))
    with pytest.raises(OutboundAnswer, match="says"):
        found.follower.follow()
    assert found.status()["unfit"]


def test_one_process_at_a_time_brings_it_along(found: Backend, engine: Engine, versions: Versions) -> None:
    publish(versions, quads(0))
    with WriterLock(versions.data_dir / "backend.lock").held(1):
        found.follower.follow()
        assert (engine.updates, found.status()["version"]) == ([], 0)
    found.follower.follow()
    assert found.status()["version"] == 1


def test_a_server_that_ends_leaves_off(found: Backend, engine: Engine, versions: Versions) -> None:
    publish(versions, quads(0))
    found.follower.stop.set()
    with pytest.raises(Stopped):
        found.follower.follow()
    assert engine.marks == []


def test_credentials_go_along(engine: Engine, pool: Pool, versions: Versions) -> None:
    publish(versions, quads(0))
    made = backend(engine, pool, versions, authorization="Basic eDp5")
    made.follower.follow()
    made.close()
    assert {headers["authorization"] for headers in engine.headers} == {"Basic eDp5"}


def lines(data: bytes) -> list[bytes]:
    return sorted(data.splitlines())


@given(
    steps=st.lists(st.tuples(some_quads, some_quads, some_triples, some_triples, st.booleans()), min_size=1, max_size=5)
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_after_any_patches_it_answers_what_we_answer(
    steps: list, pool: Pool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    versions, engine = Versions(tmp_path_factory.mktemp("any")), Engine()
    found = backend(engine, pool, versions)
    for added, removed, inferred, forgotten, followed in steps:
        version = publish(versions, added, removed, inferred=inferred, forgotten=forgotten)
        if followed:
            found.follower.follow()
    found.follower.follow()
    assert engine.statements == content(version.path)
    for text in QUERIES:
        tsv = "text/tab-separated-values"
        there = ask(found, version, text, tsv)
        assert found.status()["failed"] == 0
        here = pool.query(QueryRequest(text, version.path, result_format=tsv))
        assert lines(there) == lines(here.read())
    assert found.status()["answered"] == len(QUERIES)
    found.close()
    versions.close()
