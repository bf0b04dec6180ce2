"""The links between two sets of records: for each record of one its best candidates in the other, with an outcome."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from cnrs_kg.federation.linking.candidates import Index
from cnrs_kg.federation.linking.comparison import Comparer, Levels, Signature
from cnrs_kg.federation.linking.records import Record
from cnrs_kg.federation.linking.scoring import Model, Outcome, learnt, outcome, score

KEPT = 3
"""Candidates of a record that are worth a look."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Candidate:
    """Two records that may be of the same thing, and how well their features agree."""

    left: str
    right: str
    levels: Levels


@dataclass(frozen=True)
class Match:
    """A candidate judged: its points, how many more than its best rival's, what becomes of it."""

    left: str
    right: str
    levels: Levels
    points: float
    margin: float
    outcome: Outcome

    @property
    def score(self) -> float:
        """The points as a number between 0 and 1."""
        return score(self.points)


def candidates(left: Iterable[Record], right: Iterable[Record]) -> list[Candidate]:
    """The pairs that share something telling, compared."""
    ours, theirs = list(map(Signature, left)), list(map(Signature, right))
    comparer = Comparer([*ours, *theirs])
    index = Index(theirs, comparer)
    return [
        Candidate(one.record.iri, other.record.iri, comparer.compare(one, other))
        for one in ours
        for other in index.candidates(one)
        if one.record.iri != other.record.iri
    ]


def judge(found: Sequence[Candidate], model: Model | None = None, rejected: Container[Pair] = ()) -> list[Match]:
    """The best candidates of each record, the best first; a rejected pair is neither proposed nor a rival."""
    model = model or learnt()
    pairs = [(model.add_up(one.levels), one) for one in found if (one.left, one.right) not in rejected]
    rivals: dict[tuple[str, str], list[float]] = defaultdict(list)
    by_left: dict[str, list[tuple[float, Candidate]]] = defaultdict(list)
    for points, one in pairs:
        rivals["left", one.left].append(points)
        rivals["right", one.right].append(points)
        by_left[one.left].append((points, one))
    for every in rivals.values():
        every.sort(reverse=True)
    matches = []
    for several in by_left.values():
        best = sorted(several, key=lambda pair: (-pair[0], pair[1].right))[:KEPT]
        for points, one in best:
            margin = min(_margin(points, rivals["left", one.left]), _margin(points, rivals["right", one.right]))
            matches.append(Match(one.left, one.right, one.levels, points, margin, outcome(points, margin, one.levels)))
    return matches


def link(left: Iterable[Record], right: Iterable[Record], rejected: Container[Pair] = ()) -> list[Match]:
    """The links between two sets of records that are sure or should be looked at."""
    found = candidates(left, right)
    return [match for match in judge(found, rejected=rejected) if match.outcome is not Outcome.NO]


def _margin(points: float, every: Sequence[float]) -> float:
    """How much better than the best of the others, which are sorted from the best; a lone one has no rival."""
    best, *others = every
    rival = best if points < best else others[0] if others else None
    return float("inf") if rival is None else points - rival
