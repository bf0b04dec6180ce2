"""The page about a thing: what the graph says of it by topic, why, what is around it, and how to take it away."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cnrs_kg.rdf.formats import RDF_FORMATS
from cnrs_kg.rdf.namespaces import CNRS, RDF, SCHEMA
from cnrs_kg.things import Thing
from cnrs_kg.web import atlas, card, memento, neighbourhood, signposts
from cnrs_kg.web.facts import Links
from cnrs_kg.web.messages import Incoming, Reply, url
from cnrs_kg.web.missing import missing
from cnrs_kg.web.rendering import Pages, language_of, texts_of
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.sparql import client, identity
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

FORMATS = {syntax.extension: syntax.media_type for syntax in RDF_FORMATS if syntax.name != "n3"}
"""In which the data about a thing can be had: media types by extension."""
_SHOWN = 8
"""Values of a property that the page shows; all of them are a link away."""
_FILTERS = (
    ("units", ("country", "institute", "partner", "field", "type")),
    ("offices", ("country", "covers", "function")),
    ("partners", ("country",)),
)


class ThingPage:
    """Called with a request and the IRI of a thing, gives its page."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    def __call__(self, incoming: Incoming, iri: str) -> Reply:
        """What the graph says of a thing, for people."""
        asked = memento.requested(self._kg, incoming)
        found = self._kg.thing(iri, asked.version, client=client(incoming, None))
        if found is None:
            raise missing(self._kg, iri, asked)
        language = language_of(incoming)[0]
        data = [(name, _data_url(iri, name, asked)) for name in FORMATS]
        signs = signposts.of_page(found, {href: FORMATS[name] for name, href in data})
        return self._pages.render(
            "thing.html",
            incoming,
            etag_of=("thing", identity(asked.version), iri),
            headers=[*signs, *memento.headers(asked, incoming.path, incoming.query_string)],
            thing=found,
            title=found.label(found.iri, language),
            links=Links(found, language, asked),
            shown=_SHOWN,
            data=data,
            kinds=[found.label(one, language) for one in found.classes],
            topics=found.topics(),
            around=neighbourhood.drawn(found, language),
            standard=[
                one for one in found.properties if not one.inverse and not one.predicate.value.startswith(CNRS.iri)
            ],
            pointing=[one for one in found.properties if one.inverse and one.predicate != RDF("subject")],
            map=_map(found, language),
            related=self._related(iri, asked, texts_of(language)),
            structured=_structured(found, language),
            history=_history(found),
            feed=url("/feed", [("iri", iri)]) if _history(found) else None,
            embed=_embedding(public_url(self._kg), found, language),
            cite=url("/cite", [("iri", iri), *([("version", str(asked.version.number))] if asked.past else [])]),
        )

    def _related(self, iri: str, asked: memento.Asked, texts: Mapping[str, str]) -> list[tuple[str, int, str]]:
        """The lists that a thing is a filter of: what they are called, how many are left, and where."""
        found = []
        for name, facets in _FILTERS:
            listing = self._kg.lists.listing(name, asked.version)
            values = [(facet, value, count) for facet in facets for value, count in listing.options(facet)]
            own = [(facet, value.slug, count) for facet, value, count in values if value.iri == iri]
            for facet, slug, count in own:
                pairs = {facet: slug} | ({"version": str(asked.version.number)} if asked.past else {})
                told = f" ({texts[f'facet_{facet}']})" if len(own) > 1 else ""
                found.append((texts[f"list_{name}"] + told, count, url(f"/{name}", pairs)))
        return found


def _data_url(iri: str, extension: str, asked: memento.Asked) -> str:
    """Where the data about a thing are, of the version that was asked for."""
    page, version = describe_url(iri), [("version", str(asked.version.number))] if asked.past else []
    if page.startswith("/doc/"):
        return url(f"/data/{page.removeprefix('/doc/')}.{extension}", version)
    return url("/data", [("iri", iri), ("format", extension), *version])


def _history(found: Thing) -> str | None:
    """Where the history of a thing is, if anything is asserted of it."""
    asserted = any(value.graphs for one in found.properties if not one.inverse for value in one.values)
    return url("/history", {"iri": found.iri.value}) if asserted else None


def _embedding(public: str, found: Thing, language: str) -> dict[str, str]:
    """How other sites show the thing's card."""
    iri = found.iri.value
    return {
        "card": url(card.PATH, [("iri", iri), ("lang", language)]),
        "snippet": card.snippet(public, iri, found.label(found.iri, language), language),
        "oembed": public + url(card.OEMBED, [("url", public + describe_url(iri)), ("lang", language)]),
    }


def _structured(found: Thing, language: str) -> dict[str, object]:
    """What schema.org's terms say of a thing, as JSON-LD for search engines."""
    told: dict[str, object] = {"@context": "https://schema.org", "@id": found.iri.value}
    told["name"] = found.label(found.iri, language)
    for one in found.properties:
        if one.inverse:
            continue
        values = [value.term.value for value in one.values if isinstance(value.term, ox.NamedNode | ox.Literal)]
        if one.predicate == RDF("type"):
            told["@type"] = [value.removeprefix(SCHEMA.iri) for value in values if value.startswith(SCHEMA.iri)]
        elif one.predicate.value.startswith(SCHEMA.iri):
            linked = [
                {"@id": value.term.value} if isinstance(value.term, ox.NamedNode) else value.term.value
                for value in one.values
                if isinstance(value.term, ox.NamedNode | ox.Literal)
            ]
            told[one.predicate.value.removeprefix(SCHEMA.iri)] = linked
    return told


def _map(found: Thing, language: str) -> atlas.Map | None:
    points = [
        (latitude, longitude, found.label(ox.NamedNode(iri), language), describe_url(iri))
        for iri, latitude, longitude in found.places
        if abs(latitude) <= 90 and abs(longitude) <= 180
    ]
    return atlas.of_points(points, found.countries) if points or found.countries else None
