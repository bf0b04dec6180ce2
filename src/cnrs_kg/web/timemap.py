"""`/timemap/…`: the mementos of a thing, a graph, a query or a list, of all that is answered from a version.

https://www.rfc-editor.org/rfc/rfc7089#section-5 and https://www.rfc-editor.org/rfc/rfc6690; as JSON in the form that
http://timetravel.mementoweb.org/guide/api/ gives it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.lists import KINDS
from cnrs_kg.browsing.saved import saved_queries
from cnrs_kg.submissions.proposal import named
from cnrs_kg.web import memento, negotiation, security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.memento import LINK_FORMAT, TIMEMAP
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.service_description import public_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

JSON = "application/json"
_FORMS = {"link": LINK_FORMAT, "json": JSON}
_WHOLE = {"sparql", "explain", "ontology", "shapes", "context", "catalog", ".well-known/void", *KINDS}
Links = Sequence[tuple[str, str, "Version"]]


def blueprint(kg: "KnowledgeGraph") -> Blueprint:
    """The resource for each other one."""
    found = Blueprint("timemap", __name__)

    @found.get(f"{TIMEMAP}/<path:name>")
    def timemap(name: str) -> ResponseReturnValue:
        return response(_answer(kg, current_request(), name))

    return found


def _answer(kg: "KnowledgeGraph", incoming: Incoming, name: str) -> Reply:
    form, _, rest = name.partition("/")
    if form in _FORMS:
        media_type, name = _FORMS[form], rest
    else:
        offers = [(known, (known,)) for known in _FORMS.values()]
        chosen = negotiation.best(offers, incoming.header("Accept") or "")[0]
        if chosen is None:
            raise negotiation.not_acceptable(incoming.header("Accept") or "", offers)
        media_type = chosen
    if moved := _elsewhere(kg, name):
        headers = (("Location", moved), ("Content-Length", "0"), *security.CROSS_ORIGIN, *security.HEADERS)
        return Reply(303, headers)
    versions = _versions(kg, name, dict(parameters(incoming.query_string)))
    found = _TimeMap(public_url(kg), f"/{name}", incoming.query_string, versions)
    state = ("timemap", name, incoming.query_string, found.public, *(version.number for version in versions))
    return tagged(incoming, state, media_type, found.json if media_type == JSON else found.links)


def _elsewhere(kg: "KnowledgeGraph", name: str) -> str | None:
    """The TimeMap of what the IRI of a thing or a graph leads to."""
    kind, _, rest = name.partition("/")
    if kind == "graph" and rest:
        return url(f"{TIMEMAP}/rdf-graph-store", {"graph": kg.settings.base_iri + name})
    return url(f"{TIMEMAP}/doc/{rest}", []) if kind == "id" and rest else None


def _versions(kg: "KnowledgeGraph", name: str, options: Mapping[str, str]) -> Sequence["Version"]:
    """The versions in which there is something; `NotFound` if there is no such resource."""
    kind, _, rest = name.partition("/")
    known = memento.askable(kg)
    if kind in ("doc", "data", "card"):
        if iri := options.get("iri") if not rest else kg.settings.base_iri + "id/" + _without_format(kind, rest):
            return _of_thing(kg, iri, known)
    elif name == "rdf-graph-store" and options.get("graph"):
        changed = kg.history.of_graph(named(options["graph"]))
        if changed:
            return [version for version in known if version.number >= changed[-1].number]
    elif name in _WHOLE or name == "rdf-graph-store" or (kind == "api" and rest in saved_queries()):
        return known
    raise NotFound(f"There is no timemap of /{name[:200]}", advice="Ask for that of a page, data, a graph or a query.")


def _without_format(kind: str, rest: str) -> str:
    return rest.rpartition(".")[0] if kind == "data" else rest


def _of_thing(kg: "KnowledgeGraph", iri: str, known: Sequence["Version"]) -> Sequence["Version"]:
    """The versions that assert something of a thing; all of them where none does, but one names it."""
    counts = kg.history.presence(named(iri))
    if not counts:
        if not kg.knows(iri):
            raise NotFound(f"Nothing was ever published about <{iri}>", advice="Look for it by a name: /search.")
        return known
    found, there = [], 0
    changes = sorted(counts)
    for version in known:
        while changes and changes[0] <= version.number:
            there = counts[changes.pop(0)]
        if there:
            found.append(version)
    return found


@dataclass(frozen=True)
class _TimeMap:
    public: str
    path: str
    query_string: str
    versions: Sequence["Version"]

    @property
    def original(self) -> str:
        """The resource, which is its own TimeGate."""
        kept = [field for field in self.query_string.split("&") if field and not field.startswith("version=")]
        return self.public + memento.located(self.path, kept)

    def at(self, version: "Version") -> str:
        """The memento of a version."""
        return f"{self.original}{'&' if '?' in self.original else '?'}version={version.number}"

    def own(self, form: str) -> str:
        """Where this TimeMap is in a format."""
        return f"{self.public}{TIMEMAP}/{form}{self.original.removeprefix(self.public)}"

    def links(self) -> bytes:
        """In the link format."""
        return (",\n".join(self._links()) + "\n").encode()

    def _links(self) -> Iterator[str]:
        yield f'<{self.original}>; rel="original timegate"'
        moments = [memento.http_date_of(version.created) for version in self.versions]
        span = f'; from="{moments[0]}"; until="{moments[-1]}"' if moments else ""
        yield f'<{self.own("link")}>; rel="self"; type="{LINK_FORMAT}"{span}'
        yield f'<{self.own("json")}>; rel="alternate"; type="{JSON}"'
        last = len(self.versions) - 1
        for place, (version, moment) in enumerate(zip(self.versions, moments, strict=True)):
            relation = " ".join(name for name, at in (("first", 0), ("last", last)) if place == at)
            yield f'<{self.at(version)}>; rel="{f"{relation} memento".strip()}"; datetime="{moment}"'

    def json(self) -> bytes:
        """As JSON."""
        every = [self._told(version) for version in self.versions]
        ends = {"first": every[0], "last": every[-1]} if every else {}
        told: dict[str, Any] = {
            "original_uri": self.original,
            "timegate_uri": self.original,
            "timemap_uri": {"link_format": self.own("link"), "json_format": self.own("json")},
            "mementos": {**ends, "list": every},
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def _told(self, version: "Version") -> dict[str, str]:
        return {"datetime": version.to_json()["created"], "uri": self.at(version)}
