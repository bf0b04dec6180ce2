"""CLEAR, DROP, CREATE, ADD, COPY, MOVE: what the W3C suites leave open, and where the default graph is a merge."""

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.update import PLAIN, Changes, Policy, changes
from cnrs_kg.errors import UpdateRefused

MERGING = Policy(default_target=ox.NamedNode("urn:steward"), protected=lambda graph: graph.value == "urn:o")


def run(data: str, text: str, policy: Policy = PLAIN) -> Changes:
    store = ox.Store()
    store.load(data, format=ox.RdfFormat.TRIG)
    return changes(store, text, policy=policy)


def names(quads: list[ox.Quad]) -> list[str]:
    return sorted(str(quad).replace("<urn:", "").replace(">", "") for quad in quads)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("CLEAR GRAPH <urn:none>", (1, 13)),
        ("DROP GRAPH <urn:none>", (1, 12)),
        ("CREATE GRAPH <urn:g>", (1, 14)),
        ("CREATE GRAPH <urn:new> ; CREATE GRAPH <urn:new>", (1, 39)),
        ("CREATE GRAPH <urn:new> ; DROP ALL ; DROP GRAPH <urn:new>", (1, 48)),
        ("COPY <urn:none> TO <urn:g>", (1, 6)),
        ("MOVE <urn:none> TO <urn:none>", (1, 6)),
    ],
)
def test_failures_are_refused_where_they_stand_or_noted_when_silent(text: str, position: tuple[int, int]) -> None:
    data = "<urn:g> { <urn:a> <urn:p> <urn:b> }"
    with pytest.raises(UpdateRefused) as caught:
        run(data, text)
    assert caught.value.position == position
    before, _, last = text.rpartition("; ")
    word, rest = last.split(" ", 1)
    found = run(data, f"{before}{'; ' if before else ''}{word} SILENT {rest}")
    assert [notice.kind for notice in found.notices] == ["silent"]


def test_a_created_graph_may_be_dropped_in_the_same_request() -> None:
    assert run("", "CREATE GRAPH <urn:g> ; CLEAR GRAPH <urn:g>") == Changes()


@pytest.mark.parametrize("text", ["COPY <urn:g> TO DEFAULT", "MOVE <urn:g> TO DEFAULT", "MOVE DEFAULT TO <urn:g>"])
def test_the_merge_is_not_replaced_or_moved_as_a_whole(text: str) -> None:
    with pytest.raises(UpdateRefused, match="merge"):
        run("<urn:g> { <urn:a> <urn:p> <urn:1> }", text, MERGING)


def test_a_transfer_writes_where_it_says() -> None:
    data = """<urn:a> <urn:p> <urn:1> . <urn:c> <urn:p> <urn:2> . <urn:x> <urn:p> <urn:3> .
        <urn:g> { <urn:a> <urn:p> <urn:1> } <urn:h> { <urn:c> <urn:p> <urn:2> } <urn:o> { <urn:x> <urn:p> <urn:3> }"""
    found = run(data, "ADD <urn:g> TO DEFAULT", MERGING)
    assert (names(found.added), found.removed) == (["a p 1 steward"], [])
    found = run(data, "MOVE <urn:h> TO <urn:g>", MERGING)
    assert (names(found.added), names(found.removed)) == (["c p 2 g"], ["a p 1 g", "c p 2 h"])
    assert run(data, "COPY DEFAULT TO DEFAULT", MERGING) == Changes()
    found = run(data, "COPY <urn:o> TO <urn:g>", MERGING)
    assert (names(found.added), names(found.removed)) == (["x p 3 g"], ["a p 1 g"])
