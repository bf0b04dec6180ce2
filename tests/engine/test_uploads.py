import os
from dataclasses import replace

import pytest

from cnrs_kg.engine.frames import Job, Reply, Request, as_extra
from cnrs_kg.engine.spool import Spool
from cnrs_kg.engine.uploads import parse_upload
from cnrs_kg.errors import RdfSyntaxError, ResultTooLarge, TooNested, UploadTooLarge
from cnrs_kg.rdf.formats import RDF_FORMATS

from .conftest import LIMITS

PLACE = {syntax.name: place for place, syntax in enumerate(RDF_FORMATS)}
DOCUMENTS = {
    "turtle": b"<s> <p> 1 .",
    "ntriples": b'<http://x/s> <http://x/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    "rdfxml": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
    b'<rdf:Description rdf:about="s"><x:p rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">1</x:p>'
    b"</rdf:Description></rdf:RDF>",
    "jsonld": b'{"@id": "s", "http://x/p": 1}',
    "trig": b"{ <s> <p> 1 }",
    "nquads": b'<http://x/s> <http://x/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    "n3": b"<s> <p> 1 .",
}
ONE = b'<http://x/s> <http://x/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>'


def parse(data: bytes, name: str = "turtle", *, limits=LIMITS, file: int | None = None, **extra) -> Reply:
    request = Request(Job.PARSE, "", data, "http://x/", graph_format=PLACE[name], extra=as_extra(extra), file=file)
    return parse_upload(request, limits, lambda limit: Spool("/tmp", 2**16, limit, lambda: None))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_format_becomes_n_quads(name):
    assert parse(DOCUMENTS[name], name).body == ONE + b" .\n"
    assert parse(DOCUMENTS[name], name, graph="http://x/g").body == ONE + b" <http://x/g> .\n"


def test_named_graphs_of_the_document_stay():
    assert parse(b"GRAPH <h> { <s> <p> 1 }", "trig", graph="http://x/g").body == ONE + b" <http://x/h> .\n"


def test_statements_are_counted_and_keep_their_order():
    reply = parse(b"<b> <p> 2, 1 . <a> <p> 3 .")
    assert reply.rows == 3
    assert [line.split(b'"')[1] for line in reply.body.splitlines()] == [b"2", b"1", b"3"]


def test_a_document_in_a_file(tmp_path):
    (tmp_path / "f").write_bytes(DOCUMENTS["turtle"])
    descriptor = os.open(tmp_path / "f", os.O_RDONLY)
    try:
        assert parse(b"", file=descriptor).body == ONE + b" .\n"
        with pytest.raises(UploadTooLarge) as caught:
            parse(b"", file=descriptor, limits=replace(LIMITS, upload_bytes=3))
        assert caught.value.limit == "upload_bytes"
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("name", "data", "position"),
    [
        ("turtle", b"<s> <p> 1 .\n<s> <p> .", (2, 9)),
        ("jsonld", b'{"@id": "s",\n "p": nul}', (2, 7)),
        ("turtle", b"<s> <p> '\xff' .", (1, 10)),
    ],
)
def test_a_syntax_error_has_its_place(name, data, position):
    with pytest.raises(RdfSyntaxError) as caught:
        parse(data, name)
    assert caught.value.position == position


@pytest.mark.parametrize("name", ["rdfxml", "jsonld", "nquads"])
def test_what_is_not_the_format_is_a_syntax_error(name):
    with pytest.raises(RdfSyntaxError):
        parse(b"<<< no format at all", name)


def test_the_guards_stand_before_the_parsers():
    with pytest.raises(TooNested):
        parse(b'{"a":' * 2000 + b"1" + b"}" * 2000, "jsonld")
    with pytest.raises(TooNested):
        parse(b"<a:s> <a:p> " + b"<<( <a:a> <a:b> " * 2000, "turtle")
    with pytest.raises(RdfSyntaxError) as caught:
        parse(b'<!DOCTYPE a [<!ENTITY a SYSTEM "/etc/passwd">]><a/>', "rdfxml")
    assert caught.value.limit == "xml_entities"
    with pytest.raises(RdfSyntaxError) as caught:
        parse(b"", media_type="text/turtle;charset=latin-1")
    assert caught.value.limit == "charset"


def test_statements_beyond_the_bytes_of_an_answer():
    with pytest.raises(ResultTooLarge):
        parse(b"<s> <p> 1, 2, 3, 4, 5 .", limits=replace(LIMITS, result_bytes=100))


def test_a_token_beyond_the_parsers_own_limit():
    with pytest.raises(RdfSyntaxError, match="16 MiB") as caught:
        parse(b"<s> <p> '" + b"x" * 2**24 + b"' .")
    assert caught.value.limit == "upload_token"
