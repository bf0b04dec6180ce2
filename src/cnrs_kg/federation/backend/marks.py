"""What is written in the engine itself about what it holds."""

import re
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.store.versions import Version

STATE = "urn:cnrs-kg:state"
"""The graph with the mark, and its subject."""
_TRIPLE = f"GRAPH <{STATE}> {{ <{STATE}> {RDF('value')} %s }}"
MARKS = f"SELECT ?mark {{ {_TRIPLE % '?mark'} }}"
_FORM = re.compile(r'"(\d+) (\S+) (held|moving) \w+"')


class Mark(NamedTuple):
    """A version, and whether the engine is on its way from there; each mark as written is like no other."""

    number: int
    content: str
    moving: bool

    def of(self, version: Version) -> bool:
        """Whether it is about this very version."""
        return (self.number, self.content) == (version.number, _content(version))


def _content(version: Version) -> str:
    return version.content or version.digest


def made(version: Version, *, moving: bool = False) -> str:
    """A new mark as SPARQL writes it."""
    return f'"{version.number} {_content(version)} {"moving" if moving else "held"} {secrets.token_hex(8)}"'


def read(marks: Sequence[str]) -> Mark | None:
    """What the marks found say: where one moves, that one; None if they say nothing."""
    forms = [_FORM.fullmatch(mark) for mark in marks]
    found = [Mark(int(form[1]), form[2], form[3] == "moving") for form in forms if form]
    if len(found) < len(marks):
        return None
    moving = [mark for mark in found if mark.moving]
    return moving[0] if moving else found[0] if len(found) == 1 else None


def replaced(marks: Sequence[str], mark: str) -> list[str]:
    """The updates that write a mark and then remove those before it: none is missing at any moment."""
    return [f"INSERT DATA {{ {_TRIPLE % mark} }}", *(f"DELETE DATA {{ {_TRIPLE % one} }}" for one in marks)]
