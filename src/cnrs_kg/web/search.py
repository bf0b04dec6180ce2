"""`/search` and `/search/complete`: things by their names, as a page or as JSON."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.index import Hit
from cnrs_kg.browsing.search import Found
from cnrs_kg.rdf.namespaces import CNRS
from cnrs_kg.web import caching, security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.paging import Paged
from cnrs_kg.web.rendering import Pages, language_of, page_wanted
from cnrs_kg.web.terms import describe_url, short

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH, COMPLETE = "/search", "/search/complete"
JSON = "application/json"
LONGEST, SUGGESTIONS = 200, 8


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The search box's resources."""
    found = Blueprint("search", __name__)

    @found.get(PATH)
    def search() -> ResponseReturnValue:
        return response(_search(kg, pages, current_request()))

    @found.get(COMPLETE)
    def complete() -> ResponseReturnValue:
        return response(_complete(kg, current_request()))

    return found


def _search(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    options = dict(parameters(incoming.query_string))
    text = _text(options)
    page = page_wanted(incoming)
    if not text and not page:
        raise BadRequest("No q was given", advice="Add ?q= with a name, an acronym or a code.")
    found = kg.search.find(text) if text else None
    hits = found.hits.found if found else ()
    counted = Counter(hit.kind for hit in hits if hit.kind)
    kind = _kind(options.get("kind"), counted)
    shown = [hit for hit in hits if kind is None or hit.kind == kind]
    paged = Paged.of(shown, options.get("page"), PATH, list(options.items()))
    if not page:
        assert found is not None
        return _json(_told(found, paged, text, language_of(incoming)[0]), _links(paged))
    language = language_of(incoming)[0]
    return pages.render(
        "search.html",
        incoming,
        status=404 if paged.beyond else 200,
        text=text,
        found=found,
        paged=paged,
        kind=kind,
        kinds=_kinds(hits, counted, text, language),
        all_url=url(PATH, {"q": text}),
        describe=describe_url,
        told_apart=_told_apart,
    )


def _complete(kg: "KnowledgeGraph", incoming: Incoming) -> Reply:
    options = dict(parameters(incoming.query_string))
    text, language = _text(options), language_of(incoming)[0]
    hits = kg.search.find(text).hits if text else None
    found = [] if hits is None or hits.loose else [_suggestion(hit, language) for hit in hits.found[:SUGGESTIONS]]
    return _json({"query": text, "suggestions": found}, (), fresh="public, max-age=60")


def _text(options: dict[str, str]) -> str:
    text = options.get("q", "").strip()
    if len(text) > LONGEST:
        raise BadRequest(
            f"q has {len(text)} characters", advice=f"Search for at most {LONGEST}: a few words of a name suffice."
        )
    return text


def _kind(text: str | None, counted: Counter[str]) -> str | None:
    """The class that a search is restricted to, by its IRI or by the local name of one of ours."""
    if not text:
        return None
    for iri in (text, CNRS.iri + text):
        if iri in counted:
            return iri
    known = ", ".join(sorted(iri.removeprefix(CNRS.iri) for iri in counted)) or "none"
    raise BadRequest(f"kind: nothing of the kind {text[:80]!r} was found", advice=f"Kinds of what was found: {known}.")


def _kinds(hits: Sequence[Hit], counted: Counter[str], text: str, language: str) -> list[tuple[str, str, int, str]]:
    names = {hit.kind: hit.kind_label(language) for hit in hits}
    return [
        (iri, names[iri], count, url(PATH, {"q": text, "kind": iri.removeprefix(CNRS.iri)}))
        for iri, count in counted.most_common()
        if names[iri]
    ]


def _told_apart(hit: Hit, language: str) -> str:
    """What tells a thing from others of its name: its kind, else its IRI, as of a registry's record."""
    return hit.kind_label(language) or short(hit.iri).removeprefix("https://").removeprefix("http://")


def _suggestion(hit: Hit, language: str) -> dict[str, str]:
    return {
        "label": hit.label(language),
        "matched": hit.matched,
        "kind": _told_apart(hit, language),
        "iri": hit.iri,
        "page": describe_url(hit.iri),
    }


def _told(found: Found, paged: Paged[Hit], text: str, language: str) -> dict[str, Any]:
    return {
        "query": text,
        "version": found.version,
        "total": paged.total,
        "complete": found.hits.complete,
        "loose": found.hits.loose,
        "page": paged.number,
        "pages": paged.count,
        "results": [
            {
                "iri": hit.iri,
                "label": hit.label(language),
                "labels": {"en": hit.en, "fr": hit.fr},
                "matched": hit.matched,
                "kind": {"iri": hit.kind, "label": hit.kind_label(language)} if hit.kind else None,
                "page": describe_url(hit.iri),
            }
            for hit in paged.items
        ],
    }


def _links(paged: Paged[Hit]) -> tuple[tuple[str, str], ...]:
    known = (("next", paged.next), ("prev", paged.previous))
    return tuple(("Link", f'<{href}>; rel="{relation}"') for relation, href in known if href)


def _json(found: object, headers: tuple[tuple[str, str], ...], *, fresh: str = "no-cache") -> Reply:
    body = json.dumps(found, ensure_ascii=False).encode()
    content = (
        ("Content-Type", JSON),
        ("Content-Length", str(len(body))),
        ("Cache-Control", fresh),
        ("Vary", caching.VARY),
    )
    return Reply(200, (*content, *headers, *security.CROSS_ORIGIN, *security.HEADERS), body)
