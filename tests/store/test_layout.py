import os
from pathlib import Path

import pytest

from cnrs_kg.errors import StoreDamaged, StoreError
from cnrs_kg.store.files import NEW_LINK
from cnrs_kg.store.layout import Layout, Workshop


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "deep" / "var")


def test_before_the_first_version_there_is_none(layout: Layout) -> None:
    assert layout.current_number() == 0
    assert layout.numbers() == []


def test_the_link_names_the_current_version(layout: Layout) -> None:
    layout.version(12).mkdir()
    layout.switch(12)
    assert layout.current_number() == 12
    assert os.readlink(layout.current) == "versions/12"
    assert (layout.current / "..").resolve() == layout.versions.resolve()


@pytest.mark.parametrize("target", ["versions/0", "versions/x", "/elsewhere/versions/1"])
def test_a_link_to_something_else_is_damage(layout: Layout, target: str) -> None:
    layout.current.symlink_to(target)
    with pytest.raises(StoreDamaged, match="current: points to"):
        layout.current_number()


def test_a_file_in_place_of_the_link_is_damage(layout: Layout) -> None:
    layout.current.touch()
    with pytest.raises(StoreDamaged, match="current: not a symbolic link"):
        layout.current_number()


def test_inputs_are_named_by_their_content(layout: Layout) -> None:
    name = layout.keep_input(b"data", layout.branches / "one")
    assert layout.keep_input(b"data", layout.branches / "two") == name
    assert os.listdir(layout.branches) == []
    assert layout.input(name) == b"data"
    assert os.listdir(layout.inputs) == [name]


@pytest.mark.parametrize("name", ["0" * 64, "../lock", ""])
def test_an_input_that_was_not_kept_is_refused(layout: Layout, name: str) -> None:
    with pytest.raises(StoreError, match="no input"):
        layout.input(name)


def test_an_input_that_changed_is_damage(layout: Layout) -> None:
    name = layout.keep_input(b"data", layout.branches / "one")
    (layout.inputs / name).write_bytes(b"date")
    with pytest.raises(StoreDamaged, match=name):
        layout.input(name)


def test_recovery_removes_branches_of_processes_that_ended(layout: Layout) -> None:
    alive, ended = Workshop(layout.branches), Workshop(layout.branches)
    ended.place("head").mkdir()
    os.close(ended._descriptor)
    (layout.data_dir / NEW_LINK).symlink_to("half")
    layout.recover()
    assert not (layout.data_dir / NEW_LINK).is_symlink()
    assert list(layout.branches.iterdir()) == [alive.path]
    alive.remove()
    assert not list(layout.branches.iterdir())


@pytest.mark.parametrize("whole", [True, False])
def test_recovery_removes_a_version_that_never_became_current(layout: Layout, whole: bool) -> None:
    for number in (1, 2, 3):
        layout.version(number).mkdir()
    layout.switch(2)
    layout.recover(whole=whole)
    assert layout.numbers() == [1, 2]


@pytest.mark.parametrize("whole", [True, False])
def test_recovery_removes_a_first_version_that_never_became_current(layout: Layout, whole: bool) -> None:
    layout.version(1).mkdir()
    layout.recover(whole=whole)
    assert layout.numbers() == []


@pytest.mark.parametrize("current", [0, 1])
def test_recovery_never_removes_what_was_once_published(layout: Layout, current: int) -> None:
    for number in (1, 2, 3):
        layout.version(number).mkdir()
    if current:
        layout.switch(current)
    with pytest.raises(StoreDamaged, match="there are versions up to 3"):
        layout.recover()
    assert layout.numbers() == [1, 2, 3]


def test_a_workshop_taken_for_a_leftover_is_made_again(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    open_, opened = os.open, []

    def slow_open(path, *arguments, **more):
        descriptor = open_(path, *arguments, **more)
        if not opened and Path(path).parent == layout.branches:
            opened.append(path)
            layout.recover()
        return descriptor

    monkeypatch.setattr(os, "open", slow_open)
    workshop = Workshop(layout.branches)
    assert workshop.path.is_dir() and not Path(opened[0]).exists()
    workshop.remove()


def test_what_is_swept_is_out_of_sight_at_once_and_gone_in_the_end(tmp_path):
    (tmp_path / "branches").mkdir()
    workshop = Workshop(tmp_path / "branches")
    for name in ("one", "two"):
        directory = tmp_path / name
        directory.mkdir()
        (directory / "file").write_bytes(b"x")
        workshop.sweep(directory)
        assert not directory.exists()
    workshop.remove()
    assert list(tmp_path.rglob("*")) == [tmp_path / "branches"]


def test_a_sweep_that_fails_is_told_by_the_next(tmp_path, monkeypatch):
    (tmp_path / "branches").mkdir()
    workshop = Workshop(tmp_path / "branches")

    def refuse(_: Path) -> None:
        raise PermissionError("not yours")

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("cnrs_kg.store.layout.remove_tree", refuse)
        workshop.sweep(tmp_path / "one")
        with pytest.raises(PermissionError):
            workshop.sweep(tmp_path / "two")
    workshop.sweep(tmp_path / "two")
    workshop.remove()
    assert not (tmp_path / "two").exists()
