"""`/conflicts`: where records of one thing disagree, by what they disagree on; the answers of saved queries."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.saved import saved_queries
from cnrs_kg.rdf.namespaces import DCTERMS, SKOS
from cnrs_kg.submissions.proposal import named
from cnrs_kg.web import api, memento
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.paging import Paged
from cnrs_kg.web.rendering import Pages, language_of, page_wanted
from cnrs_kg.web.sign_in import see_other
from cnrs_kg.web.sparql import client, identity
from cnrs_kg.web.terms import describe_url, short

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

PATH = "/conflicts"
KINDS = ("founded", "names", "places", "parents")
Row = dict[str, str]


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The list."""
    found = Blueprint("conflicts", __name__)

    @found.get(PATH)
    def listed() -> ResponseReturnValue:
        return response(_answer(kg, pages, current_request()))

    return found


def rows(kg: "KnowledgeGraph", kind: str, version: "Version", asking: str = "") -> list[Row]:
    """The disagreements of a kind in a version."""
    answer = kg.query(saved_queries()[f"conflicts-{kind}"].text, version=version, client=asking)
    solutions = json.loads(answer.read())["results"]["bindings"]
    return [{name: term["value"] for name, term in one.items()} for one in solutions]


def _answer(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    pairs = dict(parameters(incoming.query_string))
    kind = pairs.get("about") or KINDS[0]
    if kind not in KINDS:
        raise BadRequest(
            f"about: {kind[:40]!r} is nothing that records disagree on", advice=f"One of: {', '.join(KINDS)}."
        )
    if not page_wanted(incoming):
        passed = {name: text for name, text in pairs.items() if name in ("version", "limit", "offset")}
        return see_other(url(f"{api.PATH}/conflicts-{kind}", passed | {"format": "json"}))
    asked = memento.asked(kg, pairs.get("version") or None, incoming.header("Accept-Datetime"))
    language, asking = language_of(incoming)[0], client(incoming, None)
    kept = {"about": kind} | ({"version": pairs["version"]} if pairs.get("version") else {})
    paged = Paged.of(rows(kg, kind, asked.version, asking), pairs.get("page"), PATH, list(kept.items()))
    names = _names(kg, paged.items, asked.version, language, asking)
    return pages.render(
        "conflicts.html",
        incoming,
        status=404 if paged.beyond else 200,
        etag_of=None if paged.beyond else ("conflicts", identity(asked.version), tuple(sorted(pairs.items()))),
        headers=memento.headers(asked, PATH, PATH, moved=False),
        paged=paged,
        kind=kind,
        kinds=[(one, url(PATH, kept | {"about": one})) for one in KINDS],
        name=lambda iri: names.get(iri) or short(iri),
        describe=describe_url,
        downloads=[(form, url(f"{api.PATH}/conflicts-{kind}", {"format": form})) for form in ("csv", "xlsx", "json")],
        sparql=url("/sparql", {"query": saved_queries()[f"conflicts-{kind}"].text}),
    )


def _names(
    kg: "KnowledgeGraph", found: Iterable[Row], version: "Version", language: str, asking: str
) -> Mapping[str, str]:
    """What the things, and the sources, of these rows are called: in the language, else in any."""
    iris = {iri for row in found for name in ("thing", "other") for iri in [row[name]]}
    iris |= {iri for row in found for name in ("source", "otherSource") for iri in row[name].split(" | ")}
    values = " ".join(sorted(str(named(iri)) for iri in iris))
    text = f"SELECT ?t ?l {{ VALUES ?t {{ {values} }} ?t {SKOS('prefLabel')}|{DCTERMS('title')} ?l }}"
    names: dict[str, str] = {}
    for one in json.loads(kg.query(text, version=version, client=asking).read())["results"]["bindings"]:
        iri, label = one["t"]["value"], one["l"]
        if label.get("xml:lang") == language or iri not in names:
            names[iri] = label["value"]
    return names
