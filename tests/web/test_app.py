import logging

import pytest

from cnrs_kg.web import security


def test_what_is_not_there_is_a_problem(client):
    reply = client.get("/nowhere")
    assert reply.status_code == 404 and reply.json["type"].endswith("problems#not-found")
    assert client.get("/nowhere", headers={"Accept": "text/html"}).content_type.startswith("text/html")


@pytest.mark.parametrize("path", ["/api", "/healthz", "/sparql"])
def test_a_slash_at_the_end_makes_no_difference(client, path):
    assert client.get(path).status_code == client.get(f"{path}/").status_code == 200


def test_a_method_that_is_not_there_is_a_problem(client):
    reply = client.delete("/healthz")
    assert reply.status_code == 405 and reply.json["status"] == 405 and "GET" in reply.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/metrics", "/sparql", "/nothing", "/static/style.css", "/sparql?query=a&query=b"]
)
def test_every_reply_has_the_security_headers(client, path):
    with client.get(path) as reply:
        assert dict(security.HEADERS).items() <= dict(reply.headers).items()


def test_static_files_are_kept_by_browsers(client):
    with client.get("/static/style.css") as reply:
        assert "max-age=86400" in reply.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"])
def test_only_static_files_are_files(client, path):
    assert client.get(path).status_code == 404


def test_one_line_for_each_request_and_never_two(client, caplog):
    caplog.set_level(logging.INFO, "cnrs_kg.web.requests")
    client.get("/a%0aINFO forged")
    client.get("/sparql?query=ASK%7B%7D")
    lines = [record.getMessage() for record in caplog.records if record.name == "cnrs_kg.web.requests"]
    assert len(lines) == 2 and all("\n" not in line for line in lines)
    assert "GET /sparql 200" in lines[1] and "ASK" not in lines[1]


def test_a_bug_in_a_page_is_a_problem(client, kg, caplog):
    def fail():
        raise RuntimeError("secret")

    kg.current = fail
    reply = client.get("/")
    assert reply.status_code == 500 and "secret" not in reply.text and "secret" in caplog.text


@pytest.mark.parametrize(
    "header",
    ["Accept", "Accept-Language", "Accept-Encoding", "Cookie", "If-None-Match", "Authorization", "Accept-Datetime"],
)
@pytest.mark.parametrize("value", ["", "\x7f", ";;;===,,,", "é" * 100, '"' * 3000, "a/b," * 3000], ids=range(6))
def test_no_header_breaks_the_server(client, header, value):
    for path in ("/", "/sparql?query=ASK%7B%7D", "/rdf-graph-store?default"):
        assert client.get(path, headers={header: value}).status_code < 500
