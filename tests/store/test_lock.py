import errno
import os
from pathlib import Path

import pytest

from cnrs_kg.errors import StoreLocked
from cnrs_kg.store.lock import WriterLock


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    with WriterLock(tmp_path / "lock").held(0):
        with pytest.raises(StoreLocked, match=f"process {os.getpid()} on ") as refused:
            with WriterLock(tmp_path / "lock").held(0.02):
                pytest.fail("two writers")
    assert refused.value.extra["owner"]["pid"] == os.getpid()
    assert refused.value.limit == "lock_timeout"


def test_the_lock_is_free_again_also_after_a_failure(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "lock")
    with pytest.raises(ZeroDivisionError):
        with lock.held(0):
            raise ZeroDivisionError
    with lock.held(0):
        assert lock.owner()["pid"] == os.getpid()
    assert lock.owner() == {}


def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "lock")
    leave, told = os.pipe()
    with lock.held(0):
        child = os.fork()
        if child == 0:  # pragma: no cover
            os.close(told)
            os.read(leave, 1)
            os._exit(0)
    with lock.held(0):
        pass
    os.close(told)
    os.close(leave)
    os.waitpid(child, 0)


@pytest.mark.parametrize("text", [b"", b"{", b"[]"])
def test_a_lock_file_that_says_nothing_names_nobody(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "lock").write_bytes(text)
    assert WriterLock(tmp_path / "lock").owner() == {}


def test_on_a_full_disk_the_lock_is_held_by_nobody_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with WriterLock(tmp_path / "lock").held(0):
        assert WriterLock(tmp_path / "lock").owner() == {}
        with pytest.raises(StoreLocked):
            with WriterLock(tmp_path / "lock").held(0):
                pytest.fail("two writers")
