"""Preconditions and expectations (RFC 9110, 13 and 10.1.1)."""

from urllib.parse import quote

import pytest

from .fakes import EX, GRAPH

ASK = "/sparql?query=ASK%7B%7D"
READ = [ASK, "/sparql", f"/rdf-graph-store?graph={quote(GRAPH, safe='')}", "/api"]
PUBLISHED = ["/data?iri=" + quote(EX + "cintra"), "/doc/unit/cintra", "/catalog", "/ontology", "/units", "/versions"]
NEW = "/rdf-graph-store?graph=http%3A%2F%2Fexample.org%2Fnew"
BODY = {"data": "<urn:s> <urn:p> 'x' .", "content_type": "text/turtle"}
PAST, FUTURE = "Mon, 05 Jan 2026 12:00:00 GMT", "Fri, 05 Jan 2046 12:00:00 GMT"
OTHER = '"other"'


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("path", READ)
def test_what_is_read_has_the_entity_tag_that_is_asked_for(client, path, method):
    tag, call = client.get(path).headers["ETag"], getattr(client, method)
    for wanted in (tag, f"{OTHER}, {tag}", "*"):
        assert call(path, headers={"If-Match": wanted}).status_code == 200
    for wanted in (OTHER, f"W/{tag}", tag.strip('"'), ""):
        assert call(path, headers={"If-Match": wanted}).status_code == 412


@pytest.mark.parametrize("path", PUBLISHED)
@pytest.mark.parametrize("accept", ["text/turtle, application/json;q=0.9, */*;q=0.1", "text/html, */*;q=0.1"])
def test_so_have_pages_and_data(browser, path, accept):
    asked = {"Accept": accept}
    tag = browser.get(path, headers=asked).headers["ETag"]
    assert browser.get(path, headers={**asked, "If-Match": tag}).status_code == 200
    assert browser.get(path, headers={**asked, "If-Match": OTHER}).status_code == 412


@pytest.mark.parametrize("path", [ASK, READ[2]])
def test_what_is_read_was_not_modified_since(client, path):
    moment = client.get(path).headers["Last-Modified"]
    for since in (moment, FUTURE, "never"):
        assert client.get(path, headers={"If-Unmodified-Since": since}).status_code == 200
    assert client.get(path, headers={"If-Unmodified-Since": PAST}).status_code == 412
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-Match": tag, "If-Unmodified-Since": PAST}).status_code == 200


def test_so_have_files(client):
    with client.get("/static/style.css", headers={"Accept-Encoding": "identity"}) as found:
        tag, size = found.headers["ETag"], len(found.data)
    for wanted, status in ((tag, 200), ("*", 200), (OTHER, 412)):
        with client.get("/static/style.css", headers={"If-Match": wanted, "Accept-Encoding": "identity"}) as found:
            assert found.status_code == status and (len(found.data) == size) is (status == 200)


def test_what_has_no_tag_and_no_time_has_none_that_is_asked_for(client):
    assert client.get("/healthz", headers={"If-Match": OTHER}).status_code == 412
    assert client.get("/healthz", headers={"If-Unmodified-Since": PAST}).status_code == 200


def test_a_refusal_says_what_to_do(client):
    found = client.get(ASK, headers={"If-Match": OTHER})
    assert found.json["type"].endswith("problems#precondition") and "ETag" in found.json["advice"]
    page = client.get("/problems", headers={"If-Match": OTHER, "Accept": "text/html", "Accept-Language": "fr"})
    assert page.status_code == 412 and "étiquette" in page.text


@pytest.mark.parametrize("path", [ASK, "/api"])
def test_it_goes_before_what_the_client_has_already(client, path):
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag, "If-Match": tag}).status_code == 304
    assert client.get(path, headers={"If-None-Match": tag, "If-Match": OTHER}).status_code == 412


