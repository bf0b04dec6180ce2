"""The compiled way and the plain one say the same, whatever is ontology, whatever is data, in whatever order."""

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.reasoning.closure import close

from .strategies import (
    Triples,
    about_ends,
    about_vocabulary,
    graphs,
    own_axioms,
    same,
    same_anything,
    statements,
)

DAY = date(2026, 1, 1)
EXAMPLES = int(os.environ.get("CNRS_KG_EXAMPLES", "30"))
RELAXED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def agree(graph: Triples, cut: int) -> None:
    compiled = close(graph[:cut], graph[cut:], as_of=DAY)
    if any("owl:sameAs" in note for note in compiled.notes):
        return
    plain = close([], graph, as_of=DAY, compiled=False)
    if any(found.rule == "cls-nothing2" for found in compiled.inconsistencies):
        assert not plain.consistent
        return
    assert compiled.inferred - plain.inferred == set(), "only the compiled way infers"
    assert plain.inferred - compiled.inferred == set(), "only the plain way infers"
    assert compiled.consistent == plain.consistent


@RELAXED
@given(graphs(own_axioms, own_axioms, statements, statements), st.integers(0, 20))
def test_without_sameness(graph: Triples, cut: int) -> None:
    agree(graph, cut)


@RELAXED
@given(graphs(own_axioms, statements, statements, same, most=11), st.integers(0, 20))
def test_with_sameness_of_things(graph: Triples, cut: int) -> None:
    agree(graph, cut)


@RELAXED
@given(graphs(own_axioms, statements, same_anything, most=9), st.integers(0, 20))
def test_with_sameness_of_anything(graph: Triples, cut: int) -> None:
    agree(graph, cut)


@RELAXED
@given(graphs(about_vocabulary, own_axioms, statements, most=8), st.integers(0, 20))
def test_with_axioms_about_the_vocabulary(graph: Triples, cut: int) -> None:
    agree(graph, cut)


@RELAXED
@given(graphs(about_ends, own_axioms, statements, most=9), st.integers(0, 20))
def test_with_the_classes_of_everything_and_of_nothing(graph: Triples, cut: int) -> None:
    agree(graph, cut)


@pytest.mark.parametrize("compiled", [True, False])
def test_an_empty_graph_says_nothing(compiled: bool) -> None:
    closure = close([], [], as_of=DAY, compiled=compiled)
    assert closure.inferred == frozenset() and closure.consistent and closure.counts == {}
