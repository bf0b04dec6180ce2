"""The SQLite file of a data directory, in which tokens, sessions, the queue and its messages are kept."""

import sqlite3
from pathlib import Path

from cnrs_kg.errors import StoreError


def opened(file: Path, schema: str) -> sqlite3.Connection:
    """A connection for all threads, to a file that only its owner may read; `schema` makes what is not there yet.

    `StoreError` if it cannot be opened, as on a full disk.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
        connection = sqlite3.connect(file, timeout=10.0, check_same_thread=False, isolation_level=None)
        connection.execute("pragma journal_mode = wal")
        connection.executescript(schema)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{file}: cannot be opened: {error}",
            advice="See that the disk has room and is writable, and that the file is a database of SQLite.",
        ) from error
    return connection
