"""Documents as the statements that the graph keeps.

Intake names blank nodes, brings terms to their stored form, puts triples into the named graph that asserts them, and
turns a direct statement of a claimable property into an undated claim, so that it can later get dates and rivals.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import pyoxigraph as ox

from cnrs_kg.engine.requests import Changes
from cnrs_kg.errors import BlankNodeRefused, RdfError, RdfSyntaxError
from cnrs_kg.rdf.formats import RdfSyntax
from cnrs_kg.rdf.namespaces import CNRS, ID, RDF, SHAPES
from cnrs_kg.rdf.skolem import skolemise
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, NO_XML, stored_quad
from cnrs_kg.store.graphs import role
from cnrs_kg.validation.report import Result

CLAIMABLE = CNRS("claimable")
TRUE = ox.Literal(True)
_CLAIM = CNRS("Claim")
_PARTS = tuple(RDF(name) for name in ("type", "subject", "predicate", "object"))
TOLD = 100
"""Direct statements of a document that are told to have become claims."""
_SHAPE = f"{SHAPES.iri}Claim"
_BECAME = {
    "en": "The property may be contested: the statement became the undated claim {}.",
    "fr": "La propriété peut être contestée : l'énoncé est devenu l'assertion sans date {}.",
}


@dataclass(frozen=True)
class Intake:
    """The quads of a document as the graph keeps them, and the direct statements that became claims."""

    quads: frozenset[ox.Quad]
    claimed: tuple[ox.Quad, ...] = ()

    @property
    def infos(self) -> tuple[Result, ...]:
        """An Info for each of the first hundred direct statements that became claims."""
        return tuple(map(_became, self.claimed[:TOLD]))

    @property
    def notes(self) -> tuple[str, ...]:
        """How many more became claims than the infos tell."""
        rest = len(self.claimed) - TOLD
        return (f"{rest:,} more direct statements became undated claims",) if rest > 0 else ()


def parse(data: bytes, syntax: RdfSyntax, *, name: str, base_iri: str) -> list[ox.Quad]:
    """The quads of a trusted document (a file of the project); `RdfSyntaxError` with the position otherwise."""
    try:
        quads = ox.parse(data, syntax.format, base_iri=base_iri)
        return [quad for quad in quads if isinstance(quad, ox.Quad)]
    except SyntaxError as error:
        position = None if error.lineno is None else (error.lineno, error.offset or 1)
        raise RdfSyntaxError(f"{name}: {error.msg}", position=position) from error


def claimable_properties(ontology: Iterable[ox.Quad]) -> frozenset[ox.NamedNode]:
    """The properties that the ontology marks `cnrs:claimable true`."""
    return frozenset(
        quad.subject
        for quad in ontology
        if quad.predicate == CLAIMABLE and quad.object == TRUE and isinstance(quad.subject, ox.NamedNode)
    )


def take_in(quads: Iterable[ox.Quad], graph: ox.NamedNode, claimable: frozenset[ox.NamedNode] = frozenset()) -> Intake:
    """The quads as the graph keeps them, those without a graph in `graph`; `BlankNodeRefused` or `RdfError` if not."""
    kept: set[ox.Quad] = set()
    claimed: list[ox.Quad] = []
    document = list(quads)
    for quad in document:
        refuse_unkept(quad)
    for quad in skolemise(document):
        home = graph if quad.graph_name == DEFAULT_GRAPH else quad.graph_name
        stored = stored_quad(ox.Quad(quad.subject, quad.predicate, quad.object, home))
        if stored.predicate in claimable:
            claimed.append(stored)
            kept |= claim(stored)
        else:
            kept.add(stored)
    return Intake(frozenset(kept), tuple(claimed))


def refuse_unkept(quad: ox.Quad) -> None:
    """Raise an error for what no graph keeps: one without a name, RDF 1.2, texts that XML cannot hold."""
    graph, value = quad.graph_name, quad.object
    if isinstance(graph, ox.BlankNode):
        raise BlankNodeRefused(
            f"the graph {graph} has no name, so nobody could read or replace it",
            advice="Give the graph an IRI, or leave it out: the statements then go to the stewards' graph.",
        )
    if isinstance(value, ox.Triple):
        raise RdfError(
            f"the triple term in the statement about {quad.subject} cannot be kept: published data stay RDF 1.1",
            advice="Describe the statement by a cnrs:Claim with rdf:subject, rdf:predicate and rdf:object.",
        )
    if not isinstance(value, ox.Literal):
        return
    if value.direction:
        raise RdfError(
            f"the text has a direction ({value.direction}), which is RDF 1.2: published data stay RDF 1.1",
            advice=f"Give it its language alone: @{value.language}.",
        )
    wrong = NO_XML.search(value.value)
    if wrong:
        raise RdfError(
            f"the text has the control character U+{ord(wrong[0]):04X}, which neither XML nor a page can hold",
            advice="Leave the character out.",
        )


def merged(taken: Iterable[Intake]) -> Intake:
    """What several documents say together."""
    found = list(taken)
    claimed = tuple(quad for one in found for quad in one.claimed)
    return Intake(frozenset().union(*(one.quads for one in found)), claimed)


def claim_iri(quad: ox.Quad) -> ox.NamedNode:
    """The IRI of the undated claim that a direct statement becomes, made from graph and statement."""
    text = f"{quad.graph_name} {quad.subject} {quad.predicate} {quad.object}"
    return ID(f"claim/{blake2b(text.encode(), digest_size=12).hexdigest()}")


def _became(quad: ox.Quad) -> Result:
    message = {language: said.format(claim_iri(quad)) for language, said in _BECAME.items()}
    path = str(quad.predicate)
    return Result("Info", "shape", message, focus_node=quad.subject, shape=_SHAPE, path=path, value=quad.object)


def held(
    quad: ox.Quad, graph: ox.NamedNode | None, store: ox.Store, claimable: frozenset[ox.NamedNode]
) -> set[ox.Quad]:
    """What a withdrawal of a quad takes away from a version: the quad, or the undated claim that it became.

    Without a graph of its own it is meant of `graph`, or of every writable one if that is None.
    """
    named = graph if quad.graph_name == DEFAULT_GRAPH else quad.graph_name
    graphs = list(store.named_graphs()) if named is None else [named]
    found: set[ox.Quad] = set()
    for holder in graphs:
        if role(holder).writable:
            placed = ox.Quad(quad.subject, quad.predicate, quad.object, holder)
            found |= {placed, *(claim(placed) if quad.predicate in claimable else ())}
    return {one for one in found if one in store}


def withdrawn(
    found: Changes, store: ox.Store, claimable: frozenset[ox.NamedNode]
) -> tuple[set[ox.Quad], tuple[str, ...]]:
    """What an update withdraws, undated claims for the statements that they make, and what is to be said of it."""
    removed, resolved = set(found.removed), set()
    for quad in found.missed:
        claims = held(stored_quad(quad), None, store, claimable)
        removed |= claims
        if claims:
            resolved.add(str(quad.triple))
    return removed, found.warnings(resolved)


def claim(quad: ox.Quad) -> set[ox.Quad]:
    """The undated claim that stands for a direct statement, in the same graph."""
    iri = claim_iri(quad)
    values = (_CLAIM, quad.subject, quad.predicate, quad.object)
    return {ox.Quad(iri, part, value, quad.graph_name) for part, value in zip(_PARTS, values, strict=True)}
