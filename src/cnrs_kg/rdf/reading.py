"""One term as a person writes it: an IRI, a name with a prefix of the project's, or a literal in Turtle's syntax."""

import re

import pyoxigraph as ox

from cnrs_kg.errors import RdfSyntaxError
from cnrs_kg.rdf.namespaces import PREFIXES, RDF
from cnrs_kg.rdf.terms import stored_term

LONGEST = 65_536
_PROLOGUE = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:[^\s<>\"{}|^`\\:/@]*+[:/@].*")
"""A scheme, and a sign that no local name has: `a:b` may be a name, `a://b`, `a:b:c` and `a:b@c` are none."""
_LOCAL = re.compile(r"[^\s<>\"{}|^`\\,;]+")
_NAME = r"[^\s<>\"'()\[\]{};,]+"
_LONG, _SHORT = r"{0}{0}{0}(?:[^{0}\\]|\\.|{0}{{1,2}}(?!{0}))*{0}{0}{0}", r"{0}(?:[^{0}\\\r\n]|\\.)*{0}"
_STRING = "|".join(form.format(quote) for quote in "\"'" for form in (_LONG, _SHORT))
_PLAIN = re.compile(rf"<[^<>]*>|{_NAME}|(?:{_STRING})(?:@[A-Za-z0-9-]+|\^\^(?:<[^<>]*>|{_NAME}))?", re.DOTALL)
"""One term and nothing after it: triple terms nested in what follows would end the parser, and the process with it."""
_ADVICE = 'Write an IRI, a name such as org:memberOf or id:unit/cintra, or a literal such as "CNRS"@fr.'


def read_term(text: str) -> ox.NamedNode | ox.Literal:
    """The term, in the form in which the store keeps it; `RdfSyntaxError` if the text is none."""
    text = text.strip()
    if text == "a":
        return RDF("type")
    prefix, _, local = text.partition(":")
    if prefix in PREFIXES and _LOCAL.fullmatch(local):
        return ox.NamedNode(PREFIXES[prefix] + local)
    if _ABSOLUTE.fullmatch(text):
        text = f"<{text}>"
    if not _PLAIN.fullmatch(text) or len(text) > LONGEST:
        raise RdfSyntaxError(f"{text[:200]!r} is no term", advice=_ADVICE)
    try:
        (quad,) = ox.parse(f"{_PROLOGUE}<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError) as error:
        said = error.msg.rpartition(": ")[2] if isinstance(error, SyntaxError) else "more than one term"
        raise RdfSyntaxError(f"{text[:200]!r} is no term: {said}", advice=_ADVICE) from error
    assert isinstance(quad, ox.Quad)
    found = stored_term(quad.object)
    if not isinstance(found, ox.NamedNode | ox.Literal):
        raise RdfSyntaxError(f"{text[:200]!r} is no IRI and no literal", advice=_ADVICE)
    return found


def read_predicate(text: str) -> ox.NamedNode:
    """A term that is an IRI."""
    found = read_term(text)
    if not isinstance(found, ox.NamedNode):
        raise RdfSyntaxError(f"{text[:200]!r} is a literal, but a predicate is an IRI", advice=_ADVICE)
    return found
