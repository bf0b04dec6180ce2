"""Answers for tests."""

from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.web.terms import Table, term


def table(columns: str, *rows: str, complete: bool = True) -> Table:
    """Rows of terms as TSV writes them, apart by `|`."""
    cells = tuple(tuple(term(cell.strip(), BASE) for cell in row.split("|")) for row in rows)
    return Table(tuple(columns.split()), cells, complete)
