import pyoxigraph as ox
import pytest

from cnrs_kg.errors import RdfError, ShapesError
from cnrs_kg.rdf.skolem import skolemise
from cnrs_kg.validation.judge import judge
from cnrs_kg.validation.report import Verdict

PREFIXES = """
@prefix e: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = """
e:Unit a sh:NodeShape ; sh:targetClass e:JointUnit ; sh:property e:Unit-code , e:Unit-old .
e:Unit-code sh:path e:code ; sh:minCount 1 ; sh:message "A unit has a code."@en , "Une unité a un code."@fr .
e:Unit-old sh:path ( e:site [ sh:inversePath e:of ] ) ; sh:maxCount 0 ; sh:severity sh:Warning .
"""


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE)]


def test_a_conforming_graph_has_no_result() -> None:
    assert judge(triples("e:a a e:JointUnit ; e:code 'UMI 3288' ."), triples(SHAPES)) == ()


def test_a_fault_tells_focus_node_path_shape_and_message_in_both_languages() -> None:
    (result,) = judge(triples("e:a a e:JointUnit ."), triples(SHAPES))
    assert result.to_json() == {
        "severity": "Violation",
        "kind": "shape",
        "shape": "http://example.org/Unit-code",
        "constraint": "sh:MinCountConstraintComponent",
        "focusNode": {"type": "uri", "value": "http://example.org/a"},
        "path": "<http://example.org/code>",
        "value": None,
        "message": {"en": "A unit has a code.", "fr": "Une unité a un code."},
        "places": [],
        "proof": None,
        "fixes": [],
        "label": {},
        "expected": None,
        "found": None,
        "example": None,
    }


def test_violations_come_first_and_warnings_do_not_refuse() -> None:
    data = "e:a a e:JointUnit ; e:site e:s . e:b a e:JointUnit ; e:code 'x' ; e:site e:s . e:o e:of e:s ."
    results = judge(triples(data), triples(SHAPES))
    assert [result.severity for result in results] == ["Violation", "Warning", "Warning"]
    named = skolemise(ox.parse(PREFIXES + SHAPES, ox.RdfFormat.TURTLE))
    assert judge(triples(data), [quad.triple for quad in named]) == results
    assert results[1].path == "(<http://example.org/site>/^<http://example.org/of>)"
    assert not Verdict(results).conforms
    assert Verdict(results[1:]).conforms


def test_malformed_shapes_are_an_error_not_a_verdict() -> None:
    with pytest.raises(ShapesError):
        judge([], triples("e:S sh:targetClass e:C ; sh:property e:P . e:P sh:path e:p , e:q ."))


def test_a_triple_term_is_refused_by_name() -> None:
    inner = ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("1"))
    with pytest.raises(RdfError, match="triple term"):
        judge([ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), inner)], [])
