"""Where what a form states comes from: a source that the graph knows, or a page that becomes one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, ID, RDF, SCHEMA, SKOS, XSD
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.spreadsheets.conversion import Text, Wrong, iri_of, terms
from cnrs_kg.spreadsheets.statements import slug
from cnrs_kg.spreadsheets.template import LANGUAGES, Column, Kind
from cnrs_kg.spreadsheets.things import Things
from cnrs_kg.store.graphs import role
from cnrs_kg.submissions.intake import claim, claim_iri
from cnrs_kg.submissions.proposal import STEWARD

STATED, SOURCE = CNRS("statedIn"), CNRS("Source")
_URL = SCHEMA("url")
_COLUMN = Column(STATED, {}, {}, Kind.THING, frozenset({SOURCE}), many=False)
_LONGEST = 2_000


@dataclass(frozen=True)
class Cited:
    """A source, and the statements that make it one if the graph does not know it."""

    source: ox.NamedNode
    new: tuple[ox.Quad, ...] = ()


def cited(text: str, things: Things, today: date) -> Cited:
    """What a text cites: a source by its name or IRI, or the page of an address; `Wrong` if it is neither."""
    store = things.store
    if len(text) > _LONGEST:
        raise Wrong(_TOO_LONG)
    if not text.startswith(("http://", "https://")):
        try:
            (found,) = terms(text, _COLUMN, things)
        except Wrong as wrong:
            raise Wrong({lang: f"{wrong.message[lang]} {said}" for lang, said in _ADVICE.items()}) from wrong
        if not isinstance(found, ox.NamedNode) or ox.Quad(found, RDF("type"), SOURCE, DEFAULT_GRAPH) not in store:
            raise Wrong(_ADVICE)
        return Cited(found)
    page = iri_of(text)
    if page is None:
        raise Wrong(_NO_ADDRESS)
    if ox.Quad(page, RDF("type"), SOURCE, DEFAULT_GRAPH) in store:
        return Cited(page)
    known = (quad.subject for quad in store.quads_for_pattern(None, _URL, page, DEFAULT_GRAPH))
    sources = [one for one in known if ox.Quad(one, RDF("type"), SOURCE, DEFAULT_GRAPH) in store]
    named = next((one for one in sorted(sources, key=str) if isinstance(one, ox.NamedNode)), None)
    return Cited(named) if named else Cited(*_page(page, today))


def stated(added: ox.Quad, source: ox.NamedNode, claimable: frozenset[ox.NamedNode]) -> ox.Quad:
    """That a source states what is added: of the claim that it becomes, or of the thing itself."""
    if added.predicate not in claimable:
        return ox.Quad(added.subject, STATED, source)
    placed = stored_quad(ox.Quad(added.subject, added.predicate, added.object, STEWARD))
    return ox.Quad(claim_iri(placed), STATED, source)


def left_over(withdrawn: ox.Quad, store: ox.Store, claimable: frozenset[ox.NamedNode]) -> Iterator[ox.Quad]:
    """What else is said of the undated claims that a statement became, and is withdrawn with them."""
    for graph in store.named_graphs() if withdrawn.predicate in claimable else ():
        if not role(graph).writable:
            continue
        placed = ox.Quad(withdrawn.subject, withdrawn.predicate, withdrawn.object, graph)
        own = claim(placed)
        for quad in store.quads_for_pattern(claim_iri(placed), None, None, graph):
            if quad not in own:
                yield quad


def _page(page: ox.NamedNode, today: date) -> tuple[ox.NamedNode, tuple[ox.Quad, ...]]:
    name = page.value.partition("://")[2].rstrip("/")
    digest = blake2b(page.value.encode(), digest_size=4).hexdigest()
    source = ID(f"source/{slug(name)[:60].strip('-') or 'page'}-{digest}")
    said = [(RDF("type"), SOURCE), (_URL, page)]
    said += [(SKOS("prefLabel"), ox.Literal(name, language=language)) for language in LANGUAGES]  # type: ignore[misc]
    said += [(CNRS("consultedOn"), ox.Literal(today.isoformat(), datatype=XSD("date")))]  # type: ignore[list-item]
    return source, tuple(ox.Quad(source, predicate, value) for predicate, value in said)


_ADVICE: Text = {
    "en": "Name a source that the graph knows, or give the address of a page.",
    "fr": "Nommer une source que le graphe connaît, ou donner l'adresse d'une page.",
}
_NO_ADDRESS: Text = {"en": "This is no address of a page.", "fr": "Ce n'est pas l'adresse d'une page."}
_TOO_LONG: Text = {"en": "This is too long for a source.", "fr": "C'est trop long pour une source."}
