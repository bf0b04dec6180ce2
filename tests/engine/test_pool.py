"""The pool with real workers: answers, limits, deaths, lanes, cache."""

import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.pool import Limits, Pool, QueryRequest
from cnrs_kg.engine.process import now
from cnrs_kg.errors import (
    EngineBusy,
    QueryCancelled,
    QueryCrashed,
    QueryMemory,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooComplex,
    RdfSyntaxError,
    ServiceRefused,
    StoreDamaged,
    TooNested,
    UnsupportedFormat,
    UploadTooLarge,
)

from ..waiting import until
from .conftest import ENDLESS, LIMITS


def heavy(mark: object) -> str:
    return f"{ENDLESS} # {mark}"


def small(tmp_path: Path, workers: int = 1, **limits: object) -> Pool:
    return Pool(workers, replace(LIMITS, **limits), tmp_path)  # type: ignore[arg-type]


def test_answers(pool, store_path):
    answer = pool.query(
        QueryRequest("SELECT ?s { ?s <http://example.org/name> ?n }", store_path, result_format="text/csv")
    )
    assert (answer.form, answer.media_type, answer.read()) == ("SELECT", "text/csv", b"s\r\nhttp://example.org/a\r\n")
    answer = pool.query(QueryRequest("DESCRIBE <inferred>", store_path, base_iri="http://example.org/"))
    assert (answer.form, answer.rows) == ("DESCRIBE", 1)


def test_a_large_answer_is_a_file_of_its_own(pool, store_path):
    request = QueryRequest("SELECT * { VALUES ?x { " + "'" + "x" * 300_000 + "' " * 1 + "} }", store_path)
    small_enough = pool.query(request)
    assert small_enough.file is None
    request = request._replace(text=request.text.replace("x" * 300_000, "x" * 1_000_000), result_format="text/csv")
    answers = [pool.query(request._replace(text=request.text + " " * 100)) for _ in range(1)]
    assert answers[0].size == len(answers[0].read())


