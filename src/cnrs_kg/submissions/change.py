"""A change on its way to a new version: applied to a branch, reasoned, judged, published or dropped.

Nothing is published that an inconsistency or a violation speaks against: the answer is then the verdict, and the
branch is discarded.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import VersionMoved
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.reasoning.explain import Explainer
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.proof import Sources
from cnrs_kg.reasoning.recompute import Consequences
from cnrs_kg.reasoning.view import Assertions
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.graphs import Role, asserting, role
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.inference import consequences
from cnrs_kg.submissions.judging import judged
from cnrs_kg.validation.consistency import objections
from cnrs_kg.validation.judge import DETAILED, Judgement
from cnrs_kg.validation.report import Result, Verdict, in_order
from cnrs_kg.validation.vocabulary import warnings

Progress = Callable[[str], None]
_PROOF_SECONDS = 10.0
_KEPT_ALONE = frozenset({Role.ONTOLOGY, Role.SHAPES})


@dataclass(frozen=True)
class Change:
    """Quads of named graphs to add and to withdraw, and what the version's record says of it.

    What is `told` of how it was read is told beside the results of judging it. `anew` has everything inferred anew,
    whatever the version before says. `submission` is the one that asks for it; `header` has more rows for the head
    of the version's patch.
    """

    added: frozenset[ox.Quad] = frozenset()
    removed: frozenset[ox.Quad] = frozenset()
    message: str | None = None
    agent: str | None = None
    as_of: date | None = None
    inputs: str | None = None
    sources: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    told: tuple[Result, ...] = ()
    judged: bool = True
    anew: bool = False
    complete: bool = False
    based_on: int | None = None
    submission: int | None = None
    header: Mapping[str, str] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle holds: the quads as text, which takes a tenth of the time."""
        return {**self.__dict__, "added": _lines(self.added), "removed": _lines(self.removed)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        quads = {name: _quads(state[name]) for name in ("added", "removed")}
        self.__dict__.update({**state, **quads})


@dataclass(frozen=True)
class Trial:
    """A change to be judged and not published.

    `replaces` is the graph whose whole content it becomes; `alone` judges it beside ontology and shapes only.
    `keep` is where the store as it would be published is kept, on the same file system; with `inferences` the outcome
    lists them.
    """

    change: Change
    replaces: ox.NamedNode | None = None
    alone: bool = False
    keep: Path | None = None
    inferences: bool = False


@dataclass(frozen=True)
class Outcome:
    """The verdict, and the version that holds the change: a new one, or the one before if nothing changed.

    `inferred` is what a trial that was asked for it infers, and no longer infers.
    """

    verdict: Verdict
    version: Version | None
    changed: bool = False
    created: bool = False
    inferred: Patch | None = None
    conforms: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "conforms", self.verdict.conforms)

    def to_json(self) -> dict[str, Any]:
        """VERDICT of the contract."""
        return self.verdict.to_json()


def _lines(quads: Iterable[ox.Quad]) -> bytes:
    return "".join(f"{quad} .\n" for quad in quads).encode()


def _quads(lines: bytes) -> frozenset[ox.Quad]:
    found = ox.parse(lines, ox.RdfFormat.N_QUADS, rename_blank_nodes=False)
    return frozenset(quad for quad in found if isinstance(quad, ox.Quad))


def publish(versions: Versions, change: Change, *, budget: Budget, progress: Progress = lambda stage: None) -> Outcome:
    """Judge the change on the current version and publish it if it conforms."""
    with versions.writing() as branch:
        return publish_on(branch, change, budget=budget, progress=progress)


def publish_on(branch: Branch, change: Change, *, budget: Budget, progress: Progress = lambda stage: None) -> Outcome:
    """Judge the change on this branch and publish it if it conforms; the branch is left to its owner otherwise."""
    base = branch.base
    if change.based_on is not None and (base is None or base.number != change.based_on):
        raise VersionMoved(f"version {change.based_on} is no longer the current one", advice="Make the change again.")
    verdict = judge_on(branch, change, budget=budget, progress=progress)
    if not verdict.conforms:
        return Outcome(verdict, base)
    progress("publishing")
    version = branch.publish(
        message=change.message,
        agent=change.agent,
        submission=change.submission,
        as_of=_day(branch, change),
        inputs=change.inputs,
        sources=change.sources,
        header=change.header,
    )
    return Outcome(verdict, version, changed=base is None or version.number != base.number)


