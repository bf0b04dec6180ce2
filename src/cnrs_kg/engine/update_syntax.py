"""A SPARQL Update request cut into its operations, each with the places of its parts.

https://www.w3.org/TR/sparql11-query/#rUpdate (the grammar of updates stands in the query document)

pyoxigraph judges the syntax of every operation; what is found here afterwards relies on that. It is asked operation
by operation because 0.5.13 refuses a prologue after `;`, which the grammar allows, and because nobody should have to
run an operation to learn where it begins.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from cnrs_kg.engine.syntax import PADDING, read_syntax_error
from cnrs_kg.errors import QuerySyntaxError, ServiceRefused
from cnrs_kg.rdf.sparql_lexer import Kind, Token, line_and_column, tokens

_WITHOUT_BLOCKS = ("LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
_OPERATIONS = ("INSERT", "DELETE", "WITH", *_WITHOUT_BLOCKS)
_TARGETS = ("DEFAULT", "NAMED", "ALL")


@dataclass(frozen=True)
class Span:
    """A part of the request: its tokens, and where they stand in the text."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def source(self) -> str:
        return self.text[self.start : self.end]

    @property
    def position(self) -> tuple[int, int]:
        """Line and column, from 1."""
        return line_and_column(self.text, self.start)


@dataclass(frozen=True)
class Operation:
    """One operation: `name` is its keywords (`INSERT DATA`, `MODIFY` for DELETE/INSERT with WHERE, `CLEAR`, ...)."""

    name: str
    span: Span
    prologue: str
    silent: bool = False
    blocks: dict[str, Span] = field(default_factory=dict)
    """By the keyword that introduces each: DATA, DELETE, INSERT, WHERE."""
    with_graph: Span | None = None
    using: tuple[Span, ...] = ()
    using_named: tuple[Span, ...] = ()
    targets: tuple[str | Span, ...] = ()
    """DEFAULT, NAMED, ALL or the IRI of a graph; for ADD, MOVE and COPY: from, to."""

    @property
    def source(self) -> str:
        """The operation alone, with the prologue that holds for it."""
        return f"{self.prologue}\n{self.span.source}"


def parse_update(text: str, *, base_iri: str | None = None) -> list[Operation]:
    """The operations of a request, all known to be well formed.

    Raises QuerySyntaxError, or ServiceRefused for a SERVICE, with line and column. LOAD is parsed like the others.
    """
    operations = []
    prologue: list[Span] = []
    for piece, last in _pieces(text):
        head, body = _split_prologue(piece)
        if head:
            prologue.append(Span(text, tuple(head)))
        if body:
            operations.append(_operation(text, prologue, Span(text, tuple(body)), base_iri))
        elif not last:
            raise QuerySyntaxError(
                "An operation is missing before ';'", position=line_and_column(text, piece[-1].end - 1)
            )
        elif head:
            _check_last_prologue(text, prologue, base_iri)
    _refuse_shared_labels(text, operations)
    return operations


def is_word(token: Token, *words: str) -> bool:
    """Whether the token is one of these keywords, in any case."""
    return token.kind is Kind.WORD and token.text.upper() in words


def _pieces(text: str) -> Iterator[tuple[list[Token], bool]]:
    """The tokens between the `;` of the request, each with whether they are the last; `;` is kept at the end."""
    depth, piece = 0, []
    for token in tokens(text):
        piece.append(token)
        if token.kind is Kind.PUNCTUATION and token.text in "{}":
            depth += 1 if token.text == "{" else -1
        elif token.kind is Kind.PUNCTUATION and token.text == ";" and depth == 0:
            yield piece, False
            piece = []
    yield piece, True


def _split_prologue(piece: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    if piece and piece[-1].text == ";" and piece[-1].kind is Kind.PUNCTUATION:
        piece = piece[:-1]
    index = 0
    while index < len(piece) and is_word(piece[index], "BASE", "PREFIX", "VERSION"):
        index += 3 if is_word(piece[index], "PREFIX") else 2
    return list(piece[:index]), list(piece[index:])


def _operation(text: str, prologue: list[Span], span: Span, base_iri: str | None) -> Operation:
    if not is_word(span.tokens[0], *_OPERATIONS):
        found = span.tokens[0].text
        raise QuerySyntaxError(f"Expected an update operation, found {found!r}", position=span.position)
    for token in span.tokens:
        if is_word(token, "SERVICE"):
            raise ServiceRefused("SERVICE is not allowed in an update", position=line_and_column(text, token.start))
    parts = _Parts(span, _prologue_text(text, prologue, span))
    if is_word(span.tokens[0], "LOAD"):
        return _load(parts, base_iri)
    try:
        _check(parts.prologue + span.source, base_iri)
    except QuerySyntaxError:
        _refuse_second_operation(span)
        raise
    return parts.operation()


def _refuse_second_operation(span: Span) -> None:
    """Say so where the fault is that `;` is missing between two operations."""
    depth, complete = 0, is_word(span.tokens[0], *_WITHOUT_BLOCKS)
    for before, token in zip(span.tokens, span.tokens[1:], strict=False):
        if token.kind is Kind.PUNCTUATION and token.text in "{}":
            depth += 1 if token.text == "{" else -1
            complete |= is_word(before, "DATA", "WHERE")
        elif complete and depth == 0 and is_word(token, *_OPERATIONS):
            raise QuerySyntaxError(
                f"';' is missing before {token.text}", position=line_and_column(span.text, token.start)
            )


def _check_last_prologue(text: str, prologue: Sequence[Span], base_iri: str | None) -> None:
    """A prologue that no operation follows is allowed."""
    end = Span(text, (Token(Kind.PUNCTUATION, "", len(text), len(text)),))
    _check(_prologue_text(text, prologue, end), base_iri, tail="\nINSERT DATA {}")


def _load(parts: "_Parts", base_iri: str | None) -> Operation:
    """LOAD must never reach pyoxigraph, which would fetch: its IRIs are judged in an INSERT DATA of the same shape."""
    operation = parts.load()
    iris = [target.source for target in operation.targets if isinstance(target, Span)]
    _check(f"{parts.prologue}INSERT DATA {{ {iris[0]} {iris[0]} {iris[-1]} }}", base_iri)
    return operation


def _check(source: str, base_iri: str | None, tail: str = "") -> None:
    """Raise QuerySyntaxError unless pyoxigraph finds the operation well formed; on an empty store it does little."""
    try:
        ox.Store().update(source + tail + PADDING, base_iri=base_iri)
    except SyntaxError as error:
        raise read_syntax_error(str(error), source) from None
    except (RuntimeError, ValueError, OSError):
        return


def _prologue_text(text: str, prologue: Sequence[Span], span: Span) -> str:
    """The prologue spans with all else before `span` blanked, so that positions stay those of the request."""
    pieces, end = [], 0
    for part in prologue:
        pieces += [_blank(text[end : part.start]), part.source]
        end = part.end
    return "".join(pieces) + _blank(text[end : span.start])


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)


