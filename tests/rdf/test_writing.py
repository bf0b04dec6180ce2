"""Statements for others: subjects together, prefixes where a format has them, graphs left out where it has none."""

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.formats import RDF_FORMATS, RdfSyntax
from cnrs_kg.rdf.namespaces import SKOS
from cnrs_kg.rdf.writing import grouped, serialised

A, B, GRAPH = ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.NamedNode("x:g")
TRIPLES = [ox.Triple(node, SKOS("note"), ox.Literal(text)) for node, text in ((B, "1"), (A, "2"), (B, "3"))]


def test_what_is_said_of_a_subject_stands_together() -> None:
    assert grouped(TRIPLES) == [TRIPLES[0], TRIPLES[2], TRIPLES[1]]


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda syntax: syntax.name)
def test_every_format_says_the_same(syntax: RdfSyntax) -> None:
    quads = [ox.Quad(one.subject, one.predicate, one.object, GRAPH) for one in TRIPLES]
    written = serialised(quads, syntax.media_type, (SKOS,))
    found = set(ox.parse(written, format=syntax.format))
    assert {quad.triple for quad in found} == set(TRIPLES)
    assert {quad.graph_name for quad in found} == ({GRAPH} if syntax.datasets else {ox.DefaultGraph()})
    assert (b"skos:note" in written) == syntax.prefixes
