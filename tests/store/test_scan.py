import pyoxigraph as ox
import pytest
from hypothesis import given

from cnrs_kg.store import scan
from cnrs_kg.store.digest import Sums
from cnrs_kg.store.scan import inferred, recount

from .helpers import OTHER, Model, quad, steps, triple


def store_of(model: Model) -> ox.Store:
    store = ox.Store()
    store.extend(model.physical())
    return store


@given(steps)
def test_a_store_is_counted_and_digested_by_its_content(taken) -> None:
    model = Model()
    for step in taken:
        model.take(*step)
    model.forget()
    store = store_of(model)
    found = recount(store)
    assert found.quads == len(store)
    assert found.inferred == len(model.inferred) == len(inferred(store))
    assert found.sums == Sums().changed(model.logical(), ())
    assert found.unmerged is None


def test_an_order_that_the_indexes_do_not_share_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model()
    model.take("apply", [quad(0), quad(4), quad(4, OTHER)], [])
    model.take("infer", [triple(8)], [])
    store = store_of(model)
    expected = recount(store)

    def out_of_order(*_arguments: object):
        yield triple(0), False
        raise scan._OutOfOrderError

    monkeypatch.setattr(scan, "_side_by_side", out_of_order)
    assert recount(store) == expected
    assert inferred(store) == [triple(8)]


def test_a_statement_missing_from_the_default_graph_is_found() -> None:
    store = ox.Store()
    store.add(quad(0))
    assert recount(store).unmerged == quad(0)


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "EVERY", 2)
    model = Model()
    model.take("apply", [quad(0), quad(4)], [])
    told: list[int] = []
    recount(store_of(model), progress=told.append)
    assert told == [2, 4]
