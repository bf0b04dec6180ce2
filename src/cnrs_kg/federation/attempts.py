"""What came of the last harvest of each registry: failures too, which no version tells of."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Attempt:
    """A harvest: of which registry, when it ended (ISO 8601), from where, and its outcome.

    That is published, unchanged, refused (the records do not conform) or failed (`error` says why). `version` is the
    one that holds the records now.
    """

    registry: str
    at: str
    place: str
    outcome: str
    version: int | None = None
    records: int | None = None
    error: str | None = None


class Attempts:
    """The last attempt of each registry, a file each."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "attempts"

    def keep(self, attempt: Attempt) -> None:
        """Keep an attempt as its registry's last one."""
        self._directory.mkdir(parents=True, exist_ok=True)
        file = self._directory / f"{attempt.registry.replace('/', '.')}.json"
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(attempt)), encoding="utf-8")
        os.replace(fresh, file)

    def list(self) -> "list[Attempt]":
        """The last attempts, latest first."""
        found = [Attempt(**json.loads(file.read_bytes())) for file in self._directory.glob("*.json")]
        return sorted(found, key=lambda one: datetime.fromisoformat(one.at), reverse=True)
