"""The dataset as the operations of a request see it."""

from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.engine.update_view import PLAIN, View

A, B, P, G = map(ox.NamedNode, ("urn:a", "urn:b", "urn:p", "urn:g"))
QUAD = ox.Quad(A, P, B, G)


def view(scratch: Path | None = None) -> View:
    return View(ox.Store(), PLAIN, scratch, None)


def test_nothing_is_copied_until_a_change_is_read(tmp_path: Path) -> None:
    ox.Store(str(tmp_path / "store")).flush()
    found = View(ox.Store.read_only(str(tmp_path / "store")), PLAIN, tmp_path / "copy", None)
    assert found.store is found.base
    found.change([QUAD], ())
    assert found.holds(QUAD)
    assert found.holders(QUAD.triple) == [G]
    assert not (tmp_path / "copy").exists()
    assert list(found.store) == [QUAD]
    assert (tmp_path / "copy").exists()
    found.close()


def test_without_a_checkpoint_the_copy_is_in_memory(tmp_path: Path) -> None:
    ox.Store(str(tmp_path / "store")).add(QUAD)
    found = View(ox.Store.read_only(str(tmp_path / "store")), PLAIN, tmp_path / "missing" / "copy", None)
    found.change((), [QUAD])
    assert list(found.store) == []
    assert list(found.base) == [QUAD]


def test_an_emptied_dataset_reads_as_empty() -> None:
    base = ox.Store()
    base.add(QUAD)
    found = View(base, PLAIN, None, None)
    found.change((), [QUAD])
    assert (list(found.store), list(base), found.holders(QUAD.triple)) == ([], [QUAD], [])


def test_opposite_changes_cancel() -> None:
    found = view()
    found.change([QUAD], ())
    found.change((), [QUAD])
    assert (found.added, found.removed) == ({}, {})
    found.change([QUAD], [QUAD])
    assert (list(found.added), found.removed) == ([QUAD], {})


def test_a_graph_exists_while_it_holds_something_or_was_just_created() -> None:
    found = view()
    assert not found.exists(G)
    found.created.add(G)
    assert found.exists(G)
    found.created.clear()
    found.change([QUAD], ())
    assert found.exists(G)
