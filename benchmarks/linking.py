"""RNSR structures linked to ROR by name, acronym, code and city: precision and recall of the sure links.

    python benchmarks/linking.py [--folds 5] [--errors] [--learn] [--json FILE]

Wanted: precision >= 0.98 at recall >= 0.96, the right answer among the first three >= 0.97. Truth: the given pairs
(`registries/rnsr-ror-links-dev.csv`) with `linking-corrections.csv`, where an empty ROR identifier says that ROR has no
record. All 4,506 structures compete for all records; no identifier is compared. Points are learnt on four folds of
the given structures and tried on the fifth: once with the four fields alone, once with parents and years too. The peer
is rapidfuzz by itself: the most similar name of a French record, sure from a ratio of 90 on. `--learn` writes the
points that come with the package, `--errors` shows each link that is wrong or missed.
"""

import argparse
import csv
import json
import os
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyoxigraph as ox
from rapidfuzz import fuzz, process

from cnrs_kg.federation.documents import documents
from cnrs_kg.federation.linking import scoring
from cnrs_kg.federation.linking.harvested import records
from cnrs_kg.federation.linking.matching import Candidate, Match, candidates, judge
from cnrs_kg.federation.linking.records import Record
from cnrs_kg.federation.linking.scoring import Model, Outcome
from cnrs_kg.federation.linking.wording import fold
from cnrs_kg.federation.records import Notes
from cnrs_kg.federation.registry import Registry
from cnrs_kg.federation.rnsr import RECORD, RNSR
from cnrs_kg.federation.ror import ROR
from cnrs_kg.rdf.namespaces import GRAPH

HERE = Path(__file__).resolve().parent
REGISTRIES = Path(os.environ.get("CNRS_KG_SHARED", HERE.parents[1] / "shared")) / "registries"
CORRECTIONS = HERE / "linking-corrections.csv"
POINTS = HERE.parent / "src" / "cnrs_kg" / "federation" / "linking" / "points.csv"
GIVEN = {("identifier", "shared"): 6.0, ("identifier", "different"): -2.0}
"""Points that cannot be learnt here, since identifiers are hidden."""
STRENGTH = 0.5
"""How strongly points are drawn to zero (L2)."""
SEED = 7
_NUMBER = re.compile(re.escape(RECORD).replace(r"\{\}", r"(\w+)"))
Truth = Mapping[str, str | None]


def truth() -> dict[str, str | None]:
    """The ROR record of each given structure, None if it has none, with the corrections."""
    with (REGISTRIES / "rnsr-ror-links-dev.csv").open(encoding="utf-8") as given:
        found: dict[str, str | None] = {row["rnsr"]: row["ror"] for row in csv.DictReader(given)}
    with CORRECTIONS.open(encoding="utf-8") as corrections:
        return found | {row["rnsr"]: row["ror"] or None for row in csv.DictReader(corrections)}


def harvested(registry: Registry, name: str) -> list[Record]:
    """The records of a registry's file as a harvest would make them; RNSR's by their numbers, as the truth has them."""
    graph, store = GRAPH(registry.name), ox.Store()
    for _, triples in registry.read(documents(REGISTRIES / name), Notes()):
        store.extend(ox.Quad(one.subject, one.predicate, one.object, graph) for one in triples)
    return [replace(one, iri=_NUMBER.sub(r"\1", one.iri)) for one in records(store, graph)]


def four_fields(record: Record) -> Record:
    """Name, acronym, code and city alone."""
    return replace(record, parents=(), founded=None, team=False, identifiers=frozenset())


def learn(found: Sequence[Candidate], true: Truth) -> Model:
    """Points by logistic regression: whether a candidate of a structure in the truth is its record."""
    known = [one for one in found if one.left in true]
    levels = sorted({level for one in known for level in one.levels.items() if level[1] != "unknown"})
    column = {level: number for number, level in enumerate(levels)}
    rows = np.zeros((len(known), len(levels) + 1))
    rows[:, -1] = 1
    for number, one in enumerate(known):
        rows[number, [column[level] for level in one.levels.items() if level in column]] = 1
    right = np.array([true[one.left] == one.right for one in known], dtype=float)
    strength = np.array([STRENGTH] * len(levels) + [1e-3])
    points = np.zeros(len(strength))
    for _ in range(40):
        said = 1 / (1 + np.exp(-rows @ points))
        slope = rows.T @ (said - right) + strength * points
        curve = (rows * (said * (1 - said))[:, None]).T @ rows + np.diag(strength)
        points -= np.linalg.solve(curve, slope)
    return Model(dict(zip(levels, map(float, points[:-1]), strict=True)) | GIVEN, float(points[-1]))


@dataclass(frozen=True)
class Tally:
    """What was found: sure links, right ones of them, structures with a record, right ones in the first three."""

    sure: int
    right: int
    known: int
    in_three: int

    def __str__(self) -> str:
        return (
            f"precision {self.right / max(1, self.sure):.4f}  recall {self.right / self.known:.4f}  "
            f"right among the first three {self.in_three / self.known:.4f}  ({self.sure} sure)"
        )


