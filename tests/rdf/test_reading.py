import threading

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import RdfSyntaxError
from cnrs_kg.rdf.namespaces import ORG, RDF, XSD
from cnrs_kg.rdf.reading import read_predicate, read_term


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("<http://e/a>", ox.NamedNode("http://e/a")),
        ("http://e/a?b=c#d", ox.NamedNode("http://e/a?b=c#d")),
        ("https://w3id.org/cnrs-kg/id/unit/cintra", ox.NamedNode("https://w3id.org/cnrs-kg/id/unit/cintra")),
        ("urn:isbn:1", ox.NamedNode("urn:isbn:1")),
        ("org:memberOf", ORG("memberOf")),
        ("a", RDF("type")),
        ("'CNRS'@fr", ox.Literal("CNRS", language="fr")),
        ('"a . b"', ox.Literal("a . b")),
        (r"'it\'s'", ox.Literal("it's")),
        ("'''it's\n\"so\"'''@en", ox.Literal('it\'s\n"so"', language="en")),
        ("'2026'^^xsd:gYear", ox.Literal("2026", datatype=XSD("gYear"))),
        ('"7"^^<http://e/t>', ox.Literal("7", datatype=ox.NamedNode("http://e/t"))),
        ('""', ox.Literal("")),
        ("01", ox.Literal("1", datatype=XSD("integer"))),
    ],
)
def test_terms(text: str, term: object) -> None:
    assert read_term(text) == term


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody:knows",
        "<http://e/a b>",
        "'open",
        "[]",
        "(" * 50_000,
        "_:b",
        "<<(a a a)>>",
        "1 , 2",
        "'a' . <u:b>",
        "x" * 70_000,
        "'a'@en , 'b'",
        "'a','b'",
        "'a'," + "<<(_:a a " * 5_400 + "_:a" + ")>>" * 5_400,
    ],
)
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(RdfSyntaxError):
        read_term(text)


@pytest.mark.parametrize("text", ["a:" + "/" * 2_000_000 + "\n!", "a:" + "@" * 2_000_000 + "\n!", "a" * 2_000_000])
def test_a_long_text_is_looked_at_once(text: str) -> None:
    """Time by the square of its length held up the server for 17 seconds, and would hold up this test for hours."""
    with pytest.raises(RdfSyntaxError):
        read_term(text)


def test_nested_terms_do_not_end_a_process_with_a_small_stack() -> None:
    refused: list[RdfSyntaxError] = []

    def read() -> None:
        try:
            read_term("'a'," + "<<(_:a a " * 5_400 + "_:a" + ")>>" * 5_400)
        except RdfSyntaxError as error:
            refused.append(error)

    before = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert refused


def test_a_predicate_is_an_iri() -> None:
    with pytest.raises(RdfSyntaxError):
        read_predicate("'x'")
