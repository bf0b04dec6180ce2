"""A link as the graph keeps it."""

from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.federation.linking import links
from cnrs_kg.federation.linking.comparing import RIVAL
from cnrs_kg.federation.linking.links import Link, Standing, ordered, read
from cnrs_kg.federation.linking.scoring import learnt
from cnrs_kg.rdf.namespaces import RDF

from ...conftest import PROJECT

LINK = Link(
    "https://w3id.org/cnrs-kg/id/unit/cintra",
    "https://ror.org/02e7b5302",
    Standing.REVIEW,
    "https://w3id.org/cnrs-kg/id/agent/anna",
    "2026-11-28T12:00:00Z",
    score=0.0312,
    evidence=frozenset({"name-partly", "city-same"}),
    reason="not sure",
    close=True,
)


def test_what_is_written_is_read_again() -> None:
    store = ox.Store()
    store.extend([*LINK.quads(), *links.about()])
    assert read(store) == {LINK.slug: LINK}


def test_what_is_no_link_is_left_alone() -> None:
    store = ox.Store()
    store.extend(quad for quad in LINK.quads() if quad.predicate != RDF("object"))
    assert read(store) == {}


def test_a_link_is_the_same_from_either_side_and_ours_comes_first() -> None:
    left, right = LINK.object, LINK.subject
    assert ordered(left, right) == ordered(right, left) == LINK.ends
    assert Link(left, right, Standing.REVIEW, "", "").slug == LINK.slug


def test_every_level_that_can_be_found_is_a_concept() -> None:
    """What a comparison finds is published as evidence, which a shape wants to be a concept."""
    text = (PROJECT / "ontology/vocabularies/evidence.ttl").read_text()
    concepts = {line.split()[0].removeprefix("evidence:") for line in text.splitlines() if line.startswith("evidence:")}
    assert {f"{feature}-{level}" for feature, level in learnt().points} | {RIVAL} == concepts


def test_a_program_is_no_person(tmp_path: Path) -> None:
    assert LINK.curated and not Link("a", "b", Standing.REVIEW, f"{links.PROGRAM}link-1", "").curated
