"""All that follows from what the named graphs of a store assert, computed anew."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH, GraphName
from cnrs_kg.reasoning.closure import Closure, close
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.materialise import NotCompilable, materialise
from cnrs_kg.reasoning.columns.pairs import Keys
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.program import Program, compile_program, schema_of
from cnrs_kg.reasoning.reasons import Derivations, Statement
from cnrs_kg.reasoning.terms import Node

Merged = Callable[[GraphName], bool]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Consequences:
    """What follows: the program that says so, what cannot be, and the `owl:sameAs` statements that rules concluded.

    `derivations` tells how statements follow, where that was recorded; otherwise it is searched in the store.
    `difference` gives the inferred statements that the default graph lacks, and those that it holds and that no longer
    hold, as lines of N-Triples; it is told only of columns.
    """

    program: Program
    inconsistencies: tuple[Inconsistency, ...]
    ties: tuple[ox.Triple, ...]
    inferred: int
    triples: Callable[[], Iterator[ox.Triple]]
    counts: dict[str, int]
    derivations: Callable[[Iterable[Statement]], Derivations] | None = None
    difference: Callable[[], tuple[Iterator[bytes], Iterator[bytes]]] | None = None


def recompute(
    store: ox.Store,
    merged: Merged,
    *,
    as_of: date,
    budget: Budget,
    scratch: Path | None = None,
    progress: Progress = lambda statements: None,
) -> Consequences:
    """What follows from the merged named graphs of a store; `ReasoningBudget` when it costs too much."""
    graphs = [graph for graph in store.named_graphs() if merged(graph)]
    program = program_of(store, graphs, budget)
    try:
        dictionary = Dictionary()
        rows = _rows(store, graphs, dictionary, scratch)
        found = materialise(program, dictionary, rows, as_of=as_of, budget=budget, progress=progress)
    except NotCompilable:
        triples = {quad.triple for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)}
        tell = lambda phase, facts: progress(facts)  # noqa: E731
        return _of_closure(program, close((), triples, as_of=as_of, budget=budget, progress=tell))
    counts = dict(found.account.counts.most_common())
    return Consequences(
        program,
        found.inconsistencies,
        found.ties,
        found.count,
        found.triples,
        counts,
        difference=lambda: found.difference(_rows(store, [DEFAULT_GRAPH], dictionary, scratch)),
    )


def _of_closure(program: Program, closure: Closure) -> Consequences:
    ties = tuple(tie for same in closure.same for tie in same.ties if tie in closure.inferred)
    return Consequences(
        program,
        closure.inconsistencies,
        ties,
        len(closure.inferred),
        lambda: iter(closure.inferred),
        closure.counts,
        closure.derivations,
    )


def program_of(store: ox.Store, graphs: Iterable[GraphName], budget: Budget | None = None) -> Program:
    """The program of the axioms that these graphs assert; compiled once for equal axioms."""
    graphs = list(graphs)

    def match(subject: Node | None, predicate: ox.NamedNode, value: Node | None) -> Iterator[ox.Triple]:
        for graph in graphs:
            for quad in store.quads_for_pattern(subject, predicate, value, graph):  # type: ignore[arg-type]
                yield quad.triple

    return _compiled(schema_of(match), budget or Budget())


@lru_cache(maxsize=8)
def _compiled(schema: frozenset[ox.Triple], budget: Budget) -> Program:
    return compile_program(schema, budget=budget)


def _rows(store: ox.Store, graphs: Iterable[GraphName], dictionary: Dictionary, scratch: Path | None) -> Keys:
    """The statements of the graphs as rows of numbers, by way of a file that the store writes."""
    found = [np.empty((0, 3), np.uint64)]
    with TemporaryDirectory(dir=scratch) as directory:
        path = Path(directory) / "graph.nt"
        for graph in graphs:
            store.dump(str(path), ox.RdfFormat.N_TRIPLES, from_graph=graph)
            with path.open("rb") as lines:
                found.append(dictionary.encode_lines(lines))
    return np.concatenate(found)
