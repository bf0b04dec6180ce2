"""Verdicts as HTTP gives them: as a page with the lines that were sent, or in a form that programs read."""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.reasoning.proof import proof_of_json
from cnrs_kg.validation.excerpts import Excerpts
from cnrs_kg.validation.forms import expected, said, to_csv, to_rdf, to_sarif
from cnrs_kg.validation.report import Verdict
from cnrs_kg.validation.text import to_text
from cnrs_kg.web import caching, security
from cnrs_kg.web.messages import Reply
from cnrs_kg.web.negotiation import HTML, NotAcceptable, best, content_type
from cnrs_kg.web.rendering import Pages, texts_of
from cnrs_kg.web.statements import Leading
from cnrs_kg.web.statements import rows as steps
from cnrs_kg.web.terms import describe_url
from cnrs_kg.web.texts import number

JSON, TURTLE, SARIF, TEXT = "application/json", "text/turtle", "application/sarif+json", "text/plain"
_NAMES = {"xlsx": XLSX, "html": HTML, "json": JSON, "turtle": TURTLE, "csv": CSV, "sarif": SARIF, "text": TEXT}
_OFFERS = tuple((media_type, (media_type,)) for media_type in (HTML, JSON, TURTLE, CSV, SARIF, TEXT))
_PLACES = 3
_ALONE = 5_000
"""Results of a page that stands alone: some megabytes."""
STYLE = Path(__file__).parent / "static" / "style.css"


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


def document(verdict: Verdict, media_type: str, language: str, sources: Mapping[str, bytes]) -> Reply:
    """The verdict in a form that programs read; text has excerpts of the `sources`, the documents by name."""
    if media_type == JSON:
        body = json.dumps(verdict.to_json(), ensure_ascii=False).encode()
    elif media_type == SARIF:
        body = json.dumps(to_sarif(verdict, language), ensure_ascii=False).encode()
    elif media_type == CSV:
        body = to_csv(verdict, language).encode()
    elif media_type == TEXT:
        body = to_text(verdict, language, sources).encode()
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


def rows(
    verdict: Verdict, sources: Mapping[str, bytes], language: str, most: int, leading: Leading = describe_url
) -> list[Any]:
    """What a page shows of each of the first results.

    That is: it, its message, what was expected, excerpts of the documents, and the steps of its proof.
    """
    excerpts = Excerpts(sources)
    return [
        (
            one,
            said(one, language),
            expected(one, language),
            [excerpts.of(place) for place in one.places[:_PLACES]],
            list(steps(proof_of_json(one.proof), lambda iri: None, language, leading)) if one.proof else (),
        )
        for one in verdict.results[:most]
    ]


def page(verdict: Verdict, sources: Mapping[str, bytes], language: str) -> str:
    """The verdict as a page that stands alone: it asks for nothing, and its links lead to the IRIs themselves."""
    environment = Environment(loader=PackageLoader("cnrs_kg.web"), autoescape=True)
    pages, style = Pages(environment), STYLE.read_text(encoding="utf-8")
    environment.filters["place"] = _elsewhere
    return pages.text(
        "report.html",
        t=texts_of(language),
        language=language,
        number=lambda value: number(value, language),
        style=Markup(style),
        style_digest=b64encode(sha256(style.encode()).digest()).decode(),
        verdict=verdict,
        results=rows(verdict, sources, language, _ALONE, _elsewhere),
        names=list(sources),
    )


def _elsewhere(iri: str) -> str | None:
    """Where a page of nobody's leads from an IRI: to a host, if it names one, and never to a script."""
    return iri if iri.startswith(("http://", "https://")) else None


def file(body: bytes, media_type: str, name: str) -> Reply:
    """A file to be kept under this name."""
    headers = (
        ("Content-Type", media_type),
        ("Content-Length", str(len(body))),
        ("Content-Disposition", f'attachment; filename="{name}"'),
        ("Cache-Control", "no-store"),
        *security.CROSS_ORIGIN,
        *security.HEADERS,
    )
    return Reply(200, headers, body)
