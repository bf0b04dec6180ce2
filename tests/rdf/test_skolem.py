import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.errors import BlankNodeRefused
from cnrs_kg.rdf.skolem import GENID, blank_again, skolemise

PREFIX = "@prefix e: <http://example.org/> . "


def turtle(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIX + text, ox.RdfFormat.TURTLE))


def skolemised(text: str) -> set[ox.Quad]:
    return set(skolemise(turtle(text)))


def test_no_blank_node_is_left() -> None:
    quads = skolemised("e:a e:p [ e:q ( 1 2 3 ) ; e:r [ e:s e:b ] ] .")
    assert len(quads) == 10
    assert not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object))
    assert any(str(quad.object).startswith(f"<{GENID}") for quad in quads)


def test_blank_nodes_come_back() -> None:
    quads = turtle("e:a e:p [ e:q ( 1 2 3 ) ; e:r [ e:s e:b ] ] .")
    found = ox.Dataset(ox.Quad(*triple) for triple in blank_again(quad.triple for quad in skolemise(quads)))
    wanted = ox.Dataset(quads)
    for dataset in (found, wanted):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert found == wanted


def test_labels_do_not_matter() -> None:
    assert skolemised("e:a e:p _:x . _:x e:q 1 .") == skolemised("e:a e:p _:y . _:y e:q 1 .")


def test_the_stored_form_of_a_literal_names() -> None:
    def nodes(text: str) -> set[object]:
        return {quad.subject for quad in skolemised(text)}

    assert nodes("e:a e:p [ e:q 01 ] .") == nodes("e:a e:p [ e:q 1 ] .")


def test_equal_content_at_two_places_stays_two_things() -> None:
    assert len(skolemised("e:a e:p [ e:q 1 ] . e:b e:p [ e:q 1 ] .")) == 4


def test_a_change_elsewhere_renames_nothing() -> None:
    before = skolemised("e:a e:p [ e:q 1 ] . e:b e:p ( 1 2 ) .")
    after = skolemised("e:a e:p [ e:q 1 ] . e:b e:p ( 1 2 ) . e:c e:p [ e:q 7 ] .")
    assert before < after
    assert len(after - before) == 2


def test_a_shared_blank_node_is_refused_with_a_suggestion() -> None:
    with pytest.raises(BlankNodeRefused, match="shared by several statements") as caught:
        skolemised("e:a e:p _:x . e:b e:p _:x . _:x e:q 1 .")
    assert caught.value.advice is not None and "<https://w3id.org/cnrs-kg/id/" in caught.value.advice


@pytest.mark.parametrize(
    "text", ["_:x e:p _:x .", "_:x e:p _:y . _:y e:p _:x .", "e:a e:p 1 . _:x e:p _:y . _:y e:p _:x ."]
)
def test_a_cycle_is_refused(text: str) -> None:
    with pytest.raises(BlankNodeRefused, match="cycle"):
        skolemised(text)


def test_a_long_list_needs_no_deep_recursion() -> None:
    assert len(skolemised("e:a e:p ( " + "1 " * 5000 + ") .")) == 10_001


@given(st.permutations(range(10)))
def test_order_of_statements_does_not_matter(order: list[int]) -> None:
    quads = turtle("e:a e:p [ e:q ( 1 2 3 ) ; e:r [ e:s e:b ] ] .")
    assert set(skolemise(quads[i] for i in order)) == set(skolemise(quads))
