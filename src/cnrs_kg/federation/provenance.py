"""Where harvested records come from, in PROV-O: the harvest as an activity, what it read, from where, what it changed.

https://www.w3.org/TR/prov-o/. As for submissions, the statements are in `graph/provenance`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pyoxigraph as ox

from cnrs_kg.federation.registry import Registry
from cnrs_kg.rdf.namespaces import DCTERMS, GRAPH, ID, PROV
from cnrs_kg.rdf.terms import date_time, stored_quad
from cnrs_kg.submissions.provenance import PROVENANCE, TYPE, Fact, agent, cited, revision
from cnrs_kg.submissions.sources import Difference


@dataclass(frozen=True)
class Told:
    """What is known of a harvest: of which registry, from what URL, since when, by whom, files and their digests."""

    registry: Registry
    url: str | None
    begun: datetime
    agent: str | None
    files: tuple[Mapping[str, str], ...]


def activity(registry: str, base: int) -> ox.NamedNode:
    """The IRI of a harvest: the one that made the version after `base`."""
    return ID(f"harvest/{registry.removeprefix('harvest/')}/{base + 1}")


def provenance(told: Told, step: Difference, base: int, records: int) -> frozenset[ox.Quad]:
    """What is said of a harvest that changed the version `base`; nothing if it changed nothing."""
    if not step.added and not step.removed:
        return frozenset()
    now = datetime.now(UTC)
    node = activity(told.registry.name, base)
    facts = [*_activity(node, told, now), *_changed(node, step, records), *revision(node, base, now)]
    return frozenset(stored_quad(ox.Quad(*fact, PROVENANCE)) for fact in facts)


def _activity(node: ox.NamedNode, told: Told, now: datetime) -> Iterator[Fact]:
    yield node, TYPE, PROV("Activity")
    for language, title in told.registry.title.items():
        text = f"Harvest of {title}" if language == "en" else f"Moisson : {title}"
        yield node, DCTERMS("title"), ox.Literal(text, language=language)
    yield node, PROV("startedAtTime"), date_time(told.begun)
    yield node, PROV("endedAtTime"), date_time(now)
    yield GRAPH(told.registry.name), PROV("wasInfluencedBy"), node
    if told.agent:
        yield node, PROV("wasAssociatedWith"), agent(told.agent)
        yield agent(told.agent), TYPE, PROV("Agent")
        yield agent(told.agent), DCTERMS("title"), ox.Literal(told.agent)
    for file in told.files:
        kept = ID(f"input/{file['sha256']}")
        yield node, PROV("used"), kept
        yield kept, TYPE, PROV("Entity")
        yield kept, DCTERMS("title"), ox.Literal(file["name"])
        yield kept, DCTERMS("identifier"), ox.Literal(f"sha256:{file['sha256']}")
        yield kept, PROV("hadPrimarySource"), cited(told.url or told.registry.home)


def _changed(node: ox.NamedNode, step: Difference, records: int) -> Iterator[Fact]:
    added, removed = len(step.added), len(step.removed)
    texts = {
        "en": f"{records} records; {added} statements added, {removed} withdrawn",
        "fr": f"{records} notices ; {added} énoncés ajoutés, {removed} retirés",
    }
    for language, text in texts.items():
        yield node, DCTERMS("description"), ox.Literal(text, language=language)
