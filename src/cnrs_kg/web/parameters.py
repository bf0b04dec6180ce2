"""What a SPARQL Protocol request asks, whichever way it was sent.

https://www.w3.org/TR/sparql11-protocol/#protocol
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cnrs_kg.config import Settings
from cnrs_kg.web.messages import BadRequest, Incoming, MediaTypeRefused, MethodRefused, parameters

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_ONCE = frozenset({"query", "update", "version", "format", "lang", "pin"})
_GRAPHS = ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")


class SparqlRequest(NamedTuple):
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
    pin: str | None = None
    """The name of a kept query, instead of the query itself."""


def read(incoming: Incoming, settings: Settings) -> SparqlRequest:
    """What the request asks; `BadRequest`, `MediaTypeRefused` or `UploadTooLarge` if that cannot be said."""
    if incoming.method in ("GET", "HEAD"):
        found = _request(parameters(incoming.query_string))
        if found.update is not None:
            raise BadRequest("An update cannot be sent by GET", advice="Send it by POST.")
        return found
    if incoming.method != "POST":
        raise MethodRefused(f"{incoming.method[:20]} is not a method of this resource", allow=METHODS)
    return _posted(incoming, settings)


def _posted(incoming: Incoming, settings: Settings) -> SparqlRequest:
    media_type, options = incoming.media_type()
    if not media_type and incoming.header("Content-Length") == "0":
        media_type = FORM  # nothing was sent, of no type
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
    once: dict[str, str] = {}
    graphs: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if name in _ONCE:
            if name in once:
                raise BadRequest(f"The parameter {name!r} is there more than once", advice="Send it once.")
            once[name] = value
        elif name in _GRAPHS and value:
            graphs[name] = (*graphs.get(name, ()), absolute_iri(value, name))
    default, named, using, using_named = (graphs.get(name, ()) for name in _GRAPHS)
    if "query" in once and "update" in once:
        raise BadRequest("A request is a query or an update, not both", advice="Send two requests.")
    if "pin" in once and ("query" in once or "update" in once or graphs):
        raise BadRequest("A pin stands for a query and its dataset", advice="Send pin without them.")
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
        once.get("query"),
        once.get("update"),
        default if said else None,
        named if said else None,
        using,
        using_named,
        once.get("version") or None,
        once.get("format") or None,
        once.get("lang") or None,
        tuple(pairs),
        once.get("pin"),
    )


def flag(options: Mapping[str, str], name: str) -> bool:
    """Whether a parameter says true; false where it is not there, `BadRequest` where it says anything else."""
    text = options.get(name, "false")
    if text not in ("true", "false"):
        raise BadRequest(f"{name}: {text[:40]!r} is neither true nor false")
    return text == "true"


def absolute_iri(text: str, name: str) -> str:
    """The text if it is an absolute IRI, else `BadRequest` naming the parameter."""
    if not _IRI.fullmatch(text):
        raise BadRequest(f"{name}: {text[:200]!r} is not an absolute IRI")
    return text
