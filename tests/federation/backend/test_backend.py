"""Which queries go to the other engine, and what becomes of its answers."""

import json
from contextlib import suppress
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import N_TRIPLES, QueryRequest
from cnrs_kg.errors import QuerySyntaxError, QueryTimeout, ResultTooLarge
from cnrs_kg.federation.backend import backend as module
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.rdf.formats import SAFE_CSV
from cnrs_kg.store.versions import Version, Versions

from ...store.helpers import quad, quads
from ...waiting import until
from .engines import Answer, Engine, ask, counts, number, publish, results

EVERYTHING = "SELECT * { ?s ?p ?o }"


@pytest.fixture
def version(versions: Versions, found: Backend, engine: Engine) -> Version:
    made = publish(versions, quads(0, 2, 3))
    found.follower.follow()
    engine.queries.clear()
    return made


@pytest.mark.parametrize("result_format", ["application/sparql-results+json", "application/sparql-results+xml"])
def test_a_query_goes_there_and_its_answer_is_ours(
    result_format: str, found: Backend, engine: Engine, version: Version, pool: Pool
) -> None:
    text = "SELECT ?o { <x:s0> <x:p> ?o } ORDER BY str(?o)"
    there = ask(found, version, text, result_format)
    assert counts(found) == (1, 0, 0)
    assert engine.queries == [f"BASE <http://base/>\n{text}"]
    found.follower.lose(found.follower.held)  # type: ignore[arg-type]
    assert ask(found, version, text, result_format) == there
    assert counts(found) == (1, 0, 1)


def test_true_and_false(found: Backend, version: Version) -> None:
    assert ask(found, version, "ASK { <x:s0> ?p ?o }", "text/csv") == b"true"
    assert json.loads(ask(found, version, "ASK { <x:none> ?p ?o }"))["boolean"] is False
    assert counts(found) == (2, 0, 0)


def test_named_graphs_are_those_of_the_version(found: Backend, engine: Engine, version: Version) -> None:
    engine.store.add(quad(9, ox.NamedNode("http://others.example/")))
    assert number(ask(found, version, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }")) == 1
    assert number(ask(found, version, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == 3
    assert counts(found) == (2, 0, 0)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("SELECT * FROM <x:g> { ?s ?p ?o }", {}),
        ("SELECT * FROM NAMED <x:g> { GRAPH ?g { ?s ?p ?o } }", {}),
        (EVERYTHING, {"default_graphs": ("x:g",)}),
        (EVERYTHING, {"named_graphs": ("x:g",)}),
        (EVERYTHING, {"bindings": (("s", "<x:s0>"),)}),
        (EVERYTHING, {"result_format": SAFE_CSV}),
        ("CONSTRUCT WHERE { ?s ?p ?o }", {}),
        ("DESCRIBE <x:s0>", {}),
        ("SELECT (<http://www.opengis.net/def/function/geosparql/area>(1) AS ?a) {}", {}),
        ("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT (xsd:integer ('1') AS ?a) {}", {}),
        ("SELECT * { ?s ?p ?o } #" + "x" * module.LONGEST, {}),
    ],
)
def test_what_engines_may_take_otherwise_stays_here(
    text: str, more: dict[str, Any], found: Backend, engine: Engine, version: Version
) -> None:
    ask(found, version, text, **{"graph_format": N_TRIPLES, **more})
    assert (engine.queries, counts(found)) == ([], (0, 0, 1))


def test_other_versions_stay_here(found: Backend, engine: Engine, version: Version, versions: Versions) -> None:
    newer = publish(versions, quads(4))
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert number(ask(found, newer, count)) == 4
    assert counts(found) == (0, 0, 1)
    found.follower.follow()
    assert (number(ask(found, newer, count)), number(ask(found, version, count))) == (4, 3)
    assert counts(found) == (1, 0, 2)


@pytest.mark.parametrize("text", ["SELECT ?s {", "SELECT * { ?s x:p ?o }", "INSERT DATA { <x:a> <x:b> 1 }", "no query"])
def test_errors_are_ours_and_told_nobody(text: str, found: Backend, engine: Engine, version: Version) -> None:
    with pytest.raises(QuerySyntaxError):
        ask(found, version, text)
    assert (engine.queries, counts(found)) == ([], (0, 0, 1))


def bound(*values: object, name: str = "s") -> bytes:
    rows = [{name: {"type": "literal", "value": str(value)}} for value in values]
    return json.dumps({"head": {"vars": [name]}, "results": {"bindings": rows}}).encode()


def raising(error: Exception) -> Answer:
    raise error


@pytest.mark.parametrize(
    "answer",
    [
        lambda: results(b"<html>", Content_Type="text/html"),
        lambda: results(b"Virtuoso 37000 Error", 400),
        lambda: results(b"", 503),
        lambda: results(b'{"head": {"vars": ["s"]}, "results": {"bindings": ['),
        lambda: results(b'{"head": {}, "boolean": true}'),
        lambda: results(b"[" * 5000),
        lambda: results(b"\xff"),
        lambda: results(bound(1, name="other")),
        lambda: results(bound(1), X_SPARQL_MaxRows="1"),
        lambda: results(bound(1), X_SQL_State="S1TAT"),
        lambda: results(b" " * (module.LONGEST * 1024)),
        lambda: raising(httpx.ReadTimeout("slow")),
        lambda: raising(httpx.ConnectError("down")),
        lambda: Answer(307, headers={"Location": "http://169.254.169.254/"}, stream=httpx.ByteStream(b"")),
    ],
)
def test_whatever_is_no_whole_answer_is_answered_here(
    answer: Any, found: Backend, engine: Engine, version: Version
) -> None:
    engine.instead = lambda engine, form: answer() if "default-graph-uri" in form else None
    data = json.loads(ask(found, version, "SELECT ?s { ?s ?p 1 }"))
    assert data["results"]["bindings"] == [{"s": {"type": "uri", "value": "x:s0"}}]
    assert counts(found) == (0, 1, 0)


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.ConnectError("down")])
def test_an_engine_that_does_not_answer_is_not_asked_again_before_it_was_looked_at(
    error: Exception, found: Backend, engine: Engine, version: Version
) -> None:
    engine.instead = lambda engine, form: raising(error)
    ask(found, version, EVERYTHING)
    engine.instead = lambda engine, form: None
    ask(found, version, EVERYTHING)
    assert counts(found) == (0, 1, 1)
    found.follower.follow()
    ask(found, version, EVERYTHING)
    assert counts(found) == (1, 1, 1)


