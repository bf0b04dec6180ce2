import gzip
import io
import json
import zipfile
from dataclasses import replace

import pytest

from cnrs_kg import errors
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.rdf.formats import TABLES
from cnrs_kg.web import negotiation
from cnrs_kg.web.app import create_app
from cnrs_kg.web.parameters import FORM, QUERY, UPDATE

SELECT = "SELECT * { ?s ?p ?o }"
VARY = "Accept, Accept-Datetime, Accept-Language, Accept-Encoding"
JSON = "application/sparql-results+json"


def ask(client, query=SELECT, headers=None, **parameters):
    return client.get("/sparql", query_string={"query": query, **parameters}, headers=headers)


def test_a_query_by_get(client):
    reply = ask(client)
    assert reply.status_code == 200 and reply.content_type == JSON
    assert len(reply.json["results"]["bindings"]) == 2
    assert reply.headers["Vary"] == VARY


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_a_query_by_either_post(client, path):
    assert client.post(path, data={"query": SELECT}).status_code == 200
    assert client.post(path, data=SELECT, content_type=QUERY).status_code == 200


def test_the_dataset_reaches_the_graph(client, kg):
    ask(client, **{"default-graph-uri": "http://x/a"})
    assert kg.asked[-1]["default_graphs"] == ("http://x/a",) and kg.asked[-1]["named_graphs"] == ()


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        ("ASK {}", "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "*/*", "text/turtle; charset=utf-8"),
        ("DESCRIBE <http://x/>", "application/ld+json", "application/ld+json"),
    ],
)
def test_the_format_is_negotiated(client, query, accept, media_type):
    reply = ask(client, query, {"Accept": accept})
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, media_type)


@pytest.mark.parametrize(("query", "accept"), [(SELECT, "text/turtle"), ("CONSTRUCT {} {}", "text/csv")])
def test_a_format_of_the_other_family_is_not_acceptable(client, query, accept):
    reply = ask(client, query, {"Accept": accept})
    assert reply.status_code == 406
    assert reply.json["available"] and reply.headers["Vary"] == VARY


def test_nothing_acceptable_is_refused_before_the_query_runs(client, kg):
    assert ask(client, headers={"Accept": "image/png"}).status_code == 406
    assert kg.asked == []


def test_head_has_the_headers_of_get(client):
    head, get = client.head("/sparql", query_string={"query": SELECT}), ask(client)
    assert head.data == b"" and head.status_code == 200
    assert dict(head.headers) == dict(get.headers)


def test_options_answers_a_browsers_question(client):
    reply = client.options("/sparql", headers={"Origin": "https://x", "Access-Control-Request-Method": "POST"})
    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in reply.headers["Access-Control-Allow-Methods"] and "POST" in reply.headers["Allow"]
    assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]


def test_other_sites_may_read_answers_and_problems(client):
    for reply in (ask(client), ask(client, "SELECT")):
        assert reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_method_that_is_not_there(client, method):
    reply = getattr(client, method)("/sparql")
    assert reply.status_code == 405 and reply.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


# Problems


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.QuerySyntaxError("x"), 400),
        (errors.QueryTooComplex("x"), 400),
        (errors.DatasetRefused("x"), 400),
        (errors.ServiceRefused("x"), 403),
        (errors.LoadRefused("x"), 403),
        (errors.QueryTimeout("x"), 504),
        (errors.QueryMemory("x"), 507),
        (errors.ResultTooLarge("x"), 507),
        (errors.EngineBusy("x", retry_after=2.6), 503),
        (errors.QueryCrashed("x"), 500),
    ],
)
def test_a_failure_of_the_engine_is_a_problem(client, kg, error, status):
    kg.fail = error
    reply = ask(client)
    assert reply.status_code == reply.json["status"] == status
    assert reply.content_type == "application/problem+json" and reply.headers["Cache-Control"] == "no-store"
    assert reply.headers.get("Retry-After") == ("3" if status == 503 else None)


def test_a_problem_says_where_and_which_limit(client, kg):
    kg.fail = errors.QueryTooComplex("too deep", position=(3, 7), limit="nesting", advice="Less.", depth=900)
    found = ask(client).json
    assert found["position"] == {"line": 3, "column": 7} == {name: found[name] for name in ("line", "column")}
    assert (found["limit"], found["advice"], found["depth"]) == ("nesting", "Less.", 900)
    assert found["type"] == "https://w3id.org/cnrs-kg/problems#query-too-complex"


def test_a_bug_tells_the_client_nothing(client, kg, caplog):
    kg.fail = RuntimeError("secret path")  # type: ignore[assignment]
    reply = ask(client)
    assert reply.status_code == 500 and "secret" not in reply.text
    assert "secret path" in caplog.text


@pytest.mark.parametrize(
    ("query_string", "status"),
    [
        ("query=%zz", 400),
        ("query=%ff", 400),
        ("query=a&query=b", 400),
        ("update=CLEAR%20ALL", 400),
        ("query=a&version=x", 400),
        ("query=a&version=0", 400),
        ("query=a&version=-1", 400),
        ("query=a&version=1%0d%0aX:1", 400),
        ("query=a&version=99999999999999999999", 400),
        ("query=a&version=77", 404),
        ("query=a&format=pdf", 406),
        ("query=a&default-graph-uri=x", 400),
    ],
)
def test_hostile_parameters(client, query_string, status):
    reply = client.get(f"/sparql?{query_string}")
    assert reply.status_code == reply.json["status"] == status
    assert "X" not in reply.headers


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"ASK{}", "text/plain", 415),
        (b"query=ASK{}", None, 415),
        ("ASK{}".encode("utf-16"), f"{QUERY}; charset=UTF-16", 415),
        (b"\xff\xfe", QUERY, 400),
        (b"", FORM, 400),
        (b"other=1", FORM, 400),
    ],
)
def test_hostile_bodies(client, body, content_type, status):
    assert client.post("/sparql", data=body, content_type=content_type).status_code == status


def test_a_body_beyond_the_limit(client, kg):
    reply = client.post("/sparql", data=b"x" * (kg.settings.query_bytes + 1), content_type=QUERY)
    assert reply.status_code == 413 and reply.json["limit"] == "query_bytes"


def test_a_strangers_update_is_refused_before_it_is_read(client):
    body = io.BytesIO(b"x" * 1000)
    assert client.post("/sparql", input_stream=body, content_type=UPDATE).status_code == 401
    assert body.tell() == 0


def test_a_gzip_body(client):
    packed = gzip.compress(SELECT.encode())
    reply = client.post("/sparql", data=packed, content_type=QUERY, headers={"Content-Encoding": "gzip"})
    assert reply.status_code == 200


# Validators


def test_an_answer_has_a_strong_tag_and_can_be_revalidated_without_running(client, kg):
    first = ask(client)
    tag = first.headers["ETag"]
    assert tag.startswith('"') and first.headers["Cache-Control"] == "public, no-cache"
    asked = len(kg.asked)
    again = ask(client, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.data, len(kg.asked)) == (304, b"", asked)
    assert again.headers["ETag"] == tag and again.headers["Vary"] == VARY


def test_beside_another_engine_a_tag_is_weak_since_its_rows_may_be_in_another_order(client, kg):
    strong = ask(client).headers["ETag"]
    engine = BackendEndpoint("https://engine.example", "https://engine.example")
    kg.settings = replace(kg.settings, query_backend=engine)
    client = create_app(kg).test_client()
    tag = ask(client).headers["ETag"]
    assert tag == f"W/{strong}"
    asked = len(kg.asked)
    for known in (tag, strong):
        again = ask(client, headers={"If-None-Match": known})
        assert (again.status_code, again.headers["ETag"], len(kg.asked)) == (304, tag, asked)
    assert ask(client, headers={"If-Match": tag}).status_code == 412
    assert client.get("/sparql").headers["ETag"].startswith('"')


def test_any_tag(client):
    assert ask(client, headers={"If-None-Match": "*"}).status_code == 304
    assert ask(client, "SELECT", headers={"If-None-Match": "*"}).status_code == 400


def test_what_the_tag_covers(client, kg, curator):
    tags = [
        ask(client).headers["ETag"],
        ask(client, SELECT + " ").headers["ETag"],
        ask(client, headers={"Accept": "text/csv"}).headers["ETag"],
        ask(client, version="1").headers["ETag"],
        ask(client, **{"default-graph-uri": "http://x/a"}).headers["ETag"],
        ask(client, **{"named-graph-uri": "http://x/a"}).headers["ETag"],
        ask(client, headers=curator).headers["ETag"],
    ]
    assert len(set(tags)) == len(tags)
    assert ask(client, headers={"If-None-Match": tags[2]}).status_code == 200


def test_two_headers_that_choose_the_same_share_the_tag(client):
    assert ask(client).headers["ETag"] == ask(client, headers={"Accept": JSON}).headers["ETag"]


def test_an_answer_to_a_token_is_private(client, curator):
    assert ask(client, headers=curator).headers["Cache-Control"] == "private, no-cache"


# Codings and files


def test_gzip_when_asked_and_worth_it(client):
    query = 'SELECT * { VALUES ?x { "%s" } }' % ("a" * 2000)
    plain, packed = ask(client, query), ask(client, query, {"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["ETag"] != plain.headers["ETag"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert "Content-Encoding" not in ask(client, headers={"Accept-Encoding": "gzip"}).headers
    again = ask(client, query, {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_a_spooled_answer_is_streamed_with_its_length_and_closed(client, kg):
    plain = ask(client)
    kg.spool = True
    reply = client.get("/sparql", query_string={"query": SELECT, "again": ""})
    assert reply.data == plain.data and int(reply.headers["Content-Length"]) == len(plain.data)
    reply.close()
    assert kg.files[-1].closed


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}])
def test_a_spooled_answer_that_nobody_reads_is_closed(client, kg, headers):
    kg.spool = True
    client.head("/sparql", query_string={"query": SELECT}, headers=headers)
    assert kg.files[-1].closed


# Versions


def test_a_version_by_number(client, kg):
    reply = ask(client, version="1")
    assert kg.asked[-1]["version"].number == 1
    assert reply.headers["Memento-Datetime"] == "Sat, 10 Jan 2026 12:00:00 GMT"
    assert reply.headers["Cache-Control"] == "public, max-age=86400"
    assert 'rel="original timegate"' in reply.headers["Link"]


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Sat, 10 Jan 2026 12:00:00 GMT", 1),
        ("Sun, 11 Jan 2026 11:59:59 GMT", 1),
        ("Sun, 11 Jan 2026 12:00:00 GMT", 2),
        ("Thu, 31 May 2007 20:35:00 GMT", 1),
        ("Fri, 31 Dec 2100 00:00:00 GMT", 3),
    ],
)
def test_a_version_by_time(client, kg, moment, number):
    reply = ask(client, headers={"Accept-Datetime": moment})
    assert reply.status_code == 200 and kg.asked[-1]["version"].number == number
    assert reply.headers["Content-Location"].endswith(f"&version={number}")
    assert "Memento-Datetime" in reply.headers and reply.headers["Cache-Control"] == "public, no-cache"


def test_a_number_beats_a_time(client, kg):
    ask(client, version="3", headers={"Accept-Datetime": "Thu, 31 May 2007 20:35:00 GMT"})
    assert kg.asked[-1]["version"].number == 3


def test_a_post_honours_both(client, kg):
    for reply in (
        client.post("/sparql", data={"query": SELECT, "version": "1"}),
        client.post("/sparql?version=1", data=SELECT, content_type=QUERY),
        client.post("/sparql", data={"query": SELECT}, headers={"Accept-Datetime": "Sat, 10 Jan 2026 12:00:00 GMT"}),
    ):
        assert reply.status_code == 200 and kg.asked[-1]["version"].number == 1
        assert "Memento-Datetime" in reply.headers
        location = reply.headers["Content-Location"]
        assert client.get(location).data == reply.data


def test_a_long_query_keeps_the_headers_short(client):
    query = SELECT + " " * 10_000
    reply = client.post("/sparql", data={"query": query, "version": "1"})
    assert reply.headers["Content-Location"] == "/sparql?version=1"


def test_the_current_version_is_no_memento(client):
    assert not {"Memento-Datetime", "Content-Location"} & set(ask(client).headers.keys())


@pytest.mark.parametrize("moment", ["yesterday", "", "2026-01-10", "Sat, 99 Jan 2026 12:00:00 GMT"])
def test_a_time_that_is_no_http_date(client, moment):
    assert ask(client, headers={"Accept-Datetime": moment}).status_code == 400


def test_a_pruned_version_is_gone_and_names_its_neighbours(client):
    reply = ask(client, version="2")
    assert reply.status_code == 410 and reply.json["neighbours"] == [1, 3]


def test_before_anything_is_published(client, kg):
    kg._versions = []
    reply = ask(client)
    assert reply.status_code == 503 and "Retry-After" in reply.headers


# Tokens and updates


def test_an_update_needs_a_token(client, kg):
    reply = client.post("/sparql", data={"update": "CLEAR ALL"})
    assert reply.status_code == 401 and reply.headers["WWW-Authenticate"] == 'Bearer realm="cnrs-kg"'
    assert kg.asked == []


@pytest.mark.parametrize("sent", [{"data": "CLEAR ALL", "content_type": UPDATE}, {"data": {"update": "CLEAR ALL"}}])
def test_a_stranger_is_told_the_least_role_that_may_send_an_update(client, sent):
    assert "needs a token with the role steward" in client.post("/sparql", **sent).json["detail"]


def test_an_update_needs_a_steward(client, kg):
    reader = {"Authorization": f"Bearer {kg.accounts.add('rita', 'reader')}"}
    reply = client.post("/sparql", data="CLEAR ALL", content_type=UPDATE, headers=reader)
    assert reply.status_code == 403 and reply.json["role"] == "steward"
    assert kg.asked == []


@pytest.mark.parametrize("value", ["Bearer x.y", "Bearer", "Basic YTpi", "x\x7f", "Bearer " + "a" * 10_000])
def test_a_token_that_is_none_is_refused_even_for_reading(client, value):
    reply = ask(client, headers={"Authorization": value})
    assert reply.status_code == 401 and "invalid_token" in reply.headers["WWW-Authenticate"]


def test_an_update(client, kg, curator):
    reply = client.post("/sparql?using-graph-uri=http://x/a", data="CLEAR ALL", content_type=UPDATE, headers=curator)
    assert reply.status_code == 200 and reply.json["conforms"] is True and reply.json["published"] == 3
    assert kg.asked[-1] == {
        "text": "CLEAR ALL",
        "using_graphs": ("http://x/a",),
        "using_named_graphs": (),
        "agent": "anna",
        "client": "anna",
    }


def test_an_update_that_does_not_conform_gives_the_report(client, kg, curator):
    kg.conforms = False
    reply = client.post("/sparql", data={"update": "CLEAR ALL"}, headers=curator)
    assert reply.status_code == 422 and reply.content_type == "application/problem+json"
    assert reply.json["verdict"]["conforms"] is False


def test_a_past_version_is_not_changed(client, curator):
    assert client.post("/sparql?version=1", data={"update": "CLEAR ALL"}, headers=curator).status_code == 400


def test_a_protected_graph(client, kg, curator):
    kg.fail = errors.ProtectedGraph("not written this way")
    assert client.post("/sparql", data={"update": "CLEAR ALL"}, headers=curator).status_code == 403


# Without a query


def test_the_service_describes_itself(client):
    reply = client.get("/sparql")
    assert reply.content_type == "text/turtle; charset=utf-8" and "sd:Service" in reply.text
    again = client.get("/sparql", headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304


def test_the_description_is_negotiated(client):
    assert client.get("/sparql", headers={"Accept": "application/ld+json"}).json
    assert client.get("/sparql", headers={"Accept": "text/csv"}).status_code == 406
    assert client.head("/sparql").data == b""


@pytest.mark.parametrize("name", ["csv", "xlsx"])
@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o } LIMIT 50", "ASK {}", "CONSTRUCT { <a:> a <b:> } {}"])
def test_any_answer_is_a_table_to_save(browser, query, name):
    reply = browser.get("/sparql", query_string={"query": query, "format": name}, headers={"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Disposition"] == f'attachment; filename="answer.{name}"'
    assert reply.content_type == negotiation.content_type(TABLES[name])
    assert zipfile.is_zipfile(io.BytesIO(reply.data)) is (name == "xlsx")


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_the_description_is_no_table(client, name):
    assert client.get(f"/sparql?format={name}").status_code == 406


def test_a_problem_in_the_readers_language(client):
    assert ask(client, "SELECT", {"Accept-Language": "fr"}).json["title"] == "Requête mal formée"
    assert json.loads(ask(client, "SELECT", lang="fr").data)["title"] == "Requête mal formée"
