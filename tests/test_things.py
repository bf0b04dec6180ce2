"""Things of any size: what is told of them is bounded by property, so that none hides the others."""

import pyoxigraph as ox
import pytest

from cnrs_kg import things

EX = "https://w3id.org/cnrs-kg/id/unit/"
HUB = ox.NamedNode(f"{EX}hub")
MANY, ONE = ox.NamedNode(f"{EX}many"), ox.NamedNode(f"{EX}one")


@pytest.fixture
def ask():
    store = ox.Store()
    for number in range(120):
        store.add(ox.Quad(HUB, MANY, ox.NamedNode(f"{EX}{number}")))
        store.add(ox.Quad(ox.NamedNode(f"{EX}{number}"), ONE, HUB))
    store.add(ox.Quad(HUB, ONE, ox.Literal("here")))
    store.add(ox.Quad(HUB, ONE, ox.Literal("here"), ox.NamedNode(f"{EX}graph")))
    return lambda text: store.query(text).serialize(format=ox.QueryResultsFormat.JSON)


def test_some_values_of_each_property_are_told_and_all_are_counted(ask):
    found = things.thing(HUB, ask)
    told = {(one.predicate, one.inverse): (one.total, len(one.values)) for one in found.properties}
    assert told == {(MANY, False): (120, things.FEW), (ONE, False): (1, 1), (ONE, True): (120, things.FEW)}
    assert found.complete


def test_counting_ends_somewhere(ask, monkeypatch):
    monkeypatch.setattr(things, "COUNTED", 100)
    assert not things.thing(HUB, ask).complete


@pytest.mark.parametrize(("predicate", "inverse", "total"), [(MANY, False, 120), (ONE, True, 120), (ONE, False, 1)])
def test_one_property_alone_has_all_its_values(ask, predicate, inverse, total):
    (one,) = things.facts(HUB, predicate, ask, inverse=inverse).properties
    assert (one.total, len(one.values), one.inverse) == (total, total, inverse)


def test_the_graphs_that_assert_a_value_are_told(ask):
    (one,) = things.facts(HUB, ONE, ask).properties
    assert one.values[0].graphs == (f"{EX}graph",)


def test_nothing_is_told_of_what_has_nothing(ask):
    assert things.facts(HUB, ox.NamedNode(f"{EX}none"), ask) is None
    assert things.thing(ox.NamedNode(f"{EX}nothing"), ask) is None
