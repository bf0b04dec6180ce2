"""`/ldes`: the changes of the graph as a Linked Data Event Stream."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.publishing.stream import PREFIXES, Node
from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.writing import serialised
from cnrs_kg.web import memento, negotiation
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, parameters
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.replies import FOR_EVER, tagged
from cnrs_kg.web.service_description import public_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/ldes"
_OFFERS = [
    (rdf_syntax(name).media_type, (rdf_syntax(name).media_type, *rdf_syntax(name).aliases))
    for name in ("trig", "nquads", "jsonld")
]
_PLAIN = [*_OFFERS, *((rdf_syntax(name).media_type, (rdf_syntax(name).media_type,)) for name in ("turtle", "ntriples"))]
"""What holds no graph: the nodes without members."""


def blueprint(kg: "KnowledgeGraph") -> Blueprint:
    """The stream's nodes."""
    found = Blueprint("stream", __name__)

    def serve(make: Callable[[str], Node | None], *, members: bool = False) -> ResponseReturnValue:
        return response(_answer(kg, current_request(), make, members=members))

    @found.get(PATH)
    def root() -> ResponseReturnValue:
        return serve(kg.publication.stream.root)

    @found.get(f"{PATH}/from/<int:first>")
    def block(first: int) -> ResponseReturnValue:
        return serve(lambda public: kg.publication.stream.block(public, first))

    @found.get(f"{PATH}/<int:number>/<int:page>")
    def page(number: int, page: int) -> ResponseReturnValue:
        return serve(lambda public: kg.publication.stream.page(public, number, page), members=True)

    return found


def _answer(kg: "KnowledgeGraph", incoming: Incoming, make: Callable[[str], Node | None], *, members: bool) -> Reply:
    media_type, public = _media_type(incoming, members=members), public_url(kg)
    node = make(public)
    if node is None:
        raise NotFound("The stream has no such page", advice=f"Begin with {PATH} and follow its relations.")
    body = serialised(node.quads, media_type, PREFIXES)
    fresh = FOR_EVER if node.closed else "public, no-cache"
    headers = [memento.modified(node.newest.created)] if node.newest else []
    return tagged(incoming, (body,), media_type, lambda: body, fresh=fresh, vary="Accept", headers=headers)


def _media_type(incoming: Incoming, *, members: bool) -> str:
    name = dict(parameters(incoming.query_string)).get("format")
    accept = incoming.header("Accept") or ""
    offers = _OFFERS if members else _PLAIN
    chosen = negotiation.rdf_name(name) if name is not None else negotiation.best(offers, accept)[0]
    if name is None and chosen is None and "text/html" in accept:
        return _OFFERS[0][0]
    if chosen is None or chosen not in [offer for offer, _ in offers]:
        raise negotiation.not_acceptable(name or accept, offers)
    return chosen
