"""What errors and notes say, in French: they are made in English, and told in both languages where they leave."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILES = [Path(__file__).with_name(name) for name in ("problems.toml", "reading.toml", "notes.toml")]
_VARIES = re.compile(r"\{(\d?)\}")
_DEEPEST = 3
"""Texts inside texts: a document, what its parser says, and what that quotes."""


class _Template(NamedTuple):
    """The pieces of an English text around what varies, and the French text."""

    pieces: tuple[str, ...]
    french: str

    def values(self, text: str) -> Iterator[str] | None:
        """What varies in a text that has these pieces; by searching from left to right, so in linear time."""
        first, *middle, last = self.pieces
        start, end = len(first), len(text) - len(last)
        if start > end or not (text.startswith(first) and text.endswith(last)):
            return None
        values = []
        for piece in middle:
            place = text.find(piece, start, end)
            if place < 0:
                return None
            values.append(text[start:place])
            start = place + len(piece)
        values.append(text[start:end])
        return iter(values)

    def filled(self, values: list[str]) -> str:
        """The French text around these values: in their order, or by number."""
        order = iter(values)
        return _VARIES.sub(lambda match: values[int(match[1])] if match[1] else next(order), self.french)


@cache
def known() -> dict[str, str]:
    """Every text with its French."""
    return {english: told for file in _FILES for english, told in tomllib.loads(file.read_text("utf-8")).items()}


@cache
def _templates() -> tuple[_Template, ...]:
    """Those in which something varies, the ones that say most first."""
    found = (_Template(tuple(english.split("{}")), told) for english, told in known().items() if "{}" in english)
    return tuple(sorted(found, key=lambda one: -sum(map(len, one.pieces))))


def french(text: str, depth: int = 0) -> str | None:
    """The French of a text, and of the texts in it that are known; None for one that is not."""
    told = known().get(text)
    if told is not None or depth > _DEEPEST:
        return told
    for template in _templates():
        values = template.values(text)
        if values is not None:
            return template.filled([french(value, depth + 1) or value for value in values])
    return None


def both(*texts: str | None) -> dict[str, str]:
    """The texts as sentences by language; in English where their French is not known."""
    said = [text for text in texts if text]
    return {"en": ". ".join(said), "fr": ". ".join(french(text) or text for text in said)}
