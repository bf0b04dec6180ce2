"""Answers of other endpoints, whatever they hold, as rows of VALUES."""

import json
import os
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.frames import Job, Request, as_extra
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.solutions import answer_results, answer_solutions
from cnrs_kg.errors import CnrsKgError, RdfSyntaxError, ResultTooLarge, TooNested, UploadTooLarge
from cnrs_kg.rdf.formats import RESULT_FORMATS

from ..federation.services.places import spool

LIMITS = Limits()
NASTY = 'a"b\n\r\t\\ } ) { VALUES #\x00\u2028\u0085 é'


def document(*bindings: dict[str, Any], variables: tuple[str, ...] = ("a", "b")) -> bytes:
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": bindings}}).encode()


def read(
    data: bytes, limits: Limits = LIMITS, *, rows: int = 10, scope: str = "s", media_type: str = "json"
) -> list[str]:
    extra = {"media_type": media_type, "variables": ["a", "b"], "rows": rows, "scope": scope}
    reply = answer_solutions(Request(Job.SOLUTIONS, "", data, extra=as_extra(extra)), limits, spool)
    return reply.body.decode().split("\n")[:-1]


def literal(value: str, **more: str) -> dict[str, str]:
    return {"type": "literal", "value": value} | {name.replace("_", ":"): text for name, text in more.items()}


def test_every_kind_of_term_survives_the_parser() -> None:
    terms = [
        ({"type": "uri", "value": "http://e/é?a=b#c"}, ox.NamedNode("http://e/é?a=b#c")),
        (literal(NASTY), ox.Literal(NASTY)),
        (literal(NASTY, xml_lang="fr"), ox.Literal(NASTY, language="fr")),
        (literal("5", datatype="http://www.w3.org/2001/XMLSchema#integer"), ox.Literal(5)),
        ({"type": "typed-literal", "value": "x", "datatype": "http://e/d"}, ox.Literal("x", datatype=ox.NamedNode("http://e/d"))),
    ]  # fmt: skip
    rows = read(document(*({"a": term} for term, _ in terms)))
    found = ox.Store().query(f"SELECT ?a {{ VALUES (?a ?b) {{ {' '.join(rows)} }} }}")
    assert isinstance(found, ox.QuerySolutions)
    assert [row["a"] for row in found] == [wanted for _, wanted in terms]
    assert all(row.endswith(" UNDEF)") for row in rows)


def test_blank_nodes_are_iris_of_their_answer() -> None:
    data = document({"a": {"type": "bnode", "value": "x"}, "b": {"type": "bnode", "value": "y"}})
    (row,) = read(data)
    one, two = row.strip("()").split()
    assert one.startswith("<https://w3id.org/cnrs-kg/.well-known/genid/")
    assert one != two
    assert read(data) == [row]
    assert read(data, scope="another query") != [row]
    assert read(document({"a": {"type": "bnode", "value": "x"}}))[0].split()[0].strip("(") != one


def test_blank_nodes_in_triple_terms_too() -> None:
    triple = {
        "subject": {"type": "bnode", "value": "x"},
        "predicate": {"type": "uri", "value": "http://e/p"},
        "object": literal("o"),
    }
    (row,) = read(document({"a": {"type": "triple", "value": triple}}))
    assert row.startswith("(<<( <https://")
    assert "_:" not in row


def test_what_was_not_asked_for_is_left_out() -> None:
    rows = read(document({"a": literal("1"), "c": literal("2")}, variables=("c", "a")))
    assert rows == ['("1" UNDEF)']


def test_xml_is_read_too() -> None:
    store = ox.Store()
    found = store.query("SELECT * { VALUES (?a ?b) { (1 'x'@en) (UNDEF <http://e/>) } }")
    data = found.serialize(format=ox.QueryResultsFormat.XML)
    assert data is not None
    rows = read(data, media_type="application/sparql-results+xml")
    assert rows == ['("1"^^<http://www.w3.org/2001/XMLSchema#integer> "x"@en)', "(UNDEF <http://e/>)"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sparql>&b;</sparql>'


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"", "json"),
        (b"<html><body>Sign in</body></html>", "json"),
        (b'{"error": "no"}', "json"),
        (b'{"head": {}, "boolean": true}', "json"),
        (document({"a": literal("1")})[:-3], "json"),
        (document({"a": {"type": "uri", "value": "http://e/> } # "}}), "json"),
        (document({"a": {"type": "uri", "value": "relative"}}), "json"),
        (document({"a": literal("x", xml_lang="en> <x")}), "json"),
        (document({"a": literal("x", datatype="http://e/> <x")}), "json"),
        (document({"a": {"type": "bnode", "value": "x . }"}}), "json"),
        (document({"a": literal("\ud800")}), "json"),
        (document({"z": literal("1")}), "json"),
        ("\ufeff".encode("utf-16"), "json"),
        (b"\xff\xfe\xfa", "json"),
        (b"<html></html>", "xml"),
        (BOMB, "xml"),
    ],
)
def test_what_is_no_result_is_refused(data: bytes, media_type: str) -> None:
    with pytest.raises(RdfSyntaxError):
        read(data, media_type=media_type)


