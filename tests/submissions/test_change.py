"""A change is judged for itself where the version before was judged by the same shapes, else with everything."""

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import GRAPH, ID, RDF, RDFS, Namespace
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Change, Outcome, publish
from cnrs_kg.validation import judge

CNRS = Namespace("cnrs", "https://w3id.org/cnrs-kg/ontology#")
SH = Namespace("sh", "http://www.w3.org/ns/shacl#")
SHAPE = Namespace("shape", "https://w3id.org/cnrs-kg/shapes#")
STEWARD = GRAPH("steward")
COUNT = ox.Literal("1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))


def quad(
    subject: ox.NamedNode, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal, graph: ox.NamedNode
) -> ox.Quad:
    return ox.Quad(subject, predicate, value, graph)


def unit(name: str, *, label: bool = True) -> set[ox.Quad]:
    made = {quad(ID(f"unit/{name}"), RDF("type"), CNRS("Unit"), STEWARD)}
    return made | ({quad(ID(f"unit/{name}"), RDFS("label"), ox.Literal(name), STEWARD)} if label else set())


BASE = Change(
    frozenset(
        {
            quad(CNRS("Unit"), RDFS("subClassOf"), CNRS("Organisation"), GRAPH("ontology")),
            quad(SHAPE("Unit"), SH("targetClass"), CNRS("Organisation"), GRAPH("shapes")),
            quad(SHAPE("Unit"), SH("property"), SHAPE("Unit-label"), GRAPH("shapes")),
            quad(SHAPE("Unit-label"), SH("path"), RDFS("label"), GRAPH("shapes")),
            quad(SHAPE("Unit-label"), SH("minCount"), COUNT, GRAPH("shapes")),
        }.union(*(unit(f"u{number}") for number in range(40)))
    ),
    as_of=date(2026, 1, 1),
)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "var")


def change(versions: Versions, added: set[ox.Quad], removed: set[ox.Quad] | None = None) -> Outcome:
    return publish(versions, Change(frozenset(added), frozenset(removed or ())), budget=Budget())


def test_a_change_is_itself_again_after_a_pickle() -> None:
    held = (
        *(ox.Literal('a\nb"\\ é\u2028', language="fr"), ox.Literal("01", datatype=COUNT.datatype), ox.BlankNode("b")),
        *(ox.Literal("", language="en", direction=ox.BaseDirection.RTL),),
    )
    quads = {ox.Quad(ox.BlankNode("a"), RDFS("label"), value, STEWARD) for value in held}
    change = Change(frozenset(quads), frozenset(BASE.added), "why", as_of=date(2026, 1, 1), header={"k": "v"})
    assert pickle.loads(pickle.dumps(change)) == change


def test_what_was_faulty_before_refuses_nothing(versions: Versions) -> None:
    faulty = replace(BASE, added=BASE.added | unit("old", label=False), judged=False)
    assert publish(versions, faulty, budget=Budget()).conforms
    found = change(versions, {quad(ID("unit/old"), RDFS("comment"), ox.Literal("touched"), STEWARD)})
    assert found.conforms and found.changed
    worse = change(
        versions, {quad(ID("unit/old"), CNRS("name"), ox.Literal("old"), STEWARD)} | unit("new", label=False)
    )
    violations = [result for result in worse.verdict.results if result.severity == "Violation"]
    assert [result.focus_node for result in violations] == [ID("unit/new")]


def test_a_fault_of_the_change_refuses_it(versions: Versions) -> None:
    assert publish(versions, BASE, budget=Budget()).conforms
    label = quad(ID("unit/u3"), RDFS("label"), ox.Literal("u3"), STEWARD)
    for found in (change(versions, unit("new", label=False)), change(versions, set(), {label})):
        assert not found.conforms
        assert [result.constraint for result in found.verdict.results] == ["sh:MinCountConstraintComponent"]
    assert change(versions, unit("new")).changed


def test_only_the_change_is_judged(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    assert publish(versions, BASE, budget=Budget()).conforms
    nodes: list[int] = []
    validate = judge._validate
    monkeypatch.setattr(
        judge, "_validate", lambda target, graph, some: nodes.append(len(some)) or validate(target, graph, some)
    )
    assert change(versions, unit("new")).changed
    assert nodes == [1]


@pytest.mark.parametrize("graph", ["shapes", "ontology"])
def test_other_shapes_or_another_ontology_have_everything_judged(versions: Versions, graph: str) -> None:
    faulty = replace(BASE, added=BASE.added | unit("old", label=False), judged=False)
    assert publish(versions, faulty, budget=Budget()).conforms
    found = change(versions, {quad(SHAPE("Unit"), RDFS("comment"), ox.Literal("said"), GRAPH(graph))})
    assert [result.focus_node for result in found.verdict.results] == [ID("unit/old")]
