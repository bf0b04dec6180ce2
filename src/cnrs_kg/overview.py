"""What there is to see in a version at a glance: its graphs, what it counts, questions to start from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Example:
    """A query to start from: its name, the question that it answers (by language), and its text."""

    id: str
    question: Mapping[str, str]
    query: str


def counted(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """The figures that the solutions of `FIGURES` tell, in the order in which they are shown."""
    counts = {row["figure"]: int(row["count"]) for row in rows}
    return {name: counts[name] for name in FIGURE_ORDER if name in counts}


def listed(rows: Iterable[Mapping[str, str]]) -> list[NamedGraph]:
    """The graphs that the solutions of `GRAPHS` tell."""
    return [
        NamedGraph(row["graph"], int(row["statements"]), role(ox.NamedNode(row["graph"])).name.lower()) for row in rows
    ]


def examples(project: Path) -> list[Example]:
    """The competency questions of a project as queries in standard terms, in order, then those in our own terms."""
    directory = project / "tests" / "ontology" / "questions"
    paths = sorted(directory.glob("*.rq"), key=lambda path: (path.stem.endswith("-own"), path.stem))
    return [_example(path) for path in paths]


def _example(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    return Example(path.stem, title(text), text)


def title(text: str) -> dict[str, str]:
    """What a query answers, by language, as the comments at its head say it."""
    comments = [line[1:].strip() for line in text.splitlines() if line.startswith("#")]
    return {line[:2]: line[3:].strip() for line in comments if line[:3] in {"en:", "fr:"}}
