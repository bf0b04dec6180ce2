from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import StoreDamaged
from cnrs_kg.store.head import Head
from cnrs_kg.store.versions import Versions

from .helpers import quad


def sabotage(versions: Versions, added: list[ox.Quad], removed: list[ox.Quad]) -> Head:
    """Change the writing store behind the back of the branch that follows."""
    with versions.writing():
        pass
    head = versions._keeper._head
    assert head is not None
    head.store.extend(added)
    for gone in removed:
        head.store.remove(gone)
    return head


def test_a_statement_that_is_not_in_the_reopened_store_stops_the_publication(versions: Versions) -> None:
    with pytest.raises(StoreDamaged, match="is missing after the change"):
        with versions.writing() as branch:
            branch.apply([quad(0)])
            branch.store.remove(quad(0))
            branch.publish()
    with pytest.raises(StoreDamaged, match="still there"):
        with versions.writing() as branch:
            branch.apply([quad(0)])
            branch.apply([], [quad(0)])
            branch.apply([quad(4)])
            branch.tracked.of(quad(8).triple).before = frozenset({quad(8).graph_name})
            branch.store.add(quad(8))
            branch.publish()
    assert versions.current() is None
    assert not list((versions.data_dir / "versions").iterdir())


def test_a_bulk_load_is_counted_in_the_reopened_store(versions: Versions) -> None:
    sabotage(versions, [quad(4)], [])
    with pytest.raises(StoreDamaged, match="holds 3 quads, not 2"):
        with versions.writing() as branch:
            branch.bulk_load([quad(0)])
            branch.publish()
    assert versions.current() is None


def test_the_patch_is_on_the_disk_before_the_switch(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    def spy(module: str, name: str) -> None:
        real = getattr(__import__(module, fromlist=["x"]), name)

        def spied(*arguments, **more):
            events.append(f"{name} {Path(arguments[-1] if name == 'rename' else arguments[0]).name}")
            return real(*arguments, **more)

        monkeypatch.setattr(f"{module}.{name}", spied)

    spy("cnrs_kg.store.publication", "sync")
    spy("cnrs_kg.store.publication", "sync_tree")
    spy("cnrs_kg.store.publication", "write_synced")
    spy("os", "rename")
    with versions.writing() as branch:
        branch.apply([quad(0)])
        branch.publish()
    assert [event for event in events if "stage" not in event] == [
        "sync patch",
        "write_synced meta.json",
        "sync_tree store",
        "rename 1",
        "sync versions",
        "rename current",
    ]
    assert [event.partition("-")[0] for event in events[3:4]] == ["sync stage"]
