"""Files are read behind the guards, with the place of each statement."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import CnrsKgError, RdfSyntaxError, TooNested
from cnrs_kg.rdf.documents import Documents, read
from cnrs_kg.rdf.formats import rdf_syntax

A, B, C = (ox.NamedNode(f"http://e/{letter}") for letter in "abc")


def written(directory: Path, name: str, text: str | bytes) -> Path:
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def document(directory: Path, name: str, text: str | bytes) -> Documents:
    return read([written(directory, name, text)])


def test_each_statement_has_its_place(tmp_path: Path) -> None:
    found = document(tmp_path, "a.ttl", "<http://e/a> <http://e/b>\n  <http://e/c> , [ <http://e/b> 01 ] .")
    places = {str(triple.object): found.place(triple) for triple in found.statements}
    path = str(tmp_path / "a.ttl")
    assert places["<http://e/c>"] == {"file": path, "line": 2, "column": 3, "endColumn": 15}
    assert places["_:b0"] == {"file": path, "line": 2, "column": 33, "endColumn": 35}


def test_the_first_file_that_says_it_is_named(tmp_path: Path) -> None:
    said = "<http://e/a> <http://e/b> <http://e/c> ."
    found = read([written(tmp_path, "one.nt", said), written(tmp_path, "two.nt", said)])
    assert found.document(ox.Triple(A, B, C)) == str(tmp_path / "one.nt")
    assert found.document(ox.Triple(A, B, A)) is None and found.place(ox.Triple(A, B, A)) is None


def test_a_statement_is_found_in_the_form_that_a_store_keeps(tmp_path: Path) -> None:
    found = document(tmp_path, "a.ttl", "<http://e/a> <http://e/b> 01 .")
    stored = ox.Triple(A, B, ox.Literal("1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    place = found.place(stored)
    assert found.document(stored) and place is not None and place["column"] == 27


@pytest.mark.parametrize("name", ["a.jsonld", "a.n3"])
def test_formats_without_positions_have_no_place(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    ox.serialize([ox.Triple(A, B, C)], str(path), rdf_syntax(path.suffix[1:]).format)
    found = read([path])
    assert found.document(ox.Triple(A, B, C)) == str(path) and found.place(ox.Triple(A, B, C)) is None


def test_blank_nodes_are_each_file_s_own_also_inside_triple_terms(tmp_path: Path) -> None:
    text = "_:n <http://e/b> _:n . <http://e/a> <http://e/b> <<( _:n <http://e/b> _:m )>> ."
    found = read([written(tmp_path, "one.ttl", text), written(tmp_path, "two.ttl", text)])
    assert [triple.subject.value for triple in found.statements] == ["b0", "b2"]
    assert [str(triple.object) for triple in found.quoting] == [
        "_:b0 <http://e/b> _:b1",
        "_:b2 <http://e/b> _:b3",
    ]


def test_prefixes_are_those_of_the_files_the_first_wins(tmp_path: Path) -> None:
    one = written(tmp_path, "one.ttl", "@prefix e: <http://e/> .")
    two = written(tmp_path, "two.ttl", "@prefix e: <http://f/> . @prefix g: <http://g/> .")
    assert read([one, two]).prefixes == {"e": "http://e/", "g": "http://g/"}


def test_a_syntax_can_be_told(tmp_path: Path) -> None:
    found = read([written(tmp_path, "a.data", "<http://e/a> <http://e/b> <http://e/c> .")], rdf_syntax("turtle"))
    assert list(found.statements) == [ox.Triple(A, B, C)]


@pytest.mark.parametrize(
    ("name", "text", "position", "said"),
    [
        ("a.ttl", "<http://e/a>\n <http://e/b> ; 'x", None, "not text/turtle: "),
        ("a.ttl", "<http://e/a>\n <http://e/b> x y .", (2, 15), "not text/turtle: "),
        ("a.rdf", "<rdf:RDF>", None, "not application/rdf+xml: "),
        ("a.jsonld", '{"@id": ', None, "not application/ld+json: "),
        ("a.jsonld", '{"@context": "http://e/context", "@id": "http://e/a"}', None, "a remote JSON-LD context"),
        ("a.ttl", "é".encode("latin-1"), (1, 1), "Not UTF-8"),
        ("a.ttl", "<a:a> <a:b> '" + "x" * 2**24 + "' .", None, "longer than 16 MiB"),
    ],
)
def test_a_fault_is_named_with_its_file(
    tmp_path: Path, name: str, text: str | bytes, position: tuple[int, int] | None, said: str
) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        document(tmp_path, name, text)
    assert caught.value.detail.startswith(f"{tmp_path / name}: {said}") or said in caught.value.detail
    assert position is None or caught.value.position == position


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", "<a:a> <a:b> " + "<<( <a:a> <a:b> " * 9_000 + "1" + " )>>" * 9_000 + " ."),
        ("a.jsonld", "[" * 9_000 + "]" * 9_000),
        ("a.rdf", "<a>" * 9_000 + "</a>" * 9_000),
    ],
)
def test_what_would_end_the_process_is_refused(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(TooNested):
        document(tmp_path, name, text)


def test_a_file_that_is_not_there_or_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "d.ttl").mkdir()
    for name in ("none.ttl", "d.ttl"):
        with pytest.raises(CnrsKgError, match=name):
            read([tmp_path / name])
