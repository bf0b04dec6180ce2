"""The part of a document that a place names, with what stands around it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_AROUND = 80
_WIDEST = 80


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
    """Excerpts of documents, each of which is cut into lines once."""

    sources: Mapping[str, bytes]
    _lines: dict[str, Sequence[str]] = field(default_factory=dict)

    def of(self, place: Mapping[str, Any]) -> Excerpt:
        """The excerpt of a place; its name alone if the document is not known, or has no such line."""
        name = place_name(place)
        lines = self._of_file(place["file"]) if "line" in place else ()
        if not 0 < place.get("line", 0) <= len(lines):
            return Excerpt(name)
        text, column = lines[place["line"] - 1], place.get("column", 1)
        end = min(place.get("endColumn", column + 1), column + _WIDEST)
        before, after = text[max(0, column - 1 - _AROUND) : column - 1], text[end - 1 : end - 1 + _AROUND]
        return Excerpt(name, before, text[column - 1 : end - 1] or " ", after)

    def _of_file(self, name: str) -> Sequence[str]:
        if name not in self._lines:
            text = self.sources.get(name, b"").decode(errors="replace")
            self._lines[name] = re.split(r"\r\n|\n|\r", text) if text else ()
        return self._lines[name]
