"""`/feed`: what changed, in Atom: the versions, a thing (`iri=`), a list (`list=` and its filters), a named graph
(`graph=`); `/feed/submissions`: what was submitted and decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.lists import KINDS
from cnrs_kg.publishing.atom import MEDIA_TYPE, Entry, Feed, written
from cnrs_kg.rdf.reading import read_predicate
from cnrs_kg.submissions import diff
from cnrs_kg.web import caching, lists, memento
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.paging import Paged
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.reading_texts import READING
from cnrs_kg.web.rendering import language_of, texts_of
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.terms import describe_url, short
from cnrs_kg.web.texts import number as shown
from cnrs_kg.web.versions import HISTORY
from cnrs_kg.web.versions import PATH as VERSIONS

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version
    from cnrs_kg.submissions.submission import Event

PATH, SUBMISSIONS = "/feed", "/feed/submissions"
_OWN = ("iri", "list", "graph")
_NAMES, _LINES = 20, 40
"""Names, and lines of a diff, that a summary tells."""
T = TypeVar("T")


def blueprint(kg: "KnowledgeGraph") -> Blueprint:
    """The feeds."""
    found = Blueprint("feeds", __name__)

    @found.get(PATH)
    def changes() -> ResponseReturnValue:
        return response(_Feeds(kg, current_request()).changes())

    @found.get(SUBMISSIONS)
    def submissions() -> ResponseReturnValue:
        return response(_Feeds(kg, current_request()).submissions())

    return found


@dataclass(frozen=True)
class _About:
    """What a feed is about: its title, the page for people, and the local path of the feed without its page."""

    title: str
    alternate: str
    own: str


class _Feeds:
    """The feeds as one request asks for them."""

    def __init__(self, kg: "KnowledgeGraph", incoming: Incoming) -> None:
        self._kg, self._incoming = kg, incoming
        self._options = dict(parameters(incoming.query_string))
        self._language = language_of(incoming)[0]
        self._texts, self._public = texts_of(self._language), public_url(kg)

    def changes(self) -> Reply:
        """Versions: all of them, or those that changed what was asked for."""
        chosen = [name for name in _OWN if self._options.get(name)]
        if len(chosen) > 1:
            raise BadRequest(f"{' and '.join(chosen)}: a feed is about one of them", advice="Send one of them.")
        if not chosen:
            about = _About(self._texts["feed_versions"], VERSIONS, PATH)
            return self._reply(about, self._kg.history.list(), self._version)
        return {"iri": self._thing, "list": self._list, "graph": self._graph}[chosen[0]]()

    def submissions(self) -> Reply:
        """What was done with submissions, which everybody may read."""
        about = _About(self._texts["feed_submissions"], "/submissions", SUBMISSIONS)
        self._kg.stewards.settle()
        return self._reply(about, self._kg.stewards.queue.events(), self._event)

    def _thing(self) -> Reply:
        node = read_predicate(self._options["iri"].strip())
        steps = self._kg.history.of(node)
        if not steps:
            raise NotFound(f"No version has stated anything of {node}", advice="Look for it: /search.")
        name = diff.said(self._kg.history.called(node, steps), node, self._language)
        about = _About(
            self._texts["feed_thing"].format(what=name), describe_url(node.value), url(PATH, [("iri", node.value)])
        )

        def entry(step: "tuple[Version, Sequence[diff.Thing]]") -> Entry:
            version, things = step
            link = self._public + url(HISTORY, [("iri", node.value)]) + f"#version-{version.number}"
            lines = list(diff.text(things, self._language))
            return self._changed(version, link, name, self._some(lines, _LINES, "\n"))

        return self._reply(about, steps, entry)

    def _list(self) -> Reply:
        name = self._options["list"]
        if name not in KINDS:
            raise BadRequest(f"list: {name[:80]!r} is no list", advice=f"Lists are {', '.join(KINDS)}.")
        listing = self._kg.lists.listing(name, memento.asked(self._kg, None, None).version)
        wanted = lists.wanted_of(listing, {key: value for key, value in self._options.items() if key != "list"})
        if not wanted.sound:
            raise BadRequest(*lists.complaint(listing, wanted))
        filters = [(facet, value.slug) for facet, value in wanted.chosen.items()]
        items = listing.having({facet: value.iri for facet, value in wanted.chosen.items()})
        labels = {item.thing.iri: item.thing.label(self._language) for item in items}
        chosen = "; ".join(value.label(self._language) for value in wanted.chosen.values())
        title = READING[self._language][f"list_{name}"] + (f" ({chosen})" if chosen else "")
        about = _About(
            self._texts["feed_list"].format(what=title),
            url(f"/{name}", filters),
            url(PATH, [("list", name), *filters]),
        )

        def entry(step: "tuple[Version, Sequence[str]]") -> Entry:
            version, changed = step
            names = self._some([labels[iri] for iri in changed], _NAMES, ", ")
            link = f"{self._public}{VERSIONS}/{version.number}"
            summary = self._texts["feed_changed"].format(names=names)
            return self._changed(version, link, title, summary, key=about.own)

        return self._reply(about, self._kg.history.of_any(frozenset(labels)), entry)

    def _graph(self) -> Reply:
        node = read_predicate(self._options["graph"].strip())
        versions = self._kg.history.of_graph(node)
        if not versions:
            raise NotFound(f"No version has changed a graph {node}", advice="The graphs are listed in /catalog.")
        title = self._texts["feed_graph"].format(what=short(node.value))
        own = url(PATH, [("graph", node.value)])
        return self._reply(_About(title, describe_url(node.value), own), versions, self._version)

    def _version(self, version: "Version") -> Entry:
        own = f"{self._public}{VERSIONS}/{version.number}"
        counts = {"added": version.added, "removed": version.removed}
        return Entry(
            own,
            ": ".join(filter(None, (self._texts["feed_version"].format(number=version.number), version.message))),
            version.created,
            own,
            self._texts["feed_counts"].format(**{name: shown(n, self._language) for name, n in counts.items()}),
            version.agent,
        )

    def _changed(self, version: "Version", link: str, name: str, summary: str, *, key: str | None = None) -> Entry:
        title = f"{name} – {self._texts['feed_version'].format(number=version.number)}"
        return Entry(
            f"{self._public}{key}#version-{version.number}" if key else link,
            title,
            version.created,
            link,
            summary,
            version.agent,
        )

    def _event(self, event: "Event") -> Entry:
        own = f"{self._public}/submissions/{event.submission}"
        by = event.decision.agent or self._texts["nobody"]
        done = f"{self._texts[f'did_{event.decision.action}']} {by}"
        title = self._texts["feed_event"].format(number=event.submission, title=event.title, done=done)
        reason = event.decision.reason or title
        return Entry(f"{own}#event-{event.place}", title, event.decision.moment, own, reason, event.decision.agent)

    def _some(self, texts: Sequence[str], most: int, between: str) -> str:
        more = [self._texts["feed_more"].format(count=len(texts) - most)] if len(texts) > most else []
        return between.join([*texts[:most], *more])

    def _reply(self, about: _About, items: Sequence[T], entry: Callable[[T], Entry]) -> Reply:
        path, _, query = about.own.partition("?")
        paged = Paged.of(items, self._options.get("page"), path, parameters(query))
        if paged.beyond:
            raise NotFound(f"The feed has {paged.count} pages", advice="Begin with the first: leave page= out.")
        pages = {"first": paged.at(1), "last": paged.at(paged.count), "next": paged.next, "previous": paged.previous}
        feed = Feed(
            self._public + about.own,
            f"{about.title} – {self._texts['name']}",
            self._language,
            self._public + paged.at(paged.number),
            self._public + about.alternate,
            self._kg.history.version(1).created,
            tuple(map(entry, paged.items)),
            {relation: self._public + href for relation, href in pages.items() if href},
        )
        body = written(feed)
        return tagged(
            self._incoming,
            (body,),
            MEDIA_TYPE,
            lambda: body,
            vary=f"{caching.VARY}, Cookie",
            headers=(("Content-Language", self._language), memento.modified(feed.updated)),
        )
