"""Federated queries from their text to their answer, endpoints in this process."""

import json
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Barrier, Event, Thread
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest

from cnrs_kg.engine.requests import Limits, QueryRequest
from cnrs_kg.errors import EngineBusy, QueryTooComplex, ResultTooLarge, ServiceFailed, ServiceRefused, ServiceTimeout
from cnrs_kg.federation.services import gateway, queries
from cnrs_kg.federation.services.bindings import BATCH
from cnrs_kg.federation.services.endpoint import ServiceEndpoint
from cnrs_kg.federation.services.queries import Services
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.network import Transport
from cnrs_kg.outbound.places import Place, Places

from ...outbound.hosts import Remembering, http, serving
from ...outbound.hosts import reply as replied
from .places import JSON, URL, Handler, InProcess, Remote, ask, graph, reply, rows, services

LOCAL = ':a a :Unit ; :ror :x ; :name "A" . :b a :Unit ; :ror :y ; :name "B" . :c a :Office ; :ror :z .'
THERE = ':x :city "Paris"@fr , "Paris"@en . :y :city "Lyon" . :z :city "Tokyo" . :w :city "Nice" .'


@pytest.fixture(autouse=True)
def _kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test runs just when what was kept is asked for anew."""
    monkeypatch.setattr(gateway, "AGE", 10**9)


@pytest.fixture
def remote() -> Remote:
    return Remote({URL: graph(THERE)})


@pytest.fixture
def found(remote: Remote, tmp_path: Path):
    made, _ = services(graph(LOCAL), remote, tmp_path)
    yield made
    made.close()


def failing(tmp_path: Path, handler: Handler, **limits: object) -> Services:
    endpoint = ServiceEndpoint(URL, **limits)  # type: ignore[arg-type]
    return services(graph(LOCAL), handler, tmp_path, registry=endpoint)[0]


QUERY = "SELECT ?s ?city { ?s a :Unit ; :ror ?r SERVICE :: { ?r :city ?city } }"


def test_only_what_was_found_here_is_asked_for(found: Services, remote: Remote) -> None:
    assert [row["city"] for row in rows(ask(found, QUERY))] == [
        '{"type": "literal", "value": "Paris", "xml:lang": "en"}',
        '{"type": "literal", "value": "Paris", "xml:lang": "fr"}',
        '{"type": "literal", "value": "Lyon"}',
    ]
    (query,) = remote.queries
    assert query.split("\n") == [
        "BASE <http://base/>",
        "PREFIX : <http://e/>",
        "SELECT ?city ?r { VALUES (?r) { (<http://e/x>) (<http://e/y>) } { ?r :city ?city } } LIMIT 10001",
    ]
    assert remote.rows == 3


def test_every_form_of_query(found: Services) -> None:
    body = "{ :a :ror ?r SERVICE :: { ?r :city ?city } }"
    assert json.loads(ask(found, f"ASK {body}").read())["boolean"] is True
    request = QueryRequest(
        f"PREFIX : <http://e/> CONSTRUCT {{ ?r :in ?city }} {body.replace('::', f'<{URL}>')}", Path(), graph_format=None
    )
    triples = found.query(request._replace(graph_format="application/n-triples"), 1).read()
    assert triples.count(b"<http://e/in>") == 2


def test_values_are_sent_in_batches_that_together_are_all(tmp_path: Path) -> None:
    count = 2 * BATCH + 7
    remote = Remote({URL: graph("".join(f":n{i} :is {i} . " for i in range(count)))})
    found, _ = services(graph("".join(f":s{i} :has :n{i} . " for i in range(count))), remote, tmp_path)
    answer = ask(found, "SELECT ?s ?i { ?s :has ?n SERVICE :: { ?n :is ?i } }")
    assert len({row["i"] for row in rows(answer)}) == count
    assert sorted(query.count("<http://e/n") for query in remote.queries) == [7, BATCH, BATCH]
    found.close()


def test_batches_are_asked_for_at_the_same_time(tmp_path: Path) -> None:
    remote, together = Remote({URL: graph(":n :is 1 .")}), Barrier(3, timeout=60)

    def waiting(request: httpx.Request) -> httpx.Response:
        together.wait()
        return remote(request)

    local = graph("".join(f":s{i} :has {i} . " for i in range(3 * BATCH)))
    found, _ = services(local, waiting, tmp_path)
    assert rows(ask(found, "SELECT * { ?s :has ?i SERVICE :: { ?n :is ?i } }"))
    found.close()


@pytest.mark.parametrize(
    "group",
    [
        "?s a :Nothing ; :ror ?r SERVICE :: { ?r :city ?city }",
        "?s a :Nothing SERVICE :: { ?r :city ?city }",
        '?s :ror ?r FILTER(?r = "none") SERVICE :: { ?r :city ?city }',
        "?s a :Unit OPTIONAL { ?s :none ?r SERVICE :: { ?r :city ?city } }",
    ],
)
def test_nothing_found_here_asks_nobody(found: Services, remote: Remote, group: str) -> None:
    assert len(rows(ask(found, f"SELECT ?s ?city {{ {group} }}"))) == (2 if "OPTIONAL" in group else 0)
    assert remote.queries == []


def test_without_anything_shared_all_is_asked_for(found: Services, remote: Remote) -> None:
    assert len(rows(ask(found, "SELECT * { SERVICE :: { ?r :city ?city } }"))) == 5
    assert len(rows(ask(found, "SELECT * { ?s a :Unit SERVICE :: { ?r :city ?city } }"))) == 10
    assert all("VALUES" not in query for query in remote.queries)


def test_a_body_without_variables_counts_its_solutions(found: Services) -> None:
    assert len(rows(ask(found, 'SELECT ?s { ?s a :Unit SERVICE :: { :w :city "Nice" } }'))) == 2
    assert rows(ask(found, 'SELECT ?s { ?s a :Unit SERVICE :: { :w :city "Rome" } }')) == []


def test_filters_and_limits_of_the_body_keep_their_meaning(found: Services, remote: Remote) -> None:
    text = (
        "SELECT ?s ?city { ?s :ror ?r SERVICE :: { SELECT ?r ?city { ?r :city ?city } ORDER BY DESC(?city) LIMIT 1 } }"
    )
    assert [row["city"] for row in rows(ask(found, text))] == ['{"type": "literal", "value": "Tokyo"}']
    assert rows(ask(found, "SELECT ?s { ?s :ror ?r ; :name ?n SERVICE :: { ?r :city ?c FILTER(?n = ?n) } }")) == []


def test_one_service_after_the_other(tmp_path: Path) -> None:
    other = "https://other.example/sparql"
    remote = Remote({URL: graph(THERE), other: graph(':p :city "Lyon" ; :people 500 .')})
    known = {"one": ServiceEndpoint(URL), "two": ServiceEndpoint(other)}
    found, _ = services(graph(LOCAL), remote, tmp_path, **known)
    text = (
        f"SELECT ?s ?n {{ ?s :ror ?r SERVICE :: {{ ?r :city ?c }} SERVICE <{other}> {{ ?p :city ?c ; :people ?n }} }}"
    )
    (row,) = rows(ask(found, text))
    assert json.loads(row["s"])["value"] == "http://e/b"
    assert '("Paris"@fr)' in remote.queries[1]
    found.close()


NASTY = '"quote \\" newline \\n } ) # \\u2028 \\u0085 \\\\ é"'


@pytest.mark.parametrize("term", [NASTY, f"{NASTY}@en-GB", '"01"^^:type', "-5", "1e9", "true", "<http://e/a?b=c#d>"])
def test_any_value_goes_there_and_back(tmp_path: Path, term: str) -> None:
    data = f":s :p {term} ."
    found, _ = services(graph(data), Remote({URL: graph(data)}), tmp_path)
    (row,) = rows(ask(found, "SELECT ?v ?w { ?s :p ?v SERVICE :: { ?t :p ?v BIND(?v AS ?w) } }"))
    assert row["v"] == row["w"]
    found.close()


def test_blank_nodes_are_kept_apart(tmp_path: Path) -> None:
    remote = Remote({URL: graph("[] :p 1 . [] :p 2 .")})
    found, _ = services(graph("[] :p 1 , 2 ."), remote, tmp_path)
    text = "SELECT ?there ?v { ?here :p ?v SERVICE :: { ?there :p ?v } }"
    terms = [json.loads(row["there"]) for row in rows(ask(found, text))]
    assert {term["type"] for term in terms} == {"uri"}
    assert len({term["value"] for term in terms}) == 2
    assert rows(ask(found, "SELECT * { ?same :p ?v SERVICE :: { ?same :p ?v } }")) == []
    assert len(remote.queries) == 1
    found.close()


def test_an_endpoint_cannot_bind_what_was_not_asked(tmp_path: Path) -> None:
    def greedy(_: httpx.Request) -> httpx.Response:
        term = {"type": "uri", "value": "http://e/b"}
        bindings = [{"s": term, "r": {"type": "uri", "value": "http://e/x"}, "city": term}]
        return reply(json.dumps({"head": {"vars": ["s", "r", "city"]}, "results": {"bindings": bindings}}).encode())

    found = failing(tmp_path, greedy)
    assert [json.loads(row["s"])["value"] for row in rows(ask(found, QUERY))] == ["http://e/a"]
    found.close()


def test_an_endpoint_that_is_not_listed_is_refused_before_anything_is_asked(found: Services, remote: Remote) -> None:
    text = QUERY.replace("} }", "} SERVICE SILENT <https://other.example/> { ?r :q ?v } }")
    with pytest.raises(ServiceRefused, match="other.example") as caught:
        ask(found, text)
    assert caught.value.position == (2, 101)
    assert URL in str(caught.value.advice)
    assert remote.queries == []


def test_the_word_alone_is_no_service(found: Services, remote: Remote) -> None:
    answer = ask(found, 'SELECT * { ?service :name "A" }')
    assert len(rows(answer)) == 1
    assert answer.pin is None


def closed(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route to host")


def hanging(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("nothing came")


def page(_: httpx.Request) -> httpx.Response:
    return reply(b"<html>Please sign in</html>", Content_Type="text/html; charset=utf-8")


def disguised(_: httpx.Request) -> httpx.Response:
    return reply(b"<html>Please sign in</html>")


def refusing(_: httpx.Request) -> httpx.Response:
    return reply(b"Virtuoso 37000 Error SP030:\nsyntax", status=400, Content_Type="text/plain")


def cutting(_: httpx.Request) -> httpx.Response:
    return reply(b'{"head": {"vars": ["r", "city"]}, "results": {"bindings": []}}', X_SPARQL_MaxRows="20")


def redirecting(_: httpx.Request) -> httpx.Response:
    return reply(b"", status=307, Location="http://169.254.169.254/latest/meta-data/")


def endless(_: httpx.Request) -> httpx.Response:
    pieces = (b" " * 2**20 for _ in range(1000))

    class Stream(httpx.SyncByteStream):
        def __iter__(self):
            return pieces

    return httpx.Response(200, headers={"Content-Type": JSON}, stream=Stream())


FAILURES = [closed, page, disguised, refusing, cutting, redirecting, endless]


@pytest.mark.parametrize("handler", FAILURES)
def test_an_endpoints_failure_is_shown_by_its_name(tmp_path: Path, handler: Handler) -> None:
    found = failing(tmp_path, handler)
    with pytest.raises(ServiceFailed, match=f"registry <{URL}>, asked by SERVICE at line 2, column 40: ") as caught:
        ask(found, QUERY)
    assert caught.value.position == (2, 40)
    assert (caught.value.extra["service"], caught.value.extra["endpoint"]) == ("registry", URL)
    assert not isinstance(caught.value, ServiceTimeout)
    if handler is refusing:
        assert "Virtuoso 37000 Error SP030: syntax" in caught.value.detail
    found.close()


def test_an_endpoint_that_is_late_is_another_failure(tmp_path: Path) -> None:
    found = failing(tmp_path, hanging)
    with pytest.raises(ServiceTimeout):
        ask(found, QUERY)
    found.close()
    found, _ = services(graph(LOCAL), hanging, tmp_path, Limits(timeout=0))
    with pytest.raises(ServiceTimeout, match="no time left"):
        ask(found, QUERY)
    found.close()


@pytest.mark.parametrize("handler", [*FAILURES, hanging])
def test_silent_goes_on_without_it(tmp_path: Path, handler: Handler) -> None:
    found = failing(tmp_path, handler)
    answer = ask(found, QUERY.replace("SERVICE", "SERVICE SILENT"))
    assert [set(row) for row in rows(answer)] == [{"s"}, {"s"}]
    found.close()


def test_silent_leaves_the_variables_in_scope(tmp_path: Path) -> None:
    found = failing(tmp_path, closed)
    answer = json.loads(ask(found, "SELECT * { ?s a :Unit SERVICE SILENT :: { ?s :city ?city } }").read())
    assert sorted(answer["head"]["vars"]) == ["city", "s"]
    assert json.loads(ask(found, "ASK { SERVICE SILENT :: { :a :b :c } }").read())["boolean"] is True
    found.close()


def test_over_a_real_connection(tmp_path: Path) -> None:
    store, patience = graph(THERE), Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (query,) = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())["query"]
        if ":slow" in query:
            patience.wait(60)
        body = store.query(query).serialize(format=ox.QueryResultsFormat.JSON)  # type: ignore[union-attr]
        replied(handler, 200, body or b"", Content_Type=JSON)

    with serving(answer) as url:
        text, pool = QUERY.replace("::", f"<{url}>"), InProcess(graph(LOCAL))
        for seconds in (60.0, 0.5):
            endpoint = ServiceEndpoint(url, private=True, timeout=seconds)
            found = Services(pool, {"registry": endpoint}, tmp_path)  # type: ignore[arg-type]
            if seconds > 1:
                assert len(rows(ask(found, text))) == 3
            else:
                with pytest.raises(ServiceTimeout):
                    ask(found, text.replace(":city", ":slow"))
            found.close()
        patience.set()


def test_one_batch_that_fails_is_no_part_of_an_answer(tmp_path: Path) -> None:
    local = graph("".join(f":s{i} :has {i} . " for i in range(2 * BATCH)))
    remote, first = Remote({URL: graph(":n :is 1 .")}), iter([True])

    def half(request: httpx.Request) -> httpx.Response:
        return remote(request) if next(first, False) else closed(request)

    found, _ = services(local, half, tmp_path)
    text = "SELECT * { ?s :has ?i SERVICE :: { ?n :is ?i } }"
    with pytest.raises(ServiceFailed):
        ask(found, text)
    answer = rows(ask(found, text.replace("SERVICE", "SERVICE SILENT")))
    assert len(answer) == 2 * BATCH
    assert all("n" not in row for row in answer)
    found.close()


def test_a_private_address_is_not_connected_to(tmp_path: Path) -> None:
    network = Remembering(http(200, b"secret"))
    for private, connected in ((False, []), (True, [("10.0.0.8", 443)])):
        endpoint = ServiceEndpoint(URL, private=private)
        place = Place.of(URL, private=private)
        transport = Transport(Places([place]), resolver=lambda host, port: ["10.0.0.8"], network=network)
        outbound = Outbound([place], transport=transport)
        pool = InProcess(graph(LOCAL))
        found = Services(pool, {"registry": endpoint}, tmp_path, outbound=outbound)  # type: ignore[arg-type]
        with pytest.raises(ServiceFailed) as caught:
            ask(found, QUERY)
        assert network.connected[:1] == connected
        assert ("no public address" in caught.value.detail) is not private
        found.close()


def test_more_rows_than_the_endpoint_is_allowed_are_refused(tmp_path: Path, remote: Remote) -> None:
    found = failing(tmp_path, remote, rows=2)
    with pytest.raises(ResultTooLarge, match="the answer has more than the 2 rows of registry") as caught:
        ask(found, QUERY)
    assert (caught.value.limit, caught.value.position) == ("service_allow", (2, 40))
    with pytest.raises(ResultTooLarge, match="what stands before it finds more"):
        ask(found, QUERY.replace("a :Unit ; ", "").replace("SERVICE", "SERVICE SILENT"))
    assert len(remote.queries) == 1
    found.close()


def test_the_rows_of_all_batches_count_together(tmp_path: Path) -> None:
    local = graph("".join(f":s{i} :has {i} . " for i in range(2 * BATCH)))
    remote = Remote({URL: graph("".join(f":n{i} :is {i} . :m{i} :is {i} . " for i in range(2 * BATCH)))})
    found, _ = services(local, remote, tmp_path, registry=ServiceEndpoint(URL, rows=3 * BATCH))
    with pytest.raises(ResultTooLarge):
        ask(found, "SELECT * { ?s :has ?i SERVICE :: { ?n :is ?i } }")
    found.close()


def test_the_length_of_a_query_holds_for_what_it_becomes(tmp_path: Path) -> None:
    remote = Remote({URL: graph(f':x :text "{"x" * 3000}" .')})
    found, _ = services(
        graph(f':a :ror :x ; :long "{"y" * 3000}" .'), remote, tmp_path, replace(Limits(), query_bytes=2000)
    )
    with pytest.raises(ResultTooLarge, match="longer than 2,000 bytes") as caught:
        ask(found, "SELECT * { ?s :ror ?r SERVICE :: { ?r :text ?t } }")
    assert caught.value.limit == "query_bytes"
    with pytest.raises(QueryTooComplex) as refused:
        ask(found, "SELECT * { ?s :long ?t SERVICE :: { ?r :text ?t } }")
    assert refused.value.limit == "query_bytes"
    found.close()


def test_the_same_is_not_asked_twice_in_a_while(
    found: Services, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = [1000.0 * gateway.AGE]
    monkeypatch.setattr(gateway, "now", lambda: time[0])
    monkeypatch.setattr(queries, "now", lambda: time[0])
    first = ask(found, QUERY)
    assert rows(ask(found, QUERY.replace("?s ?city", "*"))) and len(remote.queries) == 1
    time[0] += gateway.AGE
    assert rows(ask(found, QUERY)) == rows(first)
    assert len(remote.queries) == 2


def test_another_version_is_asked_for_anew(found: Services, remote: Remote) -> None:
    text = f"PREFIX : <http://e/> {QUERY.replace('::', f'<{URL}>')}"
    for store in ("versions/1", "versions/2", "versions/1"):
        found.query(QueryRequest(text, Path(store)), 1)
    assert len(remote.queries) == 2


def test_slow_endpoints_do_not_use_up_the_server(tmp_path: Path) -> None:
    remote, here, leave = Remote({URL: graph(THERE)}), Barrier(queries.MOST + 1, timeout=60), Event()

    def slow(request: httpx.Request) -> httpx.Response:
        here.wait()
        leave.wait(60)
        return remote(request)

    found, _ = services(graph(LOCAL), slow, tmp_path)
    threads = [Thread(target=ask, args=(found, f"{QUERY} # {i}")) for i in range(queries.MOST)]
    for thread in threads:
        thread.start()
    here.wait()
    with pytest.raises(EngineBusy) as caught:
        ask(found, QUERY)
    assert caught.value.extra["retry_after"] > 0
    assert ask(found, "ASK { ?service :name ?n }").read()
    leave.set()
    for thread in threads:
        thread.join()
    found.close()


def test_a_pin_gives_the_same_answer_again(found: Services, remote: Remote) -> None:
    answer = ask(found, QUERY, version=7)
    first = rows(answer)
    remote.stores = {URL: graph(':x :city "Rome" .')}
    assert answer.pin is not None
    kept = found.pins.find(answer.pin)
    assert (kept.version, kept.default_graphs) == (7, None)
    again = found.query(QueryRequest(kept.query, Path("store"), base_iri="http://base/"), 7)
    assert rows(again) == first
    assert again.pin is None
    assert len(remote.queries) == 1


def test_a_pin_names_all_that_the_answer_depends_on(found: Services, remote: Remote) -> None:
    pins = {ask(found, QUERY, version).pin for version in (1, 1, 2)}
    assert len(pins) == 2
    assert ask(found, QUERY, None).pin is None
    remote.stores = {URL: graph(':x :city "Rome" .')}
    request = QueryRequest(f"PREFIX : <http://e/>\n{QUERY.replace('::', f'<{URL}>')}", Path("another store"))
    assert found.query(request, 1).pin not in pins


def test_answers_with_service_are_never_given_again_as_they_are(found: Services) -> None:
    ask(found, QUERY)
    assert ask(found, QUERY).again is False
