"""The cells of statements and of faults, and both as lines that a confined process hands on."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a document: the place of a statement. `columns` are the letters of its sheet's columns, by property."""

    sheet: str
    row: int
    column: str
    columns: Mapping[str, str] = field(default_factory=dict)

    def place(self, name: str) -> dict[str, Any]:
        """PLACE of the contract, in the document of this name."""
        return {"file": name, "sheet": self.sheet, "row": self.row, "column": self.column}

    def beside(self, predicate: str) -> "Spot | None":
        """The cell of the same row where a property's values stand; None if the sheet has no such column."""
        letter = self.columns.get(predicate)
        return None if letter is None else Spot(self.sheet, self.row, letter, self.columns)


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be read: why, and texts that could stand there."""

    spot: Spot
    message: Text
    fixes: tuple[str, ...] = ()


def written(found: Iterable[tuple[ox.Quad, Spot] | Fault]) -> Iterable[bytes]:
    """Statements and faults as lines: N-Quads with the cell in a comment, faults and sheets as comments alone."""
    seen: dict[tuple[str, bool], int] = {}
    for one in found:
        spot = one.spot if isinstance(one, Fault) else one[1]
        key = spot.sheet, bool(spot.columns)
        if key not in seen:
            seen[key] = len(seen)
            yield f"#sheet {json.dumps([spot.sheet, dict(spot.columns)])}\n".encode()
        place = f"{seen[key]} {spot.row} {spot.column}"
        if isinstance(one, Fault):
            yield f"#fault {place} {json.dumps([dict(one.message), one.fixes])}\n".encode()
        else:
            yield f"{one[0]} . # {place}\n".encode()


def read_lines(lines: bytes) -> tuple[list[tuple[ox.Quad, Spot]], list[Fault]]:
    """What `written` wrote."""
    sheets: list[tuple[str, Mapping[str, str]]] = []
    spots: list[Spot] = []
    faults: list[Fault] = []

    def spot(number: str, row: str, column: str) -> Spot:
        name, columns = sheets[int(number)]
        return Spot(name, int(row), column, columns)

    for line in lines.decode().splitlines():
        if line.startswith("#sheet "):
            name, columns = json.loads(line.removeprefix("#sheet "))
            sheets.append((name, columns))
        elif line.startswith("#fault "):
            _, number, row, column, rest = line.split(" ", 4)
            message, fixes = json.loads(rest)
            faults.append(Fault(spot(number, row, column), message, tuple(fixes)))
        else:
            spots.append(spot(*line.rsplit(" ", 3)[1:]))
    quads = [quad for quad in ox.parse(lines, ox.RdfFormat.N_QUADS) if isinstance(quad, ox.Quad)]
    return list(zip(quads, spots, strict=True)), faults
