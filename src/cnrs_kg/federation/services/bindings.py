"""What is sent to an endpoint before the body of a SERVICE, and what its answer becomes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cnrs_kg.engine.service import Call

BATCH = 100
"""Rows of values in one query to an endpoint."""


@dataclass(frozen=True)
class Bindings:
    """Values of some variables, as SPARQL writes them, each combination once, in order."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_blank(self) -> bool:
        """Whether something was found, but nothing of it can be sent."""
        return bool(self.rows) and not self.variables

    def batches(self) -> Iterator["Bindings"]:
        """The same in pieces of a size that endpoints bear."""
        for start in range(0, len(self.rows), BATCH):
            yield Bindings(self.variables, self.rows[start : start + BATCH])


def bindings(call: Call, lines: Sequence[str]) -> Bindings:
    """What can be sent of the values found here, which are lines of TSV.

    A variable is left out where a row does not bind it. A blank node of ours is nobody else's, so a row that has one
    joins with nothing, unless the body may leave its variable unbound: then the variable is left out.
    """
    table = [line.split("\t") for line in lines]
    places = [
        place
        for place, name in enumerate(call.shared)
        if all(row[place] for row in table)
        and (name in call.certain or not any(_is_local(row[place]) for row in table))
    ]
    rows = {tuple(row[place] for place in places) for row in table}
    sendable = sorted(row for row in rows if not any(map(_is_local, row)))
    return Bindings(tuple(call.shared[place] for place in places), tuple(sendable))


def _is_local(value: str) -> bool:
    """Whether a value is a blank node or a triple term with one in it."""
    return value.startswith("_:") or (value.startswith("<<") and " _:" in value)


def remote_query(call: Call, given: Bindings | None, rows: int) -> str:
    """The query that an endpoint is sent: the body, joined with the values given, for `rows` rows at most."""
    projection = _variables(call.variables) or "(1 AS ?found)"
    sent = f"{values(given.variables, map(_row, given.rows))} " if given and given.variables else ""
    return f"{call.head}\nSELECT {projection} {{ {sent}{call.body} }} LIMIT {rows}".lstrip()


def values(variables: Sequence[str], rows: Iterable[str]) -> str:
    """A VALUES clause; each row with its parentheses."""
    return f"VALUES ({_variables(variables)}) {{ {' '.join(rows)} }}"


def unbound(variables: Sequence[str]) -> str:
    """The one solution that binds nothing, with the variables in scope all the same."""
    return values(variables, [_row(["UNDEF"] * len(variables))])


def _row(terms: Sequence[str]) -> str:
    return f"({' '.join(terms)})"


def _variables(names: Sequence[str]) -> str:
    return " ".join(f"?{name}" for name in names)
