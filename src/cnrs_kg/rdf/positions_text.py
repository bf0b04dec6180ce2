"""Places in a text: spans, lines, and a reader that tells how far a parser has come."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """Lines and columns from 1, columns in characters; `end_column` is the one after the last.

    The place of an object may come with those of its `subject` and `predicate`.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    subject: "Span | None" = field(default=None, compare=False)
    predicate: "Span | None" = field(default=None, compare=False)

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Line, column, end line, end column."""
        return self.line, self.column, self.end_line, self.end_column

    def place(self, name: str) -> dict[str, Any]:
        """PLACE of the contract, in the document of this name."""
        found = {"file": name, "line": self.line, "column": self.column}
        return found | ({"endColumn": self.end_column} if self.end_line == self.line else {})

    def beside(self, predicate: str) -> "Span | None":
        """Where the text names the thing of which it does not say a property."""
        return self.subject


LONG = 1_000
"""Bytes from which a token is given in pieces: a parser reads one again from its start at each byte that it gets."""


class Bytewise:
    """A file that gives one byte at a time and tells how many it has given.

    Of the ranges `inside` long tokens, in order, it gives as much as it is asked for: nothing ends there.
    """

    def __init__(self, data: bytes, inside: Iterable[tuple[int, int]] = ()) -> None:
        self._data = data
        self._inside = iter(inside)
        self._range = next(self._inside, None)
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        """The next byte, or the next bytes of a long token."""
        start = self.given
        while self._range is not None and self._range[1] <= start:
            self._range = next(self._inside, None)
        rest = self._range[1] - start if self._range is not None and self._range[0] <= start else 1
        self.given += min(rest, size) if size > 0 else 1
        return self._data[start : self.given]


class Lines:
    """Offsets as lines and columns; lines end with LF, CR LF or CR."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def span(self, start: int, end: int) -> Span:
        """The place of the characters from `start` up to `end`."""
        return Span(*self._at(start), *self._at(end))

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
