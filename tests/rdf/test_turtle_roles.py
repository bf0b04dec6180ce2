"""Subject and predicate of each object, by the tokens of the text."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.positions import objects
from cnrs_kg.rdf.positions_text import Span

PROJECT = Path(__file__).parents[2]


def cut(text: str, span: Span | None) -> str | None:
    return None if span is None else re.split(r"\r\n|\n|\r", text)[span.line - 1][span.column - 1 : span.end_column - 1]


def told(text: str, name: str = "turtle") -> list[tuple[str | None, ...]]:
    """Subject, predicate and object of each statement, as they are written."""
    found = objects(text.encode(), rdf_syntax(name))
    return [tuple(cut(text, one) for one in (s.subject, s.predicate, s)) for _, s in found if s is not None]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("@prefix : <urn:> .\n:a :p :b , 'c';\n :q 1.", [(":a", ":p", ":b"), (":a", ":p", "'c'"), (":a", ":q", "1")]),
        ("PREFIX : <urn:> :a a :B. :c :p :d .", [(":a", "a", ":B"), (":c", ":p", ":d")]),
        ("@prefix : <urn:> . :a :p ( :x :y ) .", [(":a", ":p", ":x"), (":a", ":p", ":x"), (":a", ":p", ":y")]),
        ("@prefix : <urn:> . [ :p :x ] :q :y .", [("[", ":p", ":x"), ("[", ":q", ":y")]),
        ("@prefix : <urn:> . :a :p [ :q :x ; :r 1 ] , :b .", [("[", ":q", ":x"), ("[", ":r", "1"), (":a", ":p", ":b")]),
        ("<urn:é> <urn:p> 'é𝒳' . # <urn:no>\n<urn:b> <urn:p> <urn:c> .",
         [("<urn:é>", "<urn:p>", "'é𝒳'"), ("<urn:b>", "<urn:p>", "<urn:c>")]),
    ],
    ids=["objects and predicates", "dots that are glued", "a list", "a subject in brackets", "brackets", "characters"],
)  # fmt: skip
def test_turtle(text: str, roles: list[tuple[str, ...]]) -> None:
    assert set(roles) <= set(told(text))


def test_graphs() -> None:
    text = "@prefix : <urn:> . :g { :a :p :b . :c :p :d } GRAPH :h { :e :p :f }"
    assert told(text, "trig") == [(":a", ":p", ":b"), (":c", ":p", ":d"), (":e", ":p", ":f")]
    assert told('<urn:a> <urn:p> "x"@en <urn:g> .\n', "nquads") == [("<urn:a>", "<urn:p>", '"x"@en')]


@pytest.mark.parametrize("path", sorted((PROJECT / "data").glob("*.ttl"))[:6], ids=lambda path: path.name)
def test_the_project_s_own_files(path: Path) -> None:
    """Subject and predicate read as the terms of the statement, where they are names."""
    text = path.read_text(encoding="utf-8")
    prologue = "\n".join(line for line in text.splitlines() if line.startswith("@prefix"))
    known: dict[str, object] = {}
    for quad, span in objects(text.encode(), rdf_syntax("turtle")):
        assert span is not None
        for term, place in ((quad.subject, span.subject), (quad.predicate, span.predicate)):
            written = cut(text, place)
            if written and written != "[" and not isinstance(term, ox.BlankNode):
                if written not in known:
                    name = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" if written == "a" else written
                    (read,) = ox.parse(f"{prologue}\n{name} <urn:p> 1 .", ox.RdfFormat.TURTLE)
                    known[written] = read.subject  # type: ignore[union-attr]
                assert known[written] == term