def test_depth_size_and_rows_are_limited() -> None:
    cases: list[tuple[bytes, type[CnrsKgError], Limits]] = [
        (b"[" * 5000 + b"]" * 5000, TooNested, LIMITS),
        (document(*[{"a": literal("1")}] * 11), ResultTooLarge, LIMITS),
        (document({"a": literal("x" * 1000)}), ResultTooLarge, replace(LIMITS, result_bytes=500)),
    ]
    for data, error, limits in cases:
        with pytest.raises(error):
            read(data, limits)
    assert len(read(document(*[{"a": literal("1")}] * 10))) == 10
    with pytest.raises(UploadTooLarge):
        oversized(document({"a": literal("x" * 1000)}))


def oversized(data: bytes) -> None:
    """A body that comes as a file, larger than an upload may be."""
    descriptor = os.memfd_create("answer")
    try:
        os.write(descriptor, data)
        extra = as_extra({"media_type": "json", "variables": ["a"], "rows": 10, "scope": ""})
        answer_solutions(
            Request(Job.SOLUTIONS, "", file=descriptor, extra=extra), replace(LIMITS, upload_bytes=500), spool
        )
    finally:
        os.close(descriptor)


def result(data: bytes, variables: list[str] | None, result_format: str = "json", limits: Limits = LIMITS) -> bytes:
    """A document of another engine as our answer."""
    place = [syntax.name for syntax in RESULT_FORMATS].index(result_format)
    extra = as_extra({"variables": variables})
    reply = answer_results(Request(Job.RESULTS, "", data, result_format=place, extra=extra), limits, spool)
    return reply.body


def test_an_answer_of_another_engine_is_written_as_ours() -> None:
    row = {"a": {"type": "typed-literal", "value": "5", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}
    data = document(row, {"b": literal(NASTY, xml_lang="fr")})
    store = ox.Store()
    values = f"SELECT ?a ?b {{ VALUES (?a ?b) {{ (5 UNDEF) (UNDEF {ox.Literal(NASTY, language='fr')}) }} }}"
    for syntax in RESULT_FORMATS:
        ours = store.query(values)
        assert isinstance(ours, ox.QuerySolutions)
        assert result(data, ["a", "b"], syntax.name) == ours.serialize(format=syntax.format)
    assert result(data, ["b", "a"], "csv").startswith(b"b,a\r\n")
    assert result(b'{"head": {"link": []}, "boolean": true}', None, "tsv") == b"true"


@pytest.mark.parametrize(
    ("data", "variables"),
    [
        (document({"a": literal("1")}), None),
        (document({"a": literal("1")}), ["a"]),
        (document({"a": literal("1")}), ["a", "c"]),
        (b'{"head": {}, "boolean": true}', ["a"]),
        (b'{"head": {}, "boolean": 1}', None),
        (document({"a": literal("1")})[:-3], ["a", "b"]),
        (document({"a": {"type": "uri", "value": "relative"}}), ["a", "b"]),
        (b"[]", ["a", "b"]),
        (b"", None),
    ],
)
def test_what_is_no_answer_to_the_query_is_refused(data: bytes, variables: list[str] | None) -> None:
    with pytest.raises(RdfSyntaxError):
        result(data, variables)


def test_an_answer_of_another_engine_is_limited_as_ours() -> None:
    data = document(*[{"a": literal("x" * 100), "b": literal("1")}] * 11)
    for limits in (replace(LIMITS, result_rows=10), replace(LIMITS, result_bytes=500)):
        with pytest.raises(ResultTooLarge):
            result(data, ["a", "b"], limits=limits)
    with pytest.raises(TooNested):
        result(b"[" * 5000, None)
