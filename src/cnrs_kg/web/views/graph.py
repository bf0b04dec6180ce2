"""An answer as things and what connects them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cnrs_kg.web.terms import Table, Term
from cnrs_kg.web.views.columns import holds, key

MOST = 250


@dataclass(frozen=True)
class Edge:
    """A connection between two things, by their keys; `label` is the predicate's short name, if there is one."""

    source: str
    target: str
    label: str


@dataclass(frozen=True)
class Graph:
    """Things by their keys, what connects them, and whether that is all."""

    things: dict[str, Term]
    edges: tuple[Edge, ...]
    complete: bool


def columns(table: Table) -> tuple[int, int] | None:
    """The first two columns that hold things."""
    found = [place for place in range(len(table.columns)) if holds(table, place, "iri", "blank")]
    return (found[0], found[1]) if len(found) > 1 else None


def drawn(table: Table, *, triples: bool) -> Graph | None:
    """Triples that lead to things, or what two columns connect, up to a number of things; None if there are none."""
    pairs = list(_triples(table) if triples else _pairs(table))
    things: dict[str, Term] = {}
    edges: dict[Edge, None] = {}
    complete = table.complete
    for source, label, target in pairs:
        named = {key(source): source, key(target): target}
        if len(things | named) > MOST:
            complete = False
            continue
        things |= named
        edges[Edge(key(source), key(target), label)] = None
    return Graph(things, tuple(edges), complete) if edges else None


def _triples(table: Table) -> Iterator[tuple[Term, str, Term]]:
    for subject, predicate, value in table.rows:
        # Types connect everything with everything.
        if subject and predicate and value and value.kind in ("iri", "blank") and predicate.text != "rdf:type":
            yield subject, predicate.text, value


def _pairs(table: Table) -> Iterator[tuple[Term, str, Term]]:
    found = columns(table)
    for row in table.rows if found else ():
        assert found is not None
        source, target = row[found[0]], row[found[1]]
        if source and target:
            yield source, "", target


def told(graph: Graph, labels: dict[str, str]) -> dict[str, Iterable[dict[str, str]]]:
    """The graph as the page's script reads it, with better labels for some of the things."""
    return {
        "nodes": [
            {"id": one, "label": labels.get(one, term.text)[:80], "href": term.href or ""}
            for one, term in graph.things.items()
        ],
        "edges": [{"source": edge.source, "target": edge.target, "label": edge.label} for edge in graph.edges],
    }
