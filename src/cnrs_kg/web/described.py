"""The graph described: `/.well-known/void`, `/catalog`, `/dumps/`, and what crawlers and language models look for."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.lists import KINDS
from cnrs_kg.publishing import described
from cnrs_kg.publishing.dumps import Dump
from cnrs_kg.rdf.formats import RDF_FORMATS
from cnrs_kg.rdf.namespaces import ID, readable
from cnrs_kg.rdf.writing import grouped, serialised
from cnrs_kg.web import memento, negotiation, security, signposts
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.problems import NotFound, wants_page
from cnrs_kg.web.rendering import Pages, page_wanted
from cnrs_kg.web.replies import file, tagged
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.terms import describe_url, short

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

VOID, CATALOG, DUMPS = "/.well-known/void", "/catalog", "/dumps/"
LISTS = ("units", "offices", "partners", "institutes", "countries")
URLS = 40_000
"""Addresses in one file of the sitemap, which may have 50,000 (https://www.sitemaps.org/protocol.html)."""
SHOWN = 40
"""Classes and properties that the page counts; the others are in the VoID description."""

_ROBOTS = """User-agent: *
Disallow: /sparql
Disallow: /rdf-graph-store
Disallow: /explain
Disallow: /blame
Disallow: /validate
Disallow: /submissions
Disallow: /links
Disallow: /conflicts
Disallow: /federation
Disallow: /search
Disallow: /cite
Disallow: /facts
Disallow: /card
Disallow: /oembed
Disallow: /dumps/

Sitemap: {public}/sitemap.xml
"""
Make = Callable[[str, "Version"], list[ox.Triple]]


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resources that describe the graph."""
    found, resource = Blueprint("described", __name__), Resources(kg, pages)
    answers: Mapping[str, Callable[..., Reply]] = {
        VOID: resource.void,
        CATALOG: resource.catalog,
        "/robots.txt": resource.robots,
        "/llms.txt": resource.llms,
        "/sitemap.xml": resource.sitemap,
        "/sitemap-<int:number>.xml": resource.addresses,
        DUMPS: resource.dumps,
        f"{DUMPS}<version>/<name>": resource.dump,
    }
    for rule, answer in answers.items():
        found.add_url_rule(rule, answer.__name__, _view(answer))
    return found


def _view(answer: Callable[..., Reply]) -> Callable[..., ResponseReturnValue]:
    def view(**options: Any) -> ResponseReturnValue:
        return response(answer(current_request(), **options))

    return view


class Resources:
    """Answers about the graph as a whole."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    def void(self, incoming: Incoming) -> Reply:
        """The VoID description; a browser is led to the page."""
        if _name(incoming) is None and wants_page(incoming):
            return Reply(303, (("Location", CATALOG), ("Vary", "Accept"), *security.HEADERS))
        return self._rdf(incoming, self._kg.publication.void)

    def catalog(self, incoming: Incoming) -> Reply:
        """The DCAT-AP catalogue, or a page with what the graph holds and how to take it."""
        name = _name(incoming)
        if name == "html" or (name is None and wants_page(incoming)):
            return self._page(incoming)
        return self._rdf(incoming, self._kg.publication.catalog)

    def robots(self, incoming: Incoming) -> Reply:
        """What crawlers should leave alone: what is computed at each request."""
        return _text(incoming, _ROBOTS.format(public=public_url(self._kg)), "text/plain; charset=utf-8")

    def llms(self, incoming: Incoming) -> Reply:
        """The graph in a nutshell, for language models (https://llmstxt.org/)."""
        version = memento.requested(self._kg, incoming).version
        text = self._pages.text(
            "llms.md",
            title=described.TITLE["en"],
            description=described.DESCRIPTION["en"],
            public=public_url(self._kg),
            ids=ID.iri,
            number=version.number,
            day=version.created.date().isoformat(),
            statements=f"{version.statements:,}",
            inferred=f"{version.inferred:,}",
        )
        return _text(incoming, text, "text/markdown; charset=utf-8")

    def sitemap(self, incoming: Incoming) -> Reply:
        """The index of the sitemap's files."""
        version = memento.requested(self._kg, incoming).version
        count = -(-len(self._kg.publication.addresses(version)) // URLS)
        day, public = version.created.date().isoformat(), public_url(self._kg)
        entries = (
            f"<sitemap><loc>{escape(public)}/sitemap-{number}.xml</loc><lastmod>{day}</lastmod></sitemap>"
            for number in range(count + 1)
        )
        return _xml(incoming, "sitemapindex", entries)

    def addresses(self, incoming: Incoming, number: int) -> Reply:
        """A file of the sitemap: the pages that lists are on, then those about things."""
        version, public = memento.requested(self._kg, incoming).version, escape(public_url(self._kg))
        if number == 0:
            paths = [
                "/",
                *(f"/{name}" for name in KINDS),
                CATALOG,
                "/ontology",
                "/shapes",
            ]
        else:
            things = self._kg.publication.addresses(version)[(number - 1) * URLS : number * URLS]
            paths = [describe_url(thing) for thing in things]
        if not paths:
            raise NotFound("The sitemap has no such file", advice="Its files are listed in /sitemap.xml.")
        return _xml(incoming, "urlset", (f"<url><loc>{public}{escape(path)}</loc></url>" for path in paths))

    def dumps(self, incoming: Incoming) -> Reply:
        """The dumps that there are, newest version first; a browser is led to the page."""
        if not page_wanted(incoming):
            kept = [version for version in self._kg.history.list() if version.kept]
            told = [_dump(dump) for version in kept for dump in self._kg.publication.dumps.of(version)]
            return _text(incoming, json.dumps(told, ensure_ascii=False), "application/json")
        return Reply(303, (("Location", f"{CATALOG}#dumps"), ("Vary", "Accept"), *security.HEADERS))

    def dump(self, incoming: Incoming, version: str, name: str) -> Reply:
        """A dump; `latest` leads to that of the current version."""
        if version == "latest":
            number = memento.requested(self._kg, incoming).version.number
            return Reply(303, (("Location", f"{DUMPS}{number}/{url(name, [])}"), ("Cache-Control", "no-cache")))
        known = self._kg.history.version(memento.version_number(version))
        made = self._kg.publication.dumps.made(known, name)
        if made is None:
            names = [dump.name for dump in self._kg.publication.dumps.of(known)]
            raise NotFound(f"There is no dump {name[:80]}", advice=f"There are {', '.join(names)}.")
        dump, path = made
        last = [memento.modified(known.created)]
        return file(
            incoming, path, dump.compression or dump.media_type, f"version-{version}-{name}", dump.sha256 or "", last
        )

    def _page(self, incoming: Incoming) -> Reply:
        asked = memento.requested(self._kg, incoming)
        version = asked.version
        dumps = self._kg.publication.dumps.of(version)
        graphs, found = self._kg.named_graphs(version), self._kg.publication.statistics(version)
        order = sorted(found.properties, key=lambda one: -one.triples)
        query = "SELECT * {{ GRAPH <{}> {{ ?s ?p ?o }} }} LIMIT 1000"
        return self._pages.render(
            "catalog.html",
            incoming,
            etag_of=("catalog", version.number, version.digest, version.created, dumps),
            headers=[
                *_links(public_url(self._kg)),
                *signposts.of_collection((dump.path, dump.compression or dump.media_type) for dump in dumps),
                *memento.headers(asked, incoming.path, incoming.query_string),
            ],
            version=version,
            dumps=dumps,
            found=found,
            graphs=[(graph, short(graph.iri), url("/sparql", {"query": query.format(graph.iri)})) for graph in graphs],
            classes=[
                (readable(iri), describe_url(iri), count)
                for iri, count in sorted(found.classes, key=lambda one: -one[1])
            ][:SHOWN],
            properties=[(readable(one.property), describe_url(one.property), one) for one in order][:SHOWN],
            linksets=[(readable(link.property), link) for link in found.linksets],
            formats=[syntax.name for syntax in RDF_FORMATS if not syntax.datasets],
            description=described.DESCRIPTION,
            maintainers=described.MAINTAINERS,
        )

    def _rdf(self, incoming: Incoming, make: Make) -> Reply:
        media_type = negotiation.graph_format(incoming.header("Accept"), _name(incoming))
        asked, public = memento.requested(self._kg, incoming), public_url(self._kg)
        version = asked.version
        dumps = self._kg.publication.dumps.of(version)
        state = (incoming.path, version.number, version.digest, version.created, dumps, public)
        told = (*_links(public), *memento.headers(asked, incoming.path, incoming.query_string))
        return tagged(
            incoming,
            tuple(map(str, state)),
            media_type,
            lambda: serialised(grouped(make(public, version)), media_type, described.PREFIXES),
            fresh="public, no-cache",
            headers=told,
        )


def _name(incoming: Incoming) -> str | None:
    return dict(parameters(incoming.query_string)).get("format")


def _links(public: str) -> Sequence[tuple[str, str]]:
    return (("Link", f'<{public}{VOID}>; rel="describedby"'), ("Link", f'<{described.LICENCE.value}>; rel="license"'))


def _dump(dump: Dump) -> dict[str, Any]:
    return {
        "version": dump.number,
        "name": dump.name,
        "title": dump.title,
        "mediaType": dump.media_type,
        "href": f"/{dump.path}",
        "size": dump.size,
        "sha256": dump.sha256,
    }


def _xml(incoming: Incoming, root: str, entries: Any) -> Reply:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return _text(incoming, head + "\n".join(entries) + f"\n</{root}>\n", "application/xml")


def _text(incoming: Incoming, text: str, media_type: str) -> Reply:
    return tagged(incoming, (text,), media_type, text.encode)
