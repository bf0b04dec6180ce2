"""What a query names: whether a change of some predicates can change its answer, by its tokens alone.

https://www.w3.org/TR/sparql11-query/#QSynTriples. It errs on one side only: a query that a change can affect is always
found, one that it cannot may be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.rdf.sparql_lexer import Kind, Token, iri_text, tokens

_TERMS = (Kind.IRI, Kind.PREFIXED_NAME, Kind.VARIABLE, Kind.STRING, Kind.NUMBER, Kind.BLANK_NODE, Kind.LANGUAGE)
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET")
_OPENING = ("[", "(", "<<", "<<(", "true", "false")
_LISTS = ("SELECT", "VALUES", "DESCRIBE", *_MODIFIERS)


@dataclass(frozen=True)
class Mentions:
    """The IRIs that a query names; with `anything` it also asks for statements by predicates that it does not name."""

    iris: frozenset[str]
    anything: bool = False

    def touched_by(self, predicates: Iterable[str]) -> bool:
        """Whether a change of statements with these predicates can change the answer."""
        return any(self.anything or predicate in self.iris for predicate in predicates)


@lru_cache(maxsize=256)
def mentions(query: str) -> Mentions:
    """What a query names."""
    found = list(tokens(query))
    prefixes, iris = {}, set()
    for place, token in enumerate(found):
        if token.kind is Kind.WORD and token.text.upper() == "PREFIX" and place + 2 < len(found):
            prefixes[found[place + 1].text] = iri_text(found[place + 2])
        elif token.kind is Kind.IRI:
            iris.add(iri_text(token))
        elif token.kind is Kind.WORD and token.text == "a":
            iris.add(RDF("type").value)
    for token in found:
        if token.kind is Kind.PREFIXED_NAME:
            prefix, _, local = token.text.partition(":")
            iris.add(prefixes.get(f"{prefix}:", f"{prefix}:") + local.replace("\\", ""))
    return Mentions(frozenset(iris), _asks_for_anything(found))


def _asks_for_anything(found: list[Token]) -> bool:
    """Whether a variable, or a negated set, may stand where a predicate does, or DESCRIBE asks for all of a thing."""
    words = {token.text.upper() for token in found if token.kind is Kind.WORD}
    patterns = list(_of_patterns(found))
    return "DESCRIBE" in words or any(map(_open, patterns, patterns[1:], patterns[2:]))


def _of_patterns(found: list[Token]) -> Iterable[Token]:
    """The tokens without those of lists of variables (projections, VALUES, solution modifiers)."""
    listing = False
    for token in found:
        if token.kind is Kind.WORD and token.text.upper() in _LISTS:
            listing = True
        elif token.text in ("{", "}"):
            listing = False
        if not listing:
            yield token


def _open(before: Token, token: Token, after: Token) -> bool:
    if token.text == "!" or (before.text == "!" and token.text == "("):
        return after.kind in (Kind.IRI, Kind.PREFIXED_NAME) or after.text in ("^", "a")
    if token.kind is not Kind.VARIABLE or not (after.kind in _TERMS or after.text.lower() in _OPENING):
        return False
    return before.kind in _TERMS or before.text in (";", "[", "]", ")", "{|")