@pytest.mark.parametrize("path", ["/nowhere", "/sparql?query=nonsense&format=x", "/rdf-graph-store?graph=urn:x:y"])
def test_other_failures_come_first(client, path):
    for wanted in (OTHER, "*"):
        assert client.get(path, headers={"If-Match": wanted}).status_code == client.get(path).status_code >= 400


def test_an_answer_given_again_is_refused_too(client):
    for _ in range(4):
        tag = client.get(ASK).headers["ETag"]
    assert client.get(ASK, headers={"If-Match": OTHER}).status_code == 412
    assert client.get(ASK, headers={"If-Match": tag}).status_code == 200


def test_the_file_of_a_refused_answer_is_closed(client, kg):
    kg.spool = True
    assert client.get(ASK, headers={"If-Match": OTHER}).status_code == 412
    assert kg.files and all(file.closed for file in kg.files)


def graph_tag(client, headers=None):
    return client.get(READ[2], headers=headers).headers["ETag"]


@pytest.mark.parametrize("method", ["put", "post", "delete"])
def test_a_graph_that_others_changed_is_not_overwritten(client, kg, curator, method):
    call, size = getattr(client, method), len(kg.store)
    for condition in ({"If-Match": OTHER}, {"If-Unmodified-Since": PAST}, {"If-None-Match": "*"}):
        assert call(READ[2], **BODY, headers={**curator, **condition}).status_code == 412
        assert len(kg.store) == size
    for tag in (graph_tag(client), graph_tag(client, curator), graph_tag(client, {"Accept": "application/ld+json"})):
        assert client.post(READ[2], **BODY, headers={**curator, "If-Match": tag}).status_code == 200
    assert call(READ[2], **BODY, headers={**curator, "If-Match": "*"}).status_code == 200


def test_a_graph_is_made_only_where_there_is_none(client, curator):
    made = {**curator, "If-None-Match": "*"}
    assert client.put(NEW, **BODY, headers={**curator, "If-Match": "*"}).status_code == 412
    assert client.put(NEW, **BODY, headers=made).status_code == 201
    found = client.put(NEW, **BODY, headers=made)
    assert found.status_code == 412 and "already" in found.json["detail"]


@pytest.mark.parametrize("path", [READ[2], "/sparql"])
def test_a_steward_s_write_has_the_same_conditions(client, steward, path):
    body = BODY if path != "/sparql" else {"data": "CLEAR ALL", "content_type": "application/sparql-update"}
    assert client.post(path, **body, headers={**steward, "If-Match": OTHER}).status_code == 412


def test_an_update_is_of_the_version_that_was_described(client, curator):
    body = {"data": "CLEAR ALL", "content_type": "application/sparql-update"}
    tag = client.get("/sparql", headers={"Accept": "application/ld+json"}).headers["ETag"]
    assert client.post("/sparql", **body, headers={**curator, "If-Match": tag}).status_code == 200
    assert client.post("/sparql", **body, headers={**curator, "If-Match": OTHER}).status_code == 412


@pytest.mark.parametrize("path", [ASK, "/healthz", "/nowhere"])
@pytest.mark.parametrize("expected", ["100-continue", "100-Continue", " 100-continue, "])
def test_what_the_server_itself_sees_to_is_expected(client, path, expected):
    assert client.get(path, headers={"Expect": expected}).status_code == client.get(path).status_code


@pytest.mark.parametrize("path", [ASK, "/healthz", READ[2]])
@pytest.mark.parametrize("expected", ["200-ok", "100-continue, teapot", "x" * 9000, "a=é"])
def test_another_expectation_is_refused_before_anything_is_done(client, kg, curator, path, expected):
    size = len(kg.store)
    for method in ("GET", "POST", "DELETE"):
        found = client.open(path, method=method, headers={**curator, "Expect": expected})
        assert found.status_code == 417 and found.json["type"].endswith("problems#expectation")
    assert len(kg.store) == size and kg.asked == []
