"""How sure it is that two records are of the same thing: points by feature and level, and what they add up to."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import exp

from cnrs_kg.federation.linking.comparison import Levels

SURE = 0.5
"""The least score of a sure link."""
REVIEW = 0.02
"""The least score of a link that somebody should look at."""
MARGIN = 1.0
"""Points by which a sure link is better than any rival of either side."""
RESEMBLES = {"identifier": {"shared"}, "name": {"same", "near", "close"}, "acronym": {"same"}}
"""What a sure link needs at least one of: a code belongs to two records too often, a city to thousands."""
Table = Mapping[tuple[str, str], float]


class Outcome(StrEnum):
    """What becomes of a candidate without a person: accepted, shown, dropped."""

    SURE = "sure"
    REVIEW = "review"
    NO = "no"


@dataclass(frozen=True)
class Model:
    """Points for each level of each feature, and those that every pair starts with."""

    points: Table
    start: float

    def add_up(self, levels: Levels) -> float:
        """The points of a pair; a level that the table does not know counts nothing."""
        return self.start + sum(self.points.get(level, 0.0) for level in levels.items())


@cache
def learnt() -> Model:
    """The table that comes with the package, learnt by `benchmarks/linking.py --learn`."""
    with files("cnrs_kg.federation.linking").joinpath("points.csv").open(encoding="utf-8") as lines:
        return model(csv.DictReader(lines))


def model(rows: "csv.DictReader[str]") -> Model:
    """A model from rows with feature, level and points; the feature "start" has no level."""
    points = {(row["feature"], row["level"]): float(row["points"]) for row in rows}
    return Model(points, points.pop(("start", "")))


def score(points: float) -> float:
    """Points as a number between 0 and 1: the odds double with each 0.69 points."""
    return 1 / (1 + exp(-points))


def outcome(points: float, margin: float, levels: Levels) -> Outcome:
    """What becomes of a pair with these points, so many more than its best rival."""
    if score(points) < REVIEW:
        return Outcome.NO
    resembles = any(levels.get(feature) in good for feature, good in RESEMBLES.items())
    return Outcome.SURE if score(points) >= SURE and margin >= MARGIN and resembles else Outcome.REVIEW
