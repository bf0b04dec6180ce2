"""The register of links: what comparisons found and curators decided, kept in the published graph."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

import pyoxigraph as ox

from cnrs_kg.errors import LinkNotFound, StoreError, VersionMoved
from cnrs_kg.federation.harvest import REGISTRIES
from cnrs_kg.federation.linking import comparing, harvested, own
from cnrs_kg.federation.linking.comparing import compared, rejected
from cnrs_kg.federation.linking.links import EVIDENCE, Link, Standing, described, read
from cnrs_kg.federation.linking.matching import Match, link
from cnrs_kg.federation.linking.publication import change_of
from cnrs_kg.federation.linking.records import Record
from cnrs_kg.federation.registry import ORGANISATION
from cnrs_kg.rdf.namespaces import GRAPH, ID, ORG, RDF, SKOS
from cnrs_kg.rdf.statements import Stored
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, date_time
from cnrs_kg.store.graphs import Role, role
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.about import plain
from cnrs_kg.submissions.change import Change, Outcome
from cnrs_kg.submissions.permissions import Agent, require
from cnrs_kg.submissions.provenance import agent as agent_iri
from cnrs_kg.submissions.stewards import TRIES
from cnrs_kg.validation.labels import in_language, labels

SCHEME = ID("scheme/evidence")
Publish = Callable[[Change], Outcome]


@dataclass(frozen=True)
class Linked:
    """What came of a comparison or a decision: the links that it is about, and how it was published."""

    links: tuple[Link, ...]
    outcome: Outcome

    def count(self, standing: Standing) -> int:
        """How many of the links stand so."""
        return sum(one.standing is standing for one in self.links)


@dataclass(frozen=True)
class Snapshot:
    """A version as it was read: its store, and its links by slug, in the order in which they are shown."""

    version: Version
    store: ox.Store
    links: Mapping[str, Link]


class LinkRegister:
    """The links of one data directory; `publish` judges a change and publishes it."""

    def __init__(self, versions: Versions, publish: Publish) -> None:
        self._versions, self._publish = versions, publish
        self._seen: Snapshot | None = None
        self._lock = Lock()

    # Reading

    def all(self) -> Mapping[str, Link]:
        """The links of the current version by slug; those to review first, the likeliest before the others."""
        return self._snapshot().links

    def get(self, slug: str) -> Link:
        """A link; `LinkNotFound` if there is none of this name."""
        return _found(self._snapshot(), slug)

    def after(self, slug: str | None) -> Link | None:
        """The link to review after this one in the order of the list, from the start again after the last."""
        waiting = [one for one in self.all().values() if one.standing is Standing.REVIEW and one.slug != slug]
        known = self.all().get(slug or "")
        if known is None:
            return next(iter(waiting), None)
        place = _likeliest(known)
        return next((one for one in waiting if _likeliest(one) > place), next(iter(waiting), None))

    def between(self) -> dict[tuple[str, str], Counter[Standing]]:
        """How many links there are by the two sources that they are between and by what became of them."""
        seen = self._snapshot()
        counts: dict[tuple[str, str], Counter[Standing]] = {}
        for one in seen.links.values():
            ends = _source(seen.store, one.subject), _source(seen.store, one.object)
            counts.setdefault(ends, Counter())[one.standing] += 1
        return dict(sorted(counts.items()))

    def beside(self, found: Link) -> list[Link]:
        """The other links of either record."""
        ends = set(found.ends)
        return [one for one in self.all().values() if one.slug != found.slug and ends & set(one.ends)]

    def wording(self, language: str) -> dict[str, str]:
        """What each kind of evidence is called in a language."""
        store = self._snapshot().store
        concepts = (quad.subject for quad in store.quads_for_pattern(None, SKOS("inScheme"), SCHEME, DEFAULT_GRAPH))
        return {
            concept.value.removeprefix(EVIDENCE): in_language(labels(Stored(store), concept), language) or concept.value
            for concept in concepts
            if isinstance(concept, ox.NamedNode)
        }

    def sides(self, found: Link) -> tuple[Record, Record]:
        """What is known of the two records."""
        store = self._snapshot().store
        return _record(store, found.subject), _record(store, found.object)

    def proposals(self, source: str, target: str) -> list[Match]:
        """The links between the records of two sources that are sure or should be looked at, none of them stored."""
        return _matches(self._snapshot(), source, target)

    # Writing

    def compare(self, source: str, target: str) -> Linked:
        """Compare the records of two sources and publish what was found."""
        return self._published(lambda seen: _comparison(seen, source, target))

    def decide(
        self, slug: str, standing: Standing, agent: Agent | None, reason: str | None = None, *, close: bool = False
    ) -> Linked:
        """A curator's decision on a link, published; `close` says that the two are nearly the same."""
        curator = require(agent, "curator", f"To decide on link {slug[:60]}")
        reason = plain("reason", reason)

        def change(seen: Snapshot) -> tuple[tuple[Link, ...], Change]:
            before, now = _found(seen, slug), datetime.now(UTC)
            after = replace(
                before,
                standing=standing,
                by=agent_iri(curator.name).value,
                at=date_time(now, "seconds").value,
                reason=reason,
                close=close,
            )
            added = frozenset((*after.quads(), *described(after.by, "Agent", curator.name)))
            title = f"link {after.slug}: {standing}"
            who = {ox.NamedNode(after.by): curator.name}
            return (after,), change_of(seen.version, (added, before.quads() - after.quads()), title, who, now, (after,))

        done = self._published(change)
        self._note(done)
        return done

    def _published(self, make: Callable[[Snapshot], tuple[tuple[Link, ...], Change]]) -> Linked:
        """What was made of the current version, made again if another came first."""
        for _ in range(TRIES):
            found, change = make(self._snapshot())
            try:
                return Linked(found, self._publish(change))
            except VersionMoved:
                continue
        raise VersionMoved("other changes were published meanwhile, three times", advice="Try again.")

    def _snapshot(self) -> Snapshot:
        """The current version, read once."""
        current = self._versions.current()
        if current is None:
            raise StoreError("nothing is published yet", advice="Run `cnrs-kg build`.")
        with self._lock:
            if self._seen is None or self._seen.version.number != current.number:
                store = self._versions.open(current)
                self._seen = Snapshot(current, store, _in_order(read(store)))
            return self._seen

    def _note(self, done: Linked) -> None:
        """Take over what was decided, so that the next decision need not wait until all links are read again."""
        version = done.outcome.version
        with self._lock:
            if version is not None and self._seen is not None and version.number == self._seen.version.number + 1:
                links = _in_order({**self._seen.links, **{one.slug: one for one in done.links}})
                self._seen = Snapshot(version, self._versions.open(version), links)


