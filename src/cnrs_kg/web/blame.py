"""`/blame`: who published a statement, as a page or as JSON; a form without a statement."""

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.rdf.reading import read_predicate, read_term
from cnrs_kg.submissions.states import Action
from cnrs_kg.validation.excerpts import place_name
from cnrs_kg.web import caching, memento, security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import HTML, NotAcceptable, best
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.statements import Cell

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.submissions.blame import Blame, Origin

PATH, JSON = "/blame", "application/json"
_OFFERS = ((HTML, (HTML, "application/xhtml+xml")), (JSON, (JSON,)))
_NAMES = {"html": HTML, "json": JSON}


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resource that tells who published a statement."""
    found = Blueprint("blame", __name__)

    @found.get(PATH)
    def blame() -> ResponseReturnValue:
        return response(_answer(kg, pages, current_request()))

    return found


def _answer(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    pairs = parameters(incoming.query_string)
    asked = dict(pairs)
    if len(asked) != len(pairs):
        raise BadRequest("A parameter is given more than once")
    media_type = _media_type(asked.get("format"), incoming.header("Accept"))
    moment = memento.asked(kg, asked.get("version"), incoming.header("Accept-Datetime"))
    if not any(asked.get(name, "").strip() for name in "spo"):
        return pages.render("blame.html", incoming, asked=asked, blame=None, origins=(), cells=())
    missing = [name for name in "spo" if not asked.get(name, "").strip()]
    if missing:
        raise BadRequest(
            f"{', '.join(missing)}: missing", advice="A statement has a subject s, a predicate p, an object o."
        )
    statement = (read_term(asked["s"]), read_predicate(asked["p"]), read_term(asked["o"]))
    found = kg.blame(statement, version=moment.version)
    status = 200 if found.holds else 404
    if media_type == HTML:
        cells = _Cells(kg, found, moment, language_of(incoming)[0])
        origins = [_shown(cells, origin) for origin in (*found.origins, *found.withdrawn)]
        why = url("/explain", [(name, asked[name]) for name in ("s", "p", "o", "version") if name in asked])
        return pages.render(
            "blame.html",
            incoming,
            status=status,
            asked=asked,
            blame=found,
            origins=origins,
            cells=cells.of(found.statement),
            why=why,
        )
    body = json.dumps(found.to_json(), ensure_ascii=False).encode()
    headers = (
        ("Content-Type", JSON),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-cache"),
        ("Vary", caching.VARY),
        *security.CROSS_ORIGIN,
        *security.HEADERS,
    )
    return Reply(status, headers, body)


def _media_type(name: str | None, accept: str | None) -> str:
    if name is not None:
        if name not in _NAMES:
            raise NotAcceptable(f"format: {name[:80]!r} is neither html nor json", available=list(_NAMES))
        return _NAMES[name]
    chosen, _ = best(_OFFERS if accept and "html" in accept else _OFFERS[1:], accept or "")
    if chosen is None:
        raise NotAcceptable("Blame comes in none of the formats that you accept", available=list(_NAMES))
    return chosen


def _shown(cells: "_Cells", origin: "Origin") -> dict[str, Any]:
    submission = origin.submission
    return {
        "cells": cells.of(origin.statement),
        "origin": origin,
        "decision": None if submission is None else submission.decision(Action.ACCEPT),
        "place": None if origin.place is None else place_name(origin.place),
    }


class _Cells:
    """Statements of a blame, with the names of their terms in a language."""

    def __init__(self, kg: "KnowledgeGraph", found: "Blame", moment: memento.Asked, language: str) -> None:
        statements = (found.statement, *(origin.statement for origin in (*found.origins, *found.withdrawn)))
        iris = {term.value for one in statements for term in one if isinstance(term, ox.NamedNode)}
        self._known, self._language = kg.lists.known(iris, moment.version), language

    def of(self, statement: ox.Triple) -> list[Cell]:
        """Its terms."""
        return [Cell.of(term, self._called) for term in statement]

    def _called(self, iri: str) -> str | None:
        return self._known[iri].thing.label(self._language) if iri in self._known else None
