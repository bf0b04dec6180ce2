"""`/card?iri=`: a thing as a small page for other sites to embed; `/oembed?url=` tells them how (https://oembed.com/)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.lists import Item, Kind
from cnrs_kg.rdf.namespaces import CNRS
from cnrs_kg.things import Thing
from cnrs_kg.web import memento, security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import LANGUAGES, NotAcceptable
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.rendering import Pages, language_of, texts_of
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.sparql import client, identity
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

PATH, OEMBED = "/card", "/oembed"
WIDTH, HEIGHT = 420, 320
_ROWS, _VALUES = 5, 4
"""Properties that a card tells, and values of each."""


@dataclass(frozen=True)
class Row:
    """A line of a card: what it tells, and the values with where they lead."""

    name: str
    values: tuple[tuple[str, str | None], ...]
    more: int = 0


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The card and the resource that tells how to embed it."""
    found = Blueprint("card", __name__)

    @found.get(PATH)
    def card() -> ResponseReturnValue:
        return response(_card(kg, pages, current_request()))

    @found.get(OEMBED)
    def oembed() -> ResponseReturnValue:
        return response(_oembed(kg, current_request()))

    return found


def snippet(public: str, iri: str, title: str, language: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The HTML by which another site shows the card of a thing."""
    source = public + url(PATH, [("iri", iri), ("lang", language)])
    return (
        f'<iframe src="{escape(source)}" title="{escape(title)}" width="{width}" height="{height}" '
        'loading="lazy" style="border:0"></iframe>'
    )


def _card(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    options = dict(parameters(incoming.query_string))
    iri = options.get("iri", "").strip()
    if not iri:
        raise BadRequest("No IRI was given", advice="Add ?iri= with the encoded IRI.")
    asked = memento.requested(kg, incoming)
    found = _found(kg, iri, asked.version, incoming)
    language = language_of(incoming)[0]
    listed = kg.lists.item(iri, asked.version)
    rows = list(_listed(*listed, language) if listed else _told(found, language))
    return pages.render(
        "card.html",
        incoming,
        protection=security.EMBEDDED,
        etag_of=("card", identity(asked.version), iri, public_url(kg)),
        headers=memento.headers(asked, incoming.path, incoming.query_string),
        title=found.label(found.iri, language),
        kinds=[found.label(one, language) for one in found.classes],
        rows=rows[:_ROWS],
        public=public_url(kg),
        link=public_url(kg) + describe_url(iri),
        version=asked.version,
    )


def _oembed(kg: "KnowledgeGraph", incoming: Incoming) -> Reply:
    options = dict(parameters(incoming.query_string))
    if options.get("format", "json") != "json":
        raise NotAcceptable("The answer is JSON", available=["json"])
    iri, version = _iri_of(kg, options.get("url", "")), memento.asked(kg, None, None).version
    found, language = _found(kg, iri, version, incoming), options.get("lang", "en")
    if language not in LANGUAGES:
        raise BadRequest(f"lang: {language[:40]!r} is not a language of pages", advice="There are en and fr.")
    width, height = (_most(options, name, size) for name, size in (("maxwidth", WIDTH), ("maxheight", HEIGHT)))
    title = found.label(found.iri, language)
    told = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": texts_of(language)["name"],
        "provider_url": f"{public_url(kg)}/",
        "html": snippet(public_url(kg), iri, title, language, width, height),
        "width": width,
        "height": height,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    return tagged(incoming, (body,), "application/json", lambda: body)


def _found(kg: "KnowledgeGraph", iri: str, version: "Version", incoming: Incoming) -> Thing:
    found = kg.thing(iri, version, client=client(incoming, None))
    if found is None:
        raise NotFound(f"Nothing is published about <{iri}>", advice="Look for it: /search.")
    return found


def _iri_of(kg: "KnowledgeGraph", address: str) -> str:
    """The thing that a page of ours is about."""
    parts = urlsplit(address)
    for start in (public_url(kg), kg.settings.base_iri.rstrip("/")):
        known = urlsplit(start)
        if parts.netloc == known.netloc and parts.path.startswith(f"{known.path}/"):
            path = parts.path.removeprefix(known.path)
            if path == "/doc" and (iri := dict(parameters(parts.query)).get("iri")):
                return iri
            for place in ("/doc/", "/id/"):
                if path.startswith(place):
                    return f"{kg.settings.base_iri}id/{path.removeprefix(place)}"
    raise NotFound(f"{address[:200]!r} is no page about a thing", advice=f"Such pages begin with {public_url(kg)}/doc")


def _most(options: dict[str, str], name: str, size: int) -> int:
    text = options.get(name, str(size))
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9])):
        raise BadRequest(f"{name}: {text[:40]!r} is not a number of pixels")
    return min(size, int(text[:9]))


def _listed(kind: Kind, item: Item, language: str) -> Iterator[Row]:
    """What the list that a thing is in says of it."""
    texts = texts_of(language)
    if item.thing.names:
        yield _row(texts["other_names"], [(name, None) for name in item.thing.names])
    for facet in kind.facets:
        values = [(one.label(language), describe_url(one.iri)) for one in item.values.get(facet.name, ())]
        if values:
            yield _row(texts[f"facet_{facet.name}"], values)


def _told(found: Thing, language: str) -> Iterator[Row]:
    """The things that a thing is related to by properties of ours."""
    for one in found.properties:
        if one.inverse or not one.predicate.value.startswith(CNRS.iri):
            continue
        values = [
            (found.label(value.term, language), describe_url(value.term.value))
            for value in one.values
            if isinstance(value.term, ox.NamedNode)
        ]
        if values:
            yield _row(found.label(one.predicate, language), values)


def _row(name: str, values: Sequence[tuple[str, str | None]]) -> Row:
    return Row(name, tuple(values[:_VALUES]), max(0, len(values) - _VALUES))
