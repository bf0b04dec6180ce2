from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.errors import BlankNodeRefused, CnrsKgError, RdfError, RdfSyntaxError
from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.submissions.sources import ONTOLOGY, SHAPES, contribution, difference, find

G = GRAPH("page")


def quad(subject: str, predicate: str, value: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(f"urn:{subject}"), ox.NamedNode(f"urn:{predicate}"), ox.Literal(value), G)


@pytest.fixture
def directories(tmp_path: Path) -> tuple[Path, Path, Path]:
    found = tuple(tmp_path / name for name in ("ontology", "shapes", "data"))
    for directory in found:
        directory.mkdir()
    return found  # type: ignore[return-value]


def test_a_data_file_is_the_graph_of_its_stem(directories: tuple[Path, Path, Path]) -> None:
    ontology, shapes, data = directories
    (ontology / "modules").mkdir()
    for path in (ontology / "modules" / "place.ttl", shapes / "place.ttl", data / "rnsr.ttl", data / "README.md"):
        path.write_text("")
    files = find(ontology, shapes, [data]).files
    assert {graph: [file.name for file in found] for graph, found in files.items()} == {
        ONTOLOGY: ["modules/place.ttl"],
        SHAPES: ["place.ttl"],
        GRAPH("rnsr"): ["rnsr.ttl"],
    }


def test_the_fingerprint_changes_with_the_content(directories: tuple[Path, Path, Path]) -> None:
    ontology, shapes, data = directories
    (data / "a.ttl").write_text("# one")
    before = find(ontology, shapes, [data]).fingerprint()
    assert find(ontology, shapes, [data]).fingerprint() == before
    (data / "a.ttl").write_text("# two")
    assert find(ontology, shapes, [data]).fingerprint() != before


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(CnrsKgError, match="nowhere"):
        find(tmp_path / "nowhere", tmp_path, [])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("<urn:a> <urn:b>", RdfSyntaxError),
        ("<urn:a> <urn:b> _:x . <urn:c> <urn:b> _:x .", BlankNodeRefused),
    ],
)
def test_errors_name_the_file(directories: tuple[Path, Path, Path], text: str, error: type[CnrsKgError]) -> None:
    *_, data = directories
    (data / "wrong.ttl").write_text(text)
    files = find(*directories[:2], [data]).files[GRAPH("wrong")]
    with pytest.raises(error, match="wrong.ttl"):
        contribution(GRAPH("wrong"), files, frozenset(), "http://example.org/")


def test_a_file_holds_one_named_graph(directories: tuple[Path, Path, Path]) -> None:
    *_, data = directories
    (data / "page.trig").write_text("<urn:other> { <urn:a> <urn:b> 1 }")
    with pytest.raises(RdfError, match="urn:other"):
        contribution(G, find(*directories[:2], [data]).files[G], frozenset(), "http://example.org/")


def test_a_correction_survives_what_the_files_change_elsewhere() -> None:
    before = frozenset({quad("a", "name", "wrong"), quad("a", "code", "1")})
    held = frozenset({quad("a", "name", "right"), quad("a", "code", "1")})
    after = frozenset({quad("a", "name", "wrong"), quad("a", "code", "2")})
    change = difference(before, after, held)
    assert change.added == {quad("a", "code", "2")}
    assert change.removed == {quad("a", "code", "1")}
    assert change.conflicts == ()


def test_where_both_sides_changed_the_correction_stays_and_is_listed() -> None:
    before, after = frozenset({quad("a", "name", "wrong")}), frozenset({quad("a", "name", "new")})
    held = frozenset({quad("a", "name", "right")})
    change = difference(before, after, held)
    assert not change.added
    assert change.conflicts == (quad("a", "name", "new"),)
    assert (held - change.removed) | change.added == held


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    before, after = frozenset({quad("a", "name", "wrong")}), frozenset({quad("a", "name", "right")})
    change = difference(before, after, after)
    assert change.conflicts == ()


QUADS = st.frozensets(st.builds(quad, st.sampled_from("ab"), st.sampled_from("pq"), st.sampled_from("123")))


@given(QUADS, QUADS)
def test_without_corrections_the_graph_becomes_the_files(before: frozenset[ox.Quad], after: frozenset[ox.Quad]) -> None:
    change = difference(before, after, before)
    assert (before - change.removed) | change.added == after


@given(QUADS, QUADS, QUADS)
def test_nothing_corrected_is_lost(
    before: frozenset[ox.Quad], after: frozenset[ox.Quad], held: frozenset[ox.Quad]
) -> None:
    change = difference(before, after, held)
    result = (held - change.removed) | change.added
    assert held - before <= result
    assert not (before - held) & (result - after)


@pytest.mark.parametrize(
    ("name", "text", "position"),
    [
        ("page.ttl", "<urn:a> <urn:b> _:x .\n<urn:c> <urn:b> _:x .", (1, 17)),
        ("page.trig", "_:g { <urn:a> <urn:b> 5 }", (1, 23)),
        ("page.nq", '<urn:a> <urn:b> "1" .\n<urn:a> <urn:b> "6" <urn:other> .\n', (2, 17)),
        ("page.ttl", '\n<urn:a> <urn:b> "\\u0001" .', (2, 17)),
        (
            "page.jsonld",
            '[{"@id": "urn:a", "urn:b": {"@id": "_:x"}}, {"@id": "urn:c", "urn:b": {"@id": "_:x"}}]',
            (1, 36),
        ),
    ],
)
def test_what_is_refused_of_a_file_has_its_place(
    tmp_path: Path, name: str, text: str, position: tuple[int, int]
) -> None:
    (tmp_path / name).write_text(text)
    (file,) = find(tmp_path, tmp_path, []).files[ONTOLOGY]
    with pytest.raises(RdfError, match=str(tmp_path / name)) as caught:
        contribution(G, [file], frozenset(), "http://example.org/")
    assert caught.value.position == position and caught.value.advice
