"""`/federation`: the registries, their last harvests, the links between them, and where they disagree."""

import json
from collections.abc import Mapping
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
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.rendering import Pages, language_of, page_wanted
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.sparql import client, identity

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
    "https://www.etalab.gouv.fr/licence-ouverte-open-licence/": "Licence Ouverte 2.0",
}
"""What people call a licence, by its IRI."""
PATH, JSON = "/federation", "application/json"


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The page."""
    found, resource = Blueprint("federation", __name__), Resource(kg, pages)

    @found.get(PATH)
    def status() -> ResponseReturnValue:
        return response(resource.get(current_request()))

    return found


class Resource:
    """Answers requests for the status."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages, self._counted = kg, pages, _Counted(kg)

    def get(self, incoming: Incoming) -> Reply:
        """The page at once, with the conflicts as far as they were counted; for programs all of it."""
        states, links = self._kg.registries.states(), self._kg.registries.links.between()
        version = memento.asked(self._kg, None, None).version
        if page_wanted(incoming):
            wanted = dict(parameters(incoming.query_string)).get("counted") == "true"
            return self._pages.render(
                "federation.html",
                incoming,
                states=states,
                failed=[one for one in states if one.attempt and one.attempt.outcome in ("failed", "refused")],
                links=links,
                standings=list(Standing),
                kinds=conflicts.KINDS,
                licences=LICENCES,
                conflicts=self._counted.of(version, client(incoming, None)) if wanted else self._counted.known(version),
                counting=url(PATH, {"counted": "true"}),
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
            "conflicts": self._counted.of(version, client(incoming, None)),
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        return tagged(incoming, (body,), JSON, lambda: body, headers=[memento.modified(version.created)])


class _Counted:
    """How many disagreements of each kind a version has; what was counted last is kept."""

    def __init__(self, kg: "KnowledgeGraph") -> None:
        self._kg = kg
        self._last: tuple[object, Mapping[str, int | None]] = (None, {})

    def known(self, version: "Version") -> Mapping[str, int | None] | None:
        """The counts, if they are known."""
        whose, counts = self._last
        return counts if whose == identity(version) else None

    def of(self, version: "Version", asking: str) -> Mapping[str, int | None]:
        """The counts, counted at once where they are not known, which takes seconds on a large graph."""
        found = self.known(version)
        if found is None:
            with ThreadPoolExecutor(len(conflicts.KINDS)) as threads:
                counts = threads.map(lambda kind: self._count(kind, version, asking), conflicts.KINDS)
                found = dict(zip(conflicts.KINDS, counts, strict=True))
            if None not in found.values():
                self._last = identity(version), found
        return found

    def _count(self, kind: str, version: "Version", asking: str) -> int | None:
        """How many there are of a kind; None if they could not be counted in the time of a query."""
        try:
            return len(conflicts.rows(self._kg, kind, version, asking))
        except QueryError:
            return None
