"""What would happen if a proposal were submitted: read, reasoned with and judged, in the process that judges."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cnrs_kg.rdf.patch import Patch
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Outcome, Trial, try_out
from cnrs_kg.submissions.hearing import HeardProposal
from cnrs_kg.submissions.patches import effective, keep, kept
from cnrs_kg.submissions.reading import Read, reader_of
from cnrs_kg.validation.report import Verdict


@dataclass(frozen=True)
class Kept:
    """What was kept of a submission: the names of its patch and of the places of its statements."""

    patch: str
    places: str


@dataclass(frozen=True)
class Asked:
    """What is to be judged: a proposal, what was kept of one, or a change that was read before.

    `alone` judges it beside ontology and shapes only; `complete` has every fault judged in detail, however many.
    `keeps` is the number of a version: what is really changed in it is kept. `store` is where the store as it would be
    published is kept; with `inferences` the answer lists them.
    """

    source: HeardProposal | Kept | Read
    alone: bool = False
    complete: bool = False
    keeps: int | None = None
    store: Path | None = None
    inferences: bool = False


@dataclass(frozen=True)
class Judged:
    """The verdict, each result with its places, and what was asked for beside it.

    Documents that cannot be read give results of kind `syntax`, and a verdict that names no version.
    """

    verdict: Verdict
    kept: Kept | None = None
    inferred: Patch | None = None


def judge(versions: Versions, asked: Asked, *, budget: Budget) -> Judged:
    """What would happen if this were published."""
    read = _read(versions, asked.source)
    if asked.keeps is not None:
        read = effective(read, versions.open(versions.version(asked.keeps)))
    read = replace(read, change=replace(read.change, complete=asked.complete))
    found = _outcome(read, asked, partial(try_out, versions, budget=budget))
    names = Kept(*keep(versions, read)) if asked.keeps is not None else None
    return Judged(found.verdict, names, found.inferred)


def _outcome(read: Read, asked: Asked, judged: Callable[[Trial], Outcome]) -> Outcome:
    if read.faults:
        return Outcome(Verdict(read.faults), None)
    found = judged(Trial(read.change, read.replaces, asked.alone, asked.store, asked.inferences))
    located = tuple(map(read.places.located, found.verdict.results))
    return replace(found, verdict=replace(found.verdict, results=located))


def _read(versions: Versions, source: HeardProposal | Kept | Read) -> Read:
    if isinstance(source, Read):
        return source
    if isinstance(source, Kept):
        return kept(versions, source.patch, source.places)
    return reader_of(versions.open(versions.version(source.number))).read(source)
