"""`/links`: links between records, those that a curator has to look at first, for programs and for people."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.federation.linking.links import Standing
from cnrs_kg.web import caching, security, sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.link_pages import PATH, LinkPages
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.problems import Refused, wants_page
from cnrs_kg.web.rendering import Pages, page_wanted
from cnrs_kg.web.sign_in import see_other, who

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

JSON = "application/json"
DECISIONS = {
    "accept": (Standing.ACCEPTED, False),
    "close": (Standing.ACCEPTED, True),
    "reject": (Standing.REJECTED, False),
}
"""What a form or a program may decide, and whether the two records are then only nearly the same."""


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The list, the review of a link, and what is decided."""
    found, resource = Blueprint("links", __name__), Links(kg, LinkPages(kg, pages))

    @found.get(PATH)
    def listed() -> ResponseReturnValue:
        return response(resource.list(current_request()))

    @found.get(f"{PATH}/<name>")
    def show(name: str) -> ResponseReturnValue:
        return response(resource.show(current_request(), name))

    answers: dict[str, Callable[[Incoming, str], Reply]] = {
        action: partial(resource.decide, action) for action in DECISIONS
    }
    for action, answer in (answers | {"later": resource.later}).items():
        found.add_url_rule(f"{PATH}/<name>/{action}", action, _view(answer), methods=["POST"])
    return found


def _view(answer: Callable[[Incoming, str], Reply]) -> Callable[..., ResponseReturnValue]:
    def view(name: str) -> ResponseReturnValue:
        return response(answer(current_request(), name))

    return view


@dataclass(frozen=True)
class Links:
    """The resources below `/links`; each method answers a request."""

    kg: "KnowledgeGraph"
    pages: LinkPages

    def list(self, incoming: Incoming) -> Reply:
        """The links by what became of them, a page at a time; for programs all of them."""
        found_who, standing = who(self.kg, incoming), _standing(incoming)
        every = self.kg.registries.links.all().values()
        found = [one for one in every if standing in (None, one.standing)]
        if page_wanted(incoming):
            return self.pages.listed(incoming, found_who, found, standing)
        return _json([one.to_json() for one in found])

    def show(self, incoming: Incoming, name: str) -> Reply:
        """A link, with both records side by side."""
        found_who, found = who(self.kg, incoming), self.kg.registries.links.get(name)
        if page_wanted(incoming):
            return self.pages.review(incoming, found_who, found)
        return _json(found.to_json())

    def decide(self, action: str, incoming: Incoming, name: str) -> Reply:
        """A curator's decision published; a browser is led to the next link to review."""
        found_who = who(self.kg, incoming)
        fields = sent.fields(incoming)
        found_who.check(fields)
        standing, close = DECISIONS[action]
        done = self.kg.registries.links.decide(name, standing, found_who.account, fields.get("reason"), close=close)
        if not done.outcome.conforms:
            raise Refused("The decision does not conform, so nothing was changed", verdict=done.outcome.to_json())
        if wants_page(incoming):
            return self._next(name)
        version = done.outcome.version
        return _json(done.links[0].to_json() | {"version": version.number if version else None})

    def later(self, incoming: Incoming, name: str) -> Reply:
        """The next link to review; this one comes again after the last."""
        who(self.kg, incoming).check(sent.fields(incoming))
        self.kg.registries.links.get(name)
        return self._next(name)

    def _next(self, name: str) -> Reply:
        following = self.kg.registries.links.after(name)
        if following is None:
            return see_other(url(PATH, {"after": name}))
        return see_other(url(f"{PATH}/{following.slug}", {"after": name}))


def _standing(incoming: Incoming) -> Standing | None:
    text = dict(parameters(incoming.query_string)).get("standing")
    if not text:
        return None
    try:
        return Standing(text)
    except ValueError:
        raise BadRequest(
            f"standing: {text[:40]!r} is nothing that becomes of a link", advice=f"One of: {', '.join(Standing)}."
        ) from None


def _json(found: object, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    body = json.dumps(found, ensure_ascii=False).encode()
    content = (("Content-Type", JSON), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"))
    return Reply(200, (*content, ("Vary", caching.VARY), *headers, *security.CROSS_ORIGIN, *security.HEADERS), body)
