"""Which version a request asks, and how its answer says so.

https://www.rfc-editor.org/rfc/rfc7089: the resource is its own TimeGate and answers with 200 (pattern 1.2).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from cnrs_kg.web.messages import BadRequest, Incoming, parameters
from cnrs_kg.web.problems import NotReady

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

TIMEMAP = "/timemap"
LINK_FORMAT = "application/link-format"
_LONGEST = 4000
_PATH = "/:=&~+!$,;'@()*"
_QUERY = f"{_PATH}?%[]"
_BORNE, _BORNE_QUERY = (re.compile(f"[A-Za-z0-9_.{re.escape(safe)}-]*") for safe in (_PATH, _QUERY))
"""What is its own encoding."""
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Asked(NamedTuple):
    """The version to answer from, and whether it was asked for: by number, by time, or not at all.

    `versions` are all that can be asked, where one was asked for.
    """

    version: "Version"
    by_number: bool = False
    by_time: bool = False
    versions: Sequence["Version"] = ()

    @property
    def past(self) -> bool:
        """Whether the answer is a memento."""
        return self.by_number or self.by_time


def asked(kg: "KnowledgeGraph", number: str | None, moment: str | None) -> Asked:
    """The version that a request asks: `version` beats `Accept-Datetime` beats the current one."""
    if number is not None:
        return Asked(kg.version(version_number(number)), by_number=True, versions=askable(kg))
    current = kg.current()
    if current is None:
        raise NotReady("Nothing is published yet", advice="Run: cnrs-kg build.")
    if moment is not None:
        return Asked(kg.at(http_date(moment)), by_time=True, versions=askable(kg))
    return Asked(current)


def requested(kg: "KnowledgeGraph", incoming: Incoming) -> Asked:
    """The version that the parameter `version` or the header of a request asks."""
    number = dict(parameters(incoming.query_string)).get("version")
    return asked(kg, number or None, incoming.header("Accept-Datetime"))


def askable(kg: "KnowledgeGraph") -> Sequence["Version"]:
    """The versions that can be asked, the oldest first."""
    return [version for version in kg.versions() if version.kept]


def version_number(text: str, name: str = "version", *, empty: bool = False) -> int:
    """The number of a version, or 0 for the `empty` graph before the first; `BadRequest` names the parameter."""
    if not (_NUMBER.fullmatch(text) or (empty and text == "0")):
        advice = "Versions are 1, 2, 3, …" + ("; 0 is the empty graph." if empty else "")
        raise BadRequest(f"{name}: {text[:40]!r} is not the number of a version", advice=advice)
    return int(text)


def http_date(text: str) -> datetime:
    """The moment that an HTTP date names; `BadRequest` otherwise."""
    found = moment_of(text)
    if found is None:
        raise BadRequest(
            f"Accept-Datetime: {text[:60]!r} is not an HTTP date",
            advice="Write it as in: Thu, 31 May 2007 20:35:00 GMT.",
        )
    return found


def moment_of(text: str | None) -> datetime | None:
    """The moment that an HTTP date names; None if it names none."""
    try:
        found = parsedate_to_datetime(text or "")
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def link(location: str) -> str:
    """The Link to a memento that is made now."""
    return f'<{location}>; rel="memento"; datetime="{http_date_of(datetime.now(UTC))}"'


def headers(found: Asked, path: str, query_string: str = "", *, moved: bool = False) -> list[tuple[str, str]]:
    """What tells of the version: when it was made, where the others are, and whether the answer is a memento.

    With `moved` the answer's own URL, the one with the version in it, is told as its location.
    """
    kept = [field for field in query_string.split("&") if field and not field.startswith("version=")]
    original = located(path, kept)
    if len(original) > _LONGEST:
        kept = []  # a header cannot hold it: the resource without its query is the best that can be named
        original = located(path, kept)
    last = modified(found.version.created)
    links = [f'<{original}>; rel="original timegate"', f'<{TIMEMAP}{original}>; rel="timemap"; type="{LINK_FORMAT}"']
    if not found.past:
        return [last, ("Link", ", ".join(links))]
    for relations, version in _others(found):
        target = located(path, [*kept, f"version={version.number}"])
        links.append(f'<{target}>; rel="{relations} memento"; datetime="{http_date_of(version.created)}"')
    lines = [last, ("Memento-Datetime", http_date_of(found.version.created)), ("Link", ", ".join(links))]
    if moved:
        lines.append(("Content-Location", located(path, [*kept, f"version={found.version.number}"])))
    return lines


def located(path: str, fields: Sequence[str]) -> str:
    """A URL of fields that are encoded, with what no header bears encoded too."""
    # WSGI gives the bytes of a path as characters.
    raw = "latin-1" if path.isascii() or max(path) <= "\xff" else "utf-8"
    told = path if _BORNE.fullmatch(path) else quote(path.encode(raw), safe=_PATH)
    if not fields:
        return told
    query = "&".join(fields)
    return f"{told}?{query if _BORNE_QUERY.fullmatch(query) else quote(query, safe=_QUERY)}"


def modified(moment: datetime) -> tuple[str, str]:
    """When what an answer tells was published."""
    return "Last-Modified", http_date_of(moment)


@lru_cache(maxsize=64)
def http_date_of(moment: datetime) -> str:
    """A moment as HTTP writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _others(found: Asked) -> Iterator[tuple[str, "Version"]]:
    """The first and the last memento, and those before and after the one found, each once with its relations."""
    numbers = [version.number for version in found.versions]
    if found.version.number not in numbers:
        return  # pruned meanwhile
    here, last = numbers.index(found.version.number), len(numbers) - 1
    roles: dict[int, list[str]] = {}
    for name, at in (("first", 0), ("prev", here - 1), ("next", here + 1), ("last", last)):
        if 0 <= at <= last:
            roles.setdefault(at, []).append(name)
    for at, names in sorted(roles.items()):
        yield " ".join(names), found.versions[at]
