"""What is said of axioms that the rules do not serve, or that are risky."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.reasoning.lint import ERROR, lint

from .turtle import HERE, triples

PROJECT = Path(__file__).parents[2]


def kinds(text: str) -> set[tuple[str, str]]:
    return {(finding.severity, finding.kind) for finding in lint(triples(text))}


@pytest.mark.parametrize(
    "text",
    [
        ":R owl:onProperty :p ; owl:hasSelf true .",
        ":R owl:onProperty :p ; owl:minCardinality 1 .",
        ":p a owl:ReflexiveProperty .",
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :B ] .",
        ":A rdfs:subClassOf [ owl:unionOf ( :B :C ) ] .",
        ":A rdfs:subClassOf [ owl:intersectionOf ( :B [ owl:oneOf ( :x ) ] ) ] .",
        "[ owl:onProperty :p ; owl:allValuesFrom :B ] rdfs:subClassOf :A .",
        "[ owl:complementOf :B ] rdfs:subClassOf :A .",
        ":A owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :B ] .",
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 2 ] .",
        ":p rdfs:range owl:real .",
    ],
)
def test_what_is_outside_the_profile_is_an_error(text: str) -> None:
    assert (ERROR, "profile") in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :B ] , [ owl:complementOf :C ] .",
        "[ owl:onProperty :p ; owl:someValuesFrom :B ] rdfs:subClassOf :A .",
        "[ owl:unionOf ( :B [ owl:oneOf ( :x ) ] ) ] rdfs:subClassOf :A .",
        ":A owl:equivalentClass [ owl:intersectionOf ( :B [ owl:onProperty :p ; owl:hasValue :v ] ) ] .",
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] .",
        ":p a owl:TransitiveProperty ; owl:propertyChainAxiom ( :q :r ) .",
        ":p owl:propertyChainAxiom ( :q :r ) . :q rdfs:subPropertyOf :p . :s owl:propertyChainAxiom ( :p :q ) .",
    ],
)
def test_what_the_profile_allows_is_nothing(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (":p owl:propertyChainAxiom ( :q :p ) .", ("warning", "chain")),
        (":a owl:sameAs :b .", ("warning", "sameness")),
        ("rdfs:label rdfs:subPropertyOf :name .", ("warning", "vocabulary")),
        (":p rdfs:subPropertyOf rdf:type .", ("warning", "general")),
        (":C owl:intersectionOf _:a . _:a rdf:first :A ; rdf:rest _:a .", ("error", "list")),
        (":R owl:someValuesFrom :B .", ("error", "restriction")),
        (":p cnrs:claimable true ; a owl:FunctionalProperty .", ("error", "contested")),
        (":p cnrs:claimable true . :C owl:hasKey ( :p ) .", ("error", "contested")),
    ],
)
def test_risks_and_faults(text: str, finding: tuple[str, str]) -> None:
    assert finding in kinds(text)


@pytest.mark.parametrize(
    ("text", "through"),
    [
        (":p owl:propertyChainAxiom ( :q :r ) . :q owl:propertyChainAxiom ( :p :r ) .", "q"),
        (":p owl:propertyChainAxiom ( :q :r ) . :p rdfs:subPropertyOf :s . :s owl:inverseOf :q .", "s q"),
        (":p owl:propertyChainAxiom ( :q :r ) . :q owl:equivalentProperty :p .", "q"),
    ],
)
def test_chains_that_feed_each_other_say_through_what(text: str, through: str) -> None:
    found = [one.message["en"] for one in lint(triples(text)) if one.kind == "chain"]
    names = ", ".join(f"<{HERE}{name}>" for name in through.split())
    assert any(f"itself, through {names}, grows" in message for message in found)


def test_the_project_s_own_ontology_has_no_error() -> None:
    files = sorted((PROJECT / "ontology").rglob("*.ttl"))
    stated = [quad.triple for file in files for quad in ox.parse(path=str(file))]  # type: ignore[union-attr]
    assert [finding.message["en"] for finding in lint(stated) if finding.severity == ERROR] == []


def test_findings_speak_both_languages() -> None:
    (finding,) = lint(triples(":p a owl:ReflexiveProperty ."))
    assert "outside" in finding.message["en"] and "hors" in finding.message["fr"]
    assert finding.to_json()["kind"] == "profile"
