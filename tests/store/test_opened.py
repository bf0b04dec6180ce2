"""Stores that stay open between those who read them."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.store.files import remove_tree
from cnrs_kg.store.opened import MOST, Opened

QUAD = ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.Literal("o"))


def stored(path: Path, *quads: ox.Quad) -> Path:
    ox.Store(str(path)).extend(quads)
    return path


def test_who_asks_again_gets_the_same_store(tmp_path: Path) -> None:
    opened, path = Opened(), stored(tmp_path / "a", QUAD)
    assert list(opened.get(path)) == [QUAD]
    assert opened.get(path) is opened.get(path)


def test_the_store_used_longest_ago_is_closed(tmp_path: Path) -> None:
    opened = Opened()
    first, *others = (stored(tmp_path / str(number)) for number in range(MOST + 1))
    was = opened.get(first)
    for path in others:
        opened.get(path)
    assert opened.get(others[-1]) is opened.get(others[-1])
    assert opened.get(first) is not was


def test_another_store_at_the_same_place_is_opened_anew(tmp_path: Path) -> None:
    opened, path = Opened(), stored(tmp_path / "a")
    was = opened.get(path)
    path.rename(tmp_path / "was")
    stored(path, QUAD)
    assert opened.get(path) is not was
    assert list(opened.get(path)) == [QUAD]


def test_a_store_that_was_removed_is_not_there_any_more(tmp_path: Path) -> None:
    opened, path = Opened(), stored(tmp_path / "a", QUAD)
    opened.get(path)
    remove_tree(path)
    with pytest.raises(OSError, match="a"):
        opened.get(path)


def test_what_was_removed_does_not_stay_open(tmp_path: Path) -> None:
    opened, path = Opened(), stored(tmp_path / "a", QUAD)
    opened.get(path)
    remove_tree(path)
    opened.get(stored(tmp_path / "b"))
    links = [entry.resolve() for entry in Path("/proc/self/fd").iterdir()]
    assert not [link for link in links if link.is_relative_to(path)]


@pytest.mark.parametrize("all_of_them", [True, False])
def test_a_closed_store_is_opened_anew(tmp_path: Path, all_of_them: bool) -> None:
    opened, path = Opened(), stored(tmp_path / "a", QUAD)
    was = opened.get(path)
    opened.close(None if all_of_them else path)
    assert opened.get(path) is not was
    assert list(was) == [QUAD]
