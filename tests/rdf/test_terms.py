import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.rdf.namespaces import XSD
from cnrs_kg.rdf.terms import in_graph, stored_quad, stored_term, stored_triple, term_json, term_of_json

S, P, G = (ox.NamedNode(f"http://example.org/{name}") for name in "spg")
DATATYPES = [
    "integer",
    "int",
    "boolean",
    "decimal",
    "double",
    "dateTime",
    "date",
    "gYear",
    "duration",
    "string",
]


@pytest.mark.parametrize(
    ("written", "datatype", "stored"),
    [("01", "integer", "1"), ("+5", "integer", "5"), ("1", "boolean", "true"), ("1.50", "decimal", "1.5"),
     ("2020-01-01T00:00:00+00:00", "dateTime", "2020-01-01T00:00:00Z"), ("2014", "gYear", "2014"),
     ("no number", "integer", "no number")],
)  # fmt: skip
def test_the_forms_that_the_store_rewrites(written: str, datatype: str, stored: str) -> None:
    term = stored_term(ox.Literal(written, datatype=XSD(datatype)))
    assert isinstance(term, ox.Literal) and term.value == stored


@given(st.text(), st.sampled_from(DATATYPES))
def test_it_is_what_a_store_on_disk_gives_back(text: str, datatype: str) -> None:
    quad = ox.Quad(S, P, ox.Literal(text, datatype=XSD(datatype)), G)
    store = ox.Store()
    store.add(quad)
    assert list(store) == [stored_quad(quad)]


def test_triple_terms_are_rewritten_inside() -> None:
    inner = ox.Triple(S, P, ox.Literal("01", datatype=XSD("integer")))
    assert stored_triple(ox.Triple(S, P, inner)).object == ox.Triple(S, P, ox.Literal(1))


def test_triples_become_quads_of_a_graph() -> None:
    assert list(in_graph([ox.Triple(S, P, S)], G)) == [ox.Quad(S, P, S, G)]


@pytest.mark.parametrize(
    "term",
    [
        ox.NamedNode("urn:a"),
        ox.BlankNode("b"),
        ox.Literal("x"),
        ox.Literal("x", language="fr"),
        ox.Literal("1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
        ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c")),
    ],
    ids=str,
)
def test_terms_survive_json(term):
    assert term_of_json(term_json(term)) == term
