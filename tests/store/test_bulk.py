from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.errors import StoreError
from cnrs_kg.store import branch as branch_module
from cnrs_kg.store import bulk as module
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.bulk import Bulk
from cnrs_kg.store.scan import recount

from .helpers import OTHER, STEWARD, Model, do, quad, some_quads, some_triples, steps, triple

quiet = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@quiet
@given(steps, st.lists(some_quads, max_size=3), some_triples)
def test_a_bulk_load_is_the_same_change_as_apply(tmp_path: Path, first, loads, closure) -> None:
    one, other = ox.Store(), ox.Store()
    for store in (one, other):
        do(Branch(None, store, Path()), first)
    before = recount(one)
    changed = Branch(None, one, Path())
    for load in loads:
        changed.apply(load)
    changed.infer(closure)
    bulk = Bulk(other, tmp_path / "rows")
    for load in loads:
        bulk.load(load)
    bulk.infer(closure)
    told = list(bulk.changes())
    bulk.close()
    assert set(one) == set(other)
    assert sorted(map(str, told)) == sorted(map(str, changed.changes()))
    assert (bulk.added, bulk.removed) == tuple(sum(gained == way for gained, _ in told) for way in (True, False))
    after = recount(other)
    assert before.sums.plus(bulk.sums) == after.sums
    assert (before.statements + bulk.statements, before.inferred + bulk.inferred, before.quads + bulk.quads) == (
        after.statements,
        after.inferred,
        after.quads,
    )


@quiet
@given(steps, some_quads, some_quads, some_triples)
def test_a_load_with_its_inferences_is_the_same_change_as_apply(tmp_path: Path, first, added, removed, closure) -> None:
    one, other = ox.Store(), ox.Store()
    for store in (one, other):
        do(Branch(None, store, Path()), first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branch_module, "BULK_FROM", 1)
        plain, loaded = Branch(None, one, Path()), Branch(None, other, tmp_path)
        plain.apply(added, removed)
        plain.set_inferred(closure)
        loaded.load(added, removed)
        loaded.set_inferred(closure)
        assert loaded.is_bulk == bool(added)
    assert set(one) == set(other)
    assert sorted(map(str, plain.changes())) == sorted(map(str, loaded.changes()))
    assert plain.growth(plain.tracked.delta()) == loaded.growth(loaded.tracked.delta())
    assert all((quad in other) == held for quad, held in loaded.tracked.physical(100))
    loaded.close(undo=False)


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 2)
    told: list[int] = []
    with closing(Bulk(ox.Store(), tmp_path / "rows")) as bulk:
        bulk.load([quad(n) for n in range(5)], told.append)
    assert told == [2, 4]


def test_assertions_come_before_inferences(tmp_path: Path) -> None:
    with closing(Bulk(ox.Store(), tmp_path / "rows")) as bulk:
        bulk.infer([triple(0)])
        with pytest.raises(StoreError, match="after inferred"):
            bulk.load([quad(0)])


def test_a_file_goes_into_the_graph_given_unless_it_names_its_own(tmp_path: Path) -> None:
    file = tmp_path / "file.trig"
    file.write_text(f"<x:s0> <x:p> <x:o> . <{OTHER.value}> {{ <x:s1> <x:p> <x:o> }}")
    branch = Branch(None, ox.Store(), tmp_path)
    branch.bulk_load_file(file, ox.RdfFormat.TRIG, STEWARD)
    model = Model()
    model.take("apply", [quad(0), quad(4, OTHER)], [])
    assert set(branch.store) == model.physical()
    branch.close(undo=False)
