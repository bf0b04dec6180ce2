"""What stands around a place in a SPARQL query that is being written: the patterns of the groups that it lies in.

The query need not be well formed. What is not understood is left out, so that the patterns say less, but nothing wrong:
paths, literals, and what stands in OPTIONAL or another group than the place's own.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import PREFIXES, RDF
from cnrs_kg.rdf.sparql_lexer import Kind, Token, iri_text, tokens

Term = ox.NamedNode | ox.Variable
_WORD = re.compile(r"(?:<[^<>\"{}|^`\\\s]*|[?$]\w*|(?:[^\W\d_][\w.-]*)?:[\w:%-]*|[\w-]+)\Z")
_REST = re.compile(r"[\w:%-]*>?")
_LONGEST = 500
"""Characters of a word that is being written: the search for its beginning takes time by the square of them."""
_NAMES = (Kind.IRI, Kind.PREFIXED_NAME, Kind.VARIABLE, Kind.BLANK_NODE, Kind.STRING, Kind.NUMBER)
_CLOSING = {"{": "}", "(": ")", "[": "]", "<<": ">>", "<<(": ")>>", "{|": "|}"}


class Pattern(NamedTuple):
    """A triple pattern of IRIs and variables; a blank node is a variable."""

    subject: Term
    predicate: Term
    object: Term


@dataclass(frozen=True)
class Place:
    """A place in a query: what may stand there, what is written of it, and what the query says of its neighbours.

    `kind` is prefix, subject, predicate, object, name (a variable or keyword), or none.
    """

    kind: str
    word: str = ""
    subject: Term | None = None
    predicate: Term | None = None
    patterns: tuple[Pattern, ...] = ()
    prefixes: dict[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()


@dataclass
class _Frame:
    """What was read between two brackets: the triple that is being read, and those that were."""

    opening: str
    holds: str = "triples"
    """triples, data (of VALUES), a path, or an expression."""
    subject: Term | None = None
    predicate: Term | None = None
    place: str = "subject"
    path: bool = False
    found: list[Pattern] = field(default_factory=list)

    def next(self, place: str) -> None:
        self.place, self.path = place, False

    def take(self, term: Term | None) -> None:
        """A term; None for one of which nothing is known."""
        if self.place == "after":
            self.next("subject")
        if self.place == "subject":
            self.subject = term
            self.next("predicate")
        elif self.place == "predicate":
            self.predicate = None if self.path else term
            self.place = "object"
        else:
            if self.subject is not None and self.predicate is not None and term is not None:
                self.found.append(Pattern(self.subject, self.predicate, term))
            self.place = "after"


class _Reader:
    """Reads tokens and knows in which groups it is."""

    def __init__(self) -> None:
        self.frames = [_Frame("", "expression")]
        self.prefixes: dict[str, str] = {}
        self.variables: dict[str, None] = {}
        self.outermost: list[_Frame] = []
        self._blank = 0
        self._word = ""
        self._prefix: str | None = None

    def read(self, token: Token) -> None:
        """The next token."""
        if token.kind is Kind.WORD:
            self._keyword(token.text)
        elif token.kind in _NAMES:
            self._name(token)
            self._word = self._word if self._word == "VALUES" else ""
        elif token.kind is Kind.PUNCTUATION:
            self._mark(token.text)

    def _keyword(self, text: str) -> None:
        if text == "a" and self.frames[-1].place == "predicate":
            self.frames[-1].take(RDF("type"))
        elif text.lower() in ("true", "false"):
            self.frames[-1].take(None)
        elif text.upper() != "SILENT":
            self._word = text.upper()

    def _name(self, token: Token) -> None:
        if token.kind is Kind.VARIABLE:
            self.variables[token.text[1:]] = None
        if self._word == "PREFIX" and self._prefix is None:
            self._prefix = token.text[:-1]
            return
        if self._prefix is not None:
            if token.kind is Kind.IRI:
                self.prefixes[self._prefix] = iri_text(token)
            self._prefix = None
        elif self.frames[-1].holds == "triples" and self._word not in ("GRAPH", "SERVICE", "FILTER", "VALUES"):
            self.frames[-1].take(self._term(token))

    def _term(self, token: Token) -> Term | None:
        try:
            if token.kind is Kind.VARIABLE:
                return ox.Variable(token.text[1:])
            if token.kind is Kind.IRI:
                return ox.NamedNode(iri_text(token))
            if token.kind is Kind.PREFIXED_NAME:
                prefix, _, local = token.text.partition(":")
                return ox.NamedNode((self.prefixes.get(prefix) or PREFIXES[prefix]) + local.replace("\\", ""))
            return ox.Variable(f"blank_{token.text[2:]}") if token.kind is Kind.BLANK_NODE else None
        except (KeyError, ValueError):
            return None

    def _mark(self, text: str) -> None:
        frame = self.frames[-1]
        if text in _CLOSING:
            self._open(text, frame)
        elif text in _CLOSING.values():
            self._close(text)
        elif frame.holds == "triples":
            if text == ".":
                frame.next("subject")
            elif text == ";" and frame.place != "subject":
                frame.next("predicate")
            elif text == "," and frame.place == "after":
                frame.place = "object"
            elif text in "/|" and frame.place == "object":
                frame.place, frame.path = "predicate", True
            elif text in "^!" and frame.place == "predicate":
                frame.path = True
            elif text in "*+?" and frame.place == "object":
                frame.predicate = None
        self._word = self._word if text in "()" else ""

    def _open(self, text: str, frame: _Frame) -> None:
        holds = "triples" if text in "{[" else "expression"
        subject: Term | None = None
        if text == "{" and self._word == "VALUES" or frame.holds == "data":
            holds = "data"
        elif text == "(" and frame.holds == "triples" and frame.place == "predicate":
            holds = "path"
        elif text == "[" and frame.holds == "triples":
            self._blank += 1
            subject = ox.Variable(f"bracket_{self._blank}")
            frame.take(subject)
        self.frames.append(_Frame(text, holds, subject, place="predicate" if text == "[" else "subject"))

    def _close(self, text: str) -> None:
        if len(self.frames) == 1 or _CLOSING[self.frames[-1].opening] != text:
            return
        closed, frame = self.frames.pop(), self.frames[-1]
        if text == "}":
            frame.next("subject")
            if len(self.frames) == 1 and closed.holds == "triples":
                self.outermost.append(closed)
        elif closed.holds == "path" or text in (">>", ")>>"):
            frame.take(None)
        elif text == ")" and frame.place == "object":
            frame.take(None)  # a list


def place(before: str, after: str = "") -> Place:
    """What may stand between two parts of a query."""
    match = _WORD.search(before, max(0, len(before) - _LONGEST))
    word = match.group() if match else ""
    reader, last = _Reader(), Token(Kind.WORD, "", 0, 0)
    start = before[: len(before) - len(word)]
    for last in tokens(start):
        reader.read(last)
    if last.kind is Kind.ERROR and last.text[0] in "\"'" or "#" in start[last.end :].rpartition("\n")[2]:
        return Place("none")
    frames = [frame for frame in reader.frames if frame.holds == "triples"]
    here, kind = reader.frames[-1], _kind(reader, last)
    subject = None if here.path or here.holds == "path" else here.subject
    predicate = here.predicate
    if word or kind != "subject":
        here.take(None)
    for token in tokens(after[len(_REST.match(after).group()) :] if word else after):  # type: ignore[union-attr]
        reader.read(token)
    return Place(
        kind,
        word,
        subject if kind in ("predicate", "object") else None,
        predicate if kind == "object" else None,
        tuple(dict.fromkeys(pattern for frame in frames for pattern in frame.found)),
        reader.prefixes,
        tuple(reader.variables),
    )


def required(query: str) -> tuple[Pattern, ...]:
    """The patterns of a SELECT query that every row of its answer is a solution of: those of its outermost group."""
    reader = _Reader()
    for token in tokens(query):
        reader.read(token)
    return tuple(dict.fromkeys(pattern for frame in reader.outermost for pattern in frame.found))


def _kind(reader: _Reader, last: Token) -> str:
    here = reader.frames[-1]
    if last.kind is Kind.WORD and last.text.upper() == "PREFIX":
        return "prefix"
    if here.holds == "path":
        return "predicate"
    if here.holds == "data":
        return "object"
    if here.holds == "expression":
        return "name"
    return "subject" if here.place == "after" else here.place


def connected(start: Term, patterns: tuple[Pattern, ...], most: int = 8) -> list[Pattern]:
    """The patterns that say something of a term, directly or through variables that they share; at most some."""
    known, found, left = {start}, list[Pattern](), list(patterns)
    while len(found) < most:
        near = next((one for one in left if known & {one.subject, one.object}), None)
        if near is None:
            break
        left.remove(near)
        found.append(near)
        known |= {term for term in near if isinstance(term, ox.Variable)}
    return found
