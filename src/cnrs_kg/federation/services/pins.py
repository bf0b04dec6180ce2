"""Queries kept as they were asked here, with what other endpoints answered, so that they can be asked again."""

import gzip
import json
import os
import re
import threading
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from cnrs_kg.errors import PinNotFound

CAPACITY = 2**28
"""Bytes of all that is kept."""
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Pinned:
    """A query of a version in which every SERVICE is replaced by the values that its endpoint gave."""

    query: str
    version: int
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    def data(self) -> bytes:
        """All that its answer depends on."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def read(cls, data: bytes) -> "Pinned":
        """What `data` gave."""
        found = json.loads(data)
        graphs = {name: None if found[name] is None else tuple(found[name]) for name in _GRAPHS}
        return cls(found["query"], found["version"], **graphs)


_GRAPHS = ("default_graphs", "named_graphs")


class Pins:
    """Kept queries by their digests; where there is no more room, the longest unused go."""

    def __init__(self, directory: Path, capacity: int = CAPACITY) -> None:
        self._directory, self._capacity = directory, capacity
        self._lock = threading.Lock()

    def keep(self, pinned: Pinned) -> str:
        """Keep a query; its digest."""
        data = pinned.data()
        name = sha256(data).hexdigest()
        file = self._directory / name
        with self._lock:
            if file.exists():
                os.utime(file)
                return name
            self._directory.mkdir(parents=True, exist_ok=True)
            new = file.with_suffix(".new")
            new.write_bytes(gzip.compress(data, mtime=0))
            new.rename(file)
            self._make_room(file)
        return name

    def find(self, name: str) -> Pinned:
        """The query with this digest; `PinNotFound` if it is not kept (any more)."""
        file = self._directory / name
        try:
            if not _NAME.fullmatch(name):
                raise FileNotFoundError
            data = gzip.decompress(file.read_bytes())
            os.utime(file)
        except FileNotFoundError:
            raise PinNotFound(
                f"No answer is kept under {name[:80]!r}",
                advice="Ask the query again: its answer says under which name it is kept.",
            ) from None
        return Pinned.read(data)

    def _make_room(self, newest: Path) -> None:
        kept = sorted(((entry.stat(), entry.path) for entry in os.scandir(self._directory)), key=_last_used)
        total = sum(status.st_size for status, _ in kept)
        for status, path in kept:
            if total <= self._capacity:
                return
            if path != str(newest):
                os.unlink(path)
                total -= status.st_size


def _last_used(entry: tuple[os.stat_result, str]) -> int:
    return entry[0].st_mtime_ns
