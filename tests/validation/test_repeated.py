"""One wrong value is told once, under the narrowest property that it has."""

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDFS
from cnrs_kg.rdf.statements import Stored
from cnrs_kg.validation.repeated import told_once
from cnrs_kg.validation.report import Result

THING, TEXT = ox.NamedNode("urn:thing"), ox.Literal("text")
KIND, CLASS = "sh:NodeKindConstraintComponent", "sh:ClassConstraintComponent"


def fault(path: str, severity: str = "Violation", constraint: str = CLASS, **other: object) -> Result:
    said = {"focus_node": THING, "value": TEXT} | other
    return Result(severity, "shape", {}, path=path, constraint=constraint, **said)  # type: ignore[arg-type]


def kept(*results: Result) -> list[Result]:
    store = ox.Store()
    for below, above in (("urn:own", "urn:standard"), ("urn:one", "urn:same"), ("urn:same", "urn:one")):
        store.add(ox.Quad(ox.NamedNode(below), RDFS("subPropertyOf"), ox.NamedNode(above)))
    return list(told_once(results, Stored(store)))


def test_a_value_is_told_under_the_narrower_property() -> None:
    own, standard = fault("<urn:own>"), fault("<urn:standard>")
    assert kept(standard, own) == [own]
    assert kept(standard) == [standard]


def test_a_graver_fault_is_told_beside_a_lesser_one() -> None:
    own, standard = fault("<urn:own>", "Warning"), fault("<urn:standard>")
    assert kept(own, standard) == [own, standard]


def test_faults_of_other_values_nodes_and_properties_are_told() -> None:
    own = fault("<urn:own>")
    others = [
        fault("<urn:standard>", value=ox.Literal("another")),
        fault("<urn:standard>", focus_node=ox.NamedNode("urn:other")),
        fault("<urn:standard>", value=None),
        fault("<urn:unrelated>"),
        fault("^<urn:standard>"),
    ]
    assert kept(own, *others) == [own, *others]


def test_of_properties_that_are_the_same_neither_is_left_out() -> None:
    assert kept(fault("<urn:one>"), fault("<urn:same>")) == [fault("<urn:one>"), fault("<urn:same>")]


def test_a_lesser_fault_of_what_is_no_node_of_the_kind_is_left_out() -> None:
    grave, lesser = fault("<urn:own>", constraint=KIND), fault("<urn:own>", "Warning")
    assert kept(lesser, grave) == [grave]
    assert kept(fault("<urn:own>"), lesser) == [fault("<urn:own>"), lesser]
    assert kept(grave, fault("<urn:own>")) == [grave, fault("<urn:own>")]
