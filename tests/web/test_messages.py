import gzip
import io
from contextlib import ExitStack, closing, suppress
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.errors import EngineBusy, UploadTooLarge
from cnrs_kg.web.bodies import HOLDING, LARGE
from cnrs_kg.web.messages import (
    LONGEST_HEADER,
    BadRequest,
    Incoming,
    MediaTypeRefused,
    header_value,
    parameters,
    url,
)


@given(st.lists(st.tuples(st.text("aé=&+% \n\r\x00"), st.text("zé=&+% \n\r\x00\U0001f600"))), st.booleans())
def test_parameters_are_read_as_the_standard_library_does(pairs, encoded):
    text = urlencode(pairs) if encoded else "&".join(f"{name}={value}" for name, value in pairs).replace("%", "")
    assert parameters(text) == parse_qsl(text, keep_blank_values=True, errors="strict")


def incoming(body: bytes = b"", **environ: str) -> Incoming:
    return Incoming({"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(body), **environ})


@pytest.mark.parametrize(("sent", "read"), [("é".encode(), "é"), (b"%C3%A9", "é"), (b"\xe9", "\xe9")])
def test_a_query_string_may_be_utf_8_without_encoding(sent, read):
    """WSGI gives its bytes as characters (PEP 3333)."""
    text = incoming(QUERY_STRING=f"query={sent.decode('latin-1')}").query_string
    assert parameters(text) == [("query", read)]


def test_a_body_within_the_limit():
    assert incoming(b"abc", CONTENT_LENGTH="3").body(3) == b"abc"


def test_a_body_without_its_length():
    assert incoming(b"abc").body(3) == b"abc"


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "4"}, {}])
def test_a_body_beyond_the_limit(environ):
    with pytest.raises(UploadTooLarge) as refusal:
        incoming(b"abcd", **environ).body(3)
    assert refusal.value.limit == "upload_bytes"


def test_a_body_declared_too_large_is_not_read():
    request = incoming(b"x" * 100, CONTENT_LENGTH="100")
    with pytest.raises(UploadTooLarge):
        request.body(3)
    assert request.environ["wsgi.input"].tell() == 0


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "1 2"])
def test_a_length_that_is_no_number(length):
    with pytest.raises(BadRequest):
        incoming(b"abc", CONTENT_LENGTH=length).body(10)


@pytest.mark.parametrize(
    "environ", [{"CONTENT_LENGTH": str(LARGE + 1)}, {}, {"CONTENT_LENGTH": "30", "HTTP_CONTENT_ENCODING": "gzip"}]
)
def test_few_large_bodies_are_held_until_they_are_answered(environ):
    """Whatever may become large, as a small one in gzip may."""
    body = (
        gzip.compress(b"abc", mtime=0).ljust(30, b"\0")[:30]
        if "HTTP_CONTENT_ENCODING" in environ
        else b"x" * (LARGE + 1)
    )
    held = [incoming(body, **environ) for _ in range(3)]
    with ExitStack() as closed:
        for one in held[:2]:
            closed.callback(one.close)
            _read(one)
        with pytest.raises(EngineBusy):
            held[2].body(LARGE + 1)
        assert incoming(b"abc", CONTENT_LENGTH="3").body(LARGE + 1) == b"abc"
    _read(held[2])
    held[2].close()
    held[2].close()


def test_a_large_body_that_is_on_its_way_is_not_held():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            with ExitStack() as others:
                for address in "abcd":
                    others.enter_context(HOLDING.held(address))
            return super().read(size)

    with closing(incoming(b"", CONTENT_LENGTH=str(LARGE + 1))) as request:
        request.environ["wsgi.input"] = Slow(b"x" * (LARGE + 1))
        assert request.body(LARGE + 1) == b"x" * (LARGE + 1)


def _read(one):
    with suppress(BadRequest):
        one.body(LARGE + 1)


def test_a_body_shorter_than_it_says():
    with pytest.raises(BadRequest):
        incoming(b"ab", CONTENT_LENGTH="3").body(10)


def test_a_gzip_body():
    packed = gzip.compress(b"abc") + gzip.compress(b"def")
    assert incoming(packed, HTTP_CONTENT_ENCODING="gzip").body(100) == b"abcdef"


def test_a_gzip_bomb_stops_at_the_limit():
    bomb = gzip.compress(b"0" * 50_000_000)
    with pytest.raises(UploadTooLarge):
        incoming(bomb, HTTP_CONTENT_ENCODING="gzip").body(100_000)


PACKED = gzip.compress(b"abc", mtime=0)


@pytest.mark.parametrize("damaged", [b"abc", PACKED[:-9], PACKED + b"xyz"])
def test_damaged_gzip(damaged):
    with pytest.raises(BadRequest):
        incoming(damaged, HTTP_CONTENT_ENCODING="gzip").body(100)


def test_another_coding():
    with pytest.raises(MediaTypeRefused):
        incoming(b"abc", HTTP_CONTENT_ENCODING="br").body(10)


@pytest.mark.parametrize("text", ["query=%", "query=%2", "a=1&b=%zz", "%u0041=1"])
def test_broken_percent_encoding(text):
    with pytest.raises(BadRequest, match="hexadecimal"):
        parameters(text)


@pytest.mark.parametrize("text", ["query=%ff", "query=%c3", "%ed%a0%80=1"])
def test_parameters_that_are_not_utf8(text):
    with pytest.raises(BadRequest, match="UTF-8"):
        parameters(text)


def test_too_many_parameters():
    with pytest.raises(BadRequest):
        parameters("&".join("a=1" for _ in range(201)))


def test_parameters_keep_their_order_and_their_blanks():
    assert parameters("b=1&a=&b=%C3%A9+x&default") == [("b", "1"), ("a", ""), ("b", "é x"), ("default", "")]


@pytest.mark.parametrize(
    ("address", "found"),
    [("10.0.0.1:4711", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("[::1]:80", "::1"), ("::1", "::1"), ("", "")],
)
def test_the_address_without_its_port(address, found):
    assert incoming(REMOTE_ADDR=address).address == found


def test_the_media_type_and_its_parameters():
    request = incoming(CONTENT_TYPE='Text/Turtle; charset="UTF-8"; x=1')
    assert request.media_type() == ("text/turtle", {"charset": "UTF-8", "x": "1"})


def test_a_local_url_is_encoded():
    assert url("/sparql", {"query": "a b&é\r\n"}) == "/sparql?query=a%20b%26%C3%A9%0D%0A"


def test_a_header_never_ends_its_line():
    assert header_value("a\r\nSet-Cookie: x\x00é") == "a??Set-Cookie: x??"


def test_a_header_is_read_no_further_than_anybody_needs():
    assert len(incoming(b"", HTTP_ACCEPT="x" * 200_000).header("Accept") or "") == LONGEST_HEADER
