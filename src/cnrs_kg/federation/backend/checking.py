"""Whether another engine means by SPARQL what we do, and holds what it was told, by what it says to queries.

Not every engine does: to Virtuoso 7.2.5, 1/2 is 0, `?x :p ?x` may find what differs, and a year is its first day, so
that of two statements one is lost.
"""

import re
from collections.abc import Sequence

import pyoxigraph as ox

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import QueryRequest
from cnrs_kg.errors import OutboundAnswer
from cnrs_kg.federation.backend import trials
from cnrs_kg.federation.backend.remote import SECONDS, Dataset, Remote, read
from cnrs_kg.federation.backend.updates import DEFAULT, dropped, operations
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.versions import Version

COUNT = "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }"
KINDS = """SELECT ?kind (COUNT(*) AS ?count) (SUM(STRLEN(STR(?o))) AS ?length) {
  ?s ?p ?o BIND(IF(LANG(?o) = "", STR(DATATYPE(?o)), LANG(?o)) AS ?kind)
} GROUP BY ?kind"""
SAMPLES = """SELECT (SAMPLE(?o) AS ?value) {
  ?s ?p ?o BIND(IF(LANG(?o) = "", STR(DATATYPE(?o)), LANG(?o)) AS ?kind)
} GROUP BY ?kind"""

_VALUE = re.compile(r'"([^"]*)"(?:\^\^<[^>]*>)?')


class Checking:
    """Compares what is there with a version here; an `OutboundAnswer` says what is not the same."""

    def __init__(self, remote: Remote, pool: Pool) -> None:
        self._remote, self._pool = remote, pool

    def try_out(self) -> None:
        """Put queries to the engine whose answers are known. What it refuses to answer does no harm."""
        graphs = (trials.GRAPH, trials.NAMED)
        told = operations((True, quad) for quad in trials.statements())
        self._remote.update([*dropped(*graphs), *told])
        for text, variables, rows in trials.answers():
            try:
                there = self._remote.rows(text, variables, Dataset(trials.GRAPH, (trials.NAMED,)))
            except OutboundAnswer as error:
                if "answered" not in error.extra:
                    raise
            else:
                self._equal(f"to {text}", there, rows)
        self._remote.update(dropped(*graphs))

    def count(self, version: Version) -> None:
        """Compare the number of statements of the default graph."""
        number = f'"{version.statements}"^^<http://www.w3.org/2001/XMLSchema#integer>'
        self._equal(f"of {DEFAULT}", self._remote.rows(COUNT, ("count",), Dataset(DEFAULT)), [number])

    def compare(self, version: Version, store: ox.Store, graph: str) -> None:
        """Compare how many values of each datatype and language a graph has, and their lengths; look for some here."""
        variables = ("kind", "count", "length")
        here = self._here(version, KINDS, variables, None if graph == DEFAULT else (graph,))
        self._equal(f"of {graph}", self._remote.rows(KINDS, variables, Dataset(graph)), here)
        place = DEFAULT_GRAPH if graph == DEFAULT else ox.NamedNode(graph)
        for text in self._remote.rows(SAMPLES, ("value",), Dataset(graph)):
            if not _is_there(store, text, place):
                raise self._remote.useless(f"says that {graph} has {text[:100]}, which it was not told")

    def _here(
        self, version: Version, text: str, variables: Sequence[str], graphs: tuple[str, ...] | None = None
    ) -> list[str]:
        request = QueryRequest(text, version.path, default_graphs=graphs)
        answer = self._pool.query(request, deadline=now() + SECONDS)
        return read(self._pool, answer.read(), text, variables)

    def _equal(self, what: str, there: list[str], here: list[str]) -> None:
        if sorted(there) != sorted(here):
            says, means = (
                "; ".join(_VALUE.sub(r"\1", row) for row in sorted(set(one) - set(other))[:3]) or "less"
                for one, other in ((there, here), (here, there))
            )
            raise self._remote.useless(f"says {what}: {says}; we say: {means}")


def _is_there(store: ox.Store, text: str, graph: ox.NamedNode | ox.DefaultGraph) -> bool:
    """Whether a graph has this value, written in this very way."""
    try:
        (quad,) = ox.parse(f"<x:> <x:> {text} .", ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError):
        return False
    found = next(store.quads_for_pattern(None, None, quad.object, graph), None)
    return found is not None and found.object == quad.object
