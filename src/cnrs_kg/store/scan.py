"""What a store holds, found by reading all of it: for verification, and where a whole closure is replaced."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.digest import Sums, of_statement
from cnrs_kg.store.graphs import PUBLISHED, Roles

Progress = Callable[[int], None]
EVERY = 100_000
"""Statements between two calls of a progress callback."""


@dataclass(frozen=True)
class Count:
    """A store's own figures; `unmerged` is one asserted triple that the default graph lacks, if there is any."""

    statements: int
    inferred: int
    quads: int
    sums: Sums
    unmerged: ox.Quad | None = None


def asserted(store: ox.Store, triple: ox.Triple, roles: Roles = PUBLISHED) -> bool:
    """Whether a merged named graph of the store holds the triple."""
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return any(roles.merged(quad.graph_name) for quad in found)


def inferred(store: ox.Store, roles: Roles = PUBLISHED) -> list[ox.Triple]:
    """The triples of the default graph that no merged named graph asserts."""
    try:
        return [triple for triple, held in _side_by_side(store, roles) if not held]
    except _OutOfOrderError:
        return [triple for triple, held in _one_by_one(store, roles) if not held]


def recount(store: ox.Store, roles: Roles = PUBLISHED, progress: Progress | None = None) -> Count:
    """Statements, inferences and sums from the store's own content; the day `as of` is not in a store."""
    try:
        return _recount(store, _side_by_side(store, roles), roles, progress)
    except _OutOfOrderError:
        return _recount(store, _one_by_one(store, roles), roles, progress)


class _OutOfOrderError(Exception):
    """Two indexes of the store do not share one order."""


def _side_by_side(store: ox.Store, roles: Roles) -> Iterator[tuple[ox.Triple, bool]]:
    """Each triple of the default graph, and whether a merged named graph asserts it.

    Every index is in the order of the same keys, so the named graphs are walked beside the default graph: a
    look-up for each triple would take three times as long.
    """
    walkers: dict[ox.Triple, list[Iterator[ox.Quad]]] = {}

    def advance(walker: Iterator[ox.Quad]) -> None:
        quad = next(walker, None)
        if quad is not None:
            walkers.setdefault(quad.triple, []).append(walker)

    for graph in store.named_graphs():
        if roles.merged(graph):
            advance(store.quads_for_pattern(None, None, None, graph))
    for quad in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH):
        met = walkers.pop(quad.triple, ())
        yield quad.triple, bool(met)
        for walker in met:
            advance(walker)
    if walkers:
        raise _OutOfOrderError


def _one_by_one(store: ox.Store, roles: Roles) -> Iterator[tuple[ox.Triple, bool]]:
    for quad in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH):
        yield quad.triple, asserted(store, quad.triple, roles)


def _recount(
    store: ox.Store, triples: Iterator[tuple[ox.Triple, bool]], roles: Roles, progress: Progress | None
) -> Count:
    statements = derived = done = 0
    sums, unmerged = Sums(), None

    def tick() -> None:
        nonlocal done
        done += 1
        if progress is not None and done % EVERY == 0:
            progress(done)

    for triple, held in triples:
        statements += 1
        tick()
        if not held:
            derived += 1
            sums = sums.plus(of_statement(ox.Quad(triple.subject, triple.predicate, triple.object), roles))
    for graph in store.named_graphs():
        for quad in store.quads_for_pattern(None, None, None, graph):
            tick()
            sums = sums.plus(of_statement(quad, roles))
            if unmerged is None and roles.merged(graph) and in_default_graph(quad) not in store:
                unmerged = quad
    return Count(statements, derived, done, sums, unmerged)


def in_default_graph(statement: ox.Quad | ox.Triple) -> ox.Quad:
    """The same triple in the default graph."""
    return ox.Quad(statement.subject, statement.predicate, statement.object)
