"""The judges themselves: comparison of answers, and the report."""

from datetime import UTC, datetime

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import XSD

from .compare import Row, same_bag, same_sequence
from .report import EARL, Outcome, earl, table
from .results import Answer, Graph, Table, same

A, B, P = map(ox.NamedNode, ("urn:a", "urn:b", "urn:p"))
X, Y, Z = map(ox.BlankNode, "xyz")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([(A, P)], [(A, P)], True),
        ([(A, P)], [(A, P), (A, P)], False),
        ([(A, None)], [(A, B)], False),
        ([(X, P)], [(Y, P)], True),
        ([(X, P), (X, A)], [(Y, P), (Z, A)], False),
        ([(X, P), (Z, A)], [(Y, P), (Y, A)], False),
        ([(X, P, Y), (Y, P, X)], [(X, P, Y), (Y, P, Z)], False),
        ([(X, P, Y), (Y, P, Z), (Z, P, X)], [(Y, P, X), (X, P, Z), (Z, P, Y)], True),
        ([(ox.Triple(X, P, A), X)], [(ox.Triple(Y, P, A), Y)], True),
        ([(ox.Triple(X, P, A), X)], [(ox.Triple(Y, P, A), Z)], False),
        ([(ox.Literal("01", datatype=XSD("integer")),)], [(ox.Literal("1", datatype=XSD("integer")),)], True),
        ([(ox.Literal("1"),)], [(ox.Literal("1", datatype=XSD("integer")),)], False),
    ],
)
def test_bags_are_the_same_up_to_the_names_of_blank_nodes(left: list[Row], right: list[Row], expected: bool) -> None:
    assert same_bag(left, right) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([(A,), (B,)], [(A,), (B,)], True),
        ([(A,), (B,)], [(B,), (A,)], False),
        ([(A,)], [(A,), (B,)], False),
        ([(X,), (Y,), (X,)], [(Y,), (Z,), (Y,)], True),
        ([(X,), (Y,), (X,)], [(Y,), (Z,), (Z,)], False),
    ],
)
def test_sequences_keep_their_order(left: list[Row], right: list[Row], expected: bool) -> None:
    assert same_sequence(left, right) is expected


def test_columns_may_stand_in_another_order_but_must_be_the_same() -> None:
    assert same(Table(("a", "b"), [(A, B)]), Table(("b", "a"), [(B, A)]))
    assert not same(Table(("a", "b"), [(A, B)]), Table(("a", "c"), [(A, B)]))
    assert not same(Table(("a",), []), Table((), []))


def test_answers_of_different_forms_differ() -> None:
    answers: list[Answer] = [True, False, Table((), []), Graph([(A, P, B)])]
    for one in answers:
        assert [same(one, other) for other in answers].count(True) == 1


def test_a_graph_holds_a_triple_once() -> None:
    assert same(Graph([(A, P, B), (A, P, B)]), Graph([(A, P, B)]))


OUTCOMES = {
    "urn:t:1": Outcome("Query", "passed"),
    "urn:t:2": Outcome("Query", "xfailed", "because"),
    "urn:t:3": Outcome("Update", "not applicable", "never"),
    "urn:t:4": Outcome("Update", "failed"),
}


def test_the_table_counts_by_suite() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(OUTCOMES.values()).splitlines()]
    assert rows[0] == ["suite", "passed", "xfailed", "not applicable", "failed"]
    assert rows[2:] == [["Query", "1", "1", "0", "0"], ["Update", "0", "0", "1", "1"], ["all", "1", "1", "1", "1"]]


def test_earl_says_the_same() -> None:
    graph = ox.Store()
    graph.load(earl(OUTCOMES, datetime(2026, 1, 1, tzinfo=UTC)), format=ox.RdfFormat.TURTLE)
    found = graph.query(
        f"""PREFIX earl: <{EARL.iri}> SELECT ?test ?outcome ?info {{
        ?assertion a earl:Assertion ; earl:test ?test ; earl:subject ?s ; earl:result ?r .
        ?r a earl:TestResult ; earl:outcome ?outcome OPTIONAL {{ ?r earl:info ?info }} }}"""
    )
    assert isinstance(found, ox.QuerySolutions)
    said = {row["test"].value: (row["outcome"].value.removeprefix(EARL.iri), row["info"]) for row in found}
    assert said == {
        "urn:t:1": ("passed", None),
        "urn:t:2": ("failed", ox.Literal("because")),
        "urn:t:3": ("inapplicable", ox.Literal("never")),
        "urn:t:4": ("failed", None),
    }
