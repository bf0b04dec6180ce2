import io

import pytest

from cnrs_kg.web.messages import BadRequest, Incoming
from cnrs_kg.web.multipart import LONGEST_HEAD, MOST, read

LIMIT = 2**26


def incoming(body: bytes, boundary: str = "XX") -> Incoming:
    kind = f"multipart/form-data; boundary={boundary}"
    return Incoming({"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "wsgi.input": io.BytesIO(body)})


@pytest.fixture(autouse=True)
def _all_may_be_held(monkeypatch):
    monkeypatch.setattr("cnrs_kg.web.messages.LARGE", 2**30)


def part(data: bytes, head: bytes = b'Content-Disposition: form-data; name="file"') -> bytes:
    return b"--XX\r\n" + head + b"\r\n\r\n" + data + b"\r\n"


def test_parts_with_what_their_heads_say():
    head = 'Content-Disposition: form-data; name="file"; filename="é.ttl"\r\nContent-Type: text/turtle; charset=utf-8'
    body = b"before\r\n" + part("é\r\n--X\r\n".encode(), head.encode()) + part(b"") + b"--XX--\r\nafter"
    first, second = read(incoming(body), LIMIT)
    assert first.data == "é\r\n--X\r\n".encode()
    assert (first.field, first.head.get_filename(), first.head.get_content_type()) == ("file", "é.ttl", "text/turtle")
    assert (second.data, second.head.get_filename()) == (b"", None)


def test_lines_may_end_as_those_of_unix():
    (found,) = read(incoming(b"--XX\nContent-Type: text/csv\n\na,b\n--XX--\n"), LIMIT)
    assert (found.data, found.head.get_content_type(), found.field) == (b"a,b", "text/csv", None)


def test_content_may_be_left_away():
    (found,) = read(incoming(b'--XX\r\nContent-Disposition: form-data; name="text"\r\n\r\n--XX--\r\n'), LIMIT)
    assert (found.field, found.data) == ("text", b"")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form",
        b"--XX--",
        b"--XX\r\n--XX--",
        b"--XX\r\nContent-Type: text/csv\r\n\r\nwithout an end",
        part(b"", b"X: " + b"x" * LONGEST_HEAD) + b"--XX--",
        part(b"") * (MOST + 1) + b"--XX--",
    ],
)
def test_what_is_no_form_is_refused(body):
    with pytest.raises(BadRequest):
        read(incoming(body), LIMIT)


def test_a_form_without_a_boundary_is_refused():
    with pytest.raises(BadRequest):
        read(incoming(b"----\r\n\r\n\r\n----", boundary=""), LIMIT)


@pytest.mark.parametrize("lines", [b"\n" * 2**24, b"--XX" * 2**22, b"\r\n--XX y" * 2**21, b"\r\n--XX-" * 2**21])
def test_a_body_of_any_kind_takes_no_time(lines):
    """Of a parser that takes time by the square of the length, this test would take minutes."""
    assert [len(one.data) for one in read(incoming(part(lines) + b"--XX--"), LIMIT)] == [len(lines)]


@pytest.mark.parametrize(
    "disposition", ["(" * 4000, ";" * 4000, 'a="' + '\\"' * 1900, "a*0=b;" * 600, "=?utf-8?q?a?= " * 280]
)
def test_a_head_of_any_kind_does_no_harm(disposition):
    (found,) = read(incoming(part(b"x", b"Content-Disposition: " + disposition.encode()) + b"--XX--"), LIMIT)
    assert (found.field, found.data) == (None, b"x")
