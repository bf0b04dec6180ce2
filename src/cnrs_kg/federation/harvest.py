"""A registry's file becomes the difference from what the registry contributed last, judged and published as any change.

The records stay in a named graph of the registry's own, under the registry's IRIs. A correction that somebody made
there survives the next harvest, as it survives a build.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.federation.records import HarvestError, Notes, Registry
from cnrs_kg.federation.rnsr import RNSR
from cnrs_kg.federation.ror import ROR
from cnrs_kg.rdf.namespaces import DCTERMS, GRAPH, PROV, RDF
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.build import read_quads, written
from cnrs_kg.submissions.change import Change, Outcome, Progress, publish_on
from cnrs_kg.submissions.sources import Difference, difference

REGISTRIES: Mapping[str, Registry] = {registry.name: registry for registry in (ROR, RNSR)}
LARGEST = 2**31
"""Bytes of a file, unpacked."""
LONGEST = 2**26
"""Bytes of a line."""


@dataclass(frozen=True)
class Harvested:
    """What came of a harvest: the outcome of publishing it, how many records the file has, what was left out."""

    outcome: Outcome
    records: int
    notes: tuple[str, ...]


def harvest(
    versions: Versions,
    registry: Registry,
    file: Path,
    *,
    partial: bool = False,
    as_of: date,
    progress: Progress = lambda stage: None,
) -> Harvested:
    """Publish the records of a file. A `partial` one replaces the records that it has and leaves the others.

    `HarvestError` for a file that is not the registry's, or is cut short: nothing is changed.
    """
    graph, notes = GRAPH(registry.name), Notes()
    with versions.writing() as branch:
        base = branch.base
        if base is None:
            raise CnrsKgError("nothing is published yet", advice="Run `cnrs-kg build` first.")
        entry = base.sources.get(graph.value)
        before = versions.input(entry["contribution"]) if entry else b""
        progress("reading the records")
        lines = Lines(file)
        records, now = _records(registry, iter(lines), graph, notes, progress)
        progress("comparing with what is there")
        after = _contribution(before, records, now | _about(registry, graph), partial=partial)
        step = _step(before, after, branch.store)
        left_out = (*(f"conflict, the correction stays: {quad}" for quad in step.conflicts), *notes.lines())
        contributed = {
            "contribution": versions.keep_input(after),
            "registry": registry.name,
            "files": [{"name": file.name, "sha256": lines.digest}],
        }
        change = Change(
            step.added,
            step.removed,
            message=f"harvest {registry.name}",
            as_of=base.as_of or as_of,
            inputs=base.inputs,
            sources={**base.sources, graph.value: contributed},
            notes=left_out,
        )
        outcome = publish_on(branch, change, budget=Budget(), progress=progress)
    return Harvested(outcome, len(records), left_out)


def _records(
    registry: Registry, lines: Iterator[bytes], graph: ox.NamedNode, notes: Notes, progress: Progress
) -> tuple[set[ox.NamedNode], set[ox.Quad]]:
    """The IRIs of the records, and what they state."""
    found: set[ox.NamedNode] = set()
    stated: set[ox.Quad] = set()
    for node, triples in registry.read(lines, notes):
        if node in found:
            notes.leave_out("records that come again; the first one counts", node.value)
            continue
        found.add(node)
        stated.update(ox.Quad(one.subject, one.predicate, one.object, graph) for one in triples)
        if len(found) % 5_000 == 0:
            progress(f"reading the records: {len(found):,}")
    if not found:
        raise HarvestError("The file has no record", advice="Send the registry's dump.")
    return found, stated


def _contribution(before: bytes, records: set[ox.NamedNode], now: set[ox.Quad], *, partial: bool) -> bytes:
    """All that the registry contributes now: of a partial file, what other records stated before stays."""
    found = written(frozenset(now))
    if not partial:
        return found
    own = {str(node).encode() for node in records}
    kept = (line for line in before.splitlines(keepends=True) if line.split(b" ", 1)[0] not in own)
    return b"".join(sorted({*kept, *found.splitlines(keepends=True)}))


def _step(before: bytes, after: bytes, store: ox.Store) -> Difference:
    """The change from one contribution to the next; only what is said otherwise of a subject is looked at."""
    if not before:
        return Difference(read_quads(after), frozenset())
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
        (PROV("wasDerivedFrom"), ox.NamedNode(registry.home)),
        (DCTERMS("license"), ox.NamedNode(registry.licence)),
        *((DCTERMS("title"), ox.Literal(text, language=language)) for language, text in registry.title.items()),
    ]
    return {ox.Quad(graph, predicate, value, graph) for predicate, value in said}


class Lines:
    """The lines of a file, unpacked if it is gzip, within limits; its digest once they are read."""

    def __init__(self, path: Path) -> None:
        self._path, self._digest = path, sha256()

    @property
    def digest(self) -> str:
        """The SHA-256 of what was read."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        left = LARGEST
        try:
            with self._path.open("rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
            with gzip.open(self._path) if packed else self._path.open("rb") as file:
                while line := file.readline(min(left, LONGEST) + 1):
                    self._digest.update(line)
                    left -= len(line)
                    if left < 0 or len(line) > LONGEST:
                        raise HarvestError(
                            f"{self._path.name} has more than {LARGEST:,} bytes, or a line of more than {LONGEST:,}",
                            limit="harvest_bytes",
                        )
                    yield line
        except EOFError as error:
            raise HarvestError(f"{self._path.name} is cut short", advice="Fetch it again.") from error
        except (OSError, zlib.error) as error:
            raise HarvestError(f"{self._path.name} cannot be read: {error}") from error
