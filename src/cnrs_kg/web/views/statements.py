"""The published statements that the rows of an answer make, so that each can be explained."""

from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as ox

from cnrs_kg.browsing.patterns import Pattern, required
from cnrs_kg.web.messages import url
from cnrs_kg.web.terms import Table, Term, short

MOST, LONGEST = 3, 20_000
"""Statements of a row that are offered, and characters of a query that is looked through for them."""
EXPLAIN = "/explain"


def explained(
    table: Table, query: str, version: Sequence[tuple[str, str]], *, triples: bool
) -> list[tuple[tuple[str, str], ...]]:
    """For each row the short names of predicates, and the addresses that explain the statements with them."""
    if triples:
        return [tuple(_links([tuple(term.written if term else "" for term in row)], version)) for row in table.rows]
    columns = {name: place for place, name in enumerate(table.columns)}
    found = required(query) if len(query) <= LONGEST else ()
    patterns = [pattern for pattern in found if _asked(pattern, columns)][:MOST]
    return [
        tuple(_links([tuple(_filled(term, row, columns) for term in pattern) for pattern in patterns], version))
        for row in table.rows
    ]


def _asked(pattern: Pattern, columns: Mapping[str, int]) -> bool:
    """Whether every variable of a pattern is a column, and one is there."""
    names = [term.value for term in pattern if isinstance(term, ox.Variable)]
    return bool(names) and all(name in columns for name in names)


def _filled(term: ox.NamedNode | ox.Variable, row: Sequence[Term | None], columns: Mapping[str, int]) -> str:
    if isinstance(term, ox.NamedNode):
        return str(term)
    found = row[columns[term.value]]
    return found.written if found else ""


def _links(statements: Sequence[Sequence[str]], version: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for statement in statements:
        if all(statement):
            yield short(statement[1].strip("<>")), url(EXPLAIN, [*zip("spo", statement, strict=True), *version])
