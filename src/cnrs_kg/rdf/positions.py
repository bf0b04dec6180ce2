"""Where a document says each of its statements: the line and the columns of the object.

The parser itself tells: it is given one byte at a time and hands over each quad as its object ends, so that positions
and statements cannot disagree: Turtle and its relatives (https://www.w3.org/TR/turtle/, N-Triples, TriG, N-Quads),
JSON-LD by line and column too, RDF/XML by line.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from cnrs_kg.rdf.formats import RdfSyntax
from cnrs_kg.rdf.json_positions import Placed, json_objects
from cnrs_kg.rdf.positions_text import LONG, Bytewise, Lines, Span
from cnrs_kg.rdf.turtle_roles import roles

_GOING_ON = bytes(range(0x80, 0xC0))
"""The bytes with which no character begins in UTF-8."""
_ENDING = 500
"""Bytes that the end of a term has at most: quotation marks and a language, or the beginning of its datatype."""
READABLE = frozenset({"turtle", "ntriples", "trig", "nquads", "jsonld", "rdfxml"})
_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<mark>[;,\[\](){}])
    | (?P<term>
        <[^>\n\r]*>
      | (?:\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
          | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
        (?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)? | \^\^(?:<[^>\n\r]*>|[^\s<>"'{}()\[\],;]+))?
      | [^\s<>"'{}()\[\],;\#][^\s<>"'{}()\[\],;]*
      )
    """,
    re.VERBOSE | re.DOTALL,
)


def objects(data: bytes, syntax: RdfSyntax, *, base_iri: str | None = None) -> Iterator[Placed]:
    """Each quad of a document with the place of its object, in Turtle and its relatives also of subject and predicate.

    A SyntaxError where the parser raises one.

    The object of a bracketed or listed node is its last term. In RDF/XML the place is the line at which the element or
    its start ends. JSON-LD comes in another order than from the plain parser: keywords first. Formats that are not
    `READABLE` give nothing.
    """
    if syntax.name == "jsonld":
        yield from json_objects(data, base_iri=base_iri)
    elif syntax.name == "rdfxml":
        yield from _lines_of(data, syntax, base_iri)
    elif syntax.name in READABLE:
        yield from _terms_of(data, syntax, base_iri)


def _lines_of(data: bytes, syntax: RdfSyntax, base_iri: str | None) -> Iterator[tuple[ox.Quad, Span]]:
    text = data.decode("utf-8", errors="replace")
    rows = re.split(r"\r\n|\n|\r", text)
    ends = [match.end() for match in re.finditer(rb"\r\n|\n|\r", data)]
    reader = Bytewise(data)

    def here() -> Span:
        line = min(bisect_right(ends, reader.given - 1), len(rows) - 1)
        row = rows[line]
        return Span(line + 1, len(row) - len(row.lstrip()) + 1, line + 1, len(row.rstrip()) + 1)

    try:
        for quad in ox.parse(reader, syntax.format, base_iri=base_iri):  # type: ignore[arg-type]
            yield quad, here()
    except SyntaxError as error:
        place = here()
        raise SyntaxError(error.msg, (None, place.line, place.column, None, None, None)) from None


def _inside(text: str, tokens: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """The bytes inside long terms and comments, without their ends, and of long gaps between them."""
    characters = size = before = 0
    for token in tokens:
        for start, end, ending in ((before, token.start(), 1), (*token.span(), _ENDING)):
            if end - start > LONG:
                size += len(text[characters:start].encode("utf-8", "surrogateescape"))
                length = len(text[start:end].encode("utf-8", "surrogateescape"))
                yield size, size + length - ending
                characters, size = end, size + length
        before = token.end()


def _terms_of(data: bytes, syntax: RdfSyntax, base_iri: str | None) -> Iterator[tuple[ox.Quad, Span]]:
    text = data.decode("utf-8", errors="surrogateescape")
    tokens = list(_TOKEN.finditer(text))
    found = [match for match in tokens if match.lastgroup != "comment"]
    known = roles((number, match[0]) for number, match in enumerate(found))
    terms = [number for number, match in enumerate(found) if match.lastgroup == "term" and match[0] != "."]
    ends = [found[number].end() for number in terms]
    lines = Lines(text)

    def span(number: int | None) -> Span | None:
        if number is None:
            return None
        start, end = found[number].span()
        if text[start] not in "<\"'":  # a name or a number may have the statement's dot glued to it
            end = start + len(text[start:end].rstrip("."))
        return lines.span(start, end)

    reader = Bytewise(data, _inside(text, tokens))
    read = characters = 0
    for quad in ox.parse(reader, syntax.format, base_iri=base_iri):  # type: ignore[arg-type]
        assert isinstance(quad, ox.Quad)
        characters += len(data[read : reader.given].translate(None, _GOING_ON))
        read = reader.given
        token = terms[max(bisect_right(ends, characters) - 1, 0)]
        subject, predicate, value = known.get(token, (None, None, None))
        place = span(token if value is None else value)
        assert place is not None
        yield quad, replace(place, subject=span(subject), predicate=span(predicate))
