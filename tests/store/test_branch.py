from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given

from cnrs_kg.errors import ProtectedGraph, StoreError
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.store import branch as module
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.digest import Sums
from cnrs_kg.store.graphs import Roles
from cnrs_kg.store.scan import recount

from .helpers import (
    ONTOLOGY,
    OTHER,
    SHAPES,
    SOURCE,
    STEWARD,
    Model,
    do,
    named_quads,
    quad,
    quads,
    some_quads,
    some_triples,
    steps,
    triple,
)


def branch_of(quads_held=()) -> Branch:
    """A branch on a store in memory that already holds these quads."""
    branch = Branch(None, ox.Store(), Path())
    branch.apply(quads_held)
    return Branch(None, branch.store, Path())


@given(steps)
def test_the_default_graph_is_the_merge_and_the_inferences_each_once(taken) -> None:
    branch, model = branch_of(), Model()
    for step in taken:
        do(branch, [step])
        model.take(*step)
        assert sorted(map(str, branch.store)) == sorted(map(str, model.physical()))


@given(steps, steps)
def test_the_delta_leads_from_before_to_after_and_carries_the_digest(first, second) -> None:
    model = Model()
    start = branch_of()
    do(start, first)
    for step in first:
        model.take(*step)
    model.forget()
    before, count = model.logical(), recount(start.store)
    branch = Branch(None, start.store, Path())
    do(branch, second)
    for step in second:
        model.take(*step)
    added, removed = branch.delta
    assert (before - set(removed)) | set(added) == model.logical()
    assert set(removed) <= before and not set(added) & before
    after = recount(branch.store)
    growth = branch.growth(branch.delta)
    assert count.sums.plus(growth.sums) == after.sums == Sums().changed(model.logical(), ())
    assert (growth.statements, growth.inferred, growth.quads) == (
        after.statements - count.statements,
        after.inferred - count.inferred,
        after.quads - count.quads,
    )


@given(steps, steps)
def test_undo_restores_the_store_and_its_list_of_graphs(first, second) -> None:
    start = branch_of()
    do(start, first)
    before, graphs = set(start.store), set(start.store.named_graphs())
    branch = Branch(None, start.store, Path())
    store = branch.store
    do(branch, second)
    assert branch.close(undo=True)
    assert set(store) == before
    assert set(store.named_graphs()) == graphs


@given(some_quads, some_quads)
def test_applying_twice_is_applying_once(added, removed) -> None:
    branch = branch_of(removed)
    branch.apply(added, removed)
    once = set(branch.store), branch.delta
    branch.apply(added, removed)
    assert (set(branch.store), branch.delta) == once


@given(some_quads, named_quads)
def test_a_patch_and_its_inverse_cancel(held, change) -> None:
    branch = branch_of(held)
    before = set(branch.store)
    branch.apply([change])
    patch = Patch(*branch.delta)
    branch.apply_patch(patch.inverse())
    assert set(branch.store) == before
    assert branch.delta == ((), ())


def test_a_statement_of_two_graphs_survives_the_loss_of_one() -> None:
    branch = branch_of([quad(0), quad(0, OTHER)])
    branch.apply([], [quad(0)])
    assert ox.Quad(*triple(0)) in branch.store
    branch.apply([], [quad(0, OTHER)])
    assert not list(branch.store)


def test_a_statement_asserted_and_inferred_survives_the_loss_of_either() -> None:
    branch = branch_of([quad(0)])
    branch.infer([triple(0)])
    branch.apply([], [quad(0)])
    assert set(branch.store) == {ox.Quad(*triple(0))}
    branch.apply([quad(0)], [])
    branch.infer([], [triple(0)])
    assert set(branch.store) == {quad(0), ox.Quad(*triple(0))}


def test_a_closure_given_before_the_withdrawal_counts() -> None:
    branch = branch_of([quad(0)])
    branch.set_inferred([triple(0)])
    branch.apply([], [quad(0)])
    assert branch.delta == ((ox.Quad(*triple(0)),), (quad(0),))


