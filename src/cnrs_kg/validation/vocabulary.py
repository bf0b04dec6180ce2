"""Statements that do something else than they look: they are warned of.

Terms of the project's own vocabulary that the ontology does not declare are misspelt, mostly: nothing follows from such
a statement and no shape reads it. Among data, shapes judge nothing, imports fetch nothing, and axioms hold for all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from cnrs_kg.rdf.namespaces import CNRS, OWL, RDF, SH
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term
from cnrs_kg.reasoning.program import is_schema_statement
from cnrs_kg.store.graphs import role
from cnrs_kg.validation.report import Result

MOST = 100
"""Statements that are warned of."""
Text = Mapping[str, str]
_TYPE = RDF("type")
_NEAR = 75.0
_MESSAGES = {
    "en": "The ontology does not declare {}.",
    "fr": "L'ontologie ne déclare pas {}.",
}
_SHAPE = {
    "en": "A shape among data judges nothing: the shapes are those of the project (shapes/).",
    "fr": "Une forme parmi les données ne juge rien : les formes sont celles du projet (shapes/).",
}
_IMPORT = {
    "en": "Nothing is fetched: what is imported here adds no statement.",
    "fr": "Rien n'est téléchargé : ce qui est importé ici n'ajoute aucun énoncé.",
}
_AXIOM = {
    "en": "An axiom among data would hold for the whole graph: axioms belong to the ontology (ontology/).",
    "fr": "Un axiome parmi les données vaudrait pour tout le graphe : sa place est dans l'ontologie (ontology/).",
}
_NEAREST = {"en": "Did you mean {}?", "fr": "Vouliez-vous dire {} ?"}


def warnings(added: Iterable[ox.Quad], statements: Statements) -> Iterator[Result]:
    """Warnings of the first hundred added statements that are misspelt or out of place."""

    @cache
    def is_declared(term: Term) -> bool:
        own = isinstance(term, ox.NamedNode) and term.value.startswith(CNRS.iri)
        return not own or next(statements.match(term, None, None), None) is not None  # type: ignore[arg-type]

    def wrong(quad: ox.Quad) -> Iterator[Term | Text]:
        yield from (term for term in _terms(quad) if not is_declared(term))
        misplaced = _misplaced(quad)
        if misplaced:
            yield misplaced

    found = [(quad, what) for quad in added for what in wrong(quad)]
    for quad, what in sorted(found, key=lambda one: str(one[0]))[:MOST]:
        yield _warned(quad, what) if isinstance(what, Mapping) else _misspelt(quad, what, statements)


def _misplaced(quad: ox.Quad) -> Text | None:
    """What is to be said of a shape, an import or an axiom in a graph of data."""
    if not role(quad.graph_name).writable:
        return None
    if any(isinstance(term, ox.NamedNode) and term.value.startswith(SH.iri) for term in _terms(quad)):
        return _SHAPE
    if quad.predicate == OWL("imports"):
        return _IMPORT
    return _AXIOM if is_schema_statement(quad.predicate, quad.object) else None


def _terms(quad: ox.Quad) -> Iterator[Term]:
    """The property of a statement, and the class that it is about."""
    yield quad.predicate
    if quad.predicate == _TYPE:
        yield quad.object


def _misspelt(quad: ox.Quad, term: Term, statements: Statements) -> Result:
    name = str(term)
    near = process.extract(_local(name), _declared(statements), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2)
    fixes = tuple(
        {"message": {lang: said.format(other) for lang, said in _NEAREST.items()}, "replacement": other}
        for _, _, other in near
    )
    return replace(_warned(quad, {lang: said.format(name) for lang, said in _MESSAGES.items()}), fixes=fixes)


def _warned(quad: ox.Quad, message: Text) -> Result:
    return Result("Warning", "shape", message, focus_node=quad.subject, path=str(quad.predicate), value=quad.object)


def _declared(statements: Statements) -> dict[str, str]:
    """The classes and properties of our vocabulary by IRI, each with its local name."""
    kinds = (OWL("Class"), OWL("ObjectProperty"), OWL("DatatypeProperty"), OWL("AnnotationProperty"))
    found = {str(triple.subject) for kind in kinds for triple in statements.match(None, _TYPE, kind)}
    return {name: _local(name) for name in sorted(found) if name.startswith(f"<{CNRS.iri}")}


def _local(name: str) -> str:
    return name.removeprefix(f"<{CNRS.iri}").removesuffix(">")
