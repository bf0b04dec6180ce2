"""JSON-LD with places: the statements of the plain parser, each at its value."""

import json
import re
from collections import Counter
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.errors import RdfSyntaxError
from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.positions import objects

JSON_LD = rdf_syntax("jsonld")
CONTEXT = {"e": "http://e.org/", "name": "e:name", "knows": {"@id": "e:knows", "@type": "@id"}}


def marked(text: str) -> list[tuple[ox.Quad, str | None]]:
    """Each quad with the text at its place."""
    lines = text.splitlines()
    found = []
    for quad, span in objects(text.encode(), JSON_LD):
        cut = None if span is None else lines[span.line - 1][span.column - 1 : span.end_column - 1]
        found.append((quad, cut))
    return found


def ground(quads: Any) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(None if isinstance(term, ox.BlankNode) else term for term in quad) for quad in quads)


def test_each_value_has_its_place_whatever_the_order_of_keys() -> None:
    text = """{
 "@graph": [{"name": ["é", "B"], "knows": ["e:b", {"name": "C", "@id": "e:c"}],
   "@id": "e:a", "@type": ["e:P", "e:Q"], "e:d": {"@value": "2019", "@type": "e:year"}, "e:n": 12}],
 "@context": {"e": "http://e.org/", "name": "e:name", "knows": {"@id": "e:knows", "@type": "@id"}}
}"""
    found = {str(quad.object): cut for quad, cut in marked(text)}
    assert found == {
        '"é"': '"é"', '"B"': '"B"', "<http://e.org/b>": '"e:b"', "<http://e.org/c>": '"e:c"', '"C"': '"C"',
        "<http://e.org/P>": '"e:P"', "<http://e.org/Q>": '"e:Q"', '"2019"^^<http://e.org/year>': '"2019"',
        '"12"^^<http://www.w3.org/2001/XMLSchema#integer>': "12",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ('{"a": 1,}', (1, 9)),
        ('{"a": 1 "b"}', (1, 9)),
        ('{"a" 1}', (1, 6)),
        ("[1, 2", (1, 6)),
        ("[1, 2}", (1, 6)),
        ('{"@id": "urn:x",\n "@id": "urn:y"}', (2, 2)),
        ("{'a': 1}", (1, 2)),
        ('{"a": "\n"}', (1, 7)),
        ("[] []", (1, 4)),
        ("", (1, 1)),
    ],
)
def test_what_is_no_json_is_told_where(text: str, position: tuple[int, int]) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        list(objects(text.encode(), JSON_LD))
    assert caught.value.position == position


def test_what_is_no_json_ld_is_told_where_reading_stopped() -> None:
    with pytest.raises(SyntaxError) as caught:
        list(objects(b'{\n "@context": "https://example.org/context",\n "name": "x"}', JSON_LD))
    assert caught.value.lineno == 2


def test_a_byte_order_mark_and_deep_nesting() -> None:
    deep = '{"http://e.org/p": ' * 300 + '"x"' + "}" * 300
    assert len(list(objects(deep.encode(), JSON_LD))) == 300
    assert len(list(objects(b'\xef\xbb\xbf{"@id": "urn:a", "http://e.org/p": "x"}', JSON_LD))) == 1


values = st.recursive(
    st.one_of(
        st.text(max_size=6),
        st.integers(-99, 99),
        st.booleans(),
        st.none(),
        st.sampled_from([{"@id": "e:b"}, {"@value": "v", "@language": "fr"}, {"@value": "1", "@type": "e:t"}]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.fixed_dictionaries({"@list": st.lists(st.text(max_size=3), max_size=2)}),
        st.dictionaries(st.sampled_from(["name", "e:p", "e:q"]), inner, max_size=3),
        st.dictionaries(st.sampled_from(["@id", "@type", "knows"]), st.sampled_from(["e:a", "e:b"]), max_size=3),
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "e:p", "e:q"]), values, max_size=3), st.booleans(), st.integers(0, 4))
def test_random_documents_say_what_the_plain_parser_reads(node: dict[str, Any], last: bool, indent: int) -> None:
    members = {**node, "@context": CONTEXT} if last else {"@context": CONTEXT, **node}
    text = json.dumps(members, indent=indent or None, ensure_ascii=bool(indent % 2))
    try:
        plain = list(ox.parse(text.encode(), ox.RdfFormat.JSON_LD))
    except SyntaxError:
        with pytest.raises(SyntaxError):
            list(objects(text.encode(), JSON_LD))
        return
    found = list(objects(text.encode(), JSON_LD))
    assert ground(quad for quad, _ in found) == ground(plain)
    for quad, span in found:
        if span is not None and isinstance(quad.object, ox.Literal) and quad.object.language is None:
            cut = re.split("\r\n|\n|\r", text)[span.line - 1][span.column - 1 : span.end_column - 1]
            assert str(json.loads(cut)).lower() == quad.object.value.lower()


def test_rdf_xml_has_lines() -> None:
    text = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">
<e:P rdf:about="http://e.org/a">
  <e:name>A</e:name>\r
  <e:knows rdf:resource="http://e.org/b"/>
</e:P>
</rdf:RDF>"""
    found = {str(quad.object): span for quad, span in objects(text.encode(), rdf_syntax("rdfxml"))}
    lines = {name: span.line for name, span in found.items() if span is not None}
    assert lines == {"<http://e.org/P>": 2, '"A"': 3, "<http://e.org/b>": 4}
    assert found['"A"'].column == 3  # type: ignore[union-attr]


def test_a_number_of_any_length_is_read() -> None:
    text = '{"@id": "urn:a", "urn:p": %s, "urn:q": "x"}' % ("9" * 5_000)
    assert len(list(objects(text.encode(), rdf_syntax("jsonld")))) == 2


def test_half_a_character_is_refused_where_it_stands() -> None:
    with pytest.raises(RdfSyntaxError, match="half a character") as caught:
        list(objects(b'{"@id": "urn:a",\n "urn:p": "\\ud800"}', rdf_syntax("jsonld")))
    assert caught.value.position == (2, 11)
