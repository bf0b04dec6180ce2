import gzip

import pytest

from cnrs_kg.web import replays
from cnrs_kg.web.app import create_app

from .fakes import Version

SELECT = {"query": "SELECT * { ?s ?p ?o }"}


def ask(client, **headers):
    return client.get("/sparql", query_string=SELECT, headers=headers)


def test_the_same_request_gets_the_same_reply_without_a_query(client, kg):
    first, asked = ask(client), len(kg.asked)
    again = ask(client)
    assert (again.data, dict(again.headers), len(kg.asked)) == (first.data, dict(first.headers), asked)


def test_what_is_asked_for_the_first_time_is_not_kept(client, kg):
    kg.again = False
    for number in (1, 2, 2):
        ask(client)
        assert len(kg.asked) == number
        kg.again = True


def test_a_new_version_is_asked_at_once(client, kg):
    ask(client)
    kg._versions.append(Version(4, 2))
    tag = ask(client).headers["ETag"]
    assert kg.asked[-1]["version"].number == 4
    kg._versions.pop()
    assert ask(client).headers["ETag"] != tag


@pytest.mark.parametrize(
    "headers",
    [{"Accept": "text/csv"}, {"Accept-Encoding": "gzip"}, {"If-None-Match": '"x"'}],
    ids=lambda headers: next(iter(headers)),
)
def test_another_request_is_another_one(client, kg, headers):
    ask(client)
    asked = len(kg.asked)
    ask(client, **headers)
    assert len(kg.asked) == asked + 1


def test_a_past_version_is_asked_each_time_since_it_may_be_pruned(client, kg):
    for _ in range(2):
        client.get("/sparql", query_string={**SELECT, "version": "3"})
        ask(client, **{"Accept-Datetime": "Sat, 10 Jan 2026 12:00:00 GMT"})
    assert len(kg.asked) == 4


def test_a_token_is_checked_each_time(client, kg, curator):
    ask(client)
    assert ask(client, **curator).headers["Cache-Control"] == "private, no-cache"
    kg.accounts.revoke("anna")
    assert ask(client, **curator).status_code == 401


def test_problems_and_files_are_not_kept(client, kg):
    kg.spool = True
    assert ask(client).data == ask(client).data
    assert len(kg.asked) == 2
    client.get("/sparql?query=SELECT")
    client.get("/sparql?query=SELECT")
    assert len(kg.asked) == 4


def test_what_is_kept_is_bounded(kg, monkeypatch):
    monkeypatch.setattr(replays, "TOTAL", 10_000)
    client = create_app(kg).test_client()
    for number in range(20):
        client.get("/sparql", query_string={"query": f"ASK {{}} #{number}"})
    client.get("/sparql", query_string={"query": "ASK {} #19"})
    assert len(kg.asked) == 20
    client.get("/sparql", query_string={"query": "ASK {} #0"})
    assert len(kg.asked) == 21


def test_a_large_reply_is_not_kept(client, kg, monkeypatch):
    monkeypatch.setattr(replays, "LARGEST", 100)
    ask(client)
    ask(client)
    assert len(kg.asked) == 2


def test_a_packed_reply_is_kept_packed(client):
    query = {"query": 'SELECT * { VALUES ?x { "%s" } }' % ("a" * 2000)}
    replies = [client.get("/sparql", query_string=query, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert replies[0].data == replies[1].data and gzip.decompress(replies[1].data)


def test_what_a_long_header_asked_is_not_remembered(client, kg):
    for _ in range(2):
        ask(client, Accept="application/json, " + "x" * 100_000)
    assert len(kg.asked) == 2
