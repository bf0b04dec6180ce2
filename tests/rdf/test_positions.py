"""The place of an object holds that object, whatever the layout."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.positions import objects
from cnrs_kg.rdf.positions_text import Bytewise, Span

PROJECT = Path(__file__).parents[2]
TURTLE = rdf_syntax("turtle")


def slices(text: str, name: str = "turtle") -> list[tuple[ox.Quad, str]]:
    """Each quad with the text at its object's place."""
    found = []
    lines = re.findall(r"[^\r\n]*(?:\r\n|\n|\r|$)", text)
    for quad, span in objects(text.encode(), rdf_syntax(name)):
        if span.line == span.end_line:
            found.append((quad, lines[span.line - 1][span.column - 1 : span.end_column - 1]))
        else:
            middle = "".join(lines[span.line : span.end_line - 1])
            head, tail = lines[span.line - 1][span.column - 1 :], lines[span.end_line - 1][: span.end_column - 1]
            found.append((quad, head + middle + tail))
    return found


def reads_as(token: str, prologue: str) -> object:
    (quad,) = ox.parse(f"{prologue}\n<urn:s> <urn:p> {token} .", ox.RdfFormat.TURTLE)
    return quad.object


PROLOGUE = "@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."


@pytest.mark.parametrize(
    "body",
    [
        ":a :p :b , 'c d'@en-GB ;\n  :q 1 , 2.5,\n\t'x'^^xsd:date .",
        ":a a :B.\n:b :p 1.\n:c :p 1.5.\n:d :p true.\n:e :p 'x'.",
        ':a :p \'\'\'long\nline\'\'\' , """with "quotes" in\r\nit""" .',
        "# a comment with :a :p :b .\n:a # another\n :p # more\n :b . # end",
        ":é :p 'naïve 𝒳' , :ü ; :q :z .",
        ":a :p <http://example.org/#frag> ; :q 'a # b' .",
        ":a :p '\\'' , 'a\\\\' , \"tab\\t\" .",
        ":a :p -1e10 , +.5 , 'x'@fr .",
    ],
)
def test_the_slice_is_the_object(body: str) -> None:
    found = slices(f"{PROLOGUE}\n{body}")
    assert found
    for quad, token in found:
        assert reads_as(token, PROLOGUE) == quad.object, token


def test_lines_end_in_three_ways_and_columns_count_characters() -> None:
    text = "@prefix : <urn:> .\r:é𝒳 :p :b .\r\n:a :p\n  :c ."
    assert [span for _, span in objects(text.encode(), TURTLE)] == [Span(2, 8, 2, 10), Span(4, 3, 4, 5)]


def test_quads_have_places_too() -> None:
    text = '<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:a> <urn:p> "x" .\n'
    assert [span.line for _, span in objects(text.encode(), rdf_syntax("nquads"))] == [1, 2]


def test_lists_and_brackets_have_the_line_of_their_terms() -> None:
    text = "@prefix : <urn:> .\n:a :p ( :x\n :y ) ;\n :q [ :r 'z' ] ."
    found = {str(quad.object): span.line for quad, span in objects(text.encode(), TURTLE)}
    assert (found["<urn:x>"], found["<urn:y>"], found['"z"']) == (2, 3, 4)


def test_other_formats_have_none() -> None:
    assert list(objects(b"<urn:a> <urn:b> 1 .", rdf_syntax("n3"))) == []


@pytest.mark.parametrize("path", sorted((PROJECT / "data").glob("*.ttl"))[:6], ids=lambda path: path.name)
def test_the_project_s_own_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prologue = "\n".join(line for line in text.splitlines() if line.startswith("@prefix"))
    found = slices(text)
    assert [quad for quad, _ in found] == list(ox.parse(text, ox.RdfFormat.TURTLE)) or len(found) > 10
    for quad, token in found:
        if not isinstance(quad.object, ox.BlankNode):
            assert reads_as(token, prologue) == quad.object, token


terms = st.one_of(
    st.sampled_from(["b", "c", "d"]).map(lambda name: (f":{name}", ox.NamedNode(f"http://example.org/{name}"))),
    st.text(st.characters(codec="utf-8", exclude_characters='\\"\n\r'), max_size=8).map(
        lambda text: (f'"{text}"', ox.Literal(text))
    ),
    st.integers(-99, 99).map(lambda n: (str(n), ox.Literal(str(n), datatype=ox.NamedNode(XSD_INTEGER)))),
)
XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
spaces = st.sampled_from([" ", "\n", "\r\n", "\t", " # comment\n", "  "])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(terms, spaces, spaces), min_size=1, max_size=6))
def test_random_layouts(parts: list[tuple[tuple[str, ox.Literal], str, str]]) -> None:
    body = ",".join(f"{before}{token}{after}" for (token, _), before, after in parts)
    found = slices(f"{PROLOGUE}\n:a :p {body}.")
    assert [token for _, token in found] == [token for (token, _), _, _ in parts]


@pytest.mark.parametrize("letter", ["x", "é"])
@pytest.mark.parametrize(
    "token",
    ['"{}"@fr', "'''{}\n{}'''", "<urn:{}>", '"{}"^^<urn:{}>', '# {}\n"y"', "{}"],
    ids=["text", "lines", "iri", "datatype", "comment", "gap"],
)
def test_long_tokens_keep_their_places(token: str, letter: str) -> None:
    long = token.replace("{}", letter * 3000) if token != "{}" else "\t" * 3000 + '"y"'
    text = f'<urn:a> <urn:b> {long} , "z" .\n<urn:c> <urn:d> "w"@en .'
    found = slices(text)
    object_ = '"y"' if long.endswith('"y"') else long
    assert [said for _, said in found] == [object_, '"z"', '"w"@en']
    assert [quad for quad, _ in found] == list(ox.parse(text, ox.RdfFormat.TURTLE))


def test_a_long_token_is_given_in_pieces_and_its_ends_byte_by_byte() -> None:
    reader = Bytewise(bytes(range(100)), [(10, 60), (70, 90)])
    sizes = []
    while piece := reader.read(32):
        sizes.append(len(piece))
    assert sizes == [1] * 10 + [32, 18] + [1] * 10 + [20] + [1] * 10


def test_a_long_text_costs_no_more_than_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    read = Bytewise.read
    monkeypatch.setattr(Bytewise, "read", lambda self, size=-1: reads.append(1) or read(self, size))
    long = "x" * 200_000
    documents = {"turtle": f'<urn:a> <urn:b> "{long}" .', "jsonld": f'{{"@id": "urn:a", "urn:b": "{long}"}}'}
    for name, text in documents.items():
        ((quad, _),) = objects(text.encode(), rdf_syntax(name))
        assert quad.object == ox.Literal(long)
    assert len(reads) < 2_000
