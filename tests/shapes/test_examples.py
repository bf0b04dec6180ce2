"""Every shape lets its passing example through and refuses its failing one, and no shape but it complains.

An example's relative IRIs are its own; the well-formed things that it refers to are in `world.ttl`. All examples are
judged in one run, so each result is told apart by its focus node.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

from cnrs_kg.rdf.rdflib_terms import PreparedGraph

from .conftest import read

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
BASE = "https://example.org/"
SHAPES = "https://w3id.org/cnrs-kg/shapes#"


def judging(shapes: rdflib.Graph) -> Iterator[str]:
    """Names of what can appear in a report: property shapes and SPARQL constraints of node shapes with a target."""
    for node_shape in set(shapes.subjects(SH.targetClass)):
        for shape in (*shapes.objects(node_shape, SH.property), *shapes.objects(node_shape, SH.sparql)):
            yield str(shape).removeprefix(SHAPES)


NAMES = sorted(set(judging(read("shapes"))))


@pytest.fixture(scope="module")
def complaints(shapes: rdflib.Graph, ontology: rdflib.Graph) -> dict[str, set[str]]:
    """For each example (`shape/pass` or `shape/fail`), the shapes that complain about it."""
    graph = PreparedGraph()
    for triple in ontology:
        graph.add(triple)
    graph.parse(HERE / "world.ttl")
    for file in EXAMPLES.rglob("*.ttl"):
        graph.parse(file, publicID=f"{BASE}{file.parent.name}/{file.stem}/")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inplace=True)
    found = defaultdict(set)
    for result in report.objects(None, SH.result):
        focus = str(report.value(result, SH.focusNode))
        example = focus.removeprefix(BASE).rpartition("/")[0] if focus.startswith(BASE) else focus
        source = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceShape)
        found[example].add(str(source).removeprefix(SHAPES))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_passing_example(name: str, complaints: dict[str, set[str]]) -> None:
    assert (EXAMPLES / name / "pass.ttl").exists()
    assert complaints.get(f"{name}/pass", set()) == set()


@pytest.mark.parametrize("name", NAMES)
def test_failing_example(name: str, complaints: dict[str, set[str]]) -> None:
    assert (EXAMPLES / name / "fail.ttl").exists()
    assert complaints[f"{name}/fail"] == {name}


def test_world_and_ontology_conform(complaints: dict[str, set[str]]) -> None:
    assert {example for example in complaints if not example.endswith(("/fail", "/pass"))} == set()


def test_every_example_belongs_to_a_shape() -> None:
    assert {directory.name for directory in EXAMPLES.iterdir()} == set(NAMES)
