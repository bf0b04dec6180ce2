import errno
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import StoreDamaged, StoreError
from cnrs_kg.store.head import Head
from cnrs_kg.store.versions import Versions

from .helpers import content, merge, quad


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
    spy("cnrs_kg.store.publication", "sync_store")
    spy("cnrs_kg.store.publication", "write_synced")
    spy("os", "rename")
    with versions.writing() as branch:
        branch.apply([quad(0)])
        branch.publish()
    assert [event for event in events if "stage" not in event] == [
        "sync patch",
        "write_synced meta.json",
        "sync_store store",
        "rename 1",
        "sync versions",
        "rename current",
    ]
    assert [event.partition("-")[0] for event in events[3:4]] == ["sync stage"]


@pytest.mark.parametrize(
    "step",
    [
        "publication.sync",
        "publication.sync_store",
        "publication.write_synced",
        "layout.switch_link",
        "publication._write_patch",
    ],
)
def test_a_full_disk_at_any_step_leaves_the_old_version(
    versions: Versions, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with versions.writing() as branch:
        branch.apply([quad(0)])
        first = branch.publish()
    with monkeypatch.context() as patched:
        with pytest.raises(StoreError, match="could not be written: .*No space left") as refused:
            with versions.writing() as branch:
                branch.apply([quad(4)])
                patched.setattr(f"cnrs_kg.store.{step}", full)
                branch.publish()
    assert "room" in str(refused.value.advice)
    assert versions.current() == first
    with versions.writing() as branch:
        branch.apply([quad(8)])
        second = branch.publish()
    assert content(second.path) == merge({quad(0), quad(8)}, set())
    assert second.number == 2
    assert [path.name.partition("-")[0] for path in versions.scratch().iterdir()] == ["head"]


def test_failures_of_the_embedded_store_are_errors_of_the_store_and_others_pass(versions: Versions) -> None:
    with pytest.raises(StoreError, match="IO error"):
        with versions.writing():
            raise OSError("IO error: while appending")
    with pytest.raises(FileNotFoundError):
        with versions.writing():
            (versions.data_dir / "nothing").read_bytes()
