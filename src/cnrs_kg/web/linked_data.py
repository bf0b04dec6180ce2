"""Linked data: IRIs of ours lead to a page or data about what they name; both exist for any IRI that the graph knows.

https://www.w3.org/TR/cooluris/#r303gendocument: `/id/…` names a thing and redirects to `/doc/…` or `/data/….ttl`.
"""

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.engine.requests import N_TRIPLES
from cnrs_kg.rdf.formats import RDF_FORMATS
from cnrs_kg.rdf.namespaces import CNRS, RDF, SCHEMA
from cnrs_kg.rdf.terms import Term
from cnrs_kg.things import Thing
from cnrs_kg.vocabulary.json_ld import compact, context
from cnrs_kg.web import atlas, card, memento, negotiation, security, signposts
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.missing import missing
from cnrs_kg.web.problems import wants_page
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.sparql import client, identity
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

_EXTENSIONS = {syntax.extension: syntax.media_type for syntax in RDF_FORMATS if syntax.name != "n3"}
JSON_LD = "application/ld+json"
_FILTERS = (
    ("units", ("country", "institute", "partner", "field", "type")),
    ("offices", ("country", "covers", "function")),
    ("partners", ("country",)),
)


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resources that IRIs of ours lead to."""
    found, resource = Blueprint("linked_data", __name__), LinkedData(kg, pages)

    @found.get("/id/<path:name>")
    def named(name: str) -> ResponseReturnValue:
        return response(resource.see_other(current_request(), f"id/{name}"))

    @found.get("/doc/<path:name>")
    def document(name: str) -> ResponseReturnValue:
        return response(resource.page(current_request(), kg.settings.base_iri + f"id/{name}"))

    @found.get("/data/<path:name>.<extension>")
    def data(name: str, extension: str) -> ResponseReturnValue:
        return response(resource.data(current_request(), kg.settings.base_iri + f"id/{name}", extension))

    @found.get("/doc")
    def any_document() -> ResponseReturnValue:
        incoming = current_request()
        return response(resource.page(incoming, _iri(incoming)))

    @found.get("/data")
    def any_data() -> ResponseReturnValue:
        incoming = current_request()
        return response(resource.data(incoming, _iri(incoming), dict(parameters(incoming.query_string)).get("format")))

    @found.get("/graph/<path:name>")
    def graph(name: str) -> ResponseReturnValue:
        return response(resource.whole(current_request(), f"graph/{name}"))

    return found


class LinkedData:
    """What stands behind the IRIs; each method answers a request."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    def see_other(self, incoming: Incoming, name: str) -> Reply:
        """303 to the page or the data about a thing, by what the client accepts."""
        asked, iri = memento.requested(self._kg, incoming), self._kg.settings.base_iri + name
        if not self._kg.knows(iri, asked.version, client=client(incoming, None)):
            raise missing(self._kg, iri, asked)
        path = name.removeprefix("id/")
        if wants_page(incoming):
            return _redirected(incoming, f"/doc/{path}")
        media_type = negotiation.graph_format(incoming.header("Accept"))
        extension = next(name for name, known in _EXTENSIONS.items() if known == media_type)
        return _redirected(incoming, f"/data/{path}.{extension}")

    def whole(self, incoming: Incoming, name: str) -> Reply:
        """303 to all statements of a named graph, or for a browser to what is said of the graph."""
        iri = self._kg.settings.base_iri + name
        if wants_page(incoming):
            query = f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 1000"
            return _redirected(incoming, "/sparql", ("query", query))
        return _redirected(incoming, "/rdf-graph-store", ("graph", iri))

    def page(self, incoming: Incoming, iri: str) -> Reply:
        """What the graph says of a thing, for people."""
        asked = memento.requested(self._kg, incoming)
        found = self._kg.thing(iri, asked.version, client=client(incoming, None))
        if found is None:
            raise missing(self._kg, iri, asked)
        language = language_of(incoming)[0]
        data = [(name, _data_url(iri, name, asked)) for name in _EXTENSIONS]
        links = signposts.of_page(found, {href: _EXTENSIONS[name] for name, href in data})
        return self._pages.render(
            "thing.html",
            incoming,
            etag_of=("thing", identity(asked.version), iri),
            headers=[*links, *memento.headers(asked, incoming.path, incoming.query_string)],
            thing=found,
            title=label_of(found.iri, found, language),
            name=lambda term: label_of(term, found, language),
            link=_link,
            why=lambda predicate, value: _why(found, predicate, value),
            correct=lambda predicate, value: _correct(found, predicate, value, language),
            data=data,
            own=[one for one in found.properties if not one.inverse and one.predicate.value.startswith(CNRS.iri)],
            standard=[
                one for one in found.properties if not one.inverse and not one.predicate.value.startswith(CNRS.iri)
            ],
            pointing=[one for one in found.properties if one.inverse and one.predicate != RDF("subject")],
            map=_map(found, language),
            related=self._related(iri, asked),
            structured=_structured(found, language),
            history=_history(found),
            feed=url("/feed", [("iri", iri)]) if _history(found) else None,
            embed=_embedding(public_url(self._kg), found, language),
            cite=url("/cite", [("iri", iri), *([("version", str(asked.version.number))] if asked.past else [])]),
        )

    def _related(self, iri: str, asked: memento.Asked) -> list[tuple[str, int, str]]:
        """The lists that a thing is a filter of: the list's name, how many are left, and where."""
        found = []
        for name, facets in _FILTERS:
            listing = self._kg.lists.listing(name, asked.version)
            for facet in facets:
                for value, count in listing.options(facet):
                    if value.iri == iri:
                        pairs = {facet: value.slug} | ({"version": str(asked.version.number)} if asked.past else {})
                        found.append((name, count, url(f"/{name}", pairs)))
        return found

    def data(self, incoming: Incoming, iri: str, format_: str | None) -> Reply:
        """What the graph says of a thing, as RDF."""
        media_type = negotiation.graph_format(incoming.header("Accept"), format_)
        asked = memento.requested(self._kg, incoming)

        def body() -> bytes:
            if not self._kg.knows(iri, asked.version, client=client(incoming, None)):
                raise missing(self._kg, iri, asked)
            if media_type != JSON_LD:
                return self._kg.description(iri, media_type, asked.version, client=client(incoming, None))
            triples = self._kg.description(iri, N_TRIPLES, asked.version, client=client(incoming, None))
            known = context(self._kg.references.of(asked.version).ontology)
            document = compact((quad.triple for quad in ox.parse(triples, ox.RdfFormat.N_TRIPLES)), known)
            return json.dumps(document, ensure_ascii=False, indent=1).encode()

        return tagged(
            incoming,
            ("data", identity(asked.version), iri),
            media_type,
            body,
            fresh="public, no-cache",
            headers=(
                *signposts.of_data(describe_url(iri)),
                *memento.headers(asked, incoming.path, incoming.query_string),
            ),
        )


