"""What problems say, in French: errors are raised in English, and translated where they leave by HTTP."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("french.toml")
_VARIES = re.compile(r"\{(\d?)\}")


class _Template(NamedTuple):
    """The pieces of an English text around what varies, and the French text."""

    pieces: tuple[str, ...]
    french: str

    def translated(self, text: str) -> str | None:
        """The French of a text that has these pieces; by searching from left to right, so in linear time."""
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
        told = [_known().get(value, value) for value in values]
        order = iter(told)
        return _VARIES.sub(lambda match: told[int(match[1])] if match[1] else next(order), self.french)


@cache
def _known() -> dict[str, str]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _templates() -> tuple[_Template, ...]:
    """Those in which something varies, the ones that say most first."""
    found = (_Template(tuple(english.split("{}")), french) for english, french in _known().items() if "{}" in english)
    return tuple(sorted(found, key=lambda one: -sum(map(len, one.pieces))))


def french(text: str) -> str | None:
    """The French of a text of a problem; None for one that is not known."""
    known = _known().get(text)
    return known or next((told for one in _templates() if (told := one.translated(text)) is not None), None)
