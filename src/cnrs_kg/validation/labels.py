"""What people call a thing of the graph, by language."""

from collections.abc import Mapping

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, RDFS, SKOS, short
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term

LABELS = (SKOS("prefLabel"), RDFS("label"))
_STATEMENT = (RDF("subject"), RDF("predicate"), RDF("object"))


def labels(statements: Statements, term: Term | None) -> Mapping[str, str]:
    """The labels of a thing by language ("" for none), preferred ones before others; empty if it has none."""
    found: dict[str, str] = {}
    if isinstance(term, ox.NamedNode):
        for predicate in LABELS:
            for triple in statements.match(term, predicate, None):
                if isinstance(triple.object, ox.Literal):
                    found.setdefault(triple.object.language or "", triple.object.value)
    return found


def told(statements: Statements, term: Term | None) -> Mapping[str, str]:
    """What to call a thing by language; a claim, which has no label, by what it says."""
    found = labels(statements, term)
    if found or not isinstance(term, ox.NamedNode):
        return found
    said = [[triple.object for triple in statements.match(term, part, None)] for part in _STATEMENT]
    if not all(said):
        return found
    return {lang: " – ".join(name(statements, values[0], lang) for values in said) for lang in ("en", "fr")}


def name(statements: Statements, term: Term, lang: str) -> str:
    """What to call a term in a language: its label there, in English or in any, else itself, shortened by a prefix."""
    return in_language(labels(statements, term), lang) or shortened(term)


def in_language(known: Mapping[str, str], lang: str) -> str | None:
    """The text in a language, else in English, else in any."""
    return known.get(lang) or known.get("en") or next(iter(known.values()), None)


def shortened(term: Term) -> str:
    """A term as text: a literal by its characters, an IRI with the prefix that the project gives its namespace."""
    if isinstance(term, ox.Literal):
        return term.value
    if isinstance(term, ox.NamedNode):
        return short(term.value) or str(term)
    return str(term)