def _data_url(iri: str, extension: str, asked: memento.Asked) -> str:
    """Where the data about a thing are, of the version that was asked for."""
    page, version = describe_url(iri), [("version", str(asked.version.number))] if asked.past else []
    if page.startswith("/doc/"):
        return url(f"/data/{page.removeprefix('/doc/')}.{extension}", version)
    return url("/data", [("iri", iri), ("format", extension), *version])


def _iri(incoming: Incoming) -> str:
    iri = dict(parameters(incoming.query_string)).get("iri")
    if not iri:
        raise BadRequest("No IRI was given", advice="Add ?iri= with the encoded IRI.")
    return iri


def _redirected(incoming: Incoming, path: str, *pairs: tuple[str, str]) -> Reply:
    """303 to a local URL, for the version that was asked for."""
    kept = [pair for pair in parameters(incoming.query_string) if pair[0] in ("version", "lang")]
    headers = (("Location", url(path, [*pairs, *kept])), ("Content-Length", "0"), ("Vary", "Accept, Accept-Datetime"))
    return Reply(303, (*headers, *security.CROSS_ORIGIN, *security.HEADERS))


def label_of(term: Term, found: Thing, language: str) -> str:
    """What a term is called on the page of a thing."""
    return found.label(term, language)


def _correct(found: Thing, predicate: ox.NamedNode, value: Term, language: str) -> str:
    """The form of a thing, with the statement that is to be corrected."""
    title = f"{label_of(found.iri, found, language)} – {label_of(predicate, found, language)}"
    about = {"title": title[:200], "message": f"{found.iri} {predicate} {value}"[:2000]}
    return url("/form", {"thing": found.iri.value, "property": predicate.value, "value": str(value)[:2000], **about})


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
    told["name"] = label_of(found.iri, found, language)
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
        (latitude, longitude, label_of(ox.NamedNode(iri), found, language), describe_url(iri))
        for iri, latitude, longitude in found.places
        if abs(latitude) <= 90 and abs(longitude) <= 180
    ]
    return atlas.of_points(points, found.countries) if points or found.countries else None


def _link(term: Term) -> str | None:
    return describe_url(term.value) if isinstance(term, ox.NamedNode) else None


def _why(found: Thing, predicate: ox.NamedNode, value: Term) -> str:
    return url("/explain", [("s", str(found.iri)), ("p", str(predicate)), ("o", str(value))])
