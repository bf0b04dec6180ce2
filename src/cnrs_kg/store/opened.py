"""The stores that a process has open to read: to open one costs some ten milliseconds of the processor."""

import threading
from collections import OrderedDict
from pathlib import Path

import pyoxigraph as ox

MOST = 2
"""Stores that stay open: what is current, and what somebody compares it with."""


class Opened:
    """Stores opened read-only, the last used last; safe for any number of threads.

    What was removed meanwhile is closed as soon as another store is opened, so that its space is given back.
    """

    def __init__(self) -> None:
        self._stores: OrderedDict[Path, tuple[int, ox.Store]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path) -> ox.Store:
        """The store in a directory, opened if it is not; `OSError` if it cannot be."""
        inode = path.stat().st_ino
        with self._lock:
            known = self._stores.get(path)
            if known is not None and known[0] == inode:
                self._stores.move_to_end(path)
                return known[1]
        store = ox.Store.read_only(str(path))
        with self._lock:
            self._stores[path] = inode, store
            self._stores.move_to_end(path)
            for gone in [other for other in self._stores if not other.exists()]:
                del self._stores[gone]
            while len(self._stores) > MOST:
                self._stores.popitem(last=False)
        return store

    def close(self, path: Path | None = None) -> None:
        """Let go of one store, or of all; whoever uses one keeps it until then."""
        with self._lock:
            if path is None:
                self._stores.clear()
            else:
                self._stores.pop(path, None)
