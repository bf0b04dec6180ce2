"""What is asked of hosts on loopback: manners, limits, and answers that are of no use."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest

from cnrs_kg.errors import (
    OutboundAnswer,
    OutboundError,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnavailable,
)
from cnrs_kg.outbound.bodies import Limits
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.places import Place

from .hosts import Hand, Handler, reply, serving


@contextmanager
def asking(answer: Handler, clock: Hand | None = None, limits: Limits | None = None) -> Iterator[tuple[Outbound, str]]:
    with serving(answer) as url:
        places = [Place.of(url, private=True)]
        with Outbound(places, clock=clock or Hand(), limits=limits, contact="https://kg.example/") as outbound:
            yield outbound, url


def failure(answer: Handler, **options: Limits | Hand) -> OutboundError:
    accept = ("application/json",)
    with asking(answer, **options) as (outbound, url), pytest.raises(OutboundError) as found:  # type: ignore[arg-type]
        with outbound.get(url, accept=accept) as got:
            got.read()
    assert found.value.extra["host"] == "127.0.0.1" and "127.0.0.1" in found.value.detail and found.value.advice
    return found.value


def test_a_request_says_who_asks_and_carries_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    seen: list[dict[str, str]] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(dict(handler.headers))
        reply(handler, 200, b"{}", Content_Type="application/json; charset=utf-8", Set_Cookie="a=b")

    with asking(answer) as (outbound, url):
        for _ in range(2):
            with outbound.get(url, accept=("application/json",), headers={"If-None-Match": '"x"'}) as got:
                assert (got.read(), got.media_type) == (b"{}", "application/json")
    assert seen[0] == seen[1] and "Cookie" not in seen[1]
    assert seen[0]["User-Agent"].startswith("cnrs-kg/") and "+https://kg.example/" in seen[0]["User-Agent"]
    assert (seen[0]["Accept"], seen[0]["Accept-Encoding"]) == ("application/json", "gzip")
    assert seen[0]["If-None-Match"] == '"x"'


def test_packed_answers_are_unpacked_and_posts_carry_their_body() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        reply(handler, 200, gzip.compress(body + handler.headers["Content-Type"].encode()), Content_Encoding="gzip")

    with asking(answer) as (outbound, url), outbound.post(url, b"ASK {} ", "application/sparql-query") as got:
        assert got.read() == b"ASK {} application/sparql-query"


def test_a_bomb_ends_the_exchange() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    found = failure(lambda handler: reply(handler, 200, bomb, Content_Encoding="gzip", Content_Type="application/json"))
    assert isinstance(found, OutboundTooLarge)


def test_a_page_for_people_is_no_data() -> None:
    found = failure(lambda handler: reply(handler, 200, b"<html>Sign in", Content_Type="text/html; charset=utf-8"))
    assert isinstance(found, OutboundAnswer) and "answered text/html where application/json" in found.detail


def test_a_refusal_is_passed_on_in_short() -> None:
    found = failure(lambda handler: reply(handler, 404, b"no such\x1b[31m\r\n record" + b"x" * 10_000))
    assert isinstance(found, OutboundAnswer) and found.extra["answered"] == 404
    assert "answered 404" in found.detail and ": no such [31m record" in found.detail and len(found.detail) < 500


def test_an_answer_cut_short_is_no_answer() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"a": ')
        handler.close_connection = True

    assert isinstance(failure(answer), OutboundUnavailable)


def test_what_is_no_http_is_told() -> None:
    assert isinstance(failure(lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n\r\n") and None), OutboundUnavailable)


def test_a_host_that_hangs_is_left() -> None:
    over = Event()
    try:
        found = failure(lambda handler: over.wait() and None, limits=Limits(read=0.05))
    finally:
        over.set()
    assert isinstance(found, OutboundTimeout)


def test_a_host_that_is_busy_is_asked_again_when_it_says() -> None:
    clock, statuses = Hand(), [429, 503, 200]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, statuses.pop(0), b"{}", Content_Type="application/json", Retry_After="7")

    with asking(answer, clock) as (outbound, url), outbound.get(url) as got:
        assert got.read() == b"{}"
    assert clock.slept == [7.0, 7.0]


def test_a_storm_of_refusals_ends() -> None:
    clock, asked = Hand(), list[int]()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(429)
        reply(handler, 429, b"slow down")

    found = failure(answer, clock=clock)
    assert isinstance(found, OutboundUnavailable) and found.extra["answered"] == 429
    assert len(asked) == 4 and clock.slept == [0.5, 1.0, 2.0]


def test_a_pause_beyond_patience_is_told_instead_of_waited_for() -> None:
    clock = Hand()
    found = failure(lambda handler: reply(handler, 503, Retry_After="3600"), clock=clock)
    assert isinstance(found, OutboundUnavailable) and found.extra["retry_after"] == 3600
    assert clock.slept == [] and "3600 seconds" in str(found.advice)


def test_a_status_that_is_wanted_is_an_answer() -> None:
    with asking(lambda handler: reply(handler, 304)) as (outbound, url):
        with outbound.get(url, accept=("application/json",), statuses=(200, 304)) as got:
            assert (got.status, got.read()) == (304, b"")


def test_an_answer_may_be_left_before_its_end() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, 200, b"x" * 1_000_000, Content_Type="application/json")

    with asking(answer) as (outbound, url):
        for _ in range(3):
            with outbound.get(url) as got:
                assert next(iter(got))
