"""What is to be marked in a workbook, and how it travels with the workbook to a confined process."""

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cnrs_kg.spreadsheets.spots import Text

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Mark:
    """A fault of a cell: its severity (`Violation`, `Warning`, `Info`), what is wrong and what could stand there."""

    sheet: str
    row: int
    column: str
    severity: str
    message: Text
    fixes: tuple[str, ...] = ()


def with_marks(data: bytes, marks: Iterable[Mark]) -> bytes:
    """A workbook and its marks as one body."""
    rows = [[one.sheet, one.row, one.column, one.severity, dict(one.message), list(one.fixes)] for one in marks]
    return _LENGTH.pack(len(data)) + data + json.dumps(rows).encode()


def read_marks(body: bytes) -> tuple[bytes, list[Mark]]:
    """What `with_marks` put together."""
    (length,) = _LENGTH.unpack_from(body)
    end = _LENGTH.size + length
    rows = json.loads(body[end:])
    marks = [
        Mark(sheet, row, column, severity, said, tuple(fixes)) for sheet, row, column, severity, said, fixes in rows
    ]
    return body[_LENGTH.size : end], marks
