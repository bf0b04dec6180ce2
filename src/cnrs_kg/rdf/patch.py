"""RDF Patch: the quads added and removed by a change, as text (https://afs.github.io/rdf-delta/rdf-patch.html).

Rows are `H key value .`, `A s p o g .` and `D s p o g .` in N-Quads terms, between `TX .` and `TC .`.
A row without a graph speaks of the default graph: in a version's patch that is an inferred statement.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

import pyoxigraph as ox

from cnrs_kg.errors import PatchSyntaxError
from cnrs_kg.rdf.terms import DEFAULT_GRAPH

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_UNESCAPE = re.compile(r"\\(.)")
_HEADER = re.compile(r'H\s+(\S+)\s+"((?:[^"\\]|\\.)*)"\s*\.\s*$')
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_MARKS = {"TX", "TC"}
_BLOCK = 1_000
_LINE = re.compile(rb"([^\r\n]*+)(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True)
class Patch:
    """Quads added and removed, and what the header says of them (text by key)."""

    added: tuple[ox.Quad, ...] = ()
    removed: tuple[ox.Quad, ...] = ()
    header: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def inverse(self) -> "Patch":
        """The patch that takes this one back."""
        return Patch(self.removed, self.added, self.header)


def _row(mark: str, quad: ox.Quad) -> str:
    terms = f"{mark} {quad.subject} {quad.predicate} {quad.object}"
    return f"{terms} .\n" if quad.graph_name == DEFAULT_GRAPH else f"{terms} {quad.graph_name} .\n"


def rows(patch: Patch) -> Iterator[str]:
    """The patch as lines, removals first."""
    for key, value in patch.header.items():
        yield f'H {key} "{value.translate(_ESCAPES)}" .\n'
    yield "TX .\n"
    yield from (_row("D", quad) for quad in patch.removed)
    yield from (_row("A", quad) for quad in patch.added)
    yield "TC .\n"


def write_patch(patch: Patch, file: IO[bytes]) -> None:
    """Write the patch as UTF-8 text."""
    for row in rows(patch):
        file.write(row.encode())


def read_patch(lines: Iterable[bytes]) -> Patch:
    """The patch that these lines hold; `PatchSyntaxError` with line and column otherwise.

    A patch without its closing `TC .` is refused: it was cut short.
    """
    header: dict[str, str] = {}
    quads: dict[str, list[ox.Quad]] = {"A": [], "D": []}
    for number, mark, text in _rows(lines):
        if mark == "H":
            key, value = _read_header(text.strip(), number)
            header[key] = value
        else:
            quads[mark].append(_read_quad(text.strip()[1:], number))
    return Patch(tuple(quads["A"]), tuple(quads["D"]), header)


def read_changes(lines: Iterable[bytes]) -> Iterator[tuple[bool, ox.Quad]]:
    """The quads of a patch that we wrote, one at a time: each with whether it is added."""
    rows = (line for line in lines if line[:2] in (b"A ", b"D "))
    while some := list(islice(rows, _BLOCK)):
        quads = ox.parse(b"".join(row[2:] for row in some), ox.RdfFormat.N_QUADS)
        for row, quad in zip(some, quads, strict=True):
            assert isinstance(quad, ox.Quad)
            yield row.startswith(b"A"), quad


def read_header(lines: Iterable[bytes]) -> dict[str, str]:
    """The head of a patch, without the rows after it; `PatchSyntaxError` if a row of it is none."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.startswith(b"H "):
            break
        key, value = _read_header(_decode(line, number).strip(), number)
        found[key] = value
    return found


def rows_of(data: bytes, wanted: str) -> bytes:
    """What a patch adds (`A`), or removes (`D`), as N-Quads whose rows stand at the lines and columns of the patch.

    The rows themselves are not parsed; `PatchSyntaxError` as for `read_patch` for what is no row.
    """
    found, line = bytearray(), 1
    for number, mark, text in _rows(row[1] for row in _LINE.finditer(data)):
        if mark == "H":
            _read_header(text.strip(), number)
        elif mark == wanted:
            found += b"\n" * (number - line) + text.replace(mark, " ", 1).encode()
            line = number
    return bytes(found)


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[int, str, str]]:
    """Line, mark (H, A, D) and text of each row; the transaction that they stand in is seen to."""
    open_transaction = closed = False
    for number, line in enumerate(lines, 1):
        text = _decode(line, number)
        mark = next(iter(text.split(None, 1)), "#")
        if mark in _MARKS:
            open_transaction, closed = mark == "TX", mark == "TC"
        elif mark in ("H", "A", "D") and text.split() != [mark]:
            yield number, mark, text
        elif not mark.startswith("#"):
            raise PatchSyntaxError(
                f"line {number}: {mark[:20]!r} begins no row of an RDF patch",
                position=(number, 1),
                advice="Rows begin with H, TX, A, D or TC.",
            )
    if open_transaction and not closed:
        raise PatchSyntaxError("the patch ends before its closing row TC", advice="Send the whole file.")


def _decode(line: bytes, number: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise PatchSyntaxError(
            f"line {number}: not UTF-8 at byte {error.start + 1}", position=(number, error.start + 1)
        ) from error


def _read_header(text: str, number: int) -> tuple[str, str]:
    match = _HEADER.match(text)
    if match is None:
        raise PatchSyntaxError(f'line {number}: a header row is H key "value" .', position=(number, 1))
    value = _UNESCAPE.sub(lambda escape: _UNESCAPED.get(escape[1], escape[1]), match[2])
    return match[1], value


def _read_quad(text: str, number: int) -> ox.Quad:
    try:
        (quad,) = ox.parse(text, ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        column = (getattr(error, "offset", None) or 1) + 1
        raise PatchSyntaxError(f"line {number}: {error}", position=(number, column)) from error
    assert isinstance(quad, ox.Quad)
    return quad