def _found(seen: Snapshot, slug: str) -> Link:
    found = seen.links.get(slug)
    if found is None:
        raise LinkNotFound(f"there is no link {slug[:60]!r}", advice="See the list: /links, or cnrs-kg links list.")
    return found


def _comparison(seen: Snapshot, source: str, target: str) -> tuple[tuple[Link, ...], Change]:
    now = datetime.now(UTC)
    between = {slug: one for slug, one in seen.links.items() if _joins(seen.store, one, source, target)}
    found = compared(_matches(seen, source, target), between, now)
    iri, name = comparing.program()
    title = f"link {source} to {target}"
    return found.links, change_of(seen.version, (found.added, found.removed), title, {ox.NamedNode(iri): name}, now)


def _matches(seen: Snapshot, source: str, target: str) -> list[Match]:
    left, right = _records(seen.store, source, target), _records(seen.store, target, source)
    return link(left, right, rejected(seen.links.values()))


def _in_order(found: Mapping[str, Link]) -> Mapping[str, Link]:
    return dict(sorted(found.items(), key=_order))


def _order(item: tuple[str, Link]) -> tuple[bool, tuple[float, str]]:
    return item[1].standing is not Standing.REVIEW, _likeliest(item[1])


def _likeliest(one: Link) -> tuple[float, str]:
    return -(one.score or 0.0), one.slug


def _records(store: ox.Store, source: str, other: str) -> Iterator[Record]:
    """The records of a source that another one may have too."""
    if source != own.NAME:
        return harvested.records(store, GRAPH(source))
    registry = REGISTRIES.get(other)
    return own.records(store, registry.ours if registry else ORGANISATION)


def _joins(store: ox.Store, one: Link, source: str, target: str) -> bool:
    """Whether a link is between two sources."""
    sides = ((source, target), (target, source))
    return any(_is_of(store, one.subject, left) and _is_of(store, one.object, right) for left, right in sides)


def _is_of(store: ox.Store, iri: str, source: str) -> bool:
    """Whether a record is a source's; one that no registry has any more may have been."""
    if source == own.NAME or iri.startswith(ID.iri):
        return source == own.NAME and iri.startswith(ID.iri)
    registries = _registries(store, iri)
    return not registries or GRAPH(source) in registries


def _registries(store: ox.Store, iri: str) -> list[ox.NamedNode]:
    """The graphs of the registries that have a record."""
    quads = store.quads_for_pattern(ox.NamedNode(iri), RDF("type"), ORG("Organization"), None)
    graphs = (quad.graph_name for quad in quads)
    return [graph for graph in graphs if isinstance(graph, ox.NamedNode) and role(graph) is Role.HARVEST]


def _source(store: ox.Store, iri: str) -> str:
    """Whose a record is: a registry's, by the name of its graph, or ours; empty if nobody has it any more."""
    if iri.startswith(ID.iri):
        return own.NAME
    return next((graph.value.removeprefix(GRAPH.iri) for graph in _registries(store, iri)), "")


def _record(store: ox.Store, iri: str) -> Record:
    """What is known of a record: what its registry says, else what the graph says."""
    node = ox.NamedNode(iri)
    registry = next(iter(_registries(store, iri)), None)
    return own.record(store, node) if registry is None else harvested.record(store, node, registry)
