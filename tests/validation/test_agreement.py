"""Judging a change finds what judging everything before and after it finds."""

from collections import Counter
from collections.abc import Iterable
from itertools import product

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings

from cnrs_kg.rdf.rdflib_terms import graph_of
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.validation.judge import judge, judge_change, judge_store
from cnrs_kg.validation.paths import WalkTooLong, read_path
from cnrs_kg.validation.report import Result
from cnrs_kg.validation.shapes import compile_shapes

from .features import SHAPES
from .strategies import DENSE, EVERY, SH, SPARSE, changes, quads, shapes_graphs

Quads = frozenset[ox.Quad]


def store_of(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


def counted(results: Iterable[Result]) -> Counter[str]:
    return Counter(map(repr, results))


def inside(shapes: Iterable[ox.Triple]) -> set[str]:
    """The paths of property shapes inside property shapes, whose results are about what the outer path leads to."""
    graph = graph_of(shapes)
    outer = {subject for subject in graph.subjects(rdflib.SH.property) if (subject, rdflib.SH.path, None) in graph}
    inner = {shape for subject in outer for shape in graph.objects(subject, rdflib.SH.property)}
    return {str(read_path(graph, path)) for shape in inner for path in graph.objects(shape, rdflib.SH.path)}


def check(change: tuple[Quads, Quads], shapes: Iterable[ox.Triple], limit: int) -> None:
    before, after = change
    compiled = compile_shapes(shapes)
    was, now = (counted(judge_store(store_of(quads), compiled, screened=False).results) for quads in (before, after))
    found = judge_change(store_of(after), compiled, after - before, before - after, limit=limit)
    results, background = counted(found.results), counted(found.background)
    assert now - was <= results, "a fault that the change causes is missed"
    assert results + background <= now, "a fault is found that is none"
    assert background <= was, "a new fault is taken for an old one"
    worse = results - (now - was)
    assert worse <= was
    shapes_inside = inside(shapes)
    assert all(
        result.value is None or result.path in shapes_inside for result in found.results if repr(result) in worse
    ), "a fault that was there is the change's only if it counts values, or a path now leads to it from another node"


@pytest.mark.parametrize("feature", SHAPES)
def test_each_statement_is_traced_back(feature: str) -> None:
    """Each statement that the graph could hold comes or goes, as asserted or as inferred."""
    for held, how in product((DENSE, SPARSE), ("asserted", "inferred") if "closed" in feature else ("asserted",)):
        graph = dict.fromkeys(held, how)
        before = frozenset(quads(graph))
        for triple in EVERY:
            other = {one: how for one in graph if one != triple} if triple in graph else {**graph, triple: how}
            check((before, frozenset(quads(other))), SHAPES[feature], 2_000)


@pytest.mark.parametrize(
    "feature", [name for name, shape in SHAPES.items() if any(found.nested for found in compile_shapes(shape).targets)]
)
def test_each_statement_is_traced_back_through_values(feature: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the first walk was too long, and values go on only if they conform otherwise than before."""

    def too_long(*_: object) -> set[ox.NamedNode]:
        raise WalkTooLong

    monkeypatch.setattr("cnrs_kg.validation.judge.affected", too_long)
    test_each_statement_is_traced_back(feature)


@pytest.mark.parametrize("feature", SHAPES)
@settings(max_examples=10, deadline=None)
@given(change=changes())
def test_a_change_is_traced_back(change: tuple[Quads, Quads], feature: str) -> None:
    check(change, SHAPES[feature], 2_000)


@settings(max_examples=150, deadline=None)
@given(changes(), shapes_graphs())
def test_a_change_is_judged_as_everything_is(change: tuple[Quads, Quads], shapes: tuple[ox.Triple, ...]) -> None:
    check(change, shapes, 2_000)


@settings(max_examples=50, deadline=None)
@given(changes(), shapes_graphs())
def test_a_change_that_reaches_far_is_too(change: tuple[Quads, Quads], shapes: tuple[ox.Triple, ...]) -> None:
    check(change, shapes, 1)


@settings(max_examples=50, deadline=None)
@given(changes(), shapes_graphs())
def test_a_store_is_judged_as_a_copy_of_it_is(change: tuple[Quads, Quads], shapes: tuple[ox.Triple, ...]) -> None:
    _, quads = change
    shapes = tuple(triple for triple in shapes if triple.predicate != SH("closed"))
    copied = judge((quad.triple for quad in quads if quad.graph_name == DEFAULT_GRAPH), shapes)
    assert counted(judge_store(store_of(quads), compile_shapes(shapes)).results) == counted(copied)
