import pyoxigraph as ox
import pytest

from cnrs_kg.errors import RdfError, RdfSyntaxError
from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.namespaces import CNRS, GRAPH, RDF
from cnrs_kg.submissions.intake import claim_iri, claimable_properties, parse, take_in

PREFIXES = f"@prefix cnrs: <{CNRS.iri}> . @prefix e: <http://example.org/> . "
PAGE, OTHER = GRAPH("page"), GRAPH("other")
NAME = CNRS("name")


def quads(text: str, format: str = "turtle") -> list[ox.Quad]:
    return parse((PREFIXES + text).encode(), rdf_syntax(format), name="page.ttl", base_iri="http://example.org/")


def test_triples_go_to_the_graph_that_asserts_them() -> None:
    assert {quad.graph_name for quad in take_in(quads("e:a e:p e:b ."), PAGE).quads} == {PAGE}


def test_quads_keep_their_graph() -> None:
    taken = take_in(quads(f"<{OTHER.value}> {{ e:a e:p e:b }} e:a e:p e:c .", "trig"), PAGE)
    assert {quad.graph_name for quad in taken.quads} == {PAGE, OTHER}


def test_terms_are_in_their_stored_form() -> None:
    assert [quad.object for quad in take_in(quads("e:a e:p 01 ."), PAGE).quads] == [ox.Literal(1)]


def test_a_direct_statement_of_a_claimable_property_becomes_an_undated_claim() -> None:
    taken = take_in(quads('e:a cnrs:name "A"@en ; e:p 1 .'), PAGE, frozenset({NAME}))
    (direct,) = taken.claimed
    claim = claim_iri(direct)
    assert direct not in taken.quads
    assert {(quad.predicate, quad.object) for quad in taken.quads if quad.subject == claim} == {
        (RDF("type"), CNRS("Claim")),
        (RDF("subject"), ox.NamedNode("http://example.org/a")),
        (RDF("predicate"), NAME),
        (RDF("object"), ox.Literal("A", language="en")),
    }
    assert len(taken.quads) == 5


def test_a_claim_iri_tells_graph_and_statement_apart() -> None:
    statement = (ox.NamedNode("http://e/a"), NAME, ox.Literal("A"))
    assert claim_iri(ox.Quad(*statement, PAGE)) == claim_iri(ox.Quad(*statement, PAGE))
    assert claim_iri(ox.Quad(*statement, PAGE)) != claim_iri(ox.Quad(*statement, OTHER))


def test_the_ontology_says_what_is_claimable() -> None:
    ontology = quads("cnrs:name cnrs:claimable true . cnrs:code cnrs:claimable false .")
    assert claimable_properties(ontology) == {NAME}


def test_a_syntax_error_has_its_position() -> None:
    with pytest.raises(RdfSyntaxError, match="page.ttl") as caught:
        parse(
            b"<http://e/a> <http://e/p>\n   <http://e/b ", rdf_syntax("turtle"), name="page.ttl", base_iri="http://e/"
        )
    assert caught.value.position is not None and caught.value.position[0] == 2


def test_triple_terms_are_refused_with_what_to_write_instead() -> None:
    with pytest.raises(RdfError, match="triple term") as caught:
        take_in(quads("e:a e:p <<( e:s e:q e:o )>> ."), PAGE)
    assert caught.value.advice and "cnrs:Claim" in caught.value.advice


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("_:g { e:a e:p e:b }", "has no name"),
        ('e:a e:p "a"@en--ltr .', "direction"),
        ('e:a e:p "\\u0001" .', "U\\+0001"),
    ],
)
def test_what_no_graph_keeps_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(RdfError, match=said) as caught:
        take_in(quads(text, "trig"), PAGE)
    assert caught.value.advice
