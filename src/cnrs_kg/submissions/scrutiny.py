"""What is looked at in a document before it is taken in: what cannot be kept, at its place, and relative IRIs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import BlankNodeRefused, ProtectedGraph, RdfError
from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.rdf.terms import NO_XML
from cnrs_kg.store.graphs import role
from cnrs_kg.submissions.locating import Spot

Placed = tuple[ox.Quad, Spot | None]
_HOST, _NO_HOST = "https://w3id.org", "https://relative.invalid"
UNSTATED = BASE.replace(_HOST, _NO_HOST)
"""The base that documents without one are read with: it stands for ours, and tells which IRIs were relative."""
_TOLD = 20


@dataclass(frozen=True)
class Scrutinised:
    """The statements of a document with its relative IRIs made whole, and notes on them."""

    placed: list[Placed]
    notes: list[str]


def scrutinise(found: Iterable[Placed], name: str) -> Scrutinised:
    """What a document says; `RdfError` or `ProtectedGraph` with the place of what cannot be kept."""
    placed: list[Placed] = []
    notes: list[str] = []
    for quad, spot in found:
        refuse(quad, spot)
        iris = list(_relative(quad))
        if iris:
            quad = _whole(quad)
            notes += [f"{_where(name, spot)}: a relative IRI was read as <{_made(iri)}>" for iri in iris]
        placed.append((quad, spot))
    return Scrutinised(placed, _shortened(name, notes))


def refuse(quad: ox.Quad, spot: Spot | None) -> None:
    """Raise an error with the place of what is not kept: protected graphs, RDF 1.2, texts that XML cannot hold."""
    graph, value = quad.graph_name, quad.object
    if isinstance(graph, ox.BlankNode):
        raise BlankNodeRefused(
            f"the graph {graph} has no name, so nobody could read or replace it",
            position=start(spot),
            advice="Give the graph an IRI, or leave it out: the statements then go to the stewards' graph.",
        )
    if isinstance(graph, ox.NamedNode) and not role(graph).writable:
        raise protected(graph, start(spot))
    if isinstance(value, ox.Triple):
        raise RdfError(
            f"the triple term in the statement about {quad.subject} cannot be kept: published data stay RDF 1.1",
            position=start(spot),
            advice="Describe the statement by a cnrs:Claim with rdf:subject, rdf:predicate and rdf:object.",
        )
    if not isinstance(value, ox.Literal):
        return
    if value.direction:
        raise RdfError(
            f"the text has a direction ({value.direction}), which is RDF 1.2: published data stay RDF 1.1",
            position=start(spot),
            advice=f"Give it its language alone: @{value.language}.",
        )
    wrong = NO_XML.search(value.value)
    if wrong:
        raise RdfError(
            f"the text has the control character U+{ord(wrong[0]):04X}, which neither XML nor a page can hold",
            position=start(spot),
            advice="Leave the character out.",
        )


def protected(graph: ox.NamedNode, position: tuple[int, int] | None = None) -> ProtectedGraph:
    """The refusal of what is meant for a graph that is not written this way."""
    return ProtectedGraph(
        f"{graph} is not written this way",
        graph=graph.value,
        position=position,
        advice="Leave the graph out, or name one of the stewards' or of a source.",
    )


def start(spot: Spot | None) -> tuple[int, int] | None:
    """Line and column of a place in a text."""
    place = {} if spot is None else spot.place("")
    return (place["line"], place["column"]) if "line" in place else None


def _relative(quad: ox.Quad) -> Iterator[str]:
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, ox.NamedNode) and term.value.startswith(_NO_HOST):
            yield term.value


def _whole(quad: ox.Quad) -> ox.Quad:
    def whole(term: Any) -> Any:
        made = isinstance(term, ox.NamedNode) and term.value.startswith(_NO_HOST)
        return ox.NamedNode(_made(term.value)) if made else term

    return ox.Quad(whole(quad.subject), whole(quad.predicate), whole(quad.object), whole(quad.graph_name))


def _made(iri: str) -> str:
    return _HOST + iri.removeprefix(_NO_HOST)


def _where(name: str, spot: Spot | None) -> str:
    place = start(spot)
    return name if place is None else f"{name}:{place[0]}"


def _shortened(name: str, notes: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(notes))
    more = [f"{name}: {len(found) - _TOLD:,} more relative IRIs"] if len(found) > _TOLD else []
    return found[:_TOLD] + more
