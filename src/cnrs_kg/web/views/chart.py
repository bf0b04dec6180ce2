"""Bars for an answer with a column of numbers."""

from dataclasses import dataclass

from cnrs_kg.web.terms import Table, Term
from cnrs_kg.web.views.columns import holds, number

MOST = 60


@dataclass(frozen=True)
class Bar:
    """A row: what it is, its number as written, where its bar begins and how long it is, of 100."""

    label: Term | None
    value: Term
    start: float
    length: float


@dataclass(frozen=True)
class Chart:
    """Bars for the first rows, the columns that they show, and whether there are more."""

    label: str
    value: str
    bars: tuple[Bar, ...]
    complete: bool


def columns(table: Table) -> tuple[int, int] | None:
    """The first column that has no numbers, literals before IRIs, and the first that has nothing else."""
    places = range(len(table.columns))
    values = [place for place in places if holds(table, place, "number")]
    labels = [place for kinds in (("literal",), ("iri", "literal")) for place in places if holds(table, place, *kinds)]
    return (labels[0], values[0]) if labels and values else None


def drawn(table: Table) -> Chart | None:
    """The chart; None if the answer has no column of numbers with another one beside it."""
    found = columns(table)
    if found is None:
        return None
    label, value = found
    sized = [
        (row[label], term, size)
        for row in table.rows[:MOST]
        if (term := row[value]) is not None and (size := number(term.text)) is not None
    ]
    sizes = [0.0, *(size for *_, size in sized)]
    scale = 100 / ((max(sizes) - min(sizes)) or 1.0)
    bars = [Bar(name, term, (min(0.0, size) - min(sizes)) * scale, abs(size) * scale) for name, term, size in sized]
    complete = table.complete and len(table.rows) <= MOST
    return Chart(table.columns[label], table.columns[value], tuple(bars), complete)
