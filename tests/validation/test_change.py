"""What a change causes, told from what was faulty before it."""

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.validation.judge import Judgement, judge_change
from cnrs_kg.validation.shapes import compile_shapes

from .features import FEATURES, triples

THING = "e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:property e:P . e:P "


def quads(text: str) -> set[ox.Quad]:
    return {ox.Quad(*triple, DEFAULT_GRAPH) for triple in triples(text)}


def judged(shapes: str, before: str, after: str, **options: int) -> Judgement:
    was, now = quads(before), quads(after)
    store = ox.Store()
    store.extend(now)
    return judge_change(store, compile_shapes(triples(shapes)), now - was, was - now, **options)


def test_only_what_a_change_touches_is_judged() -> None:
    shapes = THING + "sh:path e:p ; sh:minCount 1 ."
    others = "".join(f"e:other{number} a e:Thing . " for number in range(50))
    found = judged(shapes, others, others + "e:a a e:Thing .")
    assert [str(result.focus_node) for result in found.results] == ["<http://example.org/a>"]
    assert found.judged == 1 and found.background == () and found.whole == ()


def test_a_fault_that_was_there_is_background() -> None:
    shapes = THING + "sh:path e:p ; sh:minCount 1 . e:S sh:property [ sh:path e:q ; sh:maxCount 1 ] ."
    found = judged(shapes, "e:a a e:Thing .", "e:a a e:Thing ; e:q 1 .")
    assert found.results == ()
    assert [result.constraint for result in found.background] == ["sh:MinCountConstraintComponent"]


@pytest.mark.parametrize(
    ("constraint", "before", "after", "caused"),
    [
        ("sh:maxCount 1", "e:a a e:Thing ; e:p 1, 2 .", "e:a a e:Thing ; e:p 1, 2, 3 .", True),
        ("sh:maxCount 1", "e:a a e:Thing ; e:p 1, 2, 3 .", "e:a a e:Thing ; e:p 1, 2 .", False),
        ("sh:minCount 3", "e:a a e:Thing ; e:p 1, 2 .", "e:a a e:Thing ; e:p 1 .", True),
        ("sh:minCount 3", "e:a a e:Thing ; e:p 1 .", "e:a a e:Thing ; e:p 1, 2 .", False),
        ("sh:nodeKind sh:IRI", "e:a a e:Thing ; e:p 1 .", "e:a a e:Thing ; e:p 1, e:b .", False),
        ("sh:nodeKind sh:IRI", "e:a a e:Thing ; e:p 1 .", "e:a a e:Thing ; e:p 1, 2 .", True),
    ],
)
def test_a_fault_that_gets_worse_is_caused(constraint: str, before: str, after: str, caused: bool) -> None:
    found = judged(f"{THING} sh:path e:p ; {constraint} .", before, after)
    assert bool(found.results) == caused
    assert found.results or found.background


def test_a_node_that_becomes_a_focus_node_is_judged_as_new() -> None:
    shapes = THING + "sh:path e:p ; sh:minCount 1 ."
    found = judged(shapes, "e:a e:q 1 .", "e:a a e:Thing ; e:q 1 .")
    assert len(found.results) == 1 and found.background == ()


def test_a_change_that_reaches_far_has_the_shape_judge_everything_and_says_so() -> None:
    shapes = THING + "sh:path ( e:p e:q ) ; sh:minCount 1 ."
    before = "".join(f"e:t{number} a e:Thing ; e:p e:hub . " for number in range(5)) + "e:x a e:Thing . e:hub e:q 1 ."
    after = before.replace("e:hub e:q 1 .", "")
    near, far = judged(shapes, before, after), judged(shapes, before, after, limit=3)
    assert near.whole == () and near.judged == 5
    assert [name for name, _ in far.whole] == ["http://example.org/S"] and far.judged == 6
    assert near.results == far.results and len(near.results) == 5


def test_a_change_of_what_everything_points_to_goes_no_further_than_it_must() -> None:
    """Whether the hub conforms to the shape of values is what matters, not what else is said of it."""
    shapes = THING + "sh:path e:p ; sh:node [ sh:property [ sh:path e:q ; sh:minCount 1 ] ] ."
    before = "".join(f"e:t{number} a e:Thing ; e:p e:hub . " for number in range(5)) + "e:hub e:q 1 ."
    named = judged(shapes, before, before + "e:hub e:q 2 .", limit=3)
    assert named.judged == 0 and named.whole == ()
    bared = judged(shapes, before, before.replace("e:hub e:q 1 .", ""), limit=3)
    assert len(bared.results) == 5 and len(bared.whole) == 1


def test_a_change_of_the_class_tree_has_everything_judged() -> None:
    shapes = THING + "sh:path e:p ; sh:minCount 1 ."
    tree = "e:Part <http://www.w3.org/2000/01/rdf-schema#subClassOf> e:Thing . "
    found = judged(shapes, "e:a a e:Part .", tree + "e:a a e:Part .")
    assert len(found.results) == 1
    assert found.whole == (("http://example.org/S", "the change moves classes"),)


def test_a_value_that_comes_to_conform_to_a_sibling_is_traced_back() -> None:
    """A qualified shape that is disjoint from its siblings counts the values that conform to none of them."""
    shapes = FEATURES["qualified, disjoint from siblings"]
    before = "e:a a e:Thing ; e:p e:b . e:b a e:Thing ; e:p e:a ."
    found = judged(shapes, before, before + "e:b e:q 1 .")
    assert [str(result.focus_node) for result in found.results] == ["<http://example.org/a>"]
