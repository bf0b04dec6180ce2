import io

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.errors import PatchSyntaxError
from cnrs_kg.rdf.patch import Patch, read_header, read_patch, rows_of, write_patch

IRIS = st.sampled_from([ox.NamedNode(f"http://example.org/{name}") for name in "abc"])
LITERALS = st.one_of(
    st.text().map(ox.Literal),
    st.text().map(lambda text: ox.Literal(text, language="fr")),
    st.integers().map(ox.Literal),
)
QUADS = st.builds(ox.Quad, IRIS, IRIS, st.one_of(IRIS, LITERALS), st.one_of(IRIS, st.just(ox.DefaultGraph())))
PATCHES = st.builds(
    Patch,
    st.lists(QUADS).map(tuple),
    st.lists(QUADS).map(tuple),
    st.dictionaries(st.sampled_from(["id", "agent", "created"]), st.text(st.characters(exclude_categories=["C", "Z"]))),
)


def written(patch: Patch) -> bytes:
    file = io.BytesIO()
    write_patch(patch, file)
    return file.getvalue()


@given(PATCHES)
def test_what_is_written_is_read_back(patch: Patch) -> None:
    assert read_patch(io.BytesIO(written(patch))) == patch


def test_the_inverse_swaps_added_and_removed() -> None:
    a, b = (ox.Quad(ox.NamedNode(f"http://e/{x}"), ox.NamedNode("http://e/p"), ox.Literal("1")) for x in "ab")
    assert Patch((a,), (b,)).inverse() == Patch((b,), (a,))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"A <http://a> <b c> <http://d> .", 1),
        (b"TX .\nA <http://a> <http://b> .\nTC .", 2),
        (b"H key value .\n", 1),
        (b"\nQ <http://a> <http://b> <http://c> .", 2),
        (b'A <http://a> <http://b> "\xff" .', 1),
    ],
    ids=["iri", "no object", "header", "mark", "not utf-8"],
)
def test_a_bad_row_is_refused_at_its_line(text: bytes, line: int) -> None:
    with pytest.raises(PatchSyntaxError) as caught:
        read_patch(text.splitlines(keepends=True))
    assert caught.value.position is not None and caught.value.position[0] == line


def test_a_patch_cut_short_is_refused() -> None:
    whole = written(Patch((), (), {"id": "1"}))
    with pytest.raises(PatchSyntaxError, match="closing row"):
        read_patch(whole.splitlines(keepends=True)[:-1])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_the_rows_that_are_taken_from_a_patch_stay_where_they_are(end):
    text = 'H a "b" .\nTX .\n  A <urn:a> <urn:b> "A D" .\nD <urn:a> <urn:b> <urn:c> .\nTC .\n'
    added, removed = (rows_of(text.replace("\n", end).encode(), mark) for mark in "AD")
    assert added.decode().split("\n") == ["", "", '    <urn:a> <urn:b> "A D" .']
    assert removed.decode().split("\n") == ["", "", "", "  <urn:a> <urn:b> <urn:c> ."]


def test_a_head_is_read_without_what_follows() -> None:
    lines = [b'H a "1 \\"x\\"" .\n', b'H b "2" .\n', b"TX .\n", b"A nonsense\n"]
    assert read_header(lines) == {"a": '1 "x"', "b": "2"} and read_header([]) == {}
