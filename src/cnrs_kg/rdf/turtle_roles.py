"""Which tokens of a Turtle-like text are subject and predicate of each object; the parser has judged the text already.

https://www.w3.org/TR/turtle/#sec-grammar, with the graphs of TriG and the lines of N-Quads. What is not understood
gives no role, and never an error.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_DIRECTIVES = {"@prefix": 2, "prefix": 2, "@base": 1, "base": 1, "@version": 1, "version": 1, "graph": 0}
_OPENING, _CLOSING = "[({", "])}"


@dataclass
class _Frame:
    """Where reading stands in a statement, a bracket, a list or a graph: the next term is `awaits`."""

    subject: int | None = None
    predicate: int | None = None
    awaits: str = "subject"
    value: int | None = None


Roles = tuple[int | None, int | None, int | None]


def roles(tokens: Iterable[tuple[int, str]]) -> dict[int, Roles]:
    """For each token that is an object, an item of a list, or the graph of a quad: subject, predicate and object.

    Tokens come with a number of their own; the opening bracket stands for a node in brackets.
    """
    reading = _Reading()
    for number, text in tokens:
        reading.take(number, text)
    return reading.found


class _Reading:
    def __init__(self) -> None:
        self.found: dict[int, Roles] = {}
        self._frame = _Frame()
        self._above: list[tuple[_Frame, int]] = []
        self._skipped = 0

    def take(self, number: int, text: str) -> None:
        """The next token."""
        if text in (",", ";"):
            self._frame.awaits = "object" if text == "," else "predicate"
        elif text == ".":
            self._frame = _Frame()
        elif text in _OPENING:
            self._open(number, text)
        elif text in _CLOSING:
            self._close(text)
        elif self._skipped:
            self._skipped -= 1
        elif self._frame.awaits == "subject" and text.lower() in _DIRECTIVES:
            self._skipped = _DIRECTIVES[text.lower()]
        else:
            self._term(number)
            if text[0] not in "<\"'" and text.endswith(".") and len(text) > 1:  # the dot is glued to the name
                self._frame = _Frame()

    def _open(self, number: int, text: str) -> None:
        self._above.append((self._frame, number))
        if text == "[":
            self._frame = _Frame(number, awaits="predicate")
        elif text == "(":
            self._frame = _Frame(self._frame.subject, self._frame.predicate, "item")
        else:
            self._frame = _Frame()

    def _close(self, text: str) -> None:
        if not self._above:
            return
        self._frame, number = self._above.pop()
        if text == "}":
            self._frame = _Frame()
        else:
            self._term(number)

    def _term(self, number: int) -> None:
        frame = self._frame
        if frame.awaits == "subject":
            frame.subject, frame.awaits = number, "predicate"
        elif frame.awaits == "predicate":
            frame.predicate, frame.awaits = number, "object"
        elif frame.awaits in ("object", "item"):
            frame.value = number
            frame.awaits = "item" if frame.awaits == "item" else "graph"
            self.found[number] = frame.subject, frame.predicate, number
        else:
            self.found[number] = frame.subject, frame.predicate, frame.value
