"""Where a document says each of its statements: the line and the columns of the object.

The parser itself tells: it is given one byte at a time and hands over each quad as its object ends, so that positions
and statements cannot disagree. Turtle and its relatives only (https://www.w3.org/TR/turtle/, N-Triples, TriG, N-Quads).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.formats import RdfSyntax

READABLE = frozenset({"turtle", "ntriples", "trig", "nquads"})
_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<term>
        <[^>\n\r]*>
      | (?:\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
          | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
        (?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)? | \^\^(?:<[^>\n\r]*>|[^\s<>"'{}()\[\],;]+))?
      | [^\s<>"'{}()\[\],;\#][^\s<>"'{}()\[\],;]*
      )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Lines and columns from 1, columns in characters; `end_column` is the one after the last."""

    line: int
    column: int
    end_line: int
    end_column: int

    def place(self, name: str) -> dict[str, Any]:
        """PLACE of the contract, in the document of this name."""
        found = {"file": name, "line": self.line, "column": self.column}
        return found | ({"endColumn": self.end_column} if self.end_line == self.line else {})

    def beside(self, predicate: str) -> None:
        """A text has no place for what it does not say."""


class _Bytewise:
    """A file that gives one byte at a time and tells how many it has given."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        """The next byte."""
        self.given += 1
        return self._data[self.given - 1 : self.given]


def objects(data: bytes, syntax: RdfSyntax, *, base_iri: str | None = None) -> Iterator[tuple[ox.Quad, Span]]:
    """Each quad of a document with the place of its object; a SyntaxError where the parser raises one.

    The object of a bracketed or listed node is its last term. Formats that are not `READABLE` give nothing.
    """
    if syntax.name not in READABLE:
        return
    text = data.decode("utf-8", errors="surrogateescape")
    tokens = [match.span() for match in _TOKEN.finditer(text) if match.lastgroup != "comment" and match[0] != "."]
    ends = [end for _, end in tokens]
    lines = _Lines(text)
    reader = _Bytewise(data)
    ascii_only = len(text) == len(data)
    for quad in ox.parse(reader, syntax.format, base_iri=base_iri):  # type: ignore[arg-type]
        given = reader.given if ascii_only else len(data[: reader.given].decode("utf-8", errors="ignore"))
        assert isinstance(quad, ox.Quad)
        start, end = tokens[max(bisect_right(ends, given) - 1, 0)]
        if text[start] not in "<\"'":  # a name or a number may have the statement's dot glued to it
            end = start + len(text[start:end].rstrip("."))
        yield quad, lines.span(start, end)


class _Lines:
    """Offsets as lines and columns; lines end with LF, CR LF or CR."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def span(self, start: int, end: int) -> Span:
        return Span(*self._at(start), *self._at(end))

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
