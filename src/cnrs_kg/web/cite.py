"""`/cite`: how to cite a thing (`iri=`), a list (`list=`, its filters), an answer (`query=`, `pin=`) or a version."""

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.lists import KINDS
from cnrs_kg.publishing.citation import Citation, bibtex, csl, datacite, text
from cnrs_kg.web import caching, lists, memento, negotiation
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import HTML, LANGUAGES
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.reading_texts import READING
from cnrs_kg.web.rendering import Pages, day, language_of
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.sparql import PATH as SPARQL
from cnrs_kg.web.sparql import client
from cnrs_kg.web.takeaway_texts import TAKE_AWAY
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

PATH = "/cite"
FORMS = {
    "text": "text/plain",
    "bibtex": "application/x-bibtex",
    "csl": "application/vnd.citationstyles.csl+json",
    "datacite": "application/vnd.datacite.datacite+json",
    "html": HTML,
}
_LONGEST_LINK = 2000
_ONE_OF = ("iri", "list", "query", "pin")
_DATASET = ("default-graph-uri", "named-graph-uri")
Pairs = list[tuple[str, str]]


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resource that tells how to cite."""
    found = Blueprint("cite", __name__)

    @found.get(PATH)
    def cite() -> ResponseReturnValue:
        return response(_answer(kg, pages, current_request()))

    return found


def _answer(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    pairs = parameters(incoming.query_string)
    name, accept = dict(pairs).get("format"), incoming.header("Accept") or ""
    form = negotiation.form(name, accept, FORMS)
    if form is None:
        known = FORMS if name is not None else FORMS.values()
        raise negotiation.not_acceptable(name or accept, [(one, (one,)) for one in known])
    found, language = _cited(kg, incoming, pairs), language_of(incoming)[0]
    sentence = text(found, language, day(found.created, language))
    written = {
        FORMS["text"]: lambda: f"{sentence}\n",
        FORMS["bibtex"]: lambda: bibtex(found, language),
        FORMS["csl"]: lambda: json.dumps(csl(found, language), ensure_ascii=False, indent=2),
        FORMS["datacite"]: lambda: json.dumps(datacite(found), ensure_ascii=False, indent=2),
    }
    if form != HTML:
        state = ("cite", repr(found), language)
        headers = [("Content-Language", language)]
        if len(found.url) <= _LONGEST_LINK:
            headers.append(("Link", f'<{found.url}>; rel="cite-as"'))
        vary = f"{caching.VARY}, Cookie"
        return tagged(incoming, state, form, lambda: written[form]().encode(), vary=vary, headers=headers)
    kept = [pair for pair in pairs if pair[0] not in ("format", "lang")]
    return pages.render(
        "cite.html",
        incoming,
        etag_of=("cite", repr(found)),
        cited=found,
        sentence=sentence,
        local=found.url.removeprefix(public_url(kg)),
        forms=[(name, written[media]().strip()) for name, media in FORMS.items() if media in written],
        downloads=[(name, url(PATH, [*kept, ("format", name)])) for name in FORMS if name != "html"],
    )


def _cited(kg: "KnowledgeGraph", incoming: Incoming, pairs: Pairs) -> Citation:
    options = dict(pairs)
    chosen = [name for name in _ONE_OF if options.get(name)]
    if len(chosen) > 1:
        raise BadRequest(f"{' and '.join(chosen)}: one thing is cited at a time", advice="Send one of them.")
    if chosen == ["pin"]:
        return _pinned(kg, options["pin"])
    if not chosen and options.get("version"):
        return _version(kg, kg.history.version(memento.version_number(options["version"])))
    moment = memento.asked(kg, options.get("version") or None, incoming.header("Accept-Datetime"))
    if not chosen:
        return _version(kg, moment.version)
    if chosen == ["iri"]:
        return _thing(kg, options["iri"].strip(), moment.version, client(incoming, None))
    if chosen == ["list"]:
        return _list(kg, options, moment.version)
    return _query(kg, pairs, moment.version)


def _version(kg: "KnowledgeGraph", version: "Version") -> Citation:
    return Citation("", f"{public_url(kg)}/versions/{version.number}", version.number, version.created, version.digest)


def _thing(kg: "KnowledgeGraph", iri: str, version: "Version", asker: str) -> Citation:
    found = kg.thing(iri, version, client=asker)
    if found is None:
        raise NotFound(f"Nothing is published about <{iri}>", advice="Look for it: /search.")
    path, number = describe_url(iri), ("version", str(version.number))
    link = url(path, [number]) if "?" not in path else url("/doc", [("iri", iri), number])
    titles = {language: found.label(ox.NamedNode(iri), language) for language in LANGUAGES}
    key = iri.removeprefix(kg.settings.base_iri).removeprefix("id/")
    return Citation(key, public_url(kg) + link, version.number, version.created, version.digest, titles)


def _list(kg: "KnowledgeGraph", options: dict[str, str], version: "Version") -> Citation:
    name = options["list"]
    if name not in KINDS:
        raise BadRequest(f"list: {name[:80]!r} is no list", advice=f"Lists are {', '.join(KINDS)}.")
    listing = kg.lists.listing(name, version)
    wanted = lists.wanted_of(listing, {key: value for key, value in options.items() if key not in _ONE_OF})
    if not wanted.sound:
        raise BadRequest(*lists.complaint(listing, wanted))
    filters = [(facet, value.slug) for facet, value in wanted.chosen.items()]
    titles = {}
    for language in LANGUAGES:
        chosen = "; ".join(value.label(language) for value in wanted.chosen.values())
        titles[language] = READING[language][f"list_{name}"] + (f" ({chosen})" if chosen else "")
    link = url(f"/{name}", [*filters, ("version", str(version.number))])
    key = "-".join((name, *(slug for _, slug in filters)))
    return Citation(key, public_url(kg) + link, version.number, version.created, version.digest, titles)


def _query(kg: "KnowledgeGraph", pairs: Pairs, version: "Version") -> Citation:
    query = dict(pairs)["query"]
    if kg.form(query) in (None, "UPDATE"):
        raise BadRequest("This is no SPARQL query", advice="Send a SELECT, ASK, CONSTRUCT or DESCRIBE query.")
    kept = [pair for pair in pairs if pair[0] == "query" or pair[0] in _DATASET]
    return _answer_of(kg, query, url(SPARQL, [*kept, ("version", str(version.number))]), version)


def _pinned(kg: "KnowledgeGraph", name: str) -> Citation:
    """An answer that other endpoints had a part in, by the link that gives it as it was."""
    found = kg.services.pins.find(name)
    return _answer_of(kg, found.query, url(SPARQL, {"pin": name}), kg.version(found.version))


def _answer_of(kg: "KnowledgeGraph", query: str, link: str, version: "Version") -> Citation:
    found = Citation("", public_url(kg) + link, version.number, version.created, version.digest, query=query)
    digest = (found.query_digest or "")[:12]
    titles = {language: TAKE_AWAY[language]["cite_query"].format(digest=digest) for language in LANGUAGES}
    return Citation(f"query-{digest}", found.url, found.number, found.created, found.digest, titles, query)