def test_an_answer_is_of_no_use_if_the_engine_changed_meanwhile(
    found: Backend, engine: Engine, version: Version
) -> None:
    """Also if it was brought back, by whomever: its mark is another one."""

    def changing(engine: Engine, form: dict[str, list[str]]) -> None:
        if "default-graph-uri" in form:
            engine.instead = lambda engine, form: None
            for mark in engine.marks:
                engine.store.update(
                    f"DELETE WHERE {{ GRAPH ?g {{ ?s ?p '{mark}' }} }} ; "
                    f"INSERT DATA {{ GRAPH <urn:cnrs-kg:state> {{ <urn:cnrs-kg:state> <x:p> '{mark}x' }} }}"
                )

    engine.instead = changing
    assert b"x:s0" in ask(found, version, EVERYTHING)
    assert counts(found) == (0, 1, 0)
    assert found.status()["version"] == 0


def test_variables_come_in_our_order(found: Backend, engine: Engine, version: Version) -> None:
    def turned(engine: Engine, form: dict[str, list[str]]) -> Answer | None:
        if "default-graph-uri" not in form:
            return None
        document = json.loads(engine.query(form))
        document["head"]["vars"].reverse()
        return results(json.dumps(document).encode())

    engine.instead = turned
    text = "SELECT ?s ?o { ?s ?p ?o FILTER(isNumeric(?o)) }"
    assert ask(found, version, text, "text/csv") == b"s,o\r\nx:s0,1\r\n"
    assert counts(found) == (1, 0, 0)


def test_an_answer_beyond_the_limit_is_refused_by_name(found: Backend, engine: Engine, version: Version) -> None:
    values = " ".join(map(str, range(1001)))
    with pytest.raises(ResultTooLarge) as caught:
        ask(found, version, f"SELECT * {{ VALUES ?x {{ {values} }} }}")
    assert caught.value.limit == "result_limit"


def test_a_query_whose_time_is_over_is_none_of_its(found: Backend, engine: Engine, version: Version) -> None:
    request = QueryRequest(EVERYTHING, version.path)
    with pytest.raises(QueryTimeout):
        found.query(request, deadline=now() - 1)
    assert engine.queries == []


def test_little_time_is_borne(found: Backend, version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "_variables", lambda *_: ("s", "p", "o"))
    with suppress(QueryTimeout):
        assert b"x:s0" in found.query(QueryRequest(EVERYTHING, version.path), deadline=now() - 1).read()
    assert sum(counts(found)) == 1


def test_few_wait_for_it_at_a_time(
    found: Backend, engine: Engine, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(module.MOST):
        found._turns.acquire()
    assert b"x:s0" in ask(found, version, EVERYTHING)
    assert counts(found) == (0, 0, 1)


def test_it_follows_in_the_background(found: Backend, engine: Engine, versions: Versions) -> None:
    publish(versions, quads(0))
    found.start()
    until(lambda: found.status()["version"] == 1)


def test_the_log_says_why_it_is_left_alone(
    found: Backend, engine: Engine, versions: Versions, caplog: pytest.LogCaptureFixture
) -> None:
    engine.instead = lambda engine, form: results(bound(1)) if "query" in form else None
    publish(versions, quads(0))
    found.start()
    until(lambda: found.status()["unfit"])
    until(lambda: any(message.endswith(module.LEFT) for message in caplog.messages))
