"""Verdicts as HTTP gives them: as a page with the lines that were sent, or in a form that programs read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.validation.forms import expected, said, to_csv, to_rdf, to_sarif
from cnrs_kg.validation.report import Result, Verdict
from cnrs_kg.web import caching, security
from cnrs_kg.web.messages import Reply
from cnrs_kg.web.negotiation import HTML, NotAcceptable, best, content_type

JSON, TURTLE, CSV, SARIF = "application/json", "text/turtle", "text/csv", "application/sarif+json"
_NAMES = {"html": HTML, "json": JSON, "turtle": TURTLE, "csv": CSV, "sarif": SARIF}
_OFFERS = tuple((media_type, (media_type,)) for media_type in (HTML, JSON, TURTLE, CSV, SARIF))
_MORE = 2


@dataclass(frozen=True)
class Excerpt:
    """A place of a result: its name, and the line cut into what stands before, at and after it."""

    name: str
    before: str = ""
    marked: str = ""
    after: str = ""


def media_type(name: str | None, accept: str | None) -> str:
    """The form of a report that was asked for, by name or by what the client accepts; else `NotAcceptable`."""
    if name is not None:
        if name not in _NAMES:
            raise NotAcceptable(f"format: {name[:80]!r} is none of the formats of a report", available=list(_NAMES))
        return _NAMES[name]
    offers = _OFFERS if accept and "html" in accept else _OFFERS[1:]
    chosen, _ = best(offers, accept or "")
    if chosen is None:
        raise NotAcceptable("A report comes in none of the formats that you accept", available=list(_NAMES))
    return chosen


def document(verdict: Verdict, media_type: str, language: str) -> Reply:
    """The verdict in a form that programs read."""
    if media_type == JSON:
        body = json.dumps(verdict.to_json(), ensure_ascii=False).encode()
    elif media_type == SARIF:
        body = json.dumps(to_sarif(verdict, language), ensure_ascii=False).encode()
    elif media_type == CSV:
        body = to_csv(verdict, language).encode()
    else:
        body = ox.serialize(to_rdf(verdict), None, ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    headers = (
        ("Content-Type", content_type(media_type)),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Vary", caching.VARY),
        *security.CROSS_ORIGIN,
        *security.HEADERS,
    )
    return Reply(200, headers, body)


def rows(verdict: Verdict, sources: Mapping[str, bytes], language: str) -> list[Any]:
    """What a page shows of each result: it, its message, what was expected, and excerpts of the documents."""
    return [(one, said(one, language), expected(one, language), _excerpts(one, sources)) for one in verdict.results]


def _excerpts(result: Result, sources: Mapping[str, bytes]) -> list[Excerpt]:
    return [_excerpt(place, sources) for place in result.places[: 1 + _MORE]]


def _excerpt(place: Mapping[str, Any], sources: Mapping[str, bytes]) -> Excerpt:
    line, column = place["line"], place.get("column", 1)
    name = f"{place['file']}:{line}:{column}"
    lines = re.split(r"\r\n|\n|\r", sources.get(place["file"], b"").decode(errors="replace"))
    if line > len(lines):
        return Excerpt(name)
    text, end = lines[line - 1], place.get("endColumn", column + 1)
    return Excerpt(
        name, text[max(0, column - 81) : column - 1], text[column - 1 : end - 1] or " ", text[end - 1 : end + 79]
    )
