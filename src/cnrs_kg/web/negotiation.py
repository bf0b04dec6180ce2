"""What a client accepts: media types, languages, codings. Pure functions.

https://www.rfc-editor.org/rfc/rfc9110#section-12.5
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cnrs_kg.errors import CnrsKgError, UnsupportedFormat
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS, SAFE_CSV, TABLES, XLSX, rdf_syntax, result_syntax

HTML = "text/html"
LANGUAGES = ("en", "fr")
_LONGEST = 4096
_QUOTED = 1024
_RESULTS = tuple((s.media_type, (s.media_type, *s.aliases)) for s in RESULT_FORMATS)
GRAPHS = tuple((s.media_type, (s.media_type, *s.aliases)) for s in RDF_FORMATS)
_XLSX = ((XLSX, (XLSX,)),)
_QUERY_RESULTS, _QUERY_GRAPHS = (*_RESULTS, *_XLSX), (*GRAPHS, *_XLSX)
_PAGES = ((HTML, (HTML, "application/xhtml+xml")),)
_MARKUP = ("application/xml", "text/xml")
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_PARTS = re.compile(r'((?:[^",]|"(?:[^"\\]|\\.)*")*)(?:,|$)')
# RFC 9110 leaves charset out of the media types of JSON and XML, where the document itself tells it.
_WITH_CHARSET = {"text/plain", "text/turtle", "text/csv", SAFE_CSV, "text/tab-separated-values", "text/n3", HTML}

Offer = tuple[str, tuple[str, ...]]


class NotAcceptable(CnrsKgError):
    """None of the formats that the client accepts is one that can be given; extra `available` lists these."""


@dataclass(frozen=True)
class Formats:
    """What a client is given: for solutions and booleans, for graphs, or a page. None: nothing of this kind fits."""

    result: str | None
    graph: str | None
    html: bool = False


def content_type(media_type: str) -> str:
    """The Content-Type of a body in this media type."""
    return f"{media_type}; charset=utf-8" if media_type in _WITH_CHARSET else media_type


def weighted(header: str) -> list[tuple[str, float, int]]:
    """The members of an Accept-like header, lower case: value, weight, number of parameters; without malformed ones."""
    found = []
    plain = '"' not in header
    members = header[:_LONGEST].split(",") if plain else [match[1] for match in _PARTS.finditer(header[:_QUOTED])]
    for member in members:
        value, *parameters = (part.strip() for part in member.split(";"))
        weight, others = 1.0, 0
        for parameter in parameters:
            name, _, text = parameter.partition("=")
            if name.strip().lower() == "q":
                weight = float(text) if _WEIGHT.fullmatch(text.strip()) else -1.0
                break  # what follows the weight is no part of the media type
            others += name.strip().lower() not in ("charset", "")
        if value and weight >= 0:
            found.append((value.lower(), weight, others))
    return found


def _quality(names: Sequence[str], ranges: Iterable[tuple[str, float, int]]) -> tuple[float, int]:
    """The weight of the most specific range that covers one of the names, and how specific it is."""
    best = (-1, 0.0)
    for media_range, weight, parameters in ranges:
        kind, _, subtype = media_range.partition("/")
        for place, name in enumerate(names):
            if media_range == name and not parameters:
                rank = 1000 - place  # the registered name before its aliases
            elif subtype == "*" and kind == name.partition("/")[0] and place == 0:
                rank = 2
            elif media_range in ("*/*", "*"):
                rank = 1
            else:
                continue
            best = max(best, (rank, weight))
    return best[1], best[0]


def best(offers: Sequence[Offer], accept: str) -> tuple[str | None, float]:
    """The offer that an Accept header likes most, the first of equals, and its weight; None if it likes none."""
    ranges = weighted(accept)
    if not ranges:
        return (offers[0][0], 1.0) if not accept.strip() else (None, 0.0)
    chosen: tuple[str | None, float, bool] = (None, 0.0, False)
    for name, names in offers:
        weight, rank = _quality(names, ranges)
        named = rank > 2
        if weight > 0 and (weight, named) > chosen[1:]:
            chosen = (name, weight, named)
    return chosen[0], chosen[1]


@lru_cache(maxsize=512)
def formats(accept: str | None, name: str | None = None) -> Formats:
    """The formats for an answer whose kind is not known yet; a `format` parameter beats the header.

    `NotAcceptable` if nothing at all fits.
    """
    if name is not None:
        return _named(name)
    result, result_weight = best(_QUERY_RESULTS, accept or "")
    graph, graph_weight = best(_QUERY_GRAPHS, accept or "")
    page, page_weight = best(_PAGES, accept or "")
    named = any(media_range in _PAGES[0][1] for media_range, _, _ in weighted(accept or ""))
    if page and named and page_weight >= max(_specific(accept or ""), 0.001):
        return Formats(result, graph, html=True)
    if result is None and graph is None:
        raise not_acceptable(accept or "", [*_RESULTS, *GRAPHS, *_XLSX, *_PAGES])
    return Formats(result, graph)


def _specific(accept: str) -> float:
    """The highest weight of a data format that the header names (browsers name XML, below HTML, and `*/*`)."""
    known = {name for _, names in (*_RESULTS, *_QUERY_GRAPHS) for name in names}
    return max((weight for media_range, weight, _ in weighted(accept) if media_range in known), default=0.0)


def _named(name: str) -> Formats:
    if name.lower() in ("html", HTML):
        return Formats(RESULT_FORMATS[0].media_type, RDF_FORMATS[0].media_type, html=True)
    if table := TABLES.get(name.lower(), XLSX if name.lower() == XLSX else None):
        return Formats(table, table)
    result = graph = None
    try:
        result = result_syntax(name).media_type
    except UnsupportedFormat:
        pass
    try:
        # "json" and "xml" say what to write, whatever the query's form.
        graph = rdf_syntax({"json": "jsonld", "xml": "rdfxml"}.get(name.lower(), name)).media_type
    except UnsupportedFormat:
        pass
    if result is None and graph is None:
        raise not_acceptable(name, [*_RESULTS, *GRAPHS, *_XLSX, *_PAGES])
    return Formats(result, graph)


def form(name: str | None, accept: str, forms: Mapping[str, str]) -> str | None:
    """The media type, of `forms` by name, that a name asks for, or that an Accept header likes best; None for neither.

    A page is for those who name HTML or XHTML.
    """
    if name is not None:
        return forms.get(name)
    offers: list[Offer] = [(media_type, (media_type,)) for media_type in forms.values() if media_type != HTML]
    if HTML in forms.values() and "html" in accept.lower():
        offers += _PAGES
    return best(offers, accept)[0]


@lru_cache(maxsize=256)
def page_preferred(accept: str) -> bool:
    """Whether an Accept header names HTML or XHTML, and no data that it likes as well as JSON or better than these.

    Browsers name XML and images too, which are no data here.
    """
    if "html" not in accept.lower():
        return False
    page = json = data = 0.0
    for name, weight, _ in weighted(accept):
        if name in _PAGES[0][1]:
            page = max(page, weight)
        elif "json" in name:
            json = max(json, weight)
        elif not name.startswith(("*", "image/")) and name not in _MARKUP:
            data = max(data, weight)
    return page > json and page >= data


def graph_format(accept: str | None, name: str | None = None) -> str:
    """The RDF format for a graph; `NotAcceptable` otherwise."""
    chosen = rdf_name(name) if name is not None else best(GRAPHS, accept or "")[0]
    if chosen is None:
        raise not_acceptable(name or accept or "", GRAPHS)
    return chosen


def rdf_name(name: str) -> str | None:
    """The media type of an RDF format by any of its names, or None."""
    try:
        return rdf_syntax(name).media_type
    except UnsupportedFormat:
        return None


def not_acceptable(asked: str, offers: Iterable[Offer]) -> NotAcceptable:
    """The refusal that lists what there is."""
    available = [name for name, _ in offers]
    return NotAcceptable(
        f"No format that is acceptable ({asked[:200]}) can be given here",
        advice=f"Ask for one of: {', '.join(available)}.",
        available=available,
    )


def available(form: str | None) -> list[Offer]:
    """The formats in which the answer to a query of this form can be given."""
    if form in ("SELECT", "ASK"):
        return list(_QUERY_RESULTS)
    return list(_QUERY_GRAPHS) if form in ("CONSTRUCT", "DESCRIBE") else [*_RESULTS, *_QUERY_GRAPHS]


@lru_cache(maxsize=512)
def language(asked: str | None, cookie: str | None, header: str | None) -> str:
    """The language of a page: `?lang=` beats cookie beats Accept-Language; English if none is known."""
    for wish in (asked, cookie):
        if wish in LANGUAGES:
            return wish
    chosen = ("en", 0.0)
    for value, weight, _ in weighted(header or ""):
        primary = value.partition("-")[0]
        if primary in LANGUAGES and weight > chosen[1]:
            chosen = (primary, weight)
    return chosen[0]


@lru_cache(maxsize=256)
def gzip_accepted(header: str | None) -> bool:
    """Whether Accept-Encoding allows gzip by name, or by `*`."""
    weights = {value: weight for value, weight, _ in weighted(header or "")}
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0
