"""What a version changed agrees with its patch, whether the patch is read whole or not."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import ResultTooLarge, VersionNotFound
from cnrs_kg.publishing import history
from cnrs_kg.publishing.history import Changes, History
from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.store.versions import Versions

from ..store.helpers import quads, triple

Rows = set[tuple[str, str]]


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    """Three versions: 0, 4 and 8 with 12 inferred; 16 instead of 0; 0 again instead of 16, and 12 no longer."""
    made = Versions(tmp_path / "var")
    for added, removed, inferred, gone in (((0, 4, 8), (), (12,), ()), ((16,), (0,), (), ()), ((0,), (16,), (), (12,))):
        with made.writing() as branch:
            branch.apply(quads(*added), quads(*removed))
            branch.infer(map(triple, inferred), map(triple, gone))
            branch.publish()
    yield made
    made.close()


@pytest.fixture
def told(versions: Versions) -> History:
    return History(versions, lambda: versions.open(versions.list()[-1]))


def rows(found: Changes) -> Rows:
    return {(row.sign, thing.node.value) for thing in found.things for row in thing.rows}


def test_a_version_changed_what_its_patch_says(told: History) -> None:
    assert rows(told.changes(1)) == {("+", "x:s0"), ("+", "x:s1"), ("+", "x:s2")}
    assert rows(told.changes(2)) == {("+", "x:s4"), ("-", "x:s0")}
    assert rows(told.changes(3, inferred=True)) == {("-", "x:s3")}
    assert [version.number for version in told.list()] == [3, 2, 1]


def test_what_was_taken_back_is_no_difference(told: History) -> None:
    assert rows(told.changes(3, 1)) == set()
    assert rows(told.changes(1, 2)) == {("-", "x:s4"), ("+", "x:s0")}
    assert rows(told.changes(3, 0)) == {("+", "x:s0"), ("+", "x:s1"), ("+", "x:s2")}
    assert told.difference(3, 3).added == ()


def test_of_a_long_patch_the_beginning_is_read(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "FIRST", 2)
    found = told.changes(1)
    assert not found.complete
    assert len(rows(found)) + len(rows(told.changes(1, inferred=True))) == 2
    assert told.changes(2).complete


def test_a_long_way_between_versions_is_refused(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 4)
    with pytest.raises(ResultTooLarge, match="between the versions 1 and 3"):
        told.changes(3, 1)
    assert rows(told.changes(2))


@pytest.mark.parametrize("ends", [(4, None), (4, 3), (3, 9)])
def test_there_are_no_other_versions(told: History, ends: tuple[int, int | None]) -> None:
    with pytest.raises(VersionNotFound):
        told.changes(*ends)


def test_a_pruned_version_keeps_its_record(told: History, versions: Versions) -> None:
    path = versions.record(1).path
    path.rename(path.with_name("away"))
    assert not told.version(1).kept
    assert rows(told.changes(1)) == {("+", "x:s0"), ("+", "x:s1"), ("+", "x:s2")}
    assert told.patch(1).is_file()


def test_the_history_of_a_thing_is_what_the_patches_say_of_it(told: History, versions: Versions) -> None:
    for number in range(5):
        node = ox.NamedNode(f"x:s{number}")
        wanted = []
        for version in reversed(versions.list()):
            patch = versions.patch(version.number)
            rows = [("+", quad) for quad in patch.added] + [("-", quad) for quad in patch.removed]
            own = {row for row in rows if row[1].subject == node and row[1].graph_name != ox.DefaultGraph()}
            if own:
                wanted.append((version.number, own))
        found = told.of(node)
        assert [
            (version.number, {(row.sign, row.quad) for thing in things for row in thing.rows})
            for version, things in found
        ] == wanted
    assert told.of(ox.NamedNode("x:s")) == []


def test_the_versions_that_changed_a_graph_or_some_things(told: History, versions: Versions) -> None:
    """As the patches say, read whole; a graph that is an object does not count."""
    for graph in {quad.graph_name.value for quad in versions.patch(1).added if quad.graph_name != ox.DefaultGraph()}:
        changed = []
        for version in reversed(versions.list()):
            patch = versions.patch(version.number)
            if any(quad.graph_name == ox.NamedNode(graph) for quad in (*patch.added, *patch.removed)):
                changed.append(version.number)
        assert [version.number for version in told.of_graph(ox.NamedNode(graph))] == changed
    found = told.of_any(frozenset({"x:s0", "x:s3", "x:s4"}))
    assert [(version.number, list(names)) for version, names in found] == [
        (3, ["x:s0", "x:s4"]),
        (2, ["x:s0", "x:s4"]),
        (1, ["x:s0"]),
    ]
    assert told.of_graph(ox.NamedNode("x:o0")) == told.of_graph(ox.NamedNode("x:none")) == []


def test_which_version_withdrew_a_thing(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        (name, until): told.withdrawn(ox.NamedNode(name), until) for name in ("x:s0", "x:s4") for until in (1, 2, 3)
    }
    assert found == {
        ("x:s0", 1): None,
        ("x:s0", 2): 2,
        ("x:s0", 3): None,
        ("x:s4", 1): None,
        ("x:s4", 2): None,
        ("x:s4", 3): 3,
    }
    assert told.withdrawn(ox.NamedNode("x:s3"), 3) is None  # only inferred
    opened = []
    patch = told.patch
    monkeypatch.setattr(told, "patch", lambda number: opened.append(number) or patch(number))
    assert told.withdrawn(ox.NamedNode("x:none"), 3) is None and opened == [3, 2]


def test_how_long_a_thing_was_there(told: History) -> None:
    assert told.presence(ox.NamedNode("x:s0")) == {1: 1, 2: 0, 3: 1}
    assert told.presence(ox.NamedNode("x:s4")) == {2: 1, 3: 0}
    assert told.presence(ox.NamedNode("x:s3")) == {}  # only inferred
    assert told.presence(ox.NamedNode("x:s")) == {}


def test_the_history_of_a_thing_has_the_claims_about_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that is made, dated and withdrawn: also where a patch does not say what it is about."""
    claim, thing, other, graph = (ox.NamedNode(f"x:{name}") for name in ("claim", "thing", "other", "g"))
    name, until = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"), ox.NamedNode("x:until")
    made = [
        ox.Quad(claim, RDF(part), value, graph)
        for part, value in (("subject", thing), ("predicate", until), ("object", other))
    ]
    dated = ox.Quad(claim, until, ox.Literal("2020"), graph)
    called = ox.Quad(thing, name, ox.Literal("A thing", language="en"), graph)
    versions = Versions(tmp_path / "var")
    for added, removed in (([called], []), (made, []), ([dated], []), ([], [*made, dated]), (quads(0), [])):
        with versions.writing() as branch:
            branch.apply(added, removed)
            branch.publish()
    told = History(versions, lambda: versions.open(versions.list()[-1]))
    steps = told.of(thing)
    assert [version.number for version, _ in steps] == [4, 2, 1] and told.called(thing, steps) == {"en": "A thing"}
    now = History(versions, lambda: versions.open(versions.record(3)))
    assert [version.number for version, _ in now.of(thing)] == [4, 3, 2, 1]
    monkeypatch.setattr(history, "LONG", 0)
    assert [version.number for version, _ in now.of(thing)] == [1]
    versions.close()
