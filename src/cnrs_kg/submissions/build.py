"""The build: ontology, shapes and data files become a version, or nothing changes."""

import io
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.rules.project import VALID_FROM, VALID_UNTIL
from cnrs_kg.reasoning.values import first_day
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.change import Change, Outcome, Progress, publish_on
from cnrs_kg.submissions.intake import claimable_properties
from cnrs_kg.submissions.sources import ONTOLOGY, Inputs, SourceFile, contribution, difference
from cnrs_kg.validation.report import Verdict


@dataclass(frozen=True)
class Contributions:
    """What each graph's files state now, beside what they stated when they were loaded last."""

    now: Mapping[ox.NamedNode, frozenset[ox.Quad]]
    before: Mapping[ox.NamedNode, frozenset[ox.Quad]]
    claimed: int
    files: Mapping[ox.NamedNode, Sequence[SourceFile]]


def build(
    versions: Versions,
    inputs: Inputs,
    *,
    base_iri: str,
    as_of: date,
    budget: Budget,
    agent: str | None = None,
    force: bool = False,
    progress: Progress = lambda stage: None,
) -> Outcome:
    """Load, judge and publish the files as a new version; the same input, while the same claims hold, gives none.

    `force` reasons and judges again although the input is the same (after a change of the program).
    """
    fingerprint = inputs.fingerprint()
    current = versions.current()
    if current and not force and current.inputs == fingerprint and not _crossed(versions, current, as_of):
        return Outcome(Verdict(version=current.number), current)
    with versions.writing() as branch:
        progress("reading the files")
        found = _contributions(versions, branch.base, inputs, base_iri)
        change, sources = _change(versions, branch, found)
        return publish_on(
            branch,
            Change(
                added=change.added,
                removed=change.removed,
                message="build",
                agent=agent,
                as_of=as_of,
                inputs=fingerprint,
                sources=sources,
                notes=change.notes,
                anew=force,
            ),
            budget=budget,
            progress=progress,
        )


def _crossed(versions: Versions, current: Version, as_of: date) -> bool:
    """Whether a claim begins or ends between the version's date and this one."""
    if current.as_of is None or current.as_of == as_of:
        return current.as_of is None
    early, late = ((day.year, day.month, day.day) for day in sorted((current.as_of, as_of)))
    store = versions.open(current)
    for predicate in (VALID_FROM, VALID_UNTIL):
        for quad in store.quads_for_pattern(None, predicate, None, ox.DefaultGraph()):
            day = first_day(quad.object)
            if day is not None and early < day <= late:
                return True
    return False


def _contributions(versions: Versions, base: Version | None, inputs: Inputs, base_iri: str) -> Contributions:
    ontology = contribution(ONTOLOGY, inputs.files.get(ONTOLOGY, ()), frozenset(), base_iri)
    claimable = claimable_properties(ontology.quads)
    now, claimed = {ONTOLOGY: ontology.quads}, 0
    for graph, files in inputs.files.items():
        if graph != ONTOLOGY:
            taken = contribution(graph, files, claimable, base_iri)
            now[graph] = taken.quads
            claimed += len(taken.claimed)
    sources: Mapping[str, Any] = base.sources if base is not None else {}
    before = {
        ox.NamedNode(graph): read_quads(versions.input(entry["contribution"]))
        for graph, entry in sources.items()
        if "registry" not in entry
    }
    return Contributions(now, before, claimed, inputs.files)


def _change(versions: Versions, branch: Branch, found: Contributions) -> tuple[Change, dict[str, Any]]:
    added: set[ox.Quad] = set()
    removed: set[ox.Quad] = set()
    notes = (
        [f"{found.claimed} direct statements of claimable properties became undated claims"] if found.claimed else []
    )
    known: Mapping[str, Any] = branch.base.sources if branch.base is not None else {}
    sources = {graph: entry for graph, entry in known.items() if "registry" in entry}
    for graph in sorted(found.now.keys() | found.before.keys(), key=str):
        now, before = found.now.get(graph, frozenset()), found.before.get(graph, frozenset())
        held = frozenset(branch.store.quads_for_pattern(None, None, None, graph)) if before else frozenset()
        step = difference(before, now, held)
        added |= step.added
        removed |= step.removed
        notes += [f"conflict, the correction stays: {quad}" for quad in step.conflicts]
        if now:
            data = written(now)
            files = found.files.get(graph, ())
            sources[graph.value] = {
                "contribution": sha256(data).hexdigest(),
                "files": [{"name": file.shown, "sha256": file.digest} for file in files],
            }
            if now != before:
                versions.keep_input(data)
            for file in files:
                versions.keep_input(file.data)
    return Change(frozenset(added), frozenset(removed), notes=tuple(notes)), sources


def written(quads: Set[ox.Quad]) -> bytes:
    """A contribution as it is kept: sorted N-Quads."""
    return "".join(sorted(f"{quad} .\n" for quad in quads)).encode()


def read_quads(data: bytes) -> frozenset[ox.Quad]:
    """A contribution that was kept."""
    return frozenset(quad for quad in ox.parse(io.BytesIO(data), ox.RdfFormat.N_QUADS) if isinstance(quad, ox.Quad))
