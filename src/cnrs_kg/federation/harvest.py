"""A registry's file becomes the difference from what the registry contributed last, judged and published as any change.

The records stay in a named graph of the registry's own, under the registry's IRIs. A correction that somebody made
there survives the next harvest, as it survives a build.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.federation.cordis import CORDIS
from cnrs_kg.federation.documents import Document, documents
from cnrs_kg.federation.eurio import EURIO_CORDIS
from cnrs_kg.federation.hal import HAL
from cnrs_kg.federation.linked import LINKED
from cnrs_kg.federation.openaire import OPENAIRE
from cnrs_kg.federation.provenance import Told, activity, provenance
from cnrs_kg.federation.records import HarvestError, Notes
from cnrs_kg.federation.registry import Registry
from cnrs_kg.federation.rnsr import RNSR
from cnrs_kg.federation.ror import ROR
from cnrs_kg.federation.wikidata import WIKIDATA
from cnrs_kg.rdf.namespaces import DCTERMS, GRAPH, PROV, RDF
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.build import read_quads, written
from cnrs_kg.submissions.change import Change, Outcome, Progress, publish_on
from cnrs_kg.submissions.provenance import cited
from cnrs_kg.submissions.sources import Difference, difference

_ALL = (ROR, RNSR, HAL, WIKIDATA, CORDIS, EURIO_CORDIS, OPENAIRE, LINKED)
REGISTRIES: Mapping[str, Registry] = {registry.name: registry for registry in _ALL}


@dataclass(frozen=True)
class Delivery:
    """The files in which a registry's records come, all or a part of them; from what URL, since when, for whom."""

    files: tuple[Path, ...]
    url: str | None = None
    partial: bool = False
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    agent: str | None = None


@dataclass(frozen=True)
class Harvested:
    """What came of a harvest: the outcome of publishing it, how many records the file has, what was left out."""

    outcome: Outcome
    records: int
    notes: tuple[str, ...]


def harvest(
    versions: Versions,
    registry: Registry,
    delivery: Delivery,
    *,
    as_of: date,
    progress: Progress = lambda stage: None,
) -> Harvested:
    """Publish the records delivered. A partial delivery replaces the records that it has and leaves the others.

    `HarvestError` for files that are not the registry's, or are cut short: nothing is changed.
    """
    graph, notes = GRAPH(registry.name), Notes()
    with versions.writing() as branch:
        base = branch.base
        if base is None:
            raise CnrsKgError("nothing is published yet", advice="Run `cnrs-kg build` first.")
        entry = base.sources.get(graph.value)
        before = versions.input(entry["contribution"]) if entry else b""
        progress("reading the records")
        found = [document for file in delivery.files for document in documents(file, registry.choose)]
        records, now = _records(registry, found, graph, notes, progress)
        now |= _about(registry, graph)
        progress("comparing with what is there")
        after = _contribution(before, records, now, partial=delivery.partial)
        step = _step(before, after, branch.store) if before else Difference(frozenset(now), frozenset())
        del now
        left_out = (*(f"conflict, the correction stays: {quad}" for quad in step.conflicts), *notes.lines())
        files = [{"name": document.name, "sha256": document.digest} for document in found]
        contributed = {"contribution": versions.keep_input(after), "registry": registry.name, "files": files}
        told = Told(registry, delivery.url, delivery.begun, delivery.agent, tuple(files))
        change = Change(
            step.added | provenance(told, step, base.number, len(records)),
            step.removed,
            message=f"harvest {registry.name}",
            agent=delivery.agent,
            as_of=base.as_of or as_of,
            inputs=base.inputs,
            sources={**base.sources, graph.value: contributed},
            notes=left_out,
            header={"activity": activity(registry.name, base.number).value},
        )
        outcome = publish_on(branch, change, budget=Budget(), progress=progress)
    return Harvested(outcome, len(records), left_out)


def _records(
    registry: Registry, found: Iterable[Document], graph: ox.NamedNode, notes: Notes, progress: Progress
) -> tuple[set[ox.NamedNode], set[ox.Quad]]:
    """The IRIs of the records, and what they state."""
    records: set[ox.NamedNode] = set()
    stated: set[ox.Quad] = set()
    for node, triples in registry.read(found, notes):
        if node in records:
            notes.leave_out("records that come again; the first one counts", node.value)
            continue
        records.add(node)
        stated.update(ox.Quad(one.subject, one.predicate, one.object, graph) for one in triples)
        if len(records) % 5_000 == 0:
            progress(f"reading the records: {len(records):,}")
    if not records:
        raise HarvestError("There is no record in it", advice="Send the registry's dump.")
    return records, stated


def _contribution(before: bytes, records: set[ox.NamedNode], now: set[ox.Quad], *, partial: bool) -> bytes:
    """All that the registry contributes now: of a partial file, what other records stated before stays."""
    found = written(now)
    if not partial:
        return found
    own = {str(node).encode() for node in records}
    kept = (line for line in before.splitlines(keepends=True) if line.split(b" ", 1)[0] not in own)
    return b"".join(sorted({*kept, *found.splitlines(keepends=True)}))


def _step(before: bytes, after: bytes, store: ox.Store) -> Difference:
    """The change from one contribution to the next; only what is said otherwise of a subject is looked at."""
    old, new = (set(data.splitlines(keepends=True)) for data in (before, after))
    subjects = {line.split(b" ", 1)[0] for line in old ^ new}
    was, becomes = (
        read_quads(b"".join(line for line in lines if line.split(b" ", 1)[0] in subjects)) for lines in (old, new)
    )
    graphs = {quad.graph_name for quad in was | becomes}
    held = frozenset(
        quad
        for subject in {quad.subject for quad in was | becomes}
        for graph in graphs
        for quad in store.quads_for_pattern(subject, None, None, graph)
    )
    return difference(was, becomes, held)


def _about(registry: Registry, graph: ox.NamedNode) -> set[ox.Quad]:
    """What the graph of a registry says of itself."""
    said: list[tuple[ox.NamedNode, Any]] = [
        (RDF("type"), PROV("Entity")),
        (PROV("wasDerivedFrom"), cited(registry.home)),
        *((DCTERMS("license"), ox.NamedNode(licence)) for licence in [registry.licence] if licence),
        *((DCTERMS("title"), ox.Literal(text, language=language)) for language, text in registry.title.items()),
    ]
    return {ox.Quad(graph, predicate, value, graph) for predicate, value in said}
