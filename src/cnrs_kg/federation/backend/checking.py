"""Whether another engine holds what it was told, by what it says of its graphs.

Not every engine does: Virtuoso 7.2 takes a year and its first day for one value, so of two statements one is lost.
"""

from collections.abc import Sequence

import pyoxigraph as ox

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import QueryRequest
from cnrs_kg.federation.backend.remote import SECONDS, Dataset, Remote, read
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.versions import Version

DEFAULT = "urn:cnrs-kg:default"
"""The graph there that holds our default graph."""
COUNT = "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }"
KINDS = """SELECT ?kind (COUNT(*) AS ?count) (SUM(STRLEN(STR(?o))) AS ?length) {
  ?s ?p ?o BIND(IF(LANG(?o) = "", STR(DATATYPE(?o)), LANG(?o)) AS ?kind)
} GROUP BY ?kind"""
SAMPLES = """SELECT (SAMPLE(?o) AS ?value) {
  ?s ?p ?o BIND(IF(LANG(?o) = "", STR(DATATYPE(?o)), LANG(?o)) AS ?kind)
} GROUP BY ?kind"""


class Checking:
    """Compares graphs there with those of a version here; an `OutboundAnswer` says what is not the same."""

    def __init__(self, remote: Remote, pool: Pool) -> None:
        self._remote, self._pool = remote, pool

    def count(self, version: Version) -> None:
        """Compare the number of statements of the default graph."""
        self._compare(
            DEFAULT, COUNT, ("count",), [f'"{version.statements}"^^<http://www.w3.org/2001/XMLSchema#integer>']
        )

    def compare(self, version: Version, store: ox.Store, graph: str) -> None:
        """Compare how many values of each datatype and language a graph has, and their lengths; look for some here."""
        here = QueryRequest(KINDS, version.path, default_graphs=None if graph == DEFAULT else (graph,))
        answer = self._pool.query(here, deadline=now() + SECONDS)
        variables = ("kind", "count", "length")
        self._compare(graph, KINDS, variables, read(self._pool, answer.read(), KINDS, variables))
        place = DEFAULT_GRAPH if graph == DEFAULT else ox.NamedNode(graph)
        for text in self._remote.rows(SAMPLES, ("value",), Dataset(graph)):
            value = _term(text)
            found = next(store.quads_for_pattern(None, None, value, place), None)
            if found is None or found.object != value:
                raise self._remote.useless(f"has {text[:100]} in {graph}, which was not told to it")

    def _compare(self, graph: str, text: str, variables: Sequence[str], here: list[str]) -> None:
        there = self._remote.rows(text, variables, Dataset(graph))
        if sorted(there) != sorted(here):
            says = "; ".join(sorted(set(there) - set(here))[:3]) or "nothing of some"
            means = "; ".join(sorted(set(here) - set(there))[:3])
            raise self._remote.useless(f"does not hold {graph} as it was told: it says {says} where we say {means}")


def _term(text: str) -> ox.NamedNode | ox.Literal:
    (quad,) = ox.parse(f"<x:> <x:> {text} .", ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.NamedNode | ox.Literal)
    return quad.object
