"""Hosts that answer what is of no use: each is named, nothing changes, and the next harvest goes well."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from shutil import copytree

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import (
    CnrsKgError,
    OutboundAnswer,
    OutboundRefused,
    OutboundTooLarge,
    OutboundUnavailable,
)
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.registries import Registries, Wanted
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ..outbound.hosts import Handler, reply, serving, unhurried
from .test_hal import page, structure
from .test_oaipmh import formats, listing
from .test_openaire import NAMESPACE
from .test_ror import record

PROJECT = Path(__file__).parents[2]
DUMP = (json.dumps(record(id="https://ror.org/013cjyk83")) + "\n").encode()


@pytest.fixture(scope="module")
def graph(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    data_dir = tmp_path_factory.mktemp("hosts") / "var"
    copytree(built, data_dir, symlinks=True)
    with KnowledgeGraph(Settings(data_dir=data_dir, workers=1), project=PROJECT) as kg:
        yield kg


@pytest.fixture
def registries(graph: KnowledgeGraph, tmp_path: Path) -> Registries:
    """The registries of the graph, asked through a clock that does not wait."""
    own = graph.registries
    return Registries(own._store, tmp_path / "harvests", own.links._publish, own._published, unhurried)


def answering(status: int, body: bytes = b"", **headers: str) -> Handler:
    return lambda handler: reply(handler, status, body, **headers)


def endless_cursors(handler: BaseHTTPRequestHandler) -> None:
    body = page(structure(), nextCursorMark=f"again{handler.path.count('again')}{len(handler.path)}")
    reply(handler, 200, body, Content_Type="application/json")


def endless_tokens(handler: BaseHTTPRequestHandler) -> None:
    body = formats(NAMESPACE) if "Formats" in handler.path else listing("oai:a:1", token=f"{len(handler.path)}")
    reply(handler, 200, body, Content_Type="text/xml")


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DUMP)))
    handler.end_headers()
    handler.wfile.write(DUMP[:-10])
    handler.close_connection = True


XML = "text/xml"
HOSTS: dict[str, tuple[str, Handler, type[CnrsKgError], str]] = {
    "a page": ("ror", answering(200, b"<!doctype html>", Content_Type="text/html"), HarvestError, "HTML"),
    "a page of a listing": ("hal", answering(200, b"<html>", Content_Type="text/html"), OutboundAnswer, "text/html"),
    "a truncated dump": ("ror", answering(200, gzip.compress(DUMP * 100)[:-30]), HarvestError, "cut short"),
    "a connection that breaks": ("ror", cut_short, OutboundUnavailable, "127.0.0.1"),
    "a bomb": ("ror", answering(200, gzip.compress(b" " * 10**7), Content_Encoding="gzip"), OutboundTooLarge, "times"),
    "another schema": ("ror", answering(200, b'{"id": "https://ror.org/013cjyk83"}\n'), HarvestError, "schema 2.1"),
    "another schema of a listing": ("hal", answering(200, b"{}", Content_Type="text/json"), HarvestError, "HAL"),
    "another schema of a CRIS": ("openaire", answering(200, b"<a/>", Content_Type=XML), HarvestError, "OAI-PMH"),
    "endless cursors": ("hal", endless_cursors, HarvestError, "no end"),
    "endless tokens": ("openaire", endless_tokens, HarvestError, "no end"),
    "a redirect inside": ("ror", answering(302, Location="http://127.0.0.1:1/"), OutboundRefused, "127.0.0.1:1"),
    "a redirect to the cloud": ("ror", answering(302, Location="http://169.254.169.254/"), OutboundRefused, "169.254"),
    "a storm": ("ror", answering(429, b"slow down"), OutboundUnavailable, "no time for us"),
    "a long pause": ("hal", answering(503, Retry_After="86400"), OutboundUnavailable, "no time for us"),
    "a failure": ("ror", answering(500, b"oops"), OutboundAnswer, "answered 500"),
    "nothing": ("ror", answering(200, b""), HarvestError, "no record"),
}


@pytest.mark.parametrize("case", HOSTS)
def test_a_bad_host_is_named_and_changes_nothing(graph: KnowledgeGraph, registries: Registries, case: str) -> None:
    registry, answer, error, said = HOSTS[case]
    before = graph.current()
    with serving(answer) as url, pytest.raises(error, match=said) as found:
        registries.harvest(registry, Wanted(url, private=True), progress=lambda stage: None)
    assert graph.current() == before and found.value.advice
    (attempt,) = registries.attempts.list()
    assert (attempt.registry, attempt.outcome, attempt.place) == (registry, "failed", url)
    assert attempt.error == found.value.detail


def test_what_cannot_be_read_is_fetched_anew_though_the_host_says_that_it_is_the_same(registries: Registries) -> None:
    asked: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.headers.get("If-None-Match"))
        reply(handler, 200, b"<html>", ETag='"same"')

    with serving(answer) as url:
        for _ in range(2):
            with pytest.raises(HarvestError, match="HTML"):
                registries.harvest("ror", Wanted(url, private=True), progress=lambda stage: None)
    assert asked == [None, None]


def test_a_host_that_recovers_is_harvested(graph: KnowledgeGraph, registries: Registries) -> None:
    bad: list[Handler] = [cut_short, HOSTS["a page"][1], HOSTS["a truncated dump"][1], HOSTS["another schema"][1]]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        bad.pop(0)(handler) if bad else reply(handler, 200, DUMP)

    with serving(answer) as url:
        wanted = Wanted(url, private=True)
        while bad:
            with pytest.raises((HarvestError, OutboundUnavailable)):
                registries.harvest("ror", wanted, progress=lambda stage: None)
        found = registries.harvest("ror", wanted, progress=lambda stage: None)
        assert found.outcome.changed and found.records == 1
        again = registries.harvest("ror", wanted, progress=lambda stage: None)
    assert not again.outcome.changed
    (attempt,) = registries.attempts.list()
    assert attempt.outcome == "unchanged" and found.outcome.version is not None
    assert (attempt.version, attempt.records, attempt.error) == (found.outcome.version.number, 1, None)
