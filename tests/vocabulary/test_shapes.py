from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.rdf.statements import Stored
from cnrs_kg.vocabulary.shapes import Shape, read_shapes

PREFIXES = """
PREFIX : <https://w3id.org/cnrs-kg/shapes#>
PREFIX ex: <https://example.org/>
PREFIX sh: <http://www.w3.org/ns/shacl#>
"""


def shapes(text: str, examples: Path) -> tuple[Shape, ...]:
    triples = [quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE)]
    return read_shapes(triples, Stored(ox.Store()), examples)


def test_a_rule_along_an_inverse_path(tmp_path):
    text = ":A a sh:NodeShape ; sh:targetClass ex:C ; sh:property :A-p . "
    text += ":A-p sh:path [ sh:inversePath ex:p ] ; sh:minCount 2 ."
    (shape,) = shapes(text, tmp_path)
    (rule,) = shape.rules
    assert rule.path == "^<https://example.org/p>" and rule.predicates == {ox.NamedNode("https://example.org/p")}
    assert rule.constraints == ({"en": "at least 2", "fr": "au moins 2"},) and rule.severity == "Violation"


def test_examples_are_read_without_prefixes_and_from_nowhere_else(tmp_path):
    (tmp_path / "A-p").mkdir()
    (tmp_path / "A-p" / "fail.ttl").write_text("@prefix ex: <https://example.org/> .\n\n<x> a ex:C .\n")
    text = ":A a sh:NodeShape ; sh:property :A-p, ex:b . :A-p sh:path ex:p . ex:b sh:path ex:p ."
    (shape,) = shapes(text, tmp_path)
    found = {rule.name: (rule.passing, rule.failing) for rule in shape.rules}
    assert found == {"A-p": (None, "<x> a ex:C ."), "https://example.org/b": (None, None)}
