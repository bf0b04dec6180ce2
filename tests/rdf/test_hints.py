"""Hints for syntax errors: each is asked of the parser itself."""

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.hints import hint


def hinted(text: str, name: str = "turtle") -> str | None:
    syntax = rdf_syntax(name)
    with pytest.raises(SyntaxError) as caught:
        list(ox.parse(text.encode(), syntax.format))
    position = (caught.value.lineno, caught.value.offset or 1) if caught.value.lineno else None
    return hint(str(caught.value.args[0]), text.encode(), position, syntax)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<urn:a> cnrs:name 'x' .", "@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> ."),
        ("<urn:a> other:name 'x' .", "@prefix other: <…> ."),
        ("<urn:a> <urn:b> <urn:c>\n<urn:d> <urn:e> <urn:f> .", "full stop"),
        ('<urn:a> <urn:b> "x .\n', "not closed"),
        ("<urn:a> <urn:b> “x” .", "straight quotation marks"),
        ("<urn:a> <urn:b> <urn c> .", "%20"),
        ("<a> <urn:b> <urn:c> .", "whole"),
        ('<urn:a> <urn:b> "x"@ .', "@en"),
        ('<urn:a> <urn:b> "x"^^ .', "^^xsd:date"),
        (r'<urn:a> <urn:b> "C:\q" .', "backslash"),
        ("<urn:a> <urn:b> [ <urn:c> 1 .", "Close the bracket"),
        ('{"@id": "urn:a"}', "JSON-LD"),
        ('<?xml version="1.0"?><rdf:RDF/>', "RDF/XML"),
        ("A <urn:a> <urn:b> <urn:c> .", "RDF patch"),
    ],
)
def test_turtle(text: str, said: str) -> None:
    assert said in str(hinted(text))


def test_other_formats() -> None:
    assert "Turtle" in str(hinted("# a comment\n@prefix : <urn:> .", "ntriples"))
    context = '{"@context": "https://example.org/context", "name": "x"}'
    assert "Nothing is fetched" in str(hinted(context, "jsonld"))
    assert "A subject is" in str(hinted("a b c"))
