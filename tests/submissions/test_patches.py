"""What is kept of a submission, and which changes of others speak against it."""

from itertools import product
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.rdf.namespaces import CNRS, GRAPH, RDF
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.positions_text import Span
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Change
from cnrs_kg.submissions.intake import Intake, claim
from cnrs_kg.submissions.locating import Places
from cnrs_kg.submissions.patches import conflicts, effective, keep, kept, kept_place
from cnrs_kg.submissions.reading import Read

S, P, Q = ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("urn:q")
MINE, PAGE = GRAPH("steward"), GRAPH("page")


def says(value: str, predicate: ox.NamedNode = P, graph: ox.NamedNode = PAGE) -> ox.Quad:
    return ox.Quad(S, predicate, ox.Literal(value), graph)


def change(added: str, removed: str) -> Change:
    return Change(frozenset(says(one, graph=MINE) for one in added), frozenset(map(says, removed)))


def patch(added: str, removed: str) -> Patch:
    return Patch(tuple(map(says, added)), tuple(map(says, removed)))


@pytest.mark.parametrize(
    ("mine", "theirs", "conflict"),
    [
        (("b", "a"), ("c", "a"), True),
        (("b", "a"), ("b", "a"), False),
        (("b", "a"), ("", "a"), True),
        (("", "a"), ("b", "a"), True),
        (("", "a"), ("", "a"), False),
        (("b", ""), ("c", ""), False),
        (("b", "a"), ("c", ""), False),
        (("b", ""), ("c", "a"), False),
    ],
    ids=["both replaced", "the same", "replaced, withdrawn", "withdrawn, replaced", "both withdrawn", "both added",
         "replaced, added", "added, replaced"],
)  # fmt: skip
def test_what_is_a_conflict(mine: tuple[str, str], theirs: tuple[str, str], conflict: bool) -> None:
    found = conflicts(change(*mine), patch(*theirs))
    assert [one.statement for one in found] == ([says("a")] if conflict else [])


def test_a_claim_counts_as_what_it_says() -> None:
    old, mine, theirs = (frozenset(claim(says(value))) for value in "abc")
    (found,) = conflicts(Change(mine, old), Patch(tuple(theirs), tuple(old)))
    assert found.statement == says("a")
    assert found.to_json() | {"version": 0} == {
        "statement": {
            "subject": {"type": "uri", "value": "urn:s"},
            "predicate": {"type": "uri", "value": "urn:p"},
            "object": {"type": "literal", "value": "a"},
        },
        "graph": PAGE.value,
        "submission": [{"type": "literal", "value": "b"}],
        "published": [{"type": "literal", "value": "c"}],
        "version": 0,
    }


def test_what_is_inferred_is_no_conflict() -> None:
    inferred = ox.Quad(S, P, ox.Literal("a"))
    assert conflicts(change("b", "a"), Patch((), (inferred,))) == []


def test_only_what_changes_something_is_kept() -> None:
    store = ox.Store()
    store.extend([says("a"), says("b")])
    read = effective(Read(Change(frozenset(map(says, "bc")), frozenset(map(says, "ax")))), store)
    assert (read.change.added, read.change.removed) == ({says("c")}, {says("a")})
    read = effective(Read(Change(frozenset(map(says, "bc"))), replaces=PAGE), store)
    assert (read.change.added, read.change.removed, read.replaces) == ({says("c")}, {says("a")}, None)


text = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=8)


@given(st.dictionaries(text, st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=6), text)
def test_what_is_kept_comes_back(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object], note: str
) -> None:
    versions = Versions(Path(tmp_path_factory.mktemp("kept")))
    places = Places()
    for value, place in values.items():
        if isinstance(place, tuple):
            places.add("ü \n.ttl", {says(value).triple: Span(*place, place[0], place[1] + 1)})
    told = Intake(frozenset(), tuple(map(says, values))).infos
    read = Read(Change(frozenset(map(says, values)), frozenset({says("gone", Q)}), notes=(note,), told=told), places)
    patch_name, places_name = keep(versions, read)
    again = kept(versions, patch_name, places_name)
    assert (again.change.added, again.change.removed) == (read.change.added, read.change.removed)
    assert (again.change.notes, again.change.told) == ((note,), told)
    for value in values:
        triple = says(value).triple
        assert again.places.of(triple) == places.of(triple) == kept_place(versions, places_name, triple)
    versions.close()


def test_a_claim_of_two_graphs_is_two() -> None:
    both = [quad for graph, value in product((MINE, PAGE), "a") for quad in claim(says(value, graph=graph))]
    assert {quad.predicate for quad in both} >= {RDF("subject"), RDF("type")} and CNRS("Claim") in {
        quad.object for quad in both
    }
    mine, theirs = claim(says("b")), claim(says("c"))
    found = conflicts(Change(frozenset(mine), frozenset(both)), Patch(tuple(theirs), tuple(both)))
    assert [one.statement for one in found] == sorted([says("a"), says("a", graph=MINE)], key=str)
