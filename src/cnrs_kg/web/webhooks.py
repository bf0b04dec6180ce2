"""`/webhooks`: who is told of what happens, and how that went, for curators."""

import json
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.submissions.permissions import require
from cnrs_kg.web import caching, security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, url
from cnrs_kg.web.rendering import Pages, page_wanted
from cnrs_kg.web.sign_in import who

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/webhooks"
SHOWN = 100


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The log of deliveries."""
    found = Blueprint("webhooks", __name__)

    @found.get(PATH)
    def log() -> ResponseReturnValue:
        return response(_log(kg, pages, current_request()))

    return found


def _log(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    found = who(kg, incoming)
    require(found.account, "curator", "The log of webhooks")
    hooks, deliveries = kg.settings.webhooks, kg.notices.deliveries.list(SHOWN)
    if page_wanted(incoming):
        sign_in = url("/sign-in", {"to": PATH})
        return pages.render(
            "webhooks.html", incoming, who=found, hooks=hooks, deliveries=deliveries, limit=SHOWN, sign_in=sign_in
        )
    told = {
        "webhooks": [{"name": hook.name, "host": hook.host, "events": list(hook.events)} for hook in hooks],
        "deliveries": [delivery.to_json() for delivery in deliveries],
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    content = (
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Vary", caching.VARY),
    )
    return Reply(200, (*content, *security.HEADERS), body)
