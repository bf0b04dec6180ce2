"""What there is to see in a version at a glance: its graphs, and what it counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.store.graphs import role

GRAPHS = "SELECT ?graph (COUNT(*) AS ?statements) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
FIGURES = """PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>
SELECT ?figure (COUNT(DISTINCT ?thing) AS ?count) {
  { ?thing a cnrs:OfficeAbroad ; cnrs:hasSite ?where BIND ("offices" AS ?figure) }
  UNION {
    VALUES (?figure ?class) {
      ("units" cnrs:InternationalJointUnit) ("institutes" cnrs:Institute) ("organisations" cnrs:Organisation)
      ("countries" cnrs:Country) ("claims" cnrs:Claim) ("sources" cnrs:Source)
    }
    ?thing a ?class
  }
} GROUP BY ?figure"""
FIGURE_ORDER = ("units", "institutes", "offices", "organisations", "countries", "claims", "sources")


@dataclass(frozen=True)
class NamedGraph:
    """A named graph of a version: its IRI, how many statements it asserts, and its role."""

    iri: str
    statements: int
    role: str


def counted(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """The figures that the solutions of `FIGURES` tell, in the order in which they are shown."""
    counts = {row["figure"]: int(row["count"]) for row in rows}
    return {name: counts[name] for name in FIGURE_ORDER if name in counts}


def listed(rows: Iterable[Mapping[str, str]]) -> list[NamedGraph]:
    """The graphs that the solutions of `GRAPHS` tell."""
    return [
        NamedGraph(row["graph"], int(row["statements"]), role(ox.NamedNode(row["graph"])).name.lower()) for row in rows
    ]
