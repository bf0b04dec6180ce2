"""`/federation`: the registries, their last harvests, the links between them, and where they disagree."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.errors import QueryError
from cnrs_kg.federation.linking.links import Standing
from cnrs_kg.web import conflicts, memento
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply
from cnrs_kg.web.rendering import Pages, language_of, page_wanted
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.sparql import client

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

PATH, JSON = "/federation", "application/json"


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The page."""
    found = Blueprint("federation", __name__)

    @found.get(PATH)
    def status() -> ResponseReturnValue:
        return response(_answer(kg, pages, current_request()))

    return found


def _answer(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    states, links = kg.registries.states(), kg.registries.links.between()
    version = memento.asked(kg, None, None).version
    counts = _counts(kg, version, client(incoming, None))
    if page_wanted(incoming):
        return pages.render(
            "federation.html",
            incoming,
            states=states,
            failed=[one for one in states if one.attempt is not None and one.attempt.outcome in ("failed", "refused")],
            links=links,
            standings=list(Standing),
            conflicts=counts,
            moment=datetime.fromisoformat,
            title=lambda one: one.title.get(language_of(incoming)[0]) or next(iter(one.title.values())),
        )
    told = {
        "version": version.number,
        "registries": [one.to_json() for one in states],
        "links": [
            {"subjects": ends[0], "objects": ends[1], **{one.value: found[one] for one in Standing}}
            for ends, found in links.items()
        ],
        "conflicts": counts,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    return tagged(incoming, (body,), JSON, lambda: body)


def _counts(kg: "KnowledgeGraph", version: "Version", asking: str) -> dict[str, int | None]:
    """How many disagreements of each kind there are, counted at once."""
    with ThreadPoolExecutor(len(conflicts.KINDS)) as threads:
        found = threads.map(lambda kind: _count(kg, kind, version, asking), conflicts.KINDS)
        return dict(zip(conflicts.KINDS, found, strict=True))


def _count(kg: "KnowledgeGraph", kind: str, version: "Version", asking: str) -> int | None:
    """How many disagreements of a kind there are; None if they could not be counted in the time of a query."""
    try:
        return len(conflicts.rows(kg, kind, version, asking))
    except QueryError:
        return None
