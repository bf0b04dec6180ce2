import os
from errno import EIO, ENOSPC
from types import SimpleNamespace

import pytest

from cnrs_kg.engine.spool import KEPT_FREE, Spool
from cnrs_kg.errors import EngineBusy, ResultTooLarge


@pytest.fixture
def spool(tmp_path):
    made = Spool(str(tmp_path), 10, 100, lambda: None)
    yield made
    made.close()


def test_what_is_small_stays_in_memory(spool):
    spool.write(b"12345")
    spool.write(b"67890")
    assert (spool.descriptor, spool.body(), spool.size) == (None, b"1234567890", 10)


def test_what_is_large_is_a_file_without_a_name(spool, tmp_path):
    for _ in range(9):
        spool.write(b"1234567890")
    assert b"".join(spool.blocks(7)) == b"1234567890" * 9
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ResultTooLarge):
        spool.write(b"12345678901")


@pytest.mark.parametrize(("number", "kind"), [(ENOSPC, EngineBusy), (EIO, OSError)])
def test_a_full_disk_is_named(spool, monkeypatch, number, kind):
    def refuse(*_):
        raise OSError(number, "no")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(kind) as caught:
        spool.write(b"12345678901")
    assert getattr(caught.value, "limit", "disk") == "disk"


@pytest.mark.parametrize(
    ("free", "blocks", "refused"),
    [(KEPT_FREE, 2**60, False), (KEPT_FREE - 1, 2**60, True), (100, 1000, False), (99, 1000, True)],
)
def test_answers_leave_some_of_the_disk_to_what_is_published(spool, monkeypatch, free, blocks, refused):
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=free, f_blocks=blocks, f_frsize=1))
    spool.write(b"1234567890")
    if refused:
        with pytest.raises(EngineBusy):
            spool.write(b"1")
    else:
        spool.write(b"1")