def test_an_inferred_statement_that_becomes_asserted_is_inferred_no_more() -> None:
    branch = branch_of()
    branch.infer([triple(0)])
    after = Branch(None, branch.store, Path())
    after.apply([quad(0)])
    assert after.delta == ((quad(0),), (ox.Quad(*triple(0)),))
    assert after.growth(after.delta).statements == 0


def test_shapes_stay_out_of_the_default_graph_and_the_ontology_is_in() -> None:
    branch = branch_of([quad(0, SHAPES), quad(4, ONTOLOGY)])
    assert [q.triple for q in branch.store.quads_for_pattern(None, None, None, DEFAULT_GRAPH)] == [triple(4)]
    assert branch.asserted(*triple(4)) and not branch.asserted(*triple(0))


def test_what_is_written_is_compared_in_the_stored_form() -> None:
    branch = branch_of([quad(1)])
    assert branch.asserted(*triple(1)) and branch.asserted(*triple(2))
    branch.apply([], [quad(2)])
    assert not list(branch.store)


def test_an_emptied_graph_is_gone() -> None:
    branch = branch_of(quads(0, 1, graph=SOURCE))
    branch.apply([], quads(0, 1, graph=SOURCE))
    assert list(branch.store.named_graphs()) == []


def test_the_default_graph_is_not_written_directly() -> None:
    with pytest.raises(ProtectedGraph, match="default graph"):
        branch_of().apply([ox.Quad(*triple(0))])


def test_a_large_first_change_is_loaded_in_bulk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BULK_FROM", 3)
    branch = Branch(None, ox.Store(), tmp_path)
    branch.load(frozenset(quads(0, 4, 8)))
    branch.set_inferred([triple(0), triple(12)])
    assert branch.is_bulk
    assert set(branch.delta.added) == {*quads(0, 4, 8), ox.Quad(*triple(12))}
    with pytest.raises(StoreError, match="bulk load"):
        branch.apply(quads(16))
    assert not branch.close(undo=True)


def test_a_closed_branch_is_refused() -> None:
    branch = branch_of()
    branch.close(undo=False)
    with pytest.raises(StoreError, match="published or dropped"):
        branch.apply([quad(0)])
    with pytest.raises(StoreError, match="published or dropped"):
        _ = branch.store


def test_a_trial_is_not_published() -> None:
    with pytest.raises(StoreError, match="trial"):
        branch_of().publish()


class TestOrdinaryDataset:
    """Without merging the default graph is one graph more."""

    @given(some_quads, some_quads, some_triples)
    def test_graphs_stay_apart(self, added, removed, default) -> None:
        branch = Branch(None, ox.Store(), Path(), roles=Roles(merging=False))
        branch.apply([*removed, *(ox.Quad(*found) for found in default)])
        branch.apply(added, [*removed, ox.Quad(*triple(0))])
        expected = {stored_quad(found) for found in added}
        expected |= {stored_quad(ox.Quad(*found)) for found in default if found != triple(0)}
        assert set(branch.store) == expected == set(branch.delta.added)
        found = recount(branch.store, Roles(merging=False))
        growth = branch.growth(branch.delta)
        assert (found.quads, found.statements, found.sums) == (growth.quads, growth.statements, growth.sums)

    def test_an_empty_graph_can_be_there(self) -> None:
        branch = Branch(None, ox.Store(), Path(), roles=Roles(merging=False))
        branch.apply([quad(0)])
        for _ in range(2):
            branch.create_graph(OTHER)
        branch.create_graph(STEWARD)
        assert branch.empty_graphs() == (OTHER.value,)
        assert branch.graphs_changed
        branch.drop_graph(OTHER)
        branch.drop_graph(STEWARD)
        assert branch.empty_graphs() == ()
        assert list(branch.store) == [quad(0)]
        assert not branch.close(undo=True)

    def test_where_graphs_are_merged_none_is_empty(self) -> None:
        branch = branch_of()
        assert branch.empty_graphs() == ()
        with pytest.raises(StoreError, match="without statements"):
            branch.create_graph(OTHER)
