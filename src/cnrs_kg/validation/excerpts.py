"""The part of a document that a place names, with what stands around it."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_AROUND = 80
_WIDEST = 80
_LONGEST = 2**20
"""Bytes of a line from which on it is not shown."""
_BLOCK = 2**16
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class Excerpt:
    """A place: its name, and its line cut into what stands before, at and after it (all empty for a cell)."""

    name: str
    before: str = ""
    marked: str = ""
    after: str = ""


def place_name(place: Mapping[str, Any]) -> str:
    """A place as people write it: `file:line:column`, or `file, sheet!B4` for a cell."""
    if "sheet" in place:
        return f"{place['file']}, {place['sheet']}!{place['column']}{place['row']}"
    return ":".join(str(place[name]) for name in ("file", "line", "column") if name in place)


@dataclass
class Excerpts:
    """Excerpts of documents, of which no more is decoded than the lines that are shown."""

    sources: Mapping[str, bytes]
    _known: dict[str, "_Lines"] = field(default_factory=dict)

    def of(self, place: Mapping[str, Any]) -> Excerpt:
        """The excerpt of a place; its name alone if no line of a usual length is known there."""
        name = place_name(place)
        text = self._of_file(place["file"]).line(place["line"]) if "line" in place else None
        if text is None:
            return Excerpt(name)
        column = place.get("column", 1)
        end = min(place.get("endColumn", column + 1), column + _WIDEST)
        before, after = text[max(0, column - 1 - _AROUND) : column - 1], text[end - 1 : end - 1 + _AROUND]
        return Excerpt(name, before, text[column - 1 : end - 1] or " ", after)

    def _of_file(self, name: str) -> "_Lines":
        if name not in self._known:
            self._known[name] = _Lines(self.sources.get(name, b""))
        return self._known[name]


class _Lines:
    """The lines of a document, found from counts of its blocks: a list of them takes many times its bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._firsts, self._starts = [1], [0]
        self._block: tuple[int, list[int]] = (-1, [])
        while self._starts[-1] < len(data):
            start = self._starts[-1]
            end = _block_end(data, start)
            self._firsts.append(self._firsts[-1] + _ends(data, start, end))
            self._starts.append(end)

    def line(self, number: int) -> str | None:
        """A line, from 1; None if there is none, or it is longer than anybody reads."""
        if number < 1 or number > self._firsts[-1] or not self._data:
            return None
        start, end = self._bounds(number), self._bounds(number + 1)
        if end - start > _LONGEST:
            return None
        return self._data[start:end].rstrip(b"\r\n").decode(errors="replace")

    def _bounds(self, number: int) -> int:
        """Where a line begins; the end of the document for the one after the last."""
        if number > self._firsts[-1]:
            return len(self._data)
        block = bisect_left(self._firsts, number) - 1
        if block < 0:
            return 0
        if self._block[0] != block:
            found = _LINE_END.finditer(self._data, self._starts[block], self._starts[block + 1])
            self._block = block, [match.end() for match in found]
        return self._block[1][number - self._firsts[block] - 1]


def _block_end(data: bytes, start: int) -> int:
    end = min(start + _BLOCK, len(data))
    return end + (data[end - 1 : end + 1] == b"\r\n")


def _ends(data: bytes, start: int, end: int) -> int:
    return data.count(b"\n", start, end) + data.count(b"\r", start, end) - data.count(b"\r\n", start, end)
