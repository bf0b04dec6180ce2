"""What a version holds, counted: the figures of its VoID description.

https://www.w3.org/TR/void/#statistics
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Rows = Sequence[Mapping[str, str]]
Ask = Callable[[str], Rows]

_TOTALS = """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
{ ?s ?p ?o }"""
_CLASSES = "SELECT ?class (COUNT(?s) AS ?things) { ?s a ?class FILTER isIRI(?class) } GROUP BY ?class ORDER BY ?class"
_PROPERTIES = """SELECT ?property (COUNT(*) AS ?triples)
  (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
{ ?s ?property ?o } GROUP BY ?property ORDER BY ?property"""
_THINGS = """PREFIX id: <https://w3id.org/cnrs-kg/id/>
SELECT (COUNT(DISTINCT ?s) AS ?things) { ?s a ?class FILTER STRSTARTS(STR(?s), STR(id:)) }"""
_LINKS = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?property ?target (COUNT(*) AS ?links) {
  VALUES ?property { skos:exactMatch skos:closeMatch owl:sameAs }
  ?s ?property ?o
  BIND (REPLACE(STR(?o), "^([a-z]+://[^/]+/).*$", "$1") AS ?target)
  FILTER (isIRI(?o) && !STRSTARTS(STR(?o), "https://w3id.org/cnrs-kg/"))
} GROUP BY ?property ?target ORDER BY ?property ?target"""


@dataclass(frozen=True)
class PropertyPartition:
    """The statements of one property."""

    property: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class Linkset:
    """Links by one property from our things to those of one host."""

    property: str
    target: str
    links: int


@dataclass(frozen=True)
class Statistics:
    """The counts of the default graph: all that is published, each triple once."""

    triples: int
    subjects: int
    objects: int
    things: int
    classes: tuple[tuple[str, int], ...]
    properties: tuple[PropertyPartition, ...]
    linksets: tuple[Linkset, ...]


def count(ask: Ask) -> Statistics:
    """The statistics of the version that `ask` answers from."""
    (totals,) = ask(_TOTALS)
    (things,) = ask(_THINGS)
    return Statistics(
        int(totals["triples"]),
        int(totals["subjects"]),
        int(totals["objects"]),
        int(things["things"]),
        tuple((row["class"], int(row["things"])) for row in ask(_CLASSES)),
        tuple(
            PropertyPartition(row["property"], int(row["triples"]), int(row["subjects"]), int(row["objects"]))
            for row in ask(_PROPERTIES)
        ),
        tuple(Linkset(row["property"], row["target"], int(row["links"])) for row in ask(_LINKS)),
    )
