"""The operations of SPARQL Update that treat a graph as a whole: CLEAR, DROP, CREATE, ADD, COPY, MOVE.

https://www.w3.org/TR/sparql11-update/#graphManagement

A version records statements only, so a graph exists as long as it holds one, and DROP is CLEAR. Where the default
graph is the merge of the named graphs, its content is what the writable ones hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.engine.update_view import View
from cnrs_kg.errors import ProtectedGraph, UpdateRefused

_DEFAULT_GRAPH = ox.DefaultGraph()


@dataclass(frozen=True)
class Target:
    """The graph that an operation names, or DEFAULT, NAMED, ALL; and where it does."""

    graph: ox.NamedNode | str
    position: tuple[int, int]


def clear(view: View, target: Target) -> None:
    """CLEAR and DROP."""
    _require(view, target)
    _refuse_protected(view, target)
    if target.graph in ("ALL", "NAMED"):
        view.created.clear()
    elif isinstance(target.graph, ox.NamedNode):
        view.created.discard(target.graph)
    view.change((), _content(view, target.graph))


def create(view: View, target: Target) -> None:
    """CREATE, whose graph lives in this request alone unless it is filled."""
    assert isinstance(target.graph, ox.NamedNode)
    _refuse_protected(view, target)
    if view.exists(target.graph):
        raise UpdateRefused(f"The graph {target.graph} exists already", position=target.position)
    view.created.add(target.graph)


def transfer(view: View, name: str, source: Target, destination: Target) -> None:
    """ADD, COPY and MOVE, by the equivalences that the specification gives for them."""
    _require(view, source)
    if source.graph == destination.graph:
        return
    _refuse_protected(view, destination)
    if name == "MOVE":
        _refuse_protected(view, source)
        _refuse_emptying_the_merge(view, source)
    if name != "ADD":
        _refuse_emptying_the_merge(view, destination)
    read = source.graph if isinstance(source.graph, ox.NamedNode) else _DEFAULT_GRAPH
    written = destination.graph if isinstance(destination.graph, ox.NamedNode) else view.policy.default_target
    added = [
        ox.Quad(quad.subject, quad.predicate, quad.object, written or _DEFAULT_GRAPH)
        for quad in view.store.quads_for_pattern(None, None, None, read)
    ]
    removed = [] if name == "ADD" else list(_content(view, destination.graph))
    if name == "MOVE":
        removed += _content(view, source.graph)
    view.change(added, removed)


def protected_graph(graph: ox.NamedNode, position: tuple[int, int]) -> ProtectedGraph:
    """The refusal to write a graph."""
    detail = f"The graph {graph} is protected: updates may not write it"
    return ProtectedGraph(detail, position=position, graph=graph.value)


def _content(view: View, graph: ox.NamedNode | str) -> Iterator[ox.Quad]:
    """The quads that may be removed from one graph, or from DEFAULT, NAMED, ALL."""
    if isinstance(graph, ox.NamedNode):
        yield from view.store.quads_for_pattern(None, None, None, graph)
        return
    if graph != "NAMED" and not view.policy.merges:
        yield from view.store.quads_for_pattern(None, None, None, _DEFAULT_GRAPH)
    if graph != "DEFAULT" or view.policy.merges:
        for one in view.writable_graphs():
            yield from view.store.quads_for_pattern(None, None, None, one)


def _require(view: View, target: Target) -> None:
    if isinstance(target.graph, ox.NamedNode) and not view.exists(target.graph):
        raise UpdateRefused(f"There is no graph {target.graph}", position=target.position)


def _refuse_protected(view: View, target: Target) -> None:
    if isinstance(target.graph, ox.NamedNode) and view.policy.protected(target.graph):
        raise protected_graph(target.graph, target.position)


def _refuse_emptying_the_merge(view: View, target: Target) -> None:
    """COPY and MOVE empty what they write; in a merge that would be every writable graph."""
    if view.policy.merges and not isinstance(target.graph, ox.NamedNode):
        raise UpdateRefused(
            "The default graph is the merge of all graphs: it is not replaced or moved as a whole",
            position=target.position,
            advice="Name a graph, or use ADD.",
        )
