"""The groups of a SPARQL query: their elements, where each stands, and which variables it binds.

https://www.w3.org/TR/sparql11-query/#rGroupGraphPattern and, for the variables, #variableScope. It reads the tokens of
a query that the parser has accepted, so it follows the grammar where it can and calls everything else `Unreadable`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from cnrs_kg.rdf.sparql_lexer import Kind, Token, tokens

_OPENING = frozenset({"{", "(", "[", "<<(", "{|"})
_CLOSING = frozenset({"}", ")", "]", ")>>", "|}"})
_VARIABLE = re.compile(r"[?$](\w[\w·]*)")
_NONE: frozenset[str] = frozenset()


class Unreadable(Exception):
    """The tokens are not those of a query that the parser accepts."""


class What(Enum):
    """What an element of a group is."""

    TRIPLES = "triples"
    FILTER = "FILTER"
    BIND = "BIND"
    VALUES = "VALUES"
    GROUP = "group"
    """A group, or a chain of them with UNION."""
    OPTIONAL = "OPTIONAL"
    MINUS = "MINUS"
    GRAPH = "GRAPH"
    LATERAL = "LATERAL"
    SERVICE = "SERVICE"
    SELECT = "SELECT"
    """A sub-select, which is all of its group."""


_WORDS = {what.value: what for what in What if what.value.isupper()}


@dataclass(frozen=True)
class Element:
    """One element of a group, from its first character to its last; a dot after it is not part of it."""

    what: What
    start: int
    end: int
    visible: frozenset[str] = _NONE
    """The variables that it may bind."""
    certain: frozenset[str] = _NONE
    """Those that it binds in every solution, as far as its form tells."""
    mentioned: frozenset[str] = _NONE
    group: "Group | None" = None
    """The group of an OPTIONAL, MINUS, GRAPH, LATERAL or SERVICE."""
    term: Token | None = None
    """What GRAPH or SERVICE name."""
    silent: bool = False
    inside: tuple[What, ...] = ()
    """What it stands in, the outermost first."""


@dataclass(frozen=True)
class Group:
    """What stands between two braces, these included in its place."""

    start: int
    end: int
    elements: tuple[Element, ...]

    @property
    def visible(self) -> frozenset[str]:
        return _union(element.visible for element in self.elements)

    @property
    def certain(self) -> frozenset[str]:
        return _union(element.certain for element in self.elements)


@dataclass(frozen=True)
class Query:
    """A query that has a group: its declarations, its dataset clauses, and the group."""

    prologue: tuple[Token, ...]
    dataset: tuple[int, int]
    """Where the FROM clauses stand; empty if there are none."""
    group: Group
    services: tuple[Element, ...]
    """Every SERVICE that stands in a group, however deep."""


def read_query(text: str) -> Query:
    """The groups of a query; `Unreadable` if it has none or the tokens are not as the grammar has them."""
    reader = _Reader(list(tokens(text)))
    prologue, dataset = reader.head()
    group = reader.group(())
    return Query(prologue, dataset, group, tuple(reader.services))


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return _NONE.union(*sets)


def _names(found: Iterable[Token]) -> frozenset[str]:
    return frozenset(token.text[1:] for token in found if token.kind is Kind.VARIABLE)


def _mentions(found: Iterable[Token]) -> frozenset[str]:
    """The variables among some tokens, with those in what reads as an IRI but may be a comparison: `?a<?b&&?c>?d`."""
    iris = (name for token in found if token.kind is Kind.IRI for name in _VARIABLE.findall(token.text))
    return _names(found) | frozenset(iris)


@dataclass
class _Reader:
    tokens: list[Token]
    place: int = 0
    services: list[Element] = field(default_factory=list)

    def head(self) -> tuple[tuple[Token, ...], tuple[int, int]]:
        """The declarations and the dataset clauses, up to the group of the query."""
        while self.word() not in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            self.take()
        prologue = tuple(self.tokens[: self.place])
        if self.take().text.upper() == "CONSTRUCT" and self.text() == "{":
            self.skip()
        start = end = 0
        while self.text() != "{":
            token = self.peek()
            if self.word() == "FROM" and not start:
                start = token.start
            elif self.word() != "WHERE" and start:
                end = token.end
            self.skip()
        return prologue, (start, end)

    def group(self, inside: tuple[What, ...]) -> Group:
        """The group that begins here."""
        start = self.take("{").start
        if self.word() == "SELECT":
            elements = [self._select((*inside, What.SELECT))]
        else:
            elements = []
            while self.text() != "}":
                elements.append(self._element(inside))
                if self.text() == ".":
                    self.take()
        return Group(start, self.take("}").end, tuple(elements))

    def _element(self, inside: tuple[What, ...]) -> Element:
        what = What.GROUP if self.text() == "{" else _WORDS.get(self.word(), What.TRIPLES)
        read = {
            What.TRIPLES: self._triples,
            What.FILTER: self._filter,
            What.BIND: self._bind,
            What.VALUES: self._values,
            What.GROUP: self._union_of_groups,
        }.get(what)
        return read(inside) if read else self._grouped(what, inside)

    def _triples(self, inside: tuple[What, ...]) -> Element:
        first = self.place
        while self.text() not in ("{", "}") and self.word() not in _WORDS:
            self.skip()
        last = self.place - 1
        while last > first and self.tokens[last].text == ".":
            last -= 1
        found = self.tokens[first : self.place]
        if not found:
            raise Unreadable
        names = _names(found)
        return Element(What.TRIPLES, found[0].start, self.tokens[last].end, names, names, _mentions(found))

    def _filter(self, inside: tuple[What, ...]) -> Element:
        first = self.place
        self.take()
        while self.text() not in ("(", "{"):
            self.take()
        self.skip()
        found = self.tokens[first : self.place]
        return Element(What.FILTER, found[0].start, found[-1].end, mentioned=_mentions(found), inside=inside)

    def _bind(self, inside: tuple[What, ...]) -> Element:
        first = self.place
        self.take()
        self.skip()
        found = self.tokens[first : self.place]
        names = _names(found[-2:])
        return Element(What.BIND, found[0].start, found[-1].end, names, mentioned=_mentions(found), inside=inside)

    def _values(self, inside: tuple[What, ...]) -> Element:
        first = self.place
        names = self._data()
        found = self.tokens[first : self.place]
        whole = all(token.text.upper() != "UNDEF" for token in found)
        return Element(What.VALUES, found[0].start, found[-1].end, names, names if whole else _NONE, names)

    def _data(self) -> frozenset[str]:
        """The variables of the VALUES that begins here, which is read to its end."""
        first = self.place
        while self.text() != "{":
            self.take()
        names = _names(self.tokens[first : self.place])
        self.skip()
        return names

    def _union_of_groups(self, inside: tuple[What, ...]) -> Element:
        first = self.place
        parts = [self.group((*inside, What.GROUP))]
        while self.word() == "UNION":
            self.take()
            parts.append(self.group((*inside, What.GROUP)))
        return Element(
            What.GROUP,
            parts[0].start,
            parts[-1].end,
            _union(part.visible for part in parts),
            frozenset.intersection(*(part.certain for part in parts)),
            _mentions(self.tokens[first : self.place]),
        )

    def _grouped(self, what: What, inside: tuple[What, ...]) -> Element:
        first, silent, term = self.place, False, None
        self.take()
        if what in (What.GRAPH, What.SERVICE):
            if self.word() == "SILENT":
                silent = self.take() is not None
            term = self.take()
        part = self.group((*inside, what))
        visible = part.visible | _names([term] if term else [])
        binds = what in (What.GRAPH, What.SERVICE)
        element = Element(
            what,
            self.tokens[first].start,
            part.end,
            _NONE if what is What.MINUS else visible,
            part.certain if binds else _NONE,
            _mentions(self.tokens[first : self.place]),
            part,
            term,
            silent,
            inside,
        )
        if what is What.SERVICE:
            self.services.append(element)
        return element

    def _select(self, inside: tuple[What, ...]) -> Element:
        first = self.place
        self.take()
        projected: frozenset[str] = _NONE
        while self.text() != "{":
            begin = self.place
            self.skip()
            projected |= _names(self.tokens[begin : self.place][-2:])
        every = any(token.text == "*" for token in self.tokens[first : self.place] if token.kind is Kind.PUNCTUATION)
        where = self.group(inside)
        beside: frozenset[str] = _NONE
        while self.text() != "}":
            if self.word() == "VALUES":
                beside = self._data()
            else:
                self.skip()
        visible = where.visible | beside if every and not projected else projected
        found = self.tokens[first : self.place]
        certain = where.certain & visible
        return Element(What.SELECT, found[0].start, found[-1].end, visible, certain, _mentions(found), inside=inside)

    def peek(self) -> Token:
        """The token that comes next."""
        if self.place >= len(self.tokens):
            raise Unreadable
        return self.tokens[self.place]

    def text(self) -> str:
        """The punctuation that comes next, or nothing."""
        token = self.peek()
        return token.text if token.kind is Kind.PUNCTUATION else ""

    def word(self) -> str:
        """The keyword that comes next, or nothing."""
        token = self.peek()
        return token.text.upper() if token.kind is Kind.WORD else ""

    def take(self, text: str | None = None) -> Token:
        """The next token, which is then behind."""
        token = self.peek()
        if token.kind is Kind.ERROR or (text is not None and token.text != text):
            raise Unreadable
        self.place += 1
        return token

    def skip(self) -> None:
        """Leave the next token behind, and if it is a bracket, all up to the one that closes it."""
        depth = 0
        while True:
            token = self.take()
            if token.kind is Kind.PUNCTUATION:
                depth += (token.text in _OPENING) - (token.text in _CLOSING)
            if depth < 0:
                raise Unreadable
            if depth == 0:
                return
