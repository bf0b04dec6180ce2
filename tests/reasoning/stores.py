"""Closed graphs in a store, as they are published: assertions in named graphs, everything in the default graph."""

from collections.abc import Sequence
from datetime import date

import pyoxigraph as ox

from cnrs_kg.rdf.terms import stored_triple
from cnrs_kg.reasoning.closure import Closure, close
from cnrs_kg.reasoning.explain import Explainer
from cnrs_kg.reasoning.program import compile_program, matching, schema_of
from cnrs_kg.reasoning.view import Assertions

GRAPHS = tuple(ox.NamedNode(f"urn:g:{number}") for number in range(3))


def published(stated: Sequence[ox.Triple], closure: Closure) -> ox.Store:
    """The store of a closed graph; every statement is asserted by one of two graphs, some by both."""
    store = ox.Store()
    for number, triple in enumerate(stated):
        for graph in GRAPHS[:2] if number % 3 == 0 else GRAPHS[number % 2 : number % 2 + 1]:
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
        store.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    for triple in closure.inferred:
        store.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    return store


def explained(stated: Sequence[ox.Triple], as_of: date) -> tuple[Explainer, Closure]:
    """An explainer of the closed graph, and its closure."""
    stated = list(dict.fromkeys(map(stored_triple, stated)))
    closure = close([], stated, as_of=as_of)
    store = published(stated, closure)
    program = compile_program(schema_of(matching(stated)))
    return Explainer(program, store, Assertions(store, lambda graph: True), as_of=as_of), closure
