from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import CNRS, ID, SHAPES
from cnrs_kg.store.versions import Version
from cnrs_kg.vocabulary.reference import Reference, References, read

EXAMPLES = Path(__file__).parents[1] / "shapes" / "examples"


@pytest.fixture(scope="module")
def reference(published: ox.Store) -> Reference:
    return read(published, EXAMPLES)


def test_every_term_has_a_name_a_definition_and_a_place_in_both_languages(reference: Reference) -> None:
    entries = reference.ontology.entries
    assert len(entries) > 100 and sum(len(one.entries) for one in reference.ontology.modules) == len(entries)
    for entry in entries.values():
        assert {"en", "fr"} == set(entry.labels) == set(entry.definitions), entry.name


def test_examples_are_statements_of_the_data(reference: Reference, published: ox.Store) -> None:
    assert len(reference.examples) > 100
    for iri, one in reference.examples.items():
        assert next(published.quads_for_pattern(one.subject, one.predicate, one.value, None), None)
        assert ox.NamedNode(iri) in (one.predicate, one.value)
    assert reference.examples[CNRS("Institute").value].subject.value.startswith(ID("institute/").value)


def test_every_rule_that_judges_says_what_it_asks_and_shows_both_examples(reference: Reference) -> None:
    rules = [rule for shape in reference.shapes if shape.targets for rule in shape.rules]
    assert len(rules) > 80
    for rule in rules:
        assert rule.passing and rule.failing and "@prefix" not in rule.passing
        assert {"en", "fr"} <= set(rule.messages) and rule.severity in ("Violation", "Warning", "Info")
        assert rule.path is None or all({"en", "fr"} == set(words) for words in rule.constraints)
        assert rule.path is None or rule.constraints, rule.name


def test_what_judges_a_term(reference: Reference) -> None:
    own = [(shape.name, rule and rule.name) for shape, rule in reference.judging[CNRS("coversPlace").value]]
    assert own == [("OfficeAbroad", "OfficeAbroad-coversPlace")]
    shapes = [shape.name for shape, rule in reference.judging[CNRS("OfficeAbroad").value] if rule is None]
    assert shapes == ["OfficeAbroad"]


def test_shapes_that_serve_others_come_last_with_anonymous_ones_in_words(reference: Reference) -> None:
    side = next(shape for shape in reference.shapes if shape.node == SHAPES("CnrsSide"))
    assert not side.targets and reference.shapes[-1].targets == ()
    assert side.constraints[0]["en"].startswith("any of: an instance of: CNRS institute")


def test_the_references_asked_last_are_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("cnrs_kg.vocabulary.reference.KEPT", 2)
    opened: list[int] = []

    def store(version: Version) -> ox.Store:
        opened.append(version.number)
        return ox.Store()

    references = References(store, tmp_path)
    one, two, three = (
        Version(number, datetime(2026, 1, number, tzinfo=UTC), tmp_path, 0, 0, f"d{number}") for number in (1, 2, 3)
    )
    for version in (one, two, one, three, one, two):
        references.of(version)
    assert opened == [1, 2, 3, 2]
