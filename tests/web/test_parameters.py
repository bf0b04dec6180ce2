import io

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import UploadTooLarge
from cnrs_kg.web.messages import BadRequest, Incoming, MediaTypeRefused, MethodRefused
from cnrs_kg.web.parameters import FORM, QUERY, UPDATE, read

G = "http://example.org/g"


SETTINGS = Settings(query_bytes=1000, upload_bytes=5000)


def get(query_string: str, method: str = "GET"):
    return read(Incoming({"REQUEST_METHOD": method, "QUERY_STRING": query_string}), SETTINGS)


def post(body: bytes, content_type: str | None, query_string: str = ""):
    environ = {"REQUEST_METHOD": "POST", "QUERY_STRING": query_string, "wsgi.input": io.BytesIO(body)}
    return read(Incoming(environ if content_type is None else {**environ, "CONTENT_TYPE": content_type}), SETTINGS)


def test_the_three_ways_to_send_a_query():
    assert get("query=ASK%7B%7D").query == "ASK{}"
    assert post(b"query=ASK%7B%7D", FORM).query == "ASK{}"
    assert post(b"ASK{}", QUERY).query == "ASK{}"


def test_the_two_ways_to_send_an_update():
    assert post(b"update=CLEAR+ALL", FORM).update == "CLEAR ALL"
    assert post(b"CLEAR ALL", UPDATE).update == "CLEAR ALL"


@pytest.mark.parametrize(
    ("name", "field"), [("default-graph-uri", "default_graphs"), ("named-graph-uri", "named_graphs")]
)
def test_a_dataset_may_stand_in_the_url_or_in_the_form(name, field):
    for found in (
        get(f"query=q&{name}={G}&{name}={G}2"),
        post(f"query=q&{name}={G}2".encode(), FORM, f"{name}={G}"),
        post(b"q", QUERY, f"{name}={G}&{name}={G}2"),
    ):
        assert getattr(found, field) == (G, f"{G}2")


def test_a_dataset_is_whole_or_not_said():
    assert (get("query=q").default_graphs, get("query=q").named_graphs) == (None, None)
    assert get(f"query=q&default-graph-uri={G}").named_graphs == ()
    assert get(f"query=q&named-graph-uri={G}").default_graphs == ()


def test_an_updates_dataset():
    found = post(b"x", UPDATE, f"using-graph-uri={G}&using-named-graph-uri={G}2")
    assert (found.using_graphs, found.using_named_graphs) == ((G,), (f"{G}2",))


@pytest.mark.parametrize(
    "query_string",
    [
        "query=a&query=b",
        "update=CLEAR%20ALL",
        "query=a&update=b",
        "query=a&version=1&version=2",
        "query=a&format=json&format=xml",
        "query=a&default-graph-uri=relative",
        "query=a&default-graph-uri=http://x/%0d%0aSet-Cookie:x",
        "query=a&named-graph-uri=http://x/%3Cb%3E",
        f"query=a&using-graph-uri={G}",
        "query=%",
        "query=%ff",
        "&".join(["default-graph-uri=http://x/"] * 201),
    ],
)
def test_conflicts_are_refused(query_string):
    with pytest.raises(BadRequest):
        get(query_string)


@pytest.mark.parametrize(
    ("body", "content_type", "query_string"),
    [
        (b"query=a&query=b", FORM, ""),
        (b"query=a", FORM, "query=b"),
        (b"a", QUERY, "query=b"),
        (b"a", QUERY, "update=b"),
        (b"update=a&update=b", FORM, ""),
        (b"a", UPDATE, "update=b"),
        (b"a", UPDATE, f"default-graph-uri={G}"),
        (b"\xff", QUERY, ""),
        (b"query=%ff", FORM, ""),
    ],
)
def test_conflicts_of_posts_are_refused(body, content_type, query_string):
    with pytest.raises(BadRequest):
        post(body, content_type, query_string)


def test_where_nothing_is_sent_nothing_is_asked():
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}
    assert read(Incoming(environ), SETTINGS) == read(Incoming({**environ, "CONTENT_TYPE": FORM}), SETTINGS)


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/json", f"{QUERY}; charset=utf-16", f"{UPDATE};charset=latin-1", "x" * 9999],
)
def test_a_body_of_another_type_or_charset(content_type):
    with pytest.raises(MediaTypeRefused):
        post(b"ASK{}", content_type)


@pytest.mark.parametrize("content_type", [f"{QUERY}; charset=UTF-8", f'{QUERY};charset="utf-8"', QUERY.upper()])
def test_utf8_may_be_said(content_type):
    assert post("ASK{'é'}".encode(), content_type).query == "ASK{'é'}"


@pytest.mark.parametrize(("size", "content_type"), [(1001, QUERY), (1001, UPDATE), (3001, FORM)])
def test_a_body_beyond_the_limit(size, content_type):
    assert post(b"x" * (size - 1), content_type)
    with pytest.raises(UploadTooLarge) as refusal:
        post(b"x" * size, content_type)
    assert refusal.value.limit == "query_bytes"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_another_method(method):
    with pytest.raises(MethodRefused) as refusal:
        get("query=a", method)
    assert "POST" in refusal.value.extra["allow"]


def test_blank_options_are_none():
    found = get("query=a&version=&format=&lang=")
    assert (found.version, found.format, found.lang) == (None, None, None)


def test_a_long_query_string_is_read():
    assert len(get("query=" + "a" * 100_000).query) == 100_000
