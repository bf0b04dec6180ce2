"""The SQLite file of a data directory, in which tokens, sessions, the queue and its messages are kept."""

import sqlite3
import threading
from functools import cached_property
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


class Application:
    """What works on the file: opened when first asked for, since reading the graph does not need it."""

    def __init__(self, file: Path, schema: str) -> None:
        self._file, self._schema = file, schema
        self._lock = threading.Lock()

    @cached_property
    def _connection(self) -> sqlite3.Connection:
        """Whoever asks holds the lock."""
        return opened(self._file, self._schema)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if "_connection" in self.__dict__:
                self._connection.close()
