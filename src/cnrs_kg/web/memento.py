"""Which version a request asks, and how its answer says so.

https://www.rfc-editor.org/rfc/rfc7089: the resource is its own TimeGate and answers with 200 (pattern 1.2).
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from cnrs_kg.web.messages import BadRequest
from cnrs_kg.web.problems import NotReady

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Asked(NamedTuple):
    """The version to answer from, and whether it was asked for: by number, by time, or not at all."""

    version: "Version"
    by_number: bool = False
    by_time: bool = False

    @property
    def past(self) -> bool:
        """Whether the answer is a memento."""
        return self.by_number or self.by_time


def asked(kg: "KnowledgeGraph", number: str | None, moment: str | None) -> Asked:
    """The version that a request asks: `version` beats `Accept-Datetime` beats the current one."""
    if number is not None:
        return Asked(kg.version(version_number(number)), by_number=True)
    current = kg.current()
    if current is None:
        raise NotReady("Nothing is published yet", advice="Run: cnrs-kg build.")
    if moment is not None:
        return Asked(kg.at(http_date(moment)), by_time=True)
    return Asked(current)


def version_number(text: str) -> int:
    """The number of a version; `BadRequest` for anything else."""
    if not _NUMBER.fullmatch(text):
        raise BadRequest(f"version: {text[:40]!r} is not the number of a version", advice="Versions are 1, 2, 3, …")
    return int(text)


def http_date(text: str) -> datetime:
    """The moment that an HTTP date names; `BadRequest` otherwise."""
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(
            f"Accept-Datetime: {text[:60]!r} is not an HTTP date",
            advice="Write it as in: Thu, 31 May 2007 20:35:00 GMT.",
        ) from error


def headers(found: Asked, location: str, original: str, *, moved: bool) -> list[tuple[str, str]]:
    """What tells that the answer is a memento; `location` is its own URL, told where that is not the one asked."""
    if not found.past:
        return []
    lines = [
        ("Memento-Datetime", format_datetime(found.version.created.astimezone(UTC), usegmt=True)),
        ("Link", f'<{original}>; rel="original timegate"'),
    ]
    if moved:
        lines.append(("Content-Location", location))
    return lines
