"""Which versions keep their store: patches and records are kept for ever, stores for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cnrs_kg.store.meta import Version


@dataclass(frozen=True)
class Retention:
    """The newest `count` stores, none older than `age`; the current version always, and pinned ones beside."""

    count: int = 50
    age: timedelta = timedelta(days=365)

    def expendable(self, versions: Sequence[Version], now: datetime) -> list[Version]:
        """The versions (given oldest first, the current one last) whose store may go if it is not pinned."""
        last = len(versions) - 1
        return [
            version
            for place, version in enumerate(versions)
            if place != last and (last - place >= self.count or now - version.created > self.age)
        ]
