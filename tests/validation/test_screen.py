"""What is screened is judged as when every node is judged, and little else is."""

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from hypothesis import given, settings

from cnrs_kg.validation.judge import judge_store
from cnrs_kg.validation.shapes import compile_shapes

from .features import SHAPES
from .strategies import DENSE, EVERY, SPARSE, changes, quads, shapes_graphs
from .test_agreement import Quads, counted, store_of


def check(graph: Iterable[ox.Quad], shapes: Iterable[ox.Triple]) -> None:
    store, compiled = store_of(graph), compile_shapes(shapes)
    screened, whole = judge_store(store, compiled), judge_store(store, compiled, screened=False)
    assert counted(screened.results) == counted(whole.results)
    assert screened.judged <= whole.judged


@pytest.mark.parametrize("feature", SHAPES)
def test_each_feature_over_graphs_that_differ_by_a_statement(feature: str) -> None:
    for held in (DENSE, SPARSE):
        for triple in EVERY:
            graph = {one: "asserted" for one in held if one != triple} | (
                {} if triple in held else {triple: "asserted"}
            )
            check(quads(graph), SHAPES[feature])


@settings(max_examples=150, deadline=None)
@given(shapes_graphs(), changes())
def test_random_shapes_and_graphs(
    shapes: list[ox.Triple], change: tuple[frozenset[ox.Quad], frozenset[ox.Quad]]
) -> None:
    check(change[1], shapes)
