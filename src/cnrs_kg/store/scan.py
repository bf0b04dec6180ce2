"""What a store holds, found by reading all of it: for verification, and where a whole closure is replaced."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.digest import Sums, of_statement
from cnrs_kg.store.graphs import merged

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


def asserted(store: ox.Store, triple: ox.Triple, base_iri: str = BASE) -> bool:
    """Whether a merged named graph of the store holds the triple."""
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return any(merged(quad.graph_name, base_iri) for quad in found)


def inferred(store: ox.Store, base_iri: str = BASE) -> list[ox.Triple]:
    """The triples of the default graph that no merged named graph asserts."""
    try:
        return [triple for triple, held in _side_by_side(store, base_iri) if not held]
    except _OutOfOrderError:
        return [triple for triple, held in _one_by_one(store, base_iri) if not held]


def recount(store: ox.Store, base_iri: str = BASE, progress: Progress | None = None) -> Count:
    """Statements, inferences and sums from the store's own content; the day `as of` is not in a store."""
    try:
        return _recount(store, _side_by_side(store, base_iri), base_iri, progress)
    except _OutOfOrderError:
        return _recount(store, _one_by_one(store, base_iri), base_iri, progress)


class _OutOfOrderError(Exception):
    """Two indexes of the store do not share one order."""


def _side_by_side(store: ox.Store, base_iri: str) -> Iterator[tuple[ox.Triple, bool]]:
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
        if merged(graph, base_iri):
            advance(store.quads_for_pattern(None, None, None, graph))
    for quad in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH):
        met = walkers.pop(quad.triple, ())
        yield quad.triple, bool(met)
        for walker in met:
            advance(walker)
    if walkers:
        raise _OutOfOrderError


def _one_by_one(store: ox.Store, base_iri: str) -> Iterator[tuple[ox.Triple, bool]]:
    for quad in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH):
        yield quad.triple, asserted(store, quad.triple, base_iri)


def _recount(
    store: ox.Store, triples: Iterator[tuple[ox.Triple, bool]], base_iri: str, progress: Progress | None
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
            sums = sums.plus(of_statement(ox.Quad(triple.subject, triple.predicate, triple.object), base_iri))
    for graph in store.named_graphs():
        for quad in store.quads_for_pattern(None, None, None, graph):
            tick()
            sums = sums.plus(of_statement(quad, base_iri))
            if unmerged is None and merged(graph, base_iri) and in_default_graph(quad) not in store:
                unmerged = quad
    return Count(statements, derived, done, sums, unmerged)


def in_default_graph(quad: ox.Quad) -> ox.Quad:
    """The same triple in the default graph."""
    return ox.Quad(quad.subject, quad.predicate, quad.object)
