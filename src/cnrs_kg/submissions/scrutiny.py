"""What is looked at in a document before it is taken in: what cannot be kept, at its place, and relative IRIs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import ProtectedGraph, RdfError
from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.graphs import role
from cnrs_kg.submissions.intake import Intake, refuse_unkept, take_in
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
    """Raise an error with the place of what is not kept: protected graphs, and what no graph keeps."""
    graph = quad.graph_name
    if isinstance(graph, ox.NamedNode) and not role(graph).writable:
        raise protected(graph, start(spot))
    try:
        refuse_unkept(quad)
    except RdfError as error:
        error.position = start(spot)
        raise


def stranger(placed: Iterable[Placed], graph: ox.NamedNode) -> Placed | None:
    """The first statement of a document about one graph that names another."""
    return next((one for one in placed if one[0].graph_name not in (DEFAULT_GRAPH, graph)), None)


def placed_intake(placed: Sequence[Placed], graph: ox.NamedNode, claimable: frozenset[ox.NamedNode]) -> Intake:
    """What the graph keeps of a document; a refusal has the place of what it is about."""
    try:
        return take_in((quad for quad, _ in placed), graph, claimable)
    except RdfError as error:
        error.position = error.position or _position(placed, error)
        raise


def _position(placed: Iterable[Placed], error: RdfError) -> tuple[int, int] | None:
    """Where a blank node stands, as an object, else as a subject; or the first statement that is not kept."""
    node = error.extra.get("node")
    if node is not None:
        return max(_named(placed, str(node)), default=(False, None), key=lambda found: found[0])[1]
    for quad, spot in placed:
        try:
            refuse_unkept(quad)
        except RdfError:
            return start(spot)
    return None


def _named(placed: Iterable[Placed], node: str) -> Iterator[tuple[bool, tuple[int, int] | None]]:
    for quad, spot in placed:
        if node in (str(quad.subject), str(quad.object)):
            yield str(quad.object) == node, start(spot)


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
