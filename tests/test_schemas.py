"""The JSON that programs read keeps to the schemas in docs/."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from cnrs_kg.rdf.namespaces import XSD
from cnrs_kg.rdf.terms import term_json
from cnrs_kg.validation.report import Result, Verdict

SCHEMAS = {
    path.name: json.loads(path.read_text()) for path in (Path(__file__).parents[1] / "docs/schemas").glob("*.json")
}
REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()
)
S, P = ox.NamedNode("http://example.org/s"), ox.NamedNode("http://example.org/p")


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[f"{name}.schema.json"], registry=REGISTRY)


def closed(schema: Any) -> Any:
    """The schema with no member allowed that it does not describe."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(part) for name, part in schema.items()}
    return found | ({"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {})


def undescribed(name: str, document: Any) -> list[str]:
    """What is wrong in a document, members that its schema does not describe too."""
    schemas = {known: closed(schema) for known, schema in SCHEMAS.items()}
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
    found = Draft202012Validator(schemas[f"{name}.schema.json"], registry=registry)
    return [f"{error.json_path}: {error.message}" for error in found.iter_errors(document)]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_each_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(
    "term",
    [S, ox.BlankNode("b"), ox.Literal("x"), ox.Literal("x", language="fr"), ox.Literal("1", datatype=XSD("integer")),
     ox.Triple(S, P, ox.Literal("x"))],
    ids=str,
)  # fmt: skip
def test_a_term_keeps_to_its_schema(term: Any) -> None:
    validator("term").validate(term_json(term))


def test_a_verdict_keeps_to_its_schema() -> None:
    result = Result(
        "Violation", "shape", {"en": "no", "fr": "non"}, S, "http://example.org/shape", "sh:MinCount", "<p>"
    )
    told = Verdict((result,), 3, 1, 0, 7, ("a note",), (result,)).to_json()
    assert undescribed("verdict", told) == []
    assert undescribed("verdict", {**told, "notes": ["a note"]}) != []
    assert undescribed("verdict", {**told, "more": 1}) != []


def test_a_verdict_without_severity_does_not() -> None:
    wrong = Verdict((Result("Violation", "shape", {"en": "no"}),)).to_json()
    del wrong["results"][0]["severity"]
    assert not validator("verdict").is_valid(wrong)
