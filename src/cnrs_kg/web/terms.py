"""The terms of an answer as a page shows them: read from TSV results or N-Triples, with local links.

https://www.w3.org/TR/sparql11-results-csv-tsv/ and https://www.w3.org/TR/n-triples/
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from cnrs_kg.rdf import namespaces
from cnrs_kg.rdf.namespaces import CNRS, ID, SHAPES, XSD
from cnrs_kg.web.messages import url

ROWS, SHOWN = 500, 2**21
"""Rows that a page shows, and bytes of the answer after which it shows no other; the whole is a download away."""

_PATH = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
_LINE = 2**20
_CELL = 2000
_BEGINNING = 10 * (_CELL + 1)
"""Characters of a literal that are read: an escape has at most ten."""
# A match holds up the whole server, so all of these take linear time and no step of Python's for each character.
_LITERAL = r'"((?:[^"\\]++|\\.)*+)"(?:\^\^<([^<>"{}|^`\\\x00-\x20]*)>|@([A-Za-z0-9-]+))?'
_TERM = re.compile(rf"<([^<>\"{{}}|^`\x00-\x20]*)>|(_:\S+)|{_LITERAL}|([^\s\"<]+)")
_TRIPLE_LINE = re.compile(r"(<[^>]*>|_:\S+) (<[^>]*>) (.*)")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_NUMERIC = {XSD(name).value for name in ("integer", "decimal", "double", "float", "long", "int", "nonNegativeInteger")}
_NUMBER = re.compile(r"[+-]?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d++)?")


@dataclass(frozen=True)
class Term:
    """A cell: what is read, where it leads, and what else is known of it."""

    kind: str
    text: str
    href: str | None = None
    title: str | None = None
    language: str | None = None
    datatype: str | None = None
    external: bool = False
    written: str = field(default="", compare=False)
    """As SPARQL writes it, or empty if that is long."""


@dataclass(frozen=True)
class Table:
    """The head of an answer: its columns and first rows, and whether there are more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    complete: bool


def describe_url(iri: str) -> str:
    """A local page about an IRI."""
    if iri.startswith(ID.iri) and _PATH.fullmatch(iri, len(ID.iri)):
        return url(f"/doc/{iri.removeprefix(ID.iri)}", [])
    return url("/doc", [("iri", iri)])


def place(iri: str) -> str:
    """Where a page of ours tells of an IRI: a term of the ontology or a shape stands on the page of all of them."""
    for namespace, path in ((CNRS, "/ontology"), (SHAPES, "/shapes")):
        if iri.startswith(namespace.iri):
            return f"{path}#{iri.removeprefix(namespace.iri)}"
    return describe_url(iri)


def short(iri: str) -> str:
    """The IRI with a known prefix, if there is one."""
    return namespaces.short(iri) or iri


def iri_term(iri: str, base_iri: str) -> Term:
    """An IRI: ours leads to its description here, others to where they say."""
    iri = unescaped(iri)
    href = describe_url(iri) if iri.startswith(base_iri) else iri if iri.startswith(("http://", "https://")) else None
    return Term("iri", short(iri), href, iri, external=href == iri, written=f"<{iri}>")


def term(text: str, base_iri: str) -> Term | None:
    """The term that a TSV cell or a part of an N-Triples line holds; None if the cell is empty."""
    if not text:
        return None
    match = _TERM.fullmatch(text)
    if match is None or len(text) - len(match[3] or "") > _CELL:
        return Term("other", _cut(text))
    iri, blank, literal, datatype, language, bare = match.groups()
    if iri is not None:
        return iri_term(iri, base_iri)
    if blank is not None:
        return Term("blank", blank)
    written = text if len(text) <= _CELL else ""
    if literal is not None:
        kind, datatype = "number" if datatype in _NUMERIC else "literal", short(datatype) if datatype else None
        return Term(kind, _cut(unescaped(literal[:_BEGINNING])), language=language, datatype=datatype, written=written)
    return Term("number" if _NUMBER.fullmatch(bare) else "literal", _cut(bare), written=written)


def unescaped(text: str) -> str:
    """Text with its escapes undone."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    escape = match[1]
    if len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return _PLAIN.get(escape, escape)


def _cut(text: str) -> str:
    return text if len(text) <= _CELL else text[:_CELL] + " …"


def solutions(file: BinaryIO, base_iri: str) -> Table:
    """The head of a SELECT answer in TSV."""
    columns = tuple(name.removeprefix("?") for name in _line(file).rstrip("\r\n").split("\t") if name)
    rows = [
        tuple(term(cell, base_iri) for cell in line.rstrip("\r\n").split("\t")[: len(columns)]) for line in _lines(file)
    ]
    return Table(columns, tuple(rows), not file.read(1))


def triples(file: BinaryIO, base_iri: str) -> Table:
    """The head of a graph in N-Triples."""
    rows: list[tuple[Term | None, ...]] = []
    for line in _lines(file):
        match = _TRIPLE_LINE.fullmatch(line.rstrip().removesuffix(".").rstrip())
        if match:
            rows.append(tuple(term(part, base_iri) for part in match.groups()))
    return Table(("subject", "predicate", "object"), tuple(rows), not file.read(1))


def opened(body: bytes | None, file: BinaryIO | None) -> BinaryIO:
    """An answer as a file, wherever it is kept."""
    if file is None:
        return io.BytesIO(body or b"")
    file.seek(0)
    return file


def _lines(file: BinaryIO) -> Iterator[str]:
    """The lines that a page shows."""
    shown = 0
    for _ in range(ROWS):
        line = _line(file)
        if not line:
            return
        yield line
        shown += len(line)
        if shown > SHOWN:
            return


def _line(file: BinaryIO) -> str:
    line = file.readline(_LINE)
    if len(line) == _LINE and not line.endswith(b"\n"):
        while (rest := file.readline(_LINE)) and not rest.endswith(b"\n"):
            pass
    return line.decode("utf-8", errors="replace")
