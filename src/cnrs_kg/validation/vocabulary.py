"""Terms of the project's own vocabulary that the ontology does not declare: most are misspelt.

Nothing follows from such a statement and no shape reads it, so it would stay unseen; it is warned of.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from cnrs_kg.rdf.namespaces import CNRS, OWL, RDF
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.report import Result

MOST = 100
"""Statements that are warned of."""
_TYPE = RDF("type")
_NEAR = 75.0
_MESSAGES = {
    "en": "The ontology does not declare {}.",
    "fr": "L'ontologie ne déclare pas {}.",
}
_NEAREST = {"en": "Did you mean {}?", "fr": "Vouliez-vous dire {} ?"}


def undeclared(added: Iterable[ox.Quad], statements: Statements) -> Iterator[Result]:
    """A warning for each of the first hundred added statements by an undeclared property, or about such a class."""

    @cache
    def is_declared(term: Term) -> bool:
        own = isinstance(term, ox.NamedNode) and term.value.startswith(CNRS.iri)
        return not own or next(statements.match(term, None, None), None) is not None  # type: ignore[arg-type]

    wrong = ((quad, term) for quad in added for term in _own_terms(quad) if not is_declared(term))
    for quad, term in sorted(wrong, key=lambda found: str(found[0]))[:MOST]:
        yield _warning(quad, term, statements)


def _own_terms(quad: ox.Quad) -> Iterator[Term]:
    """The property of a statement, and the class that it is about."""
    yield quad.predicate
    if quad.predicate == _TYPE:
        yield quad.object


def _warning(quad: ox.Quad, term: Term, statements: Statements) -> Result:
    name = str(term)
    near = process.extract(_local(name), _declared(statements), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2)
    fixes = tuple(
        {"message": {lang: said.format(other) for lang, said in _NEAREST.items()}, "replacement": other}
        for _, _, other in near
    )
    return Result(
        "Warning",
        "shape",
        {lang: said.format(name) for lang, said in _MESSAGES.items()},
        focus_node=quad.subject,
        path=str(quad.predicate),
        value=quad.object,
        fixes=fixes,
    )


def _declared(statements: Statements) -> dict[str, str]:
    """The classes and properties of our vocabulary by IRI, each with its local name."""
    kinds = (OWL("Class"), OWL("ObjectProperty"), OWL("DatatypeProperty"), OWL("AnnotationProperty"))
    found = {str(triple.subject) for kind in kinds for triple in statements.match(None, _TYPE, kind)}
    return {name: _local(name) for name in sorted(found) if name.startswith(f"<{CNRS.iri}")}


def _local(name: str) -> str:
    return name.removeprefix(f"<{CNRS.iri}").removesuffix(">")
