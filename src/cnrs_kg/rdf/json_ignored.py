"""Keys of a JSON-LD document that say nothing: no context gives them an IRI, so processors drop them with their values.

https://www.w3.org/TR/json-ld11-api/#expansion-algorithm, step 13.5
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from cnrs_kg.rdf.json_positions import Array, Object, Value, read_json
from cnrs_kg.rdf.positions_text import Lines

MOST = 20
_KEYWORDS = frozenset(
    f"@{name}"
    for name in (
        "base container context direction graph id import included index json language list nest none prefix propagate "
        "protected reverse set type value version vocab"
    ).split()
)
_KEYWORD = re.compile(r"@[A-Za-z]+")


def ignored_keys(data: bytes) -> Iterator[tuple[int, str]]:
    """Line and key of the first twenty keys that say nothing, as far as the contexts of the document tell."""
    text = data.decode("utf-8-sig", errors="surrogateescape")
    lines = Lines(text)
    root = read_json(text, lines)
    terms, maps, vocabulary = _defined(root)
    met = 0
    for key in _keys(root, maps):
        name = json.loads(key.written)
        known = name in terms or (vocabulary and not _KEYWORD.fullmatch(name)) or (":" in name and name[:2] != "_:")
        if met < MOST and name not in _KEYWORDS and not known:
            met += 1
            yield lines.span(key.start, key.end).line, name


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    for key, inner in value.members if isinstance(value, Object) else ():
        yield json.loads(key.written), inner


def _defined(root: Any) -> tuple[set[str], set[str], bool]:
    """The terms that any context defines, those whose values are maps or plain JSON, and whether there is @vocab."""
    terms: set[str] = set()
    maps: set[str] = set()
    vocabulary = False
    waiting = [(root, False)]
    while waiting:
        part, is_context = waiting.pop()
        if isinstance(part, Array):
            waiting += [(item, is_context) for item in part.items]
        for name, inner in _members(part):
            waiting.append((inner, name == "@context"))
            if is_context:
                terms.add(name)
                vocabulary |= name == "@vocab" and not (isinstance(inner, Value) and inner.written == "null")
                if any(said in ("@container", "@type") and _says_map(told) for said, told in _members(inner)):
                    maps.add(name)
    return terms, maps, vocabulary


def _says_map(value: Any) -> bool:
    said = value.items if isinstance(value, Array) else [value]
    return any(isinstance(one, Value) and one.written in _MAPS for one in said)


_MAPS = {f'"@{name}"' for name in ("language", "index", "id", "type", "graph", "json")}


def _keys(root: Any, maps: set[str]) -> Iterator[Value]:
    """The keys that are asked for an IRI: not those inside contexts, maps and plain JSON."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Array):
            waiting += reversed(part.items)
        elif isinstance(part, Object):
            names = [name for name, _ in _members(part)]
            for key, inner in part.members:
                name = json.loads(key.written)
                yield key
                if name == "@context" or name in maps or (name == "@value" and "@type" in names):
                    continue
                waiting.append(inner)
