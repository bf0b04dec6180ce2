"""Things under several names, as shapes judge them (decision 9)."""

from itertools import combinations

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.validation.judge import judge, judge_change, judge_store
from cnrs_kg.validation.shapes import compile_shapes

from .test_agreement import check, store_of
from .test_judge import triples
from .test_screen import check_listed

SHAPES = """
e:Unit a sh:NodeShape ; sh:targetClass e:Unit ; sh:property e:Unit-one , e:Unit-own , e:Unit-side .
e:Unit-one sh:path e:host ; sh:maxCount 1 .
e:Unit-own sh:path e:record ; sh:pattern "^urn:record:" .
e:Unit-side sh:path e:member ; sh:node e:Side .
e:Side a sh:NodeShape ; sh:in ( e:cnrs ) .
"""
SAME = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
e:cnrs owl:sameAs <urn:record:1> . <urn:record:1> owl:sameAs e:cnrs .
"""


@pytest.mark.parametrize(
    "text",
    ["e:host e:cnrs , <urn:record:1>", "e:record <urn:record:1> , e:cnrs", "e:member e:cnrs , <urn:record:1>"],
    ids=["count", "pattern", "node"],
)
def test_a_thing_counts_once_and_conforms_by_one_of_its_names(text: str) -> None:
    assert judge(triples(f"e:u a e:Unit ; {text} ."), triples(SHAPES))
    assert judge(triples(f"e:u a e:Unit ; {text} . {SAME}"), triples(SHAPES)) == ()


@pytest.mark.parametrize(
    "text",
    ["e:host e:cnrs , e:other", "e:host 'a' , 'b'", "e:record e:cnrs", "e:record e:other", "e:member <urn:record:1>"],
)
def test_what_no_name_mends_is_told(text: str) -> None:
    assert judge(triples(f"e:u a e:Unit ; {text} . {SAME}"), triples(SHAPES))


NESTED = """
e:Unit a sh:NodeShape ; sh:targetClass e:Unit ; sh:property e:Unit-far , e:Unit-inner , e:Unit-kind .
e:Unit-far sh:path ( e:member [ sh:inversePath e:host ] ) ; sh:maxCount 1 .
e:Unit-inner sh:path e:member ; sh:property [ sh:path e:host ; sh:maxCount 1 ; sh:in ( e:cnrs ) ] .
e:Unit-kind sh:path e:record ; sh:class e:Unit ; sh:hasValue e:cnrs .
"""
NAMES = ["e:cnrs", "e:other", "<urn:record:1>"]
STATED = [f"{one} {two} {three} ." for one in ("e:u", "e:v") for two in ("e:host", "e:record") for three in NAMES]
STATED += [f"{one} a e:Unit ." for one in ("e:u", "e:v", "e:cnrs")]
STATED += [f"e:u e:member {one} ." for one in (*NAMES, "e:v")] + [f"{one} e:host e:cnrs ." for one in NAMES]
SAMENESS = [
    f"{one} <http://www.w3.org/2002/07/owl#sameAs> {two} . {two} <http://www.w3.org/2002/07/owl#sameAs> {one} ."
    for one, two in combinations(NAMES, 2)
]
Quads = frozenset[ox.Quad]


def graph(*lines: str) -> Quads:
    return frozenset(ox.Quad(*one, DEFAULT_GRAPH) for one in triples("\n".join(lines)))


def test_what_had_one_name_is_judged_again_when_it_has_two() -> None:
    told = "e:u a e:Unit ; e:host e:cnrs , <urn:record:1> ."
    same, apart = graph(told, SAMENESS[1]), graph(told)
    found = judge_change(store_of(apart), compile_shapes(triples(SHAPES)), (), same - apart)
    assert [one.constraint for one in found.results] == ["sh:MaxCountConstraintComponent"]
    mended = judge_change(store_of(same), compile_shapes(triples(SHAPES)), same - apart, ())
    assert mended.results == () and mended.judged > 0


@pytest.mark.parametrize("shapes", [SHAPES, NESTED], ids=["plain", "nested"])
@settings(max_examples=100, deadline=None)
@given(
    stated=st.sets(st.sampled_from(STATED), min_size=3),
    sides=st.tuples(*[st.sets(st.sampled_from(SAMENESS))] * 2),
    moved=st.sets(st.sampled_from(STATED), max_size=2),
    limit=st.sampled_from([1, 2_000]),
)
def test_a_change_of_names_is_judged_as_everything_is(
    shapes: str, stated: set[str], sides: tuple[set[str], set[str]], moved: set[str], limit: int
) -> None:
    before, after = (graph(*one) for one in (stated | sides[0], (stated ^ moved) | sides[1]))
    check((before, after), triples(shapes), limit)


@pytest.mark.parametrize("shapes", [SHAPES, NESTED], ids=["plain", "nested"])
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(stated=st.sets(st.sampled_from(STATED), min_size=3), same=st.sets(st.sampled_from(SAMENESS), min_size=1))
def test_what_is_listed_knows_names(shapes: str, stated: set[str], same: set[str]) -> None:
    check_listed(graph(*stated, *same), triples(shapes))


def test_the_list_of_many_faults_leaves_out_what_a_name_mends() -> None:
    units = [f"e:u{n} a e:Unit ; e:host e:cnrs , <urn:record:1> ." for n in range(20)]
    faulty = [f"e:w{n} a e:Unit ; e:host e:third , e:other ." for n in range(20)]
    store = store_of(graph(*units, *faulty, SAMENESS[1]))
    found = judge_store(store, compile_shapes(triples(SHAPES)), detailed=5)
    assert found.listed == 15 and len({one.focus_node for one in found.results}) == 20
