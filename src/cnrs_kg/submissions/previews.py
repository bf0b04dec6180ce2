"""Submissions as they would be published: stores made on demand, a few kept, dropped at each new version."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from cnrs_kg.store.files import remove_tree

KEPT = 4
"""Previews that are kept: what is not asked is not held open, on disk or in memory."""

Key = tuple[int, str, int]
"""Number and patch of a submission, number of the version that it is applied to."""


class Previews:
    """The previews of one process, in a directory of its own; threads may share it."""

    def __init__(self, directory: Callable[[], Path]) -> None:
        self._directory = directory
        self._kept: OrderedDict[Key, Path] = OrderedDict()
        self._lock = Lock()

    def of(self, key: Key, build: Callable[[Path], None]) -> Path:
        """The store of a preview; one that is not there is built, and those of other versions are dropped."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or not found.is_dir():
                self._make_room(key)
                number, patch, version = key
                found = self._directory() / f"preview-{number}-{patch[:16]}-{version}"
                build(found)
                self._kept[key] = found
            self._kept.move_to_end(key)
            return found

    def count(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def _make_room(self, key: Key) -> None:
        for other in [other for other in self._kept if other[2] != key[2] or other[0] == key[0]]:
            remove_tree(self._kept.pop(other))
        while len(self._kept) >= KEPT:
            remove_tree(self._kept.popitem(last=False)[1])
