"""Where a JSON-LD document says each of its statements (https://www.w3.org/TR/json-ld11/).

The streaming parser hands over a quad as its value ends, but asks for the keywords first
(https://www.w3.org/TR/json-ld11-streaming/#key-ordering-required). So the document is read as JSON with the place of
each value, written again with `@context`, `@type` and `@id` before other keys, and given to it one byte at a time.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import RdfSyntaxError
from cnrs_kg.rdf.positions_text import LONG, Bytewise, Lines, Span

_FIRST = {"@context": 0, "@type": 1, "@id": 2}
_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<mark>[{}\[\],:])|(?P<text>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")'
    r"|(?P<word>true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))"
)
_HALF = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\r\n]*")
_NEAR = 200
"""Values before the one that ended last, among which a statement's own is looked for."""


@dataclass
class Value:
    """A text, number or word as it is written, and where."""

    written: str
    start: int
    end: int


@dataclass
class Array:
    items: list[Any] = field(default_factory=list)


@dataclass
class Object:
    members: list[tuple[Value, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


Placed = tuple[ox.Quad, Span | None]


def read_json(text: str, lines: Lines) -> Any:
    """A document as values with their places; `RdfSyntaxError` with the place of what is no JSON."""
    return _Reading(lines).document(text)


def json_objects(data: bytes, *, base_iri: str | None = None) -> list[Placed]:
    """Each quad of a document with the place of its value; `RdfSyntaxError` with the place of what is no JSON.

    A SyntaxError of the parser where it is no JSON-LD, with the place that was read last. A document that the plain
    parser reads otherwise than the streaming one has no places.
    """
    text = data.decode("utf-8-sig", errors="surrogateescape")
    lines = Lines(text)
    written = _Written()
    written.write(read_json(text, lines))
    reader = Bytewise("".join(written.parts).encode("utf-8", errors="surrogateescape"), written.inside)
    found: list[Placed] = []
    failure: SyntaxError | None = None
    try:
        for quad in ox.parse(reader, ox.RdfFormat.STREAMING_JSON_LD, base_iri=base_iri):  # type: ignore[arg-type]
            assert isinstance(quad, ox.Quad)
            value = written.value(quad, reader.given)
            found.append((quad, lines.span(value.start, value.end)))
    except SyntaxError as error:
        place = lines.span(*written.last(reader.given))
        failure = SyntaxError(error.msg, (None, place.line, place.column, None, None, None))
    try:
        plain = [quad for quad in ox.parse(data, ox.RdfFormat.JSON_LD, base_iri=base_iri) if isinstance(quad, ox.Quad)]
    except SyntaxError as error:
        raise failure or error from None
    if failure or Counter(map(_ground, plain)) != Counter(_ground(quad) for quad, _ in found):
        return [(quad, None) for quad in plain]
    return found


def _ground(quad: ox.Quad) -> tuple[Any, ...]:
    """The quad without its blank nodes, which have other names in each reading."""
    return tuple(None if isinstance(term, ox.BlankNode) else term for term in quad)


class _Written:
    """A document as it is written again, and which value ends at which byte of it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.inside: list[tuple[int, int]] = []
        self._size = 0
        self._ends: list[int] = []
        self._values: list[Value] = []

    def write(self, root: Any) -> None:
        """Write a value and all inside it, without recursion."""
        waiting: list[Any] = [root]
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                self._put(part)
            elif isinstance(part, Value):
                self._put(part.written)
                self._ends.append(self._size)
                self._values.append(part)
            elif isinstance(part, Array):
                waiting.append("]")
                for at, item in reversed(list(enumerate(part.items))):
                    waiting += [item, ","] if at else [item]
                self._put("[")
            else:
                waiting.append("}")
                ordered = sorted(part.members, key=lambda member: _FIRST.get(json.loads(member[0].written), 3))
                for at, (key, value) in reversed(list(enumerate(ordered))):
                    waiting += [value, f"{',' if at else ''}{key.written}:"]
                self._put("{")

    def _put(self, text: str) -> None:
        self.parts.append(text)
        size = len(text.encode("utf-8", errors="surrogateescape"))
        if size > LONG:
            self.inside.append((self._size, self._size + size - 2))
        self._size += size

    def value(self, quad: ox.Quad, given: int) -> Value:
        """The value that a quad came from: the last one that reads as its object, else the last."""
        latest = max(bisect_right(self._ends, given) - 1, 0)
        if not isinstance(quad.object, ox.NamedNode | ox.Literal):
            return self._values[latest]
        wanted = quad.object.value
        for at in range(latest, max(latest - _NEAR, -1), -1):
            written = self._values[at].written
            text = json.loads(written) if written.startswith('"') else written
            local = text.rpartition(":")[2]
            if text == wanted or (isinstance(quad.object, ox.NamedNode) and local and wanted.endswith(local)):
                return self._values[at]
        return self._values[latest]

    def last(self, given: int) -> tuple[int, int]:
        """Where the value stands that was read last."""
        if not self._values:
            return 0, 0
        value = self._values[max(bisect_right(self._ends, given) - 1, 0)]
        return value.start, value.end


class _Reading:
    """Reads a document as values with their places, without recursion; duplicate keys are refused."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._root: list[Any] = []
        self._open: list[Array | Object] = []
        self._key: Value | None = None
        self._expected = "value"

    def document(self, text: str) -> Any:
        """The only value of a text."""
        for kind, token in _tokens(text, self._lines):
            taken = self._closes(kind, token) or self._names(kind, token)
            if not (taken or self._goes_on(kind) or self._says(kind, token)):
                raise _wrong(token, self._lines, f"expected {self._expected}, found {token.written[:40]!r}")
        if self._expected != "nothing":
            end = Value("", len(text), len(text))
            raise _wrong(end, self._lines, f"the document ends where {self._expected} is expected")
        return self._root[0]

    @property
    def _inside(self) -> Array | Object | None:
        return self._open[-1] if self._open else None

    def _closes(self, kind: str, token: Value) -> bool:
        if kind not in ("}", "]") or not self._expected.endswith("or end"):
            return False
        if isinstance(self._inside, Object) != (kind == "}"):
            raise _wrong(token, self._lines, f"{kind!r} closes nothing")
        self._open.pop()
        self._ended()
        return True

    def _names(self, kind: str, token: Value) -> bool:
        inside = self._inside
        if kind != "text" or not self._expected.startswith("key") or not isinstance(inside, Object):
            return False
        name = json.loads(token.written)
        if name in inside.keys:
            raise _wrong(token, self._lines, f"the key {name!r} is there twice: which value counts is left open")
        inside.keys.add(name)
        self._key, self._expected = token, "colon"
        return True

    def _goes_on(self, kind: str) -> bool:
        if kind == ":" and self._expected == "colon":
            self._expected = "value"
        elif kind == "," and self._expected == "comma or end":
            self._expected = "key" if isinstance(self._inside, Object) else "value"
        else:
            return False
        return True

    def _says(self, kind: str, token: Value) -> bool:
        if not self._expected.startswith("value") or kind not in ("text", "word", "{", "["):
            return False
        made = token if kind in ("text", "word") else Object() if kind == "{" else Array()
        inside = self._inside
        if inside is None:
            self._root.append(made)
        elif isinstance(inside, Array):
            inside.items.append(made)
        else:
            assert self._key is not None
            inside.members.append((self._key, made))
        if isinstance(made, Value):
            self._ended()
        else:
            self._open.append(made)
            self._expected = "key or end" if kind == "{" else "value or end"
        return True

    def _ended(self) -> None:
        self._expected = "comma or end" if self._open else "nothing"


def _tokens(text: str, lines: Lines) -> Iterator[tuple[str, Value]]:
    """Marks by themselves, `text` and `word` with what is written."""
    at, end = 0, len(text)
    while True:
        found = _TOKEN.match(text, at)
        if found is None:
            at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
            if at < end:
                raise _wrong(Value(text[at], at, at + 1), lines, f"{text[at : at + 20]!r} is no JSON")
            return
        kind = found.lastgroup
        assert kind is not None
        value = Value(found[kind], found.start(kind), found.end(kind))
        if kind == "text" and "\\u" in value.written and _HALF.search(json.loads(value.written)):
            raise _wrong(value, lines, "a \\u escape is half a character")
        yield (value.written if kind == "mark" else kind), value
        at = found.end()


def _wrong(token: Value, lines: Lines, why: str) -> RdfSyntaxError:
    place = lines.span(token.start, token.end)
    return RdfSyntaxError(f"Not JSON: {why}", position=(place.line, place.column), advice="Mend the file there.")
