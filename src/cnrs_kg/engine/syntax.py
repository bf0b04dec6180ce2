"""Reading pyoxigraph's syntax errors for SPARQL.

It tells the farthest place that any rule of its grammar reached, and what would have been taken there. A keyword is
compared after as many characters as it has, so a failed one is reported by its own length too far on, or at the end of
the text if less is left: hence `PADDING`, and the way back.
"""

import re

from cnrs_kg.errors import QuerySyntaxError
from cnrs_kg.rdf.sparql_lexer import Kind, Token, line_and_column, tokens

PADDING = " " * 64
"""To be put after a request whose syntax error is to be read."""

_ERROR_AT = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_ITEM = re.compile(r"""\[(?:[^\]']|'[^']*')*\]|"(?:[^"\\]|\\.)*"|[^,\["]+""")
_KEYWORD = re.compile(r"[A-Za-z_]\w*")


def read_syntax_error(message: str, text: str) -> QuerySyntaxError:
    """The error with its place in `text`, from the message about `text` and its padding."""
    stranger = _undeclared(text)
    if stranger is not None:
        line, column = line_and_column(text, stranger.start)
        prefix = stranger.text.split(":")[0]
        what = f"the prefix {prefix}: of {stranger.text[:60]!r} is not declared"
        return QuerySyntaxError(
            f"Not SPARQL at line {line}, column {column}: {what}",
            position=(line, column),
            advice=f"Begin the request with PREFIX {prefix}: <...>.",
        )
    match = _ERROR_AT.match(message)
    if match is None:
        return QuerySyntaxError(f"Not SPARQL: {message}")
    items = [item for item in map(str.strip, _ITEM.findall(match[3])) if item and item != "[_]"]
    offset = _offset(text, int(match[1]), int(match[2]))
    keywords = [item for item in items if _KEYWORD.fullmatch(item)]
    if keywords and len(keywords) == len(items):
        offset -= min(map(len, keywords))
    reasons = [item for item in items if " " in item and item[0] not in "[\"'"]
    before, there = _around(text, offset)
    position = line_and_column(text, min(offset, len(text)))
    line, column = position
    return QuerySyntaxError(
        f"Not SPARQL at line {line}, column {column}: {_sentence(reasons, keywords, before, there)}", position=position
    )


def _undeclared(text: str) -> Token | None:
    """The first prefixed name whose prefix no PREFIX before it declares."""
    declared: set[str] = set()
    before = ""
    for token in tokens(text):
        if token.kind is Kind.PREFIXED_NAME:
            prefix = token.text.split(":")[0]
            if before == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return token
        before = token.text.upper() if token.kind is Kind.WORD else ""
    return None


def _sentence(reasons: list[str], keywords: list[str], before: str, there: str) -> str:
    after = f" after {before[:60]!r}" if before else ""
    if reasons:
        return f"{'; '.join(reasons)}{after}"
    start = f"{there[:60]!r} cannot stand{after or ' there'}" if there else f"the request ends too early{after}"
    meant = [keyword for keyword in keywords if len(there) > 2 and keyword[:3] == there[:3].upper()]
    return f"{start}; did you mean {meant[0]}?" if meant else start


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1


def _around(text: str, offset: int) -> tuple[str, str]:
    """The token that begins before a place, and the one that begins at or after it; empty where there is none."""
    before = ""
    for token in tokens(text):
        if token.start >= offset:
            return before, token.text
        before = token.text
    return before, ""
