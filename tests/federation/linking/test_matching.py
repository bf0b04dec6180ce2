"""What is the same, what only looks so, and what a person has to look at."""

from dataclasses import replace

import pytest

from cnrs_kg.federation.linking import wording
from cnrs_kg.federation.linking.matching import Match, link
from cnrs_kg.federation.linking.records import Place, Record
from cnrs_kg.federation.linking.scoring import Outcome

IPAL = Record(
    "rnsr:1",
    names=("Image & Pervasive Access Laboratory",),
    acronyms=("IPAL",),
    codes=("UMI 2955",),
    places=(Place("Singapore"),),
)
OTHERS = tuple(
    Record(f"ror:other{number}", names=(f"Institut de {word}",), places=(Place(city, "FR", 48.0, 2.0),))
    for number, (word, city) in enumerate(
        [("chimie", "Lyon"), ("physique", "Paris"), ("biologie", "Nantes"), ("droit", "Brest"), ("histoire", "Nice")]
    )
)


def found(left: Record, *right: Record, rejected: frozenset[tuple[str, str]] = frozenset()) -> list[Match]:
    return link([left], [*right, *OTHERS], rejected)


def test_the_same_name_acronym_code_and_city_are_sure() -> None:
    record = replace(IPAL, iri="ror:1", codes=("IRL 2955",), names=("Image and Pervasive Access Lab",))
    (match,) = found(IPAL, record)
    assert (match.right, match.outcome) == ("ror:1", Outcome.SURE)
    assert match.levels["code"] == "renamed" and match.levels["acronym"] == "same" and 0 < match.score < 1


def test_a_code_alone_is_never_sure() -> None:
    record = Record("ror:1", names=("Something else entirely",), codes=("UMI 2955",), places=(Place("Singapore"),))
    assert all(match.outcome is not Outcome.SURE for match in found(IPAL, record))


def test_of_two_that_are_alike_none_is_sure() -> None:
    twins = [replace(IPAL, iri=f"ror:{number}") for number in (1, 2)]
    matches = found(IPAL, *twins)
    assert {match.right for match in matches} == {"ror:1", "ror:2"}
    assert {match.outcome for match in matches} == {Outcome.REVIEW}


def test_what_was_rejected_is_neither_proposed_nor_a_rival() -> None:
    twins = [replace(IPAL, iri=f"ror:{number}") for number in (1, 2)]
    (match,) = found(IPAL, *twins, rejected=frozenset({("rnsr:1", "ror:1")}))
    assert (match.right, match.outcome) == ("ror:2", Outcome.SURE)


def test_an_acronym_in_another_city_is_not_sure() -> None:
    left = Record("rnsr:2", names=("Toulouse School of Economics",), acronyms=("TSE",), places=(Place("Toulouse"),))
    right = Record("ror:9", names=("Tokyo School of Engineering",), acronyms=("TSE",), places=(Place("Tokyo", "JP"),))
    assert all(match.outcome is not Outcome.SURE for match in found(left, right))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("UMR 5608", {("UMR", 5608)}),
        ("UMR5608/U1271", {("UMR", 5608), ("U", 1271)}),
        ("Laboratoire X (UMR CNRS 5608)", {("UMR", 5608)}),
        ("UMR_S 1234", {("UMRS", 1234)}),
        ("in 1999", set()),
    ],
)
def test_codes_are_found_however_they_are_written(text: str, codes: set[tuple[str, int]]) -> None:
    assert wording.codes([text]) == codes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ST MARTIN D'HERES CEDEX 3", "Saint-Martin-d’Hères"),
        ("Paris 5e Arrondissement", "PARIS"),
        ("NANTES CEDEX", "Nantes"),
    ],
)
def test_cities_are_the_same_however_they_are_written(one: str, other: str) -> None:
    assert wording.city(one) == wording.city(other)
