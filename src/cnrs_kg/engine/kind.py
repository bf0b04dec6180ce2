"""What a SPARQL request is, from its tokens alone: its form, its dataset clauses, and where SERVICE or LOAD stand.

https://www.w3.org/TR/sparql11-query/#specifyingDataset
"""

from dataclasses import dataclass, field

from cnrs_kg.errors import LoadRefused, ServiceRefused
from cnrs_kg.rdf.sparql_lexer import Kind, Token, iri_text, line_and_column, tokens

UPDATE = "UPDATE"
QUERY_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATE_WORDS = frozenset({"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})


@dataclass
class Outline:
    """What the tokens tell; a request that is no SPARQL gives whatever was seen, for the parser to refuse."""

    form: str | None = None
    """SELECT, ASK, CONSTRUCT, DESCRIBE, UPDATE, or None."""
    base: str | None = None
    """The IRI of the last BASE, as written."""
    prefixes: dict[str, str] = field(default_factory=dict)
    """Namespaces by prefix, as written."""
    default_graphs: list[str] = field(default_factory=list)
    """The IRIs of FROM, as written but for their prefixes."""
    named_graphs: list[str] = field(default_factory=list)
    """The IRIs of FROM NAMED."""
    service: int | None = None
    """Where the first SERVICE stands."""
    load: int | None = None

    @property
    def has_dataset(self) -> bool:
        return bool(self.default_graphs or self.named_graphs)


def query_form(text: str) -> str | None:
    """SELECT, ASK, CONSTRUCT, DESCRIBE or UPDATE; None if the request begins like none of them."""
    for token in tokens(text):
        if token.kind is Kind.WORD:
            form = _form(token.text.upper())
            if form is not None:
                return form
    return None


def outline(text: str) -> Outline:
    """All that the tokens tell of a request."""
    found = Outline()
    before: list[Token] = []
    for token in tokens(text):
        if token.kind is Kind.WORD:
            _note_word(found, token)
        elif token.kind is not Kind.PUNCTUATION:
            _note_name(found, before, token)
        before = [*before[-1:], token]
    return found


def refuse_federation(text: str, found: Outline) -> None:
    """Raise `ServiceRefused` or `LoadRefused`, with the place, if the request would fetch anything."""
    if found.service is not None:
        line, column = line_and_column(text, found.service)
        raise ServiceRefused(
            f"SERVICE at line {line}, column {column}: no other endpoint is asked from here",
            position=(line, column),
            limit="service_allow",
            advice="Ask the other endpoint yourself and give its answers as VALUES.",
        )
    if found.load is not None and found.form == UPDATE:
        line, column = line_and_column(text, found.load)
        raise LoadRefused(
            f"LOAD at line {line}, column {column}: this endpoint fetches nothing",
            position=(line, column),
            advice="Send the document itself: POST it to the graph store.",
        )


def _form(word: str) -> str | None:
    if word in QUERY_FORMS:
        return word
    return UPDATE if word in _UPDATE_WORDS else None


def _note_word(found: Outline, token: Token) -> None:
    word = token.text.upper()
    if found.form is None:
        found.form = _form(word)
    if word == "SERVICE" and found.service is None:
        found.service = token.start
    if word == "LOAD" and found.load is None:
        found.load = token.start


def _note_name(found: Outline, before: list[Token], token: Token) -> None:
    """A term: after BASE, PREFIX or FROM it is part of a declaration or of a dataset clause."""
    words = [earlier.text.upper() if earlier.kind is Kind.WORD else "" for earlier in before]
    last = words[-1] if words else ""
    if token.kind is Kind.IRI and last == "BASE":
        found.base = iri_text(token)
    elif token.kind is Kind.IRI and words[:1] == ["PREFIX"] and before[-1].kind is Kind.PREFIXED_NAME:
        found.prefixes[before[-1].text[:-1]] = iri_text(token)
    elif last == "FROM":
        _add_graph(found.default_graphs, found, token)
    elif words == ["FROM", "NAMED"]:
        _add_graph(found.named_graphs, found, token)


def _add_graph(graphs: list[str], found: Outline, token: Token) -> None:
    if token.kind is Kind.IRI:
        graphs.append(iri_text(token))
    elif token.kind is Kind.PREFIXED_NAME:
        prefix, _, local = token.text.partition(":")
        graphs.append(found.prefixes.get(prefix, "") + local.replace("\\", ""))
