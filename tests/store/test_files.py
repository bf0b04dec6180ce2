import errno
import os
from pathlib import Path

import pytest

from cnrs_kg.store.files import NEW_LINK, disk_bytes, remove_tree, switch_link, sync_store


def test_a_link_is_switched_over_a_leftover(tmp_path: Path) -> None:
    (tmp_path / NEW_LINK).symlink_to("half")
    switch_link(tmp_path / "current", "one")
    switch_link(tmp_path / "current", "two")
    assert os.readlink(tmp_path / "current") == "two"
    assert os.listdir(tmp_path) == ["current"]


def test_all_but_tables_are_synced_and_then_their_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CURRENT", "MANIFEST-000005", "000007.sst"):
        (tmp_path / name).touch()
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    sync_store(tmp_path)
    assert set(synced[:2]) == {(tmp_path / name).stat().st_ino for name in ("CURRENT", "MANIFEST-000005")}
    assert synced[2:] == [tmp_path.stat().st_ino]


def test_removing_what_is_gone_is_done(tmp_path: Path) -> None:
    remove_tree(tmp_path / "gone")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        remove_tree(tmp_path / "file")


@pytest.mark.parametrize("code", [errno.ENOENT, errno.ENOTEMPTY])
def test_what_goes_or_comes_meanwhile_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    (tmp_path / "store").mkdir()
    tries: list[Path] = []

    def overtaken(directory: Path) -> None:
        tries.append(directory)
        if len(tries) == 1:
            raise OSError(code, "000055.sst")
        directory.rmdir()

    monkeypatch.setattr("cnrs_kg.store.files.shutil.rmtree", overtaken)
    remove_tree(tmp_path / "store")
    assert len(tries) == 2


def test_a_directory_that_fills_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def filled(directory: Path) -> None:
        raise OSError(errno.ENOTEMPTY, "not empty")

    monkeypatch.setattr("cnrs_kg.store.files.shutil.rmtree", filled)
    with pytest.raises(OSError, match="not empty"):
        remove_tree(tmp_path)


def test_a_linked_file_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10_000)
    size = disk_bytes(tmp_path)
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    seen: set[tuple[int, int]] = set()
    assert disk_bytes(tmp_path) == disk_bytes(tmp_path, seen) == size >= 10_000
    assert disk_bytes(tmp_path, seen) == 0
