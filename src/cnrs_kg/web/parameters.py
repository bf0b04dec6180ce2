"""What a SPARQL Protocol request asks, whichever way it was sent.

https://www.w3.org/TR/sparql11-protocol/#protocol
"""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cnrs_kg.config import Settings
from cnrs_kg.web.messages import BadRequest, Incoming, MediaTypeRefused, MethodRefused, parameters

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_ONCE = {"query", "update", "version", "format", "lang"}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_MEMO = 2048
"""Query strings up to this length are parsed once and remembered."""


@dataclass(frozen=True)
class SparqlRequest:
    """A SPARQL operation with its dataset, before anything ran. Neither query nor update: nothing was asked."""

    query: str | None = None
    update: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()
    version: str | None = None
    format: str | None = None
    lang: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    """As sent, in order: what a link to the same query needs."""
    heads: dict[Hashable, tuple[tuple[str, str], ...]] = field(default_factory=dict, compare=False, repr=False)
    """Headers of replies to this request, remembered with it."""


def read(incoming: Incoming, settings: Settings) -> SparqlRequest:
    """What the request asks; `BadRequest`, `MediaTypeRefused` or `UploadTooLarge` if that cannot be said."""
    if incoming.method in ("GET", "HEAD"):
        text = incoming.query_string
        found = _remembered(text) if len(text) <= _MEMO else _request(parameters(text))
        if found.update is not None:
            raise BadRequest("An update cannot be sent by GET", advice="Send it by POST.")
        return found
    if incoming.method != "POST":
        raise MethodRefused(f"{incoming.method[:20]} is not a method of this resource", allow=METHODS)
    return _posted(incoming, settings)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> SparqlRequest:
    return _request(parameters(text))


def _posted(incoming: Incoming, settings: Settings) -> SparqlRequest:
    media_type, options = incoming.media_type()
    if media_type not in (FORM, QUERY, UPDATE):
        raise MediaTypeRefused(
            f"A body of type {media_type[:100] or 'unknown'} is not read here",
            advice=f"Use Content-Type {FORM}, {QUERY} or {UPDATE}.",
        )
    charset = options.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise MediaTypeRefused(f"The charset {charset[:40]!r} is not read here", advice="Send UTF-8.")
    try:
        # A form writes most characters of a query as three.
        text = incoming.body(settings.query_bytes * (3 if media_type == FORM else 1), "query_bytes").decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"Byte {error.start + 1} of the body is not UTF-8", advice="Send UTF-8.") from error
    pairs = parameters(incoming.query_string)
    if media_type == FORM:
        return _request([*pairs, *parameters(text)])
    return _request([*pairs, ("query" if media_type == QUERY else "update", text)])


def _request(pairs: list[tuple[str, str]]) -> SparqlRequest:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    for name in _ONCE & values.keys():
        if len(values[name]) > 1:
            raise BadRequest(f"The parameter {name!r} is there {len(values[name])} times", advice="Send it once.")
    once = {name: values[name][0] for name in _ONCE & values.keys()}
    default, named = _iris(values, "default-graph-uri"), _iris(values, "named-graph-uri")
    using, using_named = _iris(values, "using-graph-uri"), _iris(values, "using-named-graph-uri")
    if "query" in once and "update" in once:
        raise BadRequest("A request is a query or an update, not both", advice="Send two requests.")
    if "update" in once and (default or named):
        raise BadRequest(
            "default-graph-uri and named-graph-uri belong to queries",
            advice="An update takes using-graph-uri and using-named-graph-uri.",
        )
    if "query" in once and (using or using_named):
        raise BadRequest(
            "using-graph-uri and using-named-graph-uri belong to updates",
            advice="A query takes default-graph-uri and named-graph-uri.",
        )
    said = bool(default or named)
    return SparqlRequest(
        query=once.get("query"),
        update=once.get("update"),
        default_graphs=default if said else None,
        named_graphs=named if said else None,
        using_graphs=using,
        using_named_graphs=using_named,
        version=once.get("version") or None,
        format=once.get("format") or None,
        lang=once.get("lang") or None,
        pairs=tuple(pairs),
    )


def _iris(values: Mapping[str, list[str]], name: str) -> tuple[str, ...]:
    return tuple(absolute_iri(value, name) for value in values[name] if value) if name in values else ()


def absolute_iri(text: str, name: str) -> str:
    """The text if it is an absolute IRI, else `BadRequest` naming the parameter."""
    if not _IRI.fullmatch(text):
        raise BadRequest(f"{name}: {text[:200]!r} is not an absolute IRI")
    return text