def tally(matches: Iterable[Match], true: Truth) -> Tally:
    """The matches against the truth."""
    mine = [match for match in matches if match.left in true]
    sure = [match for match in mine if match.outcome is Outcome.SURE]
    right = [match for match in sure if true[match.left] == match.right]
    found = {match.left for match in mine if true[match.left] == match.right}
    return Tally(len(sure), len(right), sum(one is not None for one in true.values()), len(found))


def folds(true: Truth, number: int) -> Iterator[tuple[Truth, Truth]]:
    """What to learn from and what to try it on, so often."""
    every = sorted(true)
    random.Random(SEED).shuffle(every)
    for fold_ in range(number):
        tried = set(every[fold_::number])
        yield {k: v for k, v in true.items() if k not in tried}, {k: v for k, v in true.items() if k in tried}


def cross_validate(
    learning: Sequence[Candidate], trying: Sequence[Candidate], true: Truth, number: int
) -> tuple[Tally, list[Match]]:
    """The links of each fold by the points of the others, and their tally."""
    matches = []
    for known, tried in folds(true, number):
        matches += [match for match in judge(trying, learn(learning, known)) if match.left in tried]
    return tally(matches, true), matches


def peer(left: Sequence[Record], right: Sequence[Record], true: Truth) -> Tally:
    """rapidfuzz by itself."""
    names = [(fold(name), one.iri) for one in right if any(p.country == "FR" for p in one.places) for name in one.names]
    texts = [name for name, _ in names]
    sure, first = {}, {}
    for record in (one for one in left if one.iri in true):
        text = fold(record.names[0])
        best = process.extract(text, texts, scorer=fuzz.token_sort_ratio, limit=3)
        first[record.iri] = {names[position][1] for _, _, position in best}
        if best[0][1] >= 90:
            sure[record.iri] = names[best[0][2]][1]
    right_ones = sum(true[structure] == found for structure, found in sure.items())
    in_three = sum(true[structure] in found for structure, found in first.items())
    return Tally(len(sure), right_ones, sum(one is not None for one in true.values()), in_three)


def show_errors(matches: Sequence[Match], true: Truth, named: Callable[[str], str]) -> None:
    """Each sure link that is wrong and each record that no sure link found."""
    sure = {match.left: match for match in matches if match.outcome is Outcome.SURE}
    for structure, record in sorted(true.items()):
        match = sure.get(structure)
        if (match.right if match else None) == record:
            continue
        click.echo(f"{named(structure)}\n  sure  {match and named(match.right)}\n  truth {record and named(record)}")
        for one in matches:
            if one.left == structure:
                said = ", ".join(f"{name} {level}" for name, level in one.levels.items() if level != "unknown")
                click.echo(f"    {one.outcome} {one.score:.2f}, margin {one.margin:.1f}: {named(one.right)}: {said}")


def write(model: Model) -> None:
    """The table of points that comes with the package."""
    order = list(dict.fromkeys(["name", "acronym", "code", "city", "parent", "founded", "status", "identifier"]))
    rows = sorted(model.points.items(), key=lambda row: (order.index(row[0][0]), -row[1]))
    with POINTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("feature", "level", "points"))
        writer.writerow(("start", "", f"{model.start:.2f}"))
        writer.writerows((feature, level, f"{points:.2f}") for (feature, level), points in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    true, left, right = truth(), harvested(RNSR, "rnsr-2022-02.csv"), harvested(ROR, "ror-v2.1.jsonl.gz")
    with (REGISTRIES / "rnsr-ror-links-dev.csv").open(encoding="utf-8") as file:
        given = {row["rnsr"]: row["ror"] for row in csv.DictReader(file)}
    started = time.perf_counter()
    few = candidates(map(four_fields, left), map(four_fields, right))
    took = time.perf_counter() - started
    full = candidates(left, right)
    learning = [*few, *full]
    if options.learn:
        write(learn(learning, true))
        scoring.learnt.cache_clear()
    found: dict[str, Any] = {}
    shown: list[Match] = []
    for name, pairs in (("four fields", few), ("all fields", full)):
        result, matches = cross_validate(learning, pairs, true, options.folds)
        click.echo(f"{name:42} {result}")
        found[name] = vars(result)
        shown = shown or matches
    for name, against, matched in (
        ("four fields, on the pairs as given", given, judge(few)),
        ("four fields, points of the package", true, judge(few)),
    ):
        click.echo(f"{name:42} {tally(matched, against)}")
    result = peer(left, right, true)
    click.echo(f"{'rapidfuzz alone':42} {result}")
    found["rapidfuzz alone"] = vars(result)
    every = judge(full)
    counts = {outcome.value: sum(match.outcome is outcome for match in every) for outcome in Outcome}
    click.echo(f"all {len(left)} structures, {len(full)} candidates: {counts}; {took:.1f} s to compare by four fields")
    if options.errors:
        names = {one.iri: f"{one.iri} {one.names[0]} {list(one.acronyms)}" for one in (*left, *right)}
        show_errors(shown, true, names.__getitem__)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
