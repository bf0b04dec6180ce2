"""What the columns of an answer hold."""

from cnrs_kg.web.terms import Table, Term


def cells(table: Table, place: int) -> list[Term]:
    """What a column has."""
    return [term for row in table.rows if (term := row[place]) is not None]


def holds(table: Table, place: int, *kinds: str) -> bool:
    """Whether a column has something, and nothing but these kinds of terms."""
    found = cells(table, place)
    return bool(found) and all(term.kind in kinds for term in found)


def number(text: str) -> float | None:
    """The number that a text is; None for none, and for what is not finite."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def key(term: Term) -> str:
    """What tells a thing from others: its IRI in full, or the label of a blank node."""
    return term.title or term.text