def _refuse_shared_labels(text: str, operations: Sequence[Operation]) -> None:
    """No blank node label in two INSERT DATA: https://www.w3.org/TR/sparql11-query/#grammarBNodes"""
    owner: dict[str, Operation] = {}
    for operation in operations:
        if operation.name != "INSERT DATA":
            continue
        for token in operation.span.tokens:
            if token.kind is Kind.BLANK_NODE and owner.setdefault(token.text, operation) is not operation:
                raise QuerySyntaxError(
                    f"The blank node {token.text} is used in two INSERT DATA",
                    position=line_and_column(text, token.start),
                )


class _Parts:
    """Reads the parts of one operation from left to right."""

    def __init__(self, span: Span, prologue: str) -> None:
        self.span = span
        self.prologue = prologue
        self.index = 0

    def operation(self) -> Operation:
        first = self.span.tokens[0].text.upper()
        if first in ("INSERT", "DELETE") and is_word(self.span.tokens[1], "DATA", "WHERE"):
            return self._simple(first)
        if first in ("INSERT", "DELETE", "WITH"):
            return self._modify()
        self.index = 1
        silent = self._accept("SILENT")
        targets = [self._target()]
        if first in ("ADD", "MOVE", "COPY"):
            assert self._accept("TO"), self.span.source
            targets.append(self._target())
        return Operation(first, self.span, self.prologue, silent=silent, targets=tuple(targets))

    def load(self) -> Operation:
        self.index = 1
        silent = self._accept("SILENT")
        targets = [self._term()]
        if self._accept("INTO"):
            if not self._accept("GRAPH"):
                self._fail("GRAPH")
            targets.append(self._term())
        if self.index != len(self.span.tokens) or any(
            one.tokens[0].kind not in (Kind.IRI, Kind.PREFIXED_NAME) for one in targets
        ):
            self._fail("an IRI")
        return Operation("LOAD", self.span, self.prologue, silent=silent, targets=tuple(targets))

    def _simple(self, first: str) -> Operation:
        second = self.span.tokens[1].text.upper()
        self.index = 2
        return Operation(f"{first} {second}", self.span, self.prologue, blocks={second: self._block()})

    def _modify(self) -> Operation:
        with_graph = self._term() if self._accept("WITH") else None
        blocks = {}
        using: list[Span] = []
        using_named: list[Span] = []
        for word in ("DELETE", "INSERT"):
            if self._accept(word):
                blocks[word] = self._block()
        while self._accept("USING"):
            (using_named if self._accept("NAMED") else using).append(self._term())
        self._accept("WHERE")
        blocks["WHERE"] = self._block()
        return Operation(
            "MODIFY",
            self.span,
            self.prologue,
            blocks=blocks,
            with_graph=with_graph,
            using=tuple(using),
            using_named=tuple(using_named),
        )

    def _accept(self, word: str) -> bool:
        if self.index < len(self.span.tokens) and is_word(self.span.tokens[self.index], word):
            self.index += 1
            return True
        return False

    def _target(self) -> str | Span:
        for word in _TARGETS:
            if self._accept(word):
                return word
        self._accept("GRAPH")
        return self._term()

    def _term(self) -> Span:
        if self.index >= len(self.span.tokens):
            self._fail("an IRI")
        self.index += 1
        return Span(self.span.text, self.span.tokens[self.index - 1 : self.index])

    def _block(self) -> Span:
        start, depth = self.index, 0
        while True:
            token = self.span.tokens[self.index]
            self.index += 1
            if token.kind is Kind.PUNCTUATION and token.text in "{}":
                depth += 1 if token.text == "{" else -1
                if depth == 0:
                    return Span(self.span.text, self.span.tokens[start : self.index])

    def _fail(self, wanted: str) -> None:
        at = self.span.tokens[min(self.index, len(self.span.tokens) - 1)]
        raise QuerySyntaxError(f"Expected {wanted} in LOAD", position=line_and_column(self.span.text, at.start))
