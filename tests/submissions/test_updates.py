"""Refusals of what an update adds: at the blank node, by the name that the update has for it."""

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import BlankNodeRefused, RdfError
from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.submissions.updates import Whole

PAGE = GRAPH("page")
A, B, P = (ox.NamedNode(f"urn:{name}") for name in "abp")
MADE = ox.BlankNode("e1bbd8d42f8d")
SHARED = [ox.Quad(A, P, MADE), ox.Quad(B, P, MADE)]


def refused(text: str, added: list[ox.Quad]) -> RdfError:
    with pytest.raises(RdfError) as caught:
        Whole(text).intake(added, PAGE, frozenset())
    return caught.value


def test_a_shared_blank_node_is_told_by_its_own_name_at_its_place() -> None:
    found = refused(
        "# _:no _:no\nINSERT DATA {\n  <urn:a> <urn:p> _:x .\n  <urn:b> <urn:p> _:x . _:y <urn:p> 1 }", SHARED
    )
    assert found.position == (3, 19)
    assert "_:x is shared" in found.detail and "id/thing/x>" in str(found.advice)
    assert MADE.value not in f"{found.detail} {found.advice} {found.extra}"


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { _:x <urn:p> _:y . _:y <urn:p> _:x }", "INSERT { ?s <urn:p> ?b, ?c } WHERE { ?s ?p ?o }"],
    ids=["two names", "no name"],
)
def test_where_its_name_is_not_known_the_one_that_it_was_given_stays(text: str) -> None:
    found = refused(text, SHARED)
    assert found.position is not None and found.position[0] == 1 and MADE.value in found.detail


def test_a_graph_without_a_name_and_what_is_not_kept_have_the_first_line() -> None:
    text = "PREFIX e: <urn:>\n\nINSERT { GRAPH ?g { e:a e:p 1 } } WHERE { BIND(BNODE() AS ?g) }"
    found = refused(text, [ox.Quad(A, P, ox.Literal(1), MADE)])
    assert isinstance(found, BlankNodeRefused) and found.position == (3, 1)
    assert refused(text, [ox.Quad(A, P, ox.Literal("\x01"))]).position == (3, 1)


def test_what_can_be_named_is() -> None:
    taken = Whole("INSERT DATA { <urn:a> <urn:p> [ <urn:p> 1 ] }").intake(
        [ox.Quad(A, P, MADE), ox.Quad(MADE, P, ox.Literal(1))], PAGE, frozenset()
    )
    assert len(taken.quads) == 2
    assert not any(isinstance(term, ox.BlankNode) for quad in taken.quads for term in quad)