def test_a_file_when_the_cache_keeps_nothing(tmp_path, store_path):
    with Pool(1, LIMITS, tmp_path, cache_bytes=0) as pool:
        answer = pool.query(QueryRequest("SELECT * { VALUES ?x { " + "1 " * 4000 + "} }", store_path))
        assert answer.file is not None
        assert answer.body is None
        with answer.copy().file as other:
            assert len(other.read()) == answer.size
        assert len(list(answer.chunks())) == -(-answer.size // 2**16)
        assert answer.file.closed
    assert list(tmp_path.iterdir()) == []


def test_errors_keep_their_place(pool, store_path):
    with pytest.raises(QuerySyntaxError) as caught:
        pool.query(QueryRequest("SELECT *\n{ ?s", store_path))
    assert caught.value.position == (2, 5)
    with pytest.raises(ServiceRefused):
        pool.query(QueryRequest("ASK { SERVICE SILENT <http://x/> {} }", store_path))
    with pytest.raises(UnsupportedFormat):
        pool.query(QueryRequest("ASK {}", store_path, result_format=None))
    with pytest.raises(UnsupportedFormat):
        pool.query(QueryRequest("ASK {}", store_path, result_format="image/png"))


def test_a_store_that_is_not_there(pool, tmp_path):
    with pytest.raises(StoreDamaged):
        pool.query(QueryRequest("ASK {}", tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_many_versions_at_once(tmp_path):
    """A worker keeps four stores open; each version answers for itself."""
    paths = []
    for number in range(7):
        path = tmp_path / str(number)
        store = ox.Store(str(path))
        store.add(ox.Quad(ox.NamedNode("urn:v"), ox.NamedNode("urn:p"), ox.Literal(number)))
        store.flush()
        del store
        paths.append(path)
    with small(tmp_path / "spool", memory=2**30) as pool:
        for turn in range(3):
            for number, path in enumerate(paths):
                request = QueryRequest(f"SELECT ?n {{ ?v ?p ?n }} # {turn}", path, result_format="text/csv")
                assert pool.query(request).read() == f"n\r\n{number}\r\n".encode()
        assert pool.status()["started"] <= 2


def test_the_deadline_is_named_and_the_worker_replaced(tmp_path, store_path):
    with small(tmp_path, timeout=1, quick=0.2) as pool:
        with pytest.raises(QueryTimeout, match="1 s") as caught:
            pool.query(QueryRequest(ENDLESS, store_path))
        assert caught.value.limit == "query_timeout"
        assert pool.query(QueryRequest("ASK {}", store_path), deadline=now() + LIMITS.timeout).read()


def test_a_deadline_before_the_slice_ends(tmp_path, store_path):
    with small(tmp_path, timeout=0.2, quick=5) as pool, pytest.raises(QueryTimeout):
        pool.query(QueryRequest(ENDLESS, store_path))


def test_memory_is_named(tmp_path, store_path):
    with small(tmp_path, memory=64 * 2**20) as pool:
        with pytest.raises(QueryMemory, match="64 MiB") as caught:
            pool.query(QueryRequest(ENDLESS.replace("(COUNT(*) AS ?n)", "*") + " ORDER BY ?a1", store_path))
        assert caught.value.limit == "query_memory"
        assert pool.query(QueryRequest("ASK {}", store_path)).read()


def test_memory_is_on_top_of_what_the_stores_need(tmp_path, store_path):
    """Address space of the stores and of the stack, hundreds of MiB, is not counted."""
    with small(tmp_path, memory=32 * 2**20) as pool:
        assert pool.status()["base"] > 64 * 2**20
        assert pool.query(QueryRequest("SELECT * { ?s ?p ?o } ORDER BY ?s", store_path)).read()


def test_memory_of_a_document_is_named_before_any_store_is_open(tmp_path):
    with small(tmp_path, memory=32 * 2**20) as pool, pytest.raises(QueryMemory):
        pool.parse(b"#\n" * 2**25, "text/turtle")


def test_light_queries_go_on_while_heavy_ones_run(tmp_path, store_path):
    with small(tmp_path, workers=1, quick=0.1, slow=2, timeout=60) as pool, ThreadPoolExecutor(4) as threads:
        stop = threading.Event()
        slow = [
            threads.submit(pool.query, QueryRequest(heavy(i), store_path), client="heavy", cancelled=stop)
            for i in range(4)
        ]
        until(lambda: pool.status()["slow"] >= 2 and pool.status()["waiting_slow"] >= 1)
        for i in range(20):
            assert pool.query(QueryRequest(f"ASK {{}} # {i}", store_path), client="light").read()
        until(lambda: pool.status()["requeued"] >= 2)
        stop.set()
        assert {type(future.exception()) for future in slow} == {QueryCancelled}
        assert pool.status()["slow"] == 0


@pytest.fixture
def all_sit_together(monkeypatch):
    """A worker is shared by whatever is brief to send."""
    monkeypatch.setattr("cnrs_kg.engine.lanes.SHARED", float("inf"))
    monkeypatch.setattr("cnrs_kg.engine.lanes.STILL", float("inf"))


def seated(pool: Pool, count: int = 1) -> None:
    until(lambda: pool.status()["seated"] >= count)


@pytest.mark.usefixtures("all_sit_together")
def test_brief_queries_share_a_worker(tmp_path, store_path):
    with small(tmp_path, quick=300, timeout=60) as shared, ThreadPoolExecutor(8) as threads:
        texts = [f"SELECT (COUNT(*) * 0 + {i} AS ?n) {{ ?s ?p ?o }}" for i in range(400)]
        answers = threads.map(
            lambda text: shared.query(QueryRequest(text, store_path, result_format="text/csv")), texts
        )
        assert [answer.read() for answer in answers] == [f"n\r\n{i}\r\n".encode() for i in range(400)]
        assert shared.status()["seated"] > 0
        assert shared.status()["started"] <= 2
        assert shared.status()["running"] == 0


@pytest.mark.usefixtures("all_sit_together")
def test_who_sits_behind_a_heavy_query_is_sent_elsewhere(tmp_path, store_path, monkeypatch):
    stop, all_sit = threading.Event(), threading.Event()
    with small(tmp_path, quick=0.2, timeout=60) as shared, ThreadPoolExecutor(4) as threads:
        must_go = shared._runner._must_go
        monkeypatch.setattr(shared._runner, "_must_go", lambda *asked: all_sit.is_set() and must_go(*asked))
        first = threads.submit(shared.query, QueryRequest(heavy(1), store_path), cancelled=stop)
        until(lambda: shared.status()["running"] >= 1)
        light = [threads.submit(shared.query, QueryRequest(f"ASK {{}} # {i}", store_path)) for i in range(3)]
        seated(shared, 3)
        all_sit.set()
        assert all(future.result().read() for future in light)
        assert shared.status()["sent_again"] >= 3
        stop.set()
        assert isinstance(first.exception(), QueryCancelled)


@pytest.mark.usefixtures("all_sit_together")
def test_who_sits_behind_a_query_that_crashes_is_not_blamed(tmp_path, store_path):
    with small(tmp_path, quick=300, timeout=60) as pool, ThreadPoolExecutor(4) as threads:
        first = threads.submit(pool.query, QueryRequest(heavy(1), store_path))
        until(lambda: pool.status()["running"] >= 1)
        light = [threads.submit(pool.query, QueryRequest(f"ASK {{}} # {i}", store_path)) for i in range(3)]
        seated(pool, 3)
        os.kill(busy_worker(pool), signal.SIGABRT)
        assert isinstance(first.exception(), QueryCrashed)
        assert all(future.result().read() for future in light)


def test_a_client_that_leaves_endless_queries_behind_still_gets_light_ones(tmp_path, store_path):
    """Nobody tells that a client has left: what it asked goes on, and is not to be in the way of what it asks next."""
    look_up = "ASK {{ <x:{}> ?p ?o }}"
    with small(tmp_path, workers=2, quick=300, timeout=60, slow=0) as pool, ThreadPoolExecutor(6) as threads:
        for number in range(20):
            pool.query(QueryRequest(look_up.format(number), store_path), client="a")
        stop = threading.Event()
        for number in range(6):
            threads.submit(pool.query, QueryRequest(heavy(number), store_path), client="a", cancelled=stop)
        until(lambda: pool.status()["waiting"] == 5)
        for number in range(20, 30):
            assert pool.query(QueryRequest(look_up.format(number), store_path), client="a").read()
        assert (pool.status()["waiting"], pool.status().get("requeued", 0)) == (5, 0)
        stop.set()


@pytest.mark.usefixtures("all_sit_together")
def test_who_ends_behind_others_does_not_end_them(tmp_path, store_path):
    with small(tmp_path, quick=300, timeout=60) as pool, ThreadPoolExecutor(2) as threads:
        stop = threading.Event()
        first = threads.submit(pool.query, QueryRequest(heavy(1), store_path), cancelled=stop)
        until(lambda: pool.status()["running"] >= 1)
        while pool.status()["seated"] == 0:  # unless its time was over before it sat down
            with pytest.raises(QueryTimeout):
                pool.query(QueryRequest("ASK {}", store_path), deadline=now() + 0.1)
        assert not first.done()
        stop.set()
        assert isinstance(first.exception(), QueryCancelled)


@pytest.mark.usefixtures("all_sit_together")
def test_closing_ends_all_who_share_a_worker(tmp_path, store_path):
    with ThreadPoolExecutor(3) as threads:
        with small(tmp_path, quick=300, timeout=60) as pool:
            futures = [threads.submit(pool.query, QueryRequest(heavy(i), store_path)) for i in range(3)]
            seated(pool, 2)
        assert {type(future.exception()) for future in futures} <= {EngineBusy, QueryCrashed}


def test_the_backlog_is_bounded(tmp_path, store_path):
    with small(tmp_path, workers=1, backlog=1, quick=300, timeout=60) as pool, ThreadPoolExecutor(2) as threads:
        first = threads.submit(pool.query, QueryRequest(heavy(1), store_path))
        until(lambda: pool.status()["running"] >= 1)
        second = threads.submit(pool.query, QueryRequest("ASK {}", store_path))
        until(lambda: pool.status()["waiting"] >= 1)
        with pytest.raises(EngineBusy) as caught:
            pool.query(QueryRequest("ASK { ?s ?p ?o }", store_path))
        assert caught.value.extra["retry_after"] >= 1
        os.kill(busy_worker(pool), signal.SIGKILL)
        assert isinstance(first.exception(), QueryCrashed)
        assert second.result().read()


def busy_worker(pool: Pool) -> int:
    """The process of the one worker that runs something, beside the spare one."""
    until(lambda: pool.status()["idle"] >= 1)
    idle = {worker.pid for worker in pool._lanes._idle}
    (busy,) = (worker.pid for worker in pool._keeper._all if worker.pid not in idle)
    return busy


def test_a_worker_that_died_idle_is_replaced_unseen(tmp_path, store_path):
    with small(tmp_path) as pool:
        until(lambda: pool.status()["idle"] >= 2)
        for worker in list(pool._lanes._idle):
            worker.kill()
            worker._process.wait()
        assert pool.query(QueryRequest("ASK {}", store_path)).read()


@pytest.mark.parametrize("length", [200_000, 1_000_000])
def test_a_dataset_too_long_to_be_sent_is_refused_and_takes_no_worker(tmp_path, store_path, length):
    with small(tmp_path) as pool:
        long = ("http://example.org/" + "x" * length,)
        for _ in range(3):
            with pytest.raises(QueryTooComplex, match="names of the graphs") as caught:
                pool.query(QueryRequest("ASK {}", store_path, default_graphs=long))
            assert caught.value.limit == "query_dataset"
        assert pool.query(QueryRequest("ASK {}", store_path)).read()
        assert pool.status()["started"] <= 2


def test_a_dataset_that_fills_its_room_is_taken(pool, store_path):
    many = tuple(f"http://example.org/{number:060}" for number in range(900))
    assert pool.query(QueryRequest("ASK {}", store_path, default_graphs=many)).read()


def test_a_request_that_cannot_be_sent_gives_its_place_back(tmp_path, store_path, monkeypatch):
    with small(tmp_path) as pool:
        with monkeypatch.context() as patch:
            patch.setattr("cnrs_kg.engine.process.send_request", _refuse)
            for number in range(3):
                with pytest.raises(OSError, match="no room"):
                    pool.query(QueryRequest(f"ASK {{}} # {number}", store_path))
        assert pool.query(QueryRequest("ASK {}", store_path)).read()


def test_workers_that_cannot_be_started_now_are_started_later(tmp_path, store_path, monkeypatch):
    with small(tmp_path) as pool, ThreadPoolExecutor(1) as threads:
        until(lambda: pool.status()["idle"] >= 2)
        with monkeypatch.context() as patch:
            patch.setattr("cnrs_kg.engine.keeper.WorkerProcess", _refuse)
            for worker in list(pool._lanes._idle):
                worker.kill()
                worker._process.wait()
            future = threads.submit(pool.query, QueryRequest("ASK {}", store_path))
            until(lambda: "no room" in (pool._keeper.failure or ""))
        assert future.result().read()


def _refuse(*_: object, **__: object) -> None:
    raise OSError("no room")


def test_a_crash_is_told_from_a_limit(tmp_path, store_path):
    with small(tmp_path, quick=300) as pool, ThreadPoolExecutor(1) as threads:
        future = threads.submit(pool.query, QueryRequest(ENDLESS, store_path))
        until(lambda: pool.status()["running"] >= 1)
        os.kill(busy_worker(pool), signal.SIGABRT)
        error = future.exception()
        assert isinstance(error, QueryCrashed)
        assert "SIGABRT" in str(error)


def test_a_stack_that_overflows_is_called_by_name(tmp_path, store_path):
    """Beyond the guards, which are lifted here, the worker dies of it and the server tells why."""
    with small(tmp_path, query_nesting=10**7, query_bytes=10**7) as pool:
        with pytest.raises(QueryTooComplex, match="stack holds") as caught:
            pool.query(QueryRequest("ASK " + "{" * 400_000 + "}" * 400_000, store_path))
        assert caught.value.limit == "query_stack"


def test_a_document_that_overflows_the_stack_is_too_nested(tmp_path, store_path, monkeypatch):
    with small(tmp_path) as pool:

        def overflow(*_: object) -> None:
            raise QueryTooComplex("stack", limit="query_stack")

        monkeypatch.setattr(pool._runner, "run", overflow)
        with pytest.raises(TooNested, match="its parser bears") as caught:
            pool.parse(b"", "text/turtle")
        assert caught.value.limit == "upload_nesting"


def test_cancelling_a_slow_query(tmp_path, store_path):
    with small(tmp_path, quick=0.05, timeout=60) as pool, ThreadPoolExecutor(1) as threads:
        cancelled = threading.Event()
        future = threads.submit(pool.query, QueryRequest(ENDLESS, store_path), cancelled=cancelled)
        until(lambda: pool.status()["slow"] >= 1)
        cancelled.set()
        assert isinstance(future.exception(), QueryCancelled)
        assert pool.status()["cancelled"] == 1


def test_the_same_query_in_flight_is_evaluated_once(tmp_path, store_path):
    with small(tmp_path, quick=300, timeout=60) as pool, ThreadPoolExecutor(5) as threads:
        futures = [threads.submit(pool.query, QueryRequest(ENDLESS, store_path)) for _ in range(5)]
        until(lambda: pool._flights._following == 4 and pool.status()["running"] == 1)
        os.kill(busy_worker(pool), signal.SIGKILL)
        assert {type(future.exception()) for future in futures} == {QueryCrashed}
        assert pool.status()["refused_QueryCrashed"] == 1


def test_the_same_query_asked_very_often_leaves_threads_to_others(tmp_path, store_path):
    """Beyond the backlog nobody waits, whether for a worker or for the same query of somebody else."""
    with small(tmp_path, quick=300, backlog=1, timeout=60) as pool, ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(pool.query, QueryRequest(ENDLESS, store_path))]
        until(lambda: pool.status()["running"] >= 1)
        futures += [threads.submit(pool.query, QueryRequest(ENDLESS, store_path)) for _ in range(2)]
        until(lambda: pool.status()["waiting"] >= 1)
        with pytest.raises(EngineBusy):
            pool.query(QueryRequest(ENDLESS, store_path))
        pool.close()
        assert all(future.exception() for future in futures)


def test_followers_of_a_cancelled_query_go_on(tmp_path, store_path):
    with small(tmp_path, quick=0.05) as pool, ThreadPoolExecutor(2) as threads:
        cancelled = threading.Event()
        first = threads.submit(pool.query, QueryRequest(ENDLESS, store_path), cancelled=cancelled)
        until(lambda: pool.status()["slow"] >= 1)
        second = threads.submit(pool.query, QueryRequest(ENDLESS, store_path), deadline=now() + 2)
        cancelled.set()
        assert isinstance(first.exception(), QueryCancelled)
        assert isinstance(second.exception(), QueryTimeout)


def test_hits_do_not_touch_the_pool(tmp_path, store_path):
    with small(tmp_path) as pool:
        request = QueryRequest("SELECT * { ?s ?p ?o }", store_path)
        first = [pool.query(request) for _ in range(2)][0]
        pool.close()
        assert pool.query(request) == first._replace(again=True)
        with pytest.raises(EngineBusy):
            pool.query(request._replace(result_format="text/csv"))


def test_errors_are_not_kept(tmp_path, store_path):
    with small(tmp_path) as pool:
        for _ in range(2):
            with pytest.raises(QuerySyntaxError):
                pool.query(QueryRequest("nonsense", store_path))
        assert pool.status()["cache_answers"] == 0


def test_documents(pool, tmp_path):
    parsed = pool.parse(b"<s> <p> 1, 2 .", "text/turtle;charset=utf-8", base_iri="http://x/", graph="http://x/g")
    assert parsed.statements == 2
    assert [str(quad.graph_name) for quad in parsed.quads()] == ["<http://x/g>"] * 2
    (tmp_path / "f").write_bytes(b"<urn:s> <urn:p> 1 .")
    with open(tmp_path / "f", "rb") as file:
        assert pool.parse(file, "text/turtle").lines().startswith(b"<urn:s> <urn:p> ")
    with pytest.raises(RdfSyntaxError) as caught:
        pool.parse(b"<urn:s> <urn:p> .", "text/turtle")
    assert caught.value.position == (1, 17)
    with pytest.raises(UnsupportedFormat):
        pool.parse(b"", "image/png")
    with pytest.raises(UploadTooLarge):
        pool.parse(b" " * (LIMITS.upload_bytes + 1), "text/turtle")


def test_a_large_document(pool):
    parsed = pool.parse(b"<urn:s> <urn:p> " + b", ".join(b"%d" % i for i in range(20_000)) + b" .", "text/turtle")
    assert sum(1 for _ in parsed.quads()) == parsed.statements == 20_000


def test_changes_of_an_update(pool, store_path):
    text = "PREFIX : <http://example.org/> INSERT DATA { GRAPH :g4 { :x :y '\\n' } } ;"
    text += "DELETE WHERE { GRAPH :g3 { ?s ?p ?o } }"
    found = pool.changes(text, store_path, plain=True)
    assert [str(quad.graph_name) for quad in found.added] == ["<http://example.org/g4>"]
    assert [quad.object.value for quad in found.added] == ["\n"]
    assert [str(quad.graph_name) for quad in found.removed] == ["<http://example.org/g3>"]
    assert found.warnings() == ()
    nothing = pool.changes("DELETE DATA { <urn:a> <urn:b> 1 }", store_path, plain=True)
    assert (nothing.added, nothing.removed) == ([], [])


def test_changes_with_notices_and_a_dataset(pool, store_path):
    text = "DELETE DATA { <http://example.org/inferred> a <http://example.org/Thing> }"
    found = pool.changes(text, store_path)
    assert (found.added, found.removed) == ([], [])
    assert len(found.warnings()) == 1
    text = "INSERT { <urn:n> <urn:n> ?s } WHERE { ?s <http://example.org/knows> ?o }"
    found = pool.changes(text, store_path, plain=True, using_graphs=("http://example.org/g1",))
    assert len(found.added) == 2


def test_an_update_that_never_ends(tmp_path, store_path):
    text = ENDLESS.replace("SELECT (COUNT(*) AS ?n)", "INSERT { <urn:a> <urn:b> 1 } WHERE")
    with small(tmp_path, timeout=1, quick=0.2) as pool, pytest.raises(QueryTimeout):
        pool.changes(text, store_path, plain=True)
    assert list(tmp_path.iterdir()) == []


def test_load_and_service_in_an_update(pool, store_path):
    with pytest.raises(Exception, match="LOAD at line 1, column 1"):
        pool.changes("LOAD <http://x/>", store_path)
    with pytest.raises(ServiceRefused):
        pool.changes("INSERT { ?s ?p ?o } WHERE { SERVICE <http://x/> { ?s ?p ?o } }", store_path)


def test_a_pool_that_cannot_start_says_why(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises((RuntimeError, FileExistsError)):
        Pool(1, Limits(), tmp_path / "file").start()


def test_nobody_is_asked_once_the_time_is_over(pool, store_path):
    before = pool.status()
    for _ in range(20):
        with pytest.raises(QueryTimeout, match="before it began"):
            pool.query(QueryRequest("ASK { <x:late> ?p ?o }", store_path), deadline=now() - 1)
    after = pool.status()
    assert after.get("served_query", 0) == before.get("served_query", 0)
    assert after["timeouts"] == before.get("timeouts", 0) + 20


def test_a_deadline_of_ones_own(pool, store_path):
    with pytest.raises(QueryTimeout):
        pool.query(QueryRequest(heavy("own"), store_path), deadline=now() + 0.1)


def test_what_was_slow_once_starts_in_the_slow_lane(tmp_path, store_path, monkeypatch):
    with small(tmp_path, quick=0.1, timeout=1) as pool:
        while not pool._runner._heavy:
            with pytest.raises(QueryTimeout):
                pool.query(QueryRequest(ENDLESS, store_path))
        assert len(pool._runner._heavy) == 1
        with monkeypatch.context() as patch, pytest.raises(QueryTimeout):
            patch.setattr(pool._runner, "_quick", None)
            pool.query(QueryRequest(ENDLESS, store_path))
        assert pool.query(QueryRequest("ASK {}", store_path), deadline=now() + 60).read()


def test_a_slow_query_stays_while_nobody_waits(tmp_path, store_path):
    """Without a free slow place it goes on where it is: ending it would help nobody."""
    with small(tmp_path, quick=0.1, timeout=1, slow=0) as pool:
        with pytest.raises(QueryTimeout):
            pool.query(QueryRequest(ENDLESS, store_path))
        assert pool.status().get("requeued", 0) == 0


def test_bindings_take_the_places_of_variables(pool: Pool, store_path: Path) -> None:
    text = "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s"
    every = pool.query(QueryRequest(text, store_path)).read()
    bound = pool.query(QueryRequest(text, store_path, bindings=(("s", "<http://example.org/nothing>"),))).read()
    assert bound != every and json.loads(bound)["results"]["bindings"] == []
    hostile = (("s", '"} DROP ALL #"'),)
    assert json.loads(pool.query(QueryRequest(text, store_path, bindings=hostile)).read())["results"]["bindings"] == []
    assert pool.query(QueryRequest(text, store_path)).read() == every


def test_a_binding_of_what_is_not_projected_is_refused(pool: Pool, store_path: Path) -> None:
    with pytest.raises(QueryCrashed, match="projection"):
        pool.query(QueryRequest("SELECT ?s { ?s ?p ?o }", store_path, bindings=(("o", "<x:o>"),)))


def test_a_query_with_service_is_planned_in_a_worker(pool):
    plan = pool.plan("SELECT * { ?s ?p ?o SERVICE <x> { ?s ?q ?v } }", "http://e/")
    (call,) = plan.calls
    assert (call.endpoint, call.position, call.shared, call.silent) == ("http://e/x", (1, 21), ("s",), False)
    with pytest.raises(ServiceRefused):
        pool.plan("SELECT * { ?s ?p ?o SERVICE ?s { ?s ?q ?v } }", None)
    with pytest.raises(QuerySyntaxError):
        pool.plan("SELECT * { SERVICE <http://x/> { ?s ?q } }", None)


def test_answers_of_other_endpoints_are_read_in_a_worker(pool):
    def document(*values):
        rows = [{"v": {"type": "literal", "value": value}} for value in values]
        return json.dumps({"head": {"vars": ["v"]}, "results": {"bindings": rows}}).encode()

    options = {"rows": 10, "scope": ""}
    assert pool.solutions(document("a", "b"), "json", ("v",), **options) == b'("a")\n("b")\n'
    large = "x" * 100_000
    assert pool.solutions(document(large), "json", ("v",), **options) == f'("{large}")\n'.encode()
    with pytest.raises(RdfSyntaxError):
        pool.solutions(b"<html>", "json", ("v",), **options)
    with pytest.raises(TooNested):
        pool.solutions(b"[" * 200_000, "json", ("v",), **options)