def judge_on(branch: Branch, change: Change, *, budget: Budget, progress: Progress = lambda stage: None) -> Verdict:
    """Apply the change to this branch, reason, and judge what comes of it."""
    base, as_of = branch.base, _day(branch, change)
    results: tuple[Result, ...] = ()
    shapes = Judgement()
    inferred = 0
    counts: Counter[bool] = Counter()
    if not change.judged:
        progress("applying the change")
        branch.apply(change.added, change.removed)
        for _ in _stated(branch, counts):
            pass
    else:
        progress("reasoning")
        found = consequences(branch, change, as_of, budget)
        inferred = found.inferred
        progress("validating")
        shapes, adviser = judged(branch, anew=change.anew, complete=change.complete)
        warned = warnings(_stated(branch, counts), adviser.statements)
        told = (*_objections(branch, found, as_of), *warned, *change.told, *shapes.results)
        results = adviser.advise(in_order(told))
    return Verdict(
        results,
        version=base.number if base else None,
        added=counts[True],
        withdrawn=counts[False],
        inferred=inferred,
        notes=(*change.notes, *_notes(shapes)),
        background=shapes.background,
    )


def _stated(branch: Branch, counts: Counter[bool]) -> Iterator[ox.Quad]:
    """The statements that merged named graphs gained; `counts` has how many quads were gained (true) and lost.

    Those count that somebody wants to change: neither what is inferred nor a record of the change.
    """
    for gained, quad in branch.changes(inferred=False):
        graph = quad.graph_name
        counts[gained] += graph != DEFAULT_GRAPH and role(graph).digested
        if gained and branch.roles.merged(graph):
            yield quad


def _notes(shapes: Judgement) -> Iterator[str]:
    yield from (f"judged whole: {name}, since {reason}" for name, reason in shapes.whole)
    if shapes.listed:
        yield f"{shapes.listed:,} results name no value: more than {DETAILED} nodes fail the same shape"


def _day(branch: Branch, change: Change) -> date:
    return change.as_of or (branch.base.as_of if branch.base else None) or date.today()


def try_out(versions: Versions, trial: Trial, *, budget: Budget) -> Outcome:
    """What would happen if the change were published: judged on a copy that is dropped."""
    with versions.trial() as branch:
        removed = set(trial.change.removed)
        if trial.replaces is not None:
            held = branch.store.quads_for_pattern(None, None, None, trial.replaces)
            removed |= set(held) - trial.change.added
        if trial.alone:
            others = (graph for graph in branch.store.named_graphs() if role(graph) not in _KEPT_ALONE)
            removed |= {quad for graph in others for quad in branch.store.quads_for_pattern(None, None, None, graph)}
            removed -= trial.change.added
        change = replace(trial.change, removed=frozenset(removed))
        verdict = judge_on(branch, change, budget=budget)
        if trial.keep is not None:
            branch.store.backup(str(trial.keep))
        return Outcome(verdict, branch.base, inferred=_inferred(branch) if trial.inferences else None)


def _inferred(branch: Branch) -> Patch:
    added, removed = (tuple(quad for quad in quads if quad.graph_name == DEFAULT_GRAPH) for quads in branch.delta)
    return Patch(added, removed)


def _objections(branch: Branch, found: Consequences, as_of: date) -> Iterator[Result]:
    """What the logic objects to, each with its proof."""
    explainer = Explainer(
        found.program, branch.store, Assertions(branch.store, branch.roles.merged), as_of=as_of, seconds=_PROOF_SECONDS
    )
    explain = found.derivations or explainer.premises
    yield from objections(found.inconsistencies, found.ties, explain, Sources(graph=_asserting_graph(branch)))


def _asserting_graph(branch: Branch) -> Callable[[ox.Triple], str | None]:
    def graph(triple: ox.Triple) -> str | None:
        return min((graph.value for graph in asserting(branch.store, triple)), default=None)

    return graph
