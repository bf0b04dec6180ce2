"""Linked data: IRIs of ours lead to a page or data about what they name; both exist for any IRI that the graph knows.

https://www.w3.org/TR/cooluris/#r303gendocument: `/id/…` names a thing and redirects to `/doc/…` or `/data/….ttl`.
"""

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.engine.requests import N_TRIPLES
from cnrs_kg.rdf.namespaces import CNRS, IN_DOCUMENTS, RDF
from cnrs_kg.rdf.writing import serialised
from cnrs_kg.submissions.proposal import named
from cnrs_kg.vocabulary.json_ld import compact, context
from cnrs_kg.web import facts, memento, negotiation, security, signposts
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.missing import missing
from cnrs_kg.web.problems import wants_page
from cnrs_kg.web.rendering import Pages
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.sparql import client, identity
from cnrs_kg.web.terms import describe_url
from cnrs_kg.web.thing_page import FORMATS, ThingPage

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

JSON_LD = "application/ld+json"


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resources that IRIs of ours lead to."""
    found, resource = Blueprint("linked_data", __name__), LinkedData(kg)
    page, values = ThingPage(kg, pages), facts.FactsPage(kg, pages)

    @found.get("/id/<path:name>")
    def named(name: str) -> ResponseReturnValue:
        return response(resource.see_other(current_request(), f"id/{name}"))

    @found.get("/doc/<path:name>")
    def document(name: str) -> ResponseReturnValue:
        return response(page(current_request(), kg.settings.base_iri + f"id/{name}"))

    @found.get("/data/<path:name>.<extension>")
    def data(name: str, extension: str) -> ResponseReturnValue:
        return response(resource.data(current_request(), kg.settings.base_iri + f"id/{name}", extension))

    @found.get("/doc")
    def any_document() -> ResponseReturnValue:
        incoming = current_request()
        return response(page(incoming, _iri(incoming)))

    @found.get(facts.PATH)
    def all_facts() -> ResponseReturnValue:
        return response(values(current_request()))

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

    def __init__(self, kg: "KnowledgeGraph") -> None:
        self._kg = kg

    def see_other(self, incoming: Incoming, name: str) -> Reply:
        """303 to the page or the data about a thing, by what the client accepts."""
        asked, iri = memento.requested(self._kg, incoming), self._kg.settings.base_iri + name
        if not self._kg.knows(iri, asked.version, client=client(incoming, None)):
            raise missing(self._kg, iri, asked)
        path = name.removeprefix("id/")
        if wants_page(incoming):
            return _redirected(incoming, f"/doc/{path}")
        media_type = negotiation.graph_format(incoming.header("Accept"))
        extension = next(name for name, known in FORMATS.items() if known == media_type)
        return _redirected(incoming, f"/data/{path}.{extension}")

    def whole(self, incoming: Incoming, name: str) -> Reply:
        """303 to all statements of a named graph, or for a browser to what is said of the graph."""
        asked, iri = memento.requested(self._kg, incoming), named(self._kg.settings.base_iri + name).value
        found = self._kg.query(
            "ASK { ?s ?p ?o }", default_graphs=(iri,), version=asked.version, client=client(incoming, None)
        )
        if not json.loads(found.read())["boolean"]:
            raise missing(self._kg, iri, asked)
        if wants_page(incoming):
            query = f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 1000"
            return _redirected(incoming, "/sparql", ("query", query))
        return _redirected(incoming, "/rdf-graph-store", ("graph", iri))

    def data(self, incoming: Incoming, iri: str, format_: str | None) -> Reply:
        """What the graph says of a thing, as RDF."""
        media_type = negotiation.graph_format(incoming.header("Accept"), format_)
        asked = memento.requested(self._kg, incoming)

        def body() -> bytes:
            if not self._kg.knows(iri, asked.version, client=client(incoming, None)):
                raise missing(self._kg, iri, asked)
            told = self._kg.description(iri, N_TRIPLES, asked.version, client=client(incoming, None))
            if media_type == N_TRIPLES:
                return told
            triples = [quad.triple for quad in ox.parse(told, ox.RdfFormat.N_TRIPLES)]
            if media_type == JSON_LD:
                document = compact(triples, context(self._kg.references.of(asked.version).ontology))
                return json.dumps(document, ensure_ascii=False, indent=1).encode()
            return serialised(sorted(triples, key=_in_order), media_type, IN_DOCUMENTS)

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


def _in_order(triple: ox.Triple) -> tuple[str, bool, bool, str, str]:
    """By subject: what it is, what is said in terms of ours, then in those of others."""
    predicate = triple.predicate
    others = not predicate.value.startswith(CNRS.iri)
    return str(triple.subject), predicate != RDF("type"), others, predicate.value, str(triple.object)


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
