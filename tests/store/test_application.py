import sqlite3
from pathlib import Path

import pytest

from cnrs_kg.errors import StoreError
from cnrs_kg.store.application import opened


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    opened(tmp_path / "var" / "app.sqlite", "create table if not exists t (a)").close()
    assert (tmp_path / "var" / "app.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "app.sqlite").write_bytes(b"something else, long enough to be looked at" * 50)
    with pytest.raises(StoreError, match="app.sqlite: cannot be opened") as told:
        opened(tmp_path / "app.sqlite", "")
    assert isinstance(told.value.__cause__, sqlite3.Error)
