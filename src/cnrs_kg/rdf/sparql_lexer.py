"""The tokens of a SPARQL request with their offsets: https://www.w3.org/TR/sparql12-query/#sparqlGrammar (terminals).

It never fails and never recurses: what is no terminal becomes an `ERROR` token, so that a guard can look at any text
before a native parser does. Keywords inside strings, IRIs, comments and prefixed names are not `WORD` tokens.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """What a token is; `WORD` are keywords and function names, `PUNCTUATION` everything else that is no term."""

    WORD = 0
    IRI = 1
    PREFIXED_NAME = 2
    VARIABLE = 3
    STRING = 4
    NUMBER = 5
    BLANK_NODE = 6
    LANGUAGE = 7
    PUNCTUATION = 8
    ERROR = 9


class Token(NamedTuple):
    """One terminal: its text as written, and where it begins and ends in the request."""

    kind: Kind
    text: str
    start: int
    end: int


_LETTER = r"[^\W\d_]"
_LOCAL_CHARACTER = r"(?:[\w:\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_LOCAL = rf"(?:(?!-){_LOCAL_CHARACTER}(?:\.*+{_LOCAL_CHARACTER})*+)"
# Every alternative consumes what it has looked at, or looks no farther than one token: otherwise a megabyte of `a.a.a.`
# or of unclosed quotes takes minutes. So a name without a colon is one match, split afterwards, and an unclosed
# string, which no parser gets past, runs to the end of its line (short) or of the request (long).
_TERMINALS = {
    "SKIP": r"[ \t\r\n]++|\#[^\r\n]*+",
    "IRI": r"<[^<>\"{}|^`\x00-\x20]*+>",
    "BLANK_NODE": r"_:[\w](?:[\w.\-·]*[\w\-·])?",
    "PREFIXED_NAME": rf"(?:{_LETTER}[\w.\-·]*+)?:{_LOCAL}?+",
    "NAMES": rf"{_LETTER}[\w.\-·]*+",
    "VARIABLE": r"[?$]\w[\w·]*+",
    "STRING": r'"""(?:[^"\\]++|\\.|"(?!""))*+"""' + r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?!"")(?:[^"\\\r\n]++|\\.)*+"' + r"|'(?!'')(?:[^'\\\r\n]++|\\.)*+'",
    "LANGUAGE": r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?",
    "NUMBER": r"(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+\-]?\d++)?",
    "WORD": r"_\w*+",
    "PUNCTUATION": r"<<\(|\)>>|<<|>>|\{\||\|\}|\|\||&&|\^\^|!=|<=|>=|[{}()\[\]<>.,;=!+\-*/|^?~]",
    "UNCLOSED": r"(?:\"{3}|'{3}).*+|[\"'][^\r\n]*+",
    "ERROR": r".",
}
_TERMINAL = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _TERMINALS.items()), re.DOTALL)
_PARTS = re.compile(r"\w+|[.\-]|.", re.DOTALL)
_KINDS = {kind.name: kind for kind in Kind} | {"UNCLOSED": Kind.ERROR}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a request in order, white space and comments left out; lazily, in time linear in its length."""
    for match in _TERMINAL.finditer(text):
        name = match.lastgroup
        if name == "NAMES":
            yield from _split(match)
        elif name != "SKIP" and name is not None:
            yield Token(_KINDS[name], match.group(), match.start(), match.end())


def _split(names: re.Match[str]) -> Iterator[Token]:
    """The words of `true.OPTIONAL`, which is no prefixed name since no colon follows."""
    for part in _PARTS.finditer(names.group()):
        text = part.group()
        kind = Kind.WORD if text[0].isalnum() or text[0] == "_" else Kind.PUNCTUATION
        yield Token(kind, text, names.start() + part.start(), names.start() + part.end())


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Where an offset lies, both from 1, in characters; lines end as the SPARQL parser counts them, at a line feed."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def iri_text(token: Token) -> str:
    """What stands between the angle brackets of an IRI token, codepoint escapes resolved."""
    inner = token.text[1:-1]
    if "\\" not in inner:
        return inner
    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", _character, inner)


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1) or match.group(2), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()
