"""What shapes find of a change, judged on the branch that holds it, is what judging everything finds anew."""

import random
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import CNRS, GRAPH, ID, PREFIXES, RDF
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.inference import consequences
from cnrs_kg.submissions.judging import judged
from cnrs_kg.validation.report import Result

from .test_inference import Step, day

NEW = GRAPH("steward")


def shapes_of(results: tuple[Result, ...]) -> Counter[tuple[str | None, str]]:
    return Counter((result.shape, str(result.focus_node)) for result in results)


def judged_after(branch: Branch, step: Step) -> Counter[tuple[str | None, str]]:
    before = shapes_of(judged(branch, anew=True)[0].results)
    consequences(branch, step, day(branch), Budget())
    now = shapes_of(judged(branch, anew=True)[0].results)
    found, _ = judged(branch)
    assert not found.whole
    assert now - before <= shapes_of(found.results) <= now
    return now - before


def test_a_statement_that_is_asserted_is_judged(built: Path) -> None:
    """Its copy in the default graph is what shapes read, and no part of the delta, which has inferred ones alone."""
    office = ox.Quad(ID("office/unnamed"), RDF("type"), CNRS("OfficeAbroad"), NEW)
    with Versions(built).trial() as branch:
        assert judged_after(branch, Step(added=frozenset({office})))


@pytest.mark.parametrize("seed", range(2))
def test_random_withdrawals(built: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Versions(built).trial() as branch:
        kept = (DEFAULT_GRAPH, GRAPH("ontology"), GRAPH("shapes"))
        data = sorted((quad for quad in branch.store if quad.graph_name not in kept), key=str)
        assert judged_after(branch, Step(removed=frozenset(chance.sample(data, 40))))


def found_of(built: Path, predicate: str, value: str | ox.Literal) -> dict[str, str]:
    """The severity of what is found of a statement about a unit, by the shape that finds it."""
    stated = ox.Quad(ID("unit/cintra"), term(predicate), term(value) if isinstance(value, str) else value, NEW)
    with Versions(built).trial() as branch:
        consequences(branch, Step(added=frozenset({stated})), day(branch), Budget())
        judgement, _ = judged(branch)
    found = {(one.shape or "").rpartition("#")[2]: one.severity for one in judgement.results}
    assert len(found) == len(judgement.results)
    return found


def term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


TEXT = ox.Literal("CLORA")


@pytest.mark.parametrize(
    ("predicate", "value", "found"),
    [
        ("org:memberOf", TEXT, {"StandardAgent-memberOf": "Violation"}),
        ("org:memberOf", "id:place/paris", {"StandardLink-memberOf": "Warning"}),
        ("org:memberOf", "id:body/clora", {}),
        ("org:unitOf", TEXT, {"StandardAgent-isPartOf": "Violation"}),
        ("cnrs:isPartOf", TEXT, {"Organisation-isPartOf": "Violation"}),
        ("prov:wasDerivedFrom", TEXT, {"StandardThing-wasDerivedFrom": "Violation"}),
        ("schema:containedInPlace", TEXT, {"StandardLink-containedInPlace": "Warning"}),
        ("rdfs:label", "id:body/clora", {"StandardThing-label": "Violation"}),
        ("schema:knowsAbout", TEXT, {}),
        ("org:purpose", TEXT, {}),
        ("dcterms:source", TEXT, {}),
    ],
    ids=str,
)
def test_standard_terms_are_judged_as_our_own(
    built: Path, predicate: str, value: str | ox.Literal, found: dict[str, str]
) -> None:
    """One fault is told once; a text is refused where it cannot stand, and kept where the vocabulary allows it."""
    assert found_of(built, predicate, value) == found
