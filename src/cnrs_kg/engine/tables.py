"""Answers as tables for spreadsheets: solutions by their variables, graphs as subject, predicate, object."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import pyoxigraph as ox

from cnrs_kg.engine.frames import TABLES_FROM
from cnrs_kg.rdf.formats import TABLES
from cnrs_kg.spreadsheets.tables import EMPTY, Cell, Row, write_csv, write_xlsx

_NAMES = tuple(TABLES)


def write(rows: Iterable[Row], place: int, file: IO[bytes]) -> None:
    """Write a table in the format of a place; `ResultTooLarge` if the format cannot hold it."""
    if _NAMES[place - TABLES_FROM] == "csv":
        write_csv(rows, file)
    else:
        write_xlsx("cnrs-kg", rows, file)


def of_solutions(variables: Sequence[ox.Variable], solutions: Iterable[Any]) -> Iterator[Row]:
    """A row for each solution, after one with the names of the variables."""
    yield [Cell(variable.value) for variable in variables]
    for solution in solutions:
        yield [_cell(term) for term in solution]


def of_graph(triples: Iterable[ox.Triple]) -> Iterator[Row]:
    """A row for each triple."""
    yield [Cell("subject"), Cell("predicate"), Cell("object")]
    for triple in triples:
        yield [_cell(triple.subject), _cell(triple.predicate), _cell(triple.object)]


def of_boolean(value: bool) -> Iterator[Row]:
    """The answer of ASK."""
    yield [Cell("answer")]
    yield [_cell(ox.Literal(value))]


def _cell(term: Any) -> Cell:
    if isinstance(term, ox.Literal):
        return Cell(term.value, term.datatype.value)
    if isinstance(term, ox.NamedNode):
        return Cell(term.value)
    return EMPTY if term is None else Cell(str(term))
