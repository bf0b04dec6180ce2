"""What a comparison changes about the links that were there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cnrs_kg.federation.linking.comparing import RIVAL, compared, program, rejected
from cnrs_kg.federation.linking.links import Link, Standing
from cnrs_kg.federation.linking.matching import Match
from cnrs_kg.federation.linking.scoring import Outcome

A, B, C = (f"https://example.org/{name}" for name in "abc")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SURE = Match(A, B, {"name": "same", "code": "unknown"}, 3.0, float("inf"), Outcome.SURE)
ANNA = "https://w3id.org/cnrs-kg/id/agent/anna"


def found(*matches: Match, known: tuple[Link, ...] = (), now: datetime = NOW) -> dict[tuple[str, str], Link]:
    links = compared(matches, {one.slug: one for one in known}, now).links
    return {one.ends: one for one in links}


def test_what_is_sure_is_accepted_and_says_by_which_program() -> None:
    link = found(SURE)[A, B]
    assert (link.standing, link.by, link.evidence) == (Standing.ACCEPTED, program()[0], {"name-same"})
    assert not link.curated and link.at == "2026-11-28T12:00:00Z" and link.score == pytest.approx(0.9526)


def test_what_has_a_rival_near_says_so() -> None:
    assert RIVAL in found(replace(SURE, margin=0.4, outcome=Outcome.REVIEW))[A, B].evidence


def test_what_is_found_again_keeps_its_date_and_changes_nothing() -> None:
    known = tuple(found(SURE).values())
    again = compared([SURE], {one.slug: one for one in known}, LATER)
    assert again.links == known and not again.added and not again.removed
    changed = found(replace(SURE, points=2.0), known=known, now=LATER)[A, B]
    assert changed.at.startswith("2026-11-29")


def test_what_is_no_longer_found_is_withdrawn_unless_a_person_decided() -> None:
    (mine,) = found(SURE).values()
    theirs = replace(mine, object=C, by=ANNA, standing=Standing.REJECTED)
    gone = compared([], {one.slug: one for one in (mine, theirs)}, LATER)
    assert gone.links == (theirs,) and gone.removed == mine.quads() and not gone.added


def test_what_a_person_decided_stays_and_its_rivals_are_not_accepted_unseen() -> None:
    (mine,) = found(SURE).values()
    decided = replace(mine, object=C, by=ANNA, score=0.1)
    links = found(SURE, known=(decided,))
    assert links[A, C] == decided
    assert links[A, B].standing is Standing.REVIEW and RIVAL in links[A, B].evidence
    assert found(SURE, known=(replace(mine, by=ANNA, standing=Standing.REJECTED),))[A, B].curated


def test_the_rejected_are_known_either_way_round() -> None:
    (mine,) = found(SURE).values()
    assert rejected([replace(mine, standing=Standing.REJECTED)]) == {(A, B), (B, A)}
    assert rejected([mine]) == set()
