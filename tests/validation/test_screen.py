"""What is screened is judged as when every node is judged, and little else is."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings

from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.validation import screen as module
from cnrs_kg.validation.affected import TYPE
from cnrs_kg.validation.judge import judge_store
from cnrs_kg.validation.report import Result
from cnrs_kg.validation.shapes import compile_shapes

from .features import SHAPES
from .strategies import DENSE, EVERY, SPARSE, changes, quads, shapes_graphs
from .test_agreement import Quads, counted, store_of


@pytest.fixture(params=[module._FEW, 0], ids=["nodes listed", "nodes found"], autouse=True)
def few(request: pytest.FixtureRequest) -> Iterator[None]:
    """Small graphs have short lists of nodes only, so what holds of long ones is tried with none listed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW", request.param)
        yield


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


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(shapes_graphs(), changes())
def test_random_shapes_and_graphs(
    shapes: list[ox.Triple], change: tuple[frozenset[ox.Quad], frozenset[ox.Quad]]
) -> None:
    check(change[1], shapes)


def told(results: Iterable[Result]) -> set[tuple[object, ...]]:
    """Results without the values that fail, of which there may be several, and without messages that name them."""
    return {(one.shape, one.constraint, one.focus_node, one.path, one.severity) for one in results}


def check_listed(graph: Iterable[ox.Quad], shapes: Iterable[ox.Triple]) -> None:
    store, compiled = store_of(graph), compile_shapes(shapes)
    assert told(judge_store(store, compiled, detailed=0).results) == told(
        judge_store(store, compiled, screened=False).results
    )


@pytest.mark.parametrize("feature", SHAPES)
def test_what_is_listed_fails_the_component_that_is_named(feature: str) -> None:
    for held in (DENSE, SPARSE):
        check_listed(quads(dict.fromkeys(held, "asserted")), SHAPES[feature])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(shapes_graphs(), changes())
def test_random_lists(shapes: tuple[ox.Triple, ...], change: tuple[Quads, Quads]) -> None:
    check_listed(change[1], shapes)


def test_many_faults_are_listed_after_the_first_five_hundred() -> None:
    e = "http://example.org/"
    typed = [ox.Quad(ox.NamedNode(f"{e}n{n}"), TYPE, ox.NamedNode(f"{e}Thing"), DEFAULT_GRAPH) for n in range(700)]
    found = judge_store(store_of(typed), compile_shapes(SHAPES["predicate"]))
    assert found.listed == 200 and len(found.results) == 700 and len({one.focus_node for one in found.results}) == 700
    assert len({(one.shape, one.constraint, one.path) for one in found.results}) == 1
    complete = judge_store(store_of(typed), compile_shapes(SHAPES["predicate"]), detailed=None)
    assert complete.listed == 0 and told(complete.results) == told(found.results)
