"""What the published data must always hold: nothing that a hygiene query finds, and the things that others rely on."""

from pathlib import Path

import pyoxigraph as ox
import pytest

HYGIENE = sorted((Path(__file__).parent / "hygiene").glob("*-violation.rq"))
ID = "https://w3id.org/cnrs-kg/id/"
# The public interface fixes these slugs.
FIXED = [
    *(f"institute/{slug}" for slug in "inc inee inp in2p3 insb inshs ins2i insis insmi insu".split()),
    *(f"organisation/{slug}" for slug in "cnrs ntu nus thales".split()),
    *(f"unit/{slug}" for slug in "bmc2 cintra ipal majulab".split()),
    "department/derci",
    *(
        f"office/{slug}"
        for slug in "beijing brussels new-delhi pretoria rio-de-janeiro singapore tokyo washington".split()
    ),
    "body/clora",
    "body/science-europe",
]
COUNTS = {
    "institutes": (10, "?thing a cnrs:Institute"),
    "national institutes": (3, "?thing a cnrs:NationalInstitute"),
    "IRLs": (
        43,
        "?thing cnrs:hasUnitType <https://w3id.org/cnrs-kg/id/concept/unit-type/irl> ; cnrs:rnsrNumber ?number",
    ),
    "offices today": (11, "?thing a cnrs:OfficeAbroad ; cnrs:hasSite ?site"),
    "offices, with those that closed": (15, "?thing a cnrs:OfficeAbroad"),
    "advisers": (10, "?thing a cnrs:Post ; cnrs:monitorsCooperationOf ?institute"),
    "persons": (1, "?thing a cnrs:Person"),
    "members of the G6": (6, "?thing cnrs:isMemberOf <https://w3id.org/cnrs-kg/id/network/g6>"),
}


def ask(store: ox.Store, pattern: str) -> list[str]:
    found = store.query(
        f"PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#> SELECT DISTINCT ?thing WHERE {{ {pattern} }}"
    )
    assert isinstance(found, ox.QuerySolutions)
    return [str(row["thing"]) for row in found]


@pytest.mark.parametrize("file", HYGIENE, ids=lambda file: file.stem)
def test_hygiene(file: Path, published: ox.Store) -> None:
    found = published.query(file.read_text())
    assert isinstance(found, ox.QuerySolutions)
    assert [[str(term) for term in row] for row in found] == []


@pytest.mark.parametrize("slug", FIXED)
def test_fixed_slug(slug: str, published: ox.Store) -> None:
    assert ask(published, f"BIND(<{ID}{slug}> AS ?thing) ?thing a ?class")


@pytest.mark.parametrize("kind", COUNTS)
def test_count(kind: str, published: ox.Store) -> None:
    expected, pattern = COUNTS[kind]
    assert len(ask(published, pattern)) == expected
