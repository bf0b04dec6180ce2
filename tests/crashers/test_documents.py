import gzip

import pytest

from cnrs_kg.engine.process import now
from cnrs_kg.errors import CnrsKgError, RdfSyntaxError, TooNested, UploadTooLarge
from cnrs_kg.rdf.guards import bounded_gunzip

from .conftest import DEADLINE, LIMITS, PATIENCE, SLACK

RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="urn:a:">'
BOMB = (
    b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (i, b"&%c;" % (i - 1) * 10) for i in range(ord("b"), ord("i")))
    + b"]>"
    + RDF
    + b"<rdf:Description><a:p>&h;</a:p></rdf:Description></rdf:RDF>"
)


def json_nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + b"1" + closing * depth


DOCUMENTS = {
    "nested objects": ("jsonld", json_nested(b'{"urn:p":', b"}", 5_000), "upload_nesting"),
    "nested arrays": ("jsonld", json_nested(b"[", b"]", 1_000_000), "upload_nesting"),
    "nested lists": ("jsonld", b'{"urn:p":' + json_nested(b'{"@list":[', b"]}", 5_000) + b"}", "upload_nesting"),
    "nested contexts": ("jsonld", json_nested(b'{"@context":{"x":{"@id":"urn:a",', b"}}}", 5_000), "upload_nesting"),
    "nested values": ("jsonld", b'{"urn:p":{"@value":' + json_nested(b"[", b"]", 60_000) + b"}}", "upload_nesting"),
    "nested triple terms": ("turtle", b"<urn:s> <urn:p> " + b"<<(<urn:a> <urn:b> " * 100_000, "upload_nesting"),
    "nested triple terms of N-Triples": (
        "ntriples",
        b"<urn:s> <urn:p> " + b"<<(<urn:a> <urn:b> " * 50_000,
        "upload_nesting",
    ),
    "entity bomb": ("rdfxml", BOMB, "xml_entities"),
    "external entity": (
        "rdfxml",
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + RDF + b"&a;</rdf:RDF>",
        "xml_entities",
    ),
    "Latin-1": ("turtle", "<urn:s> <urn:p> 'é' .".encode("latin-1"), "charset"),
    "UTF-16": ("turtle", "<urn:s> <urn:p> 'é' .".encode("utf-16"), "charset"),
    "an encoding declared": ("rdfxml", b'<?xml version="1.0" encoding="utf-16"?>' + RDF + b"</rdf:RDF>", "charset"),
    "a body over the limit": ("turtle", b"#" * (LIMITS.upload_bytes + 1), "upload_bytes"),
}
SLOW = {
    "elements in elements": (
        "rdfxml",
        RDF + b"<rdf:Description><a:p>" * 30_000 + b"</a:p></rdf:Description>" * 30_000 + b"</rdf:RDF>",
    ),
    "blank nodes in blank nodes": ("turtle", b"<urn:s> <urn:p> " + b"[ <urn:p> " * 200_000 + b"]" * 200_000 + b" ."),
    "a million statements": ("ntriples", b"<urn:s> <urn:p> <urn:o> .\n" * 300_000),
    "many contexts": ("jsonld", b"[" + b'{"@context":{"x":"urn:x"},"x":1},' * 100_000 + b"{}]"),
    "contexts within the limit of nesting": ("jsonld", b"[" + json_nested(b'{"urn:p":', b"}", 990) + b"]"),
    "one long literal": ("turtle", b"<urn:s> <urn:p> '" + b"x" * 8_000_000 + b"' ."),
    "one long IRI": ("turtle", b"<urn:s> <urn:p> <urn:" + b"x" * 8_000_000 + b"> ."),
    "quotes": ("turtle", b"'" * 4_000_000),
    "backslashes": ("jsonld", b'"' + b"\\" * 4_000_000),
    "zeros": ("nquads", bytes(4_000_000)),
}


def parse(pool, name: str, data: bytes, seconds: float = DEADLINE) -> CnrsKgError | None:
    asked = now()
    try:
        pool.parse(data, name, client="heavy", deadline=asked + seconds).lines()
        return None
    except CnrsKgError as error:
        return error
    finally:
        assert now() - asked < seconds + SLACK


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_guards_refuse(pool, name):
    syntax, data, limit = DOCUMENTS[name]
    error = parse(pool, syntax, data, PATIENCE)
    assert error is not None
    assert error.limit == limit


@pytest.mark.parametrize("name", SLOW)
def test_what_takes_long(pool, name):
    syntax, data = SLOW[name]
    error = parse(pool, syntax, data)
    assert (
        error is None
        or isinstance(error, RdfSyntaxError | TooNested)
        or error.limit in ("query_timeout", "query_memory", "result_bytes")
    )


def test_a_hundred_megabytes(pool, tmp_path):
    with open(tmp_path / "f", "w+b") as file:
        file.truncate(100 * 2**20)
        with pytest.raises(UploadTooLarge) as caught:
            pool.parse(file, "text/turtle", deadline=now() + PATIENCE)
    assert caught.value.limit == "upload_bytes"


def test_a_hundred_megabytes_once_decompressed():
    with pytest.raises(UploadTooLarge):
        bounded_gunzip(gzip.compress(bytes(100 * 2**20), 1), LIMITS.upload_bytes)


def test_a_truncated_gzip_stream():
    with pytest.raises(RdfSyntaxError, match="ends early"):
        bounded_gunzip(gzip.compress(b"<urn:s> <urn:p> 1 ." * 1000)[:-20], LIMITS.upload_bytes)
