"""The direct statement of a claim follows on the days on which the claim holds, and on no other."""

from datetime import date

import pytest

from cnrs_kg.reasoning.closure import close

from .turtle import triple, triples

CLAIM = ":claim a cnrs:Claim ; rdf:subject :a ; rdf:predicate :p ; rdf:object :b"
DIRECT = triple(":a :p :b")


def holds(more: str, day: date) -> bool:
    return DIRECT in close([], triples(f"{CLAIM} {more} ."), as_of=day).inferred


@pytest.mark.parametrize(
    ("bound", "day", "expected"),
    [
        ("2010-05-17^^xsd:date", date(2010, 5, 16), False),
        ("2010-05-17^^xsd:date", date(2010, 5, 17), True),
        ("2010-05^^xsd:gYearMonth", date(2010, 4, 30), False),
        ("2010-05^^xsd:gYearMonth", date(2010, 5, 1), True),
        ("2010^^xsd:gYear", date(2009, 12, 31), False),
        ("2010^^xsd:gYear", date(2010, 1, 1), True),
        ("2010Z^^xsd:gYear", date(2010, 1, 1), True),
        ("-0044-03-15^^xsd:date", date(2010, 1, 1), True),
        ("12010^^xsd:gYear", date(2010, 1, 1), False),
    ],
)
def test_bounds_keep_their_precision(bound: str, day: date, expected: bool) -> None:
    text, datatype = bound.split("^^")
    assert holds(f'; cnrs:validFrom "{text}"^^{datatype}', day) is expected
    assert holds(f'; cnrs:validUntil "{text}"^^{datatype}', day) is not expected


def test_from_is_inclusive_until_exclusive() -> None:
    between = '; cnrs:validFrom "2010"^^xsd:gYear ; cnrs:validUntil "2011"^^xsd:gYear'
    days = [date(2009, 12, 31), date(2010, 1, 1), date(2010, 12, 31), date(2011, 1, 1)]
    assert [holds(between, day) for day in days] == [False, True, True, False]


def test_rank_hides_the_deprecated_and_the_proposed() -> None:
    day = date(2026, 1, 1)
    assert holds("", day) and holds("; cnrs:rank cnrs:preferredRank", day) and holds("; cnrs:rank cnrs:normalRank", day)
    assert not holds("; cnrs:rank cnrs:deprecatedRank", day) and not holds("; cnrs:rank cnrs:proposedRank", day)
    assert not holds("; cnrs:rank cnrs:normalRank, cnrs:deprecatedRank", day)


@pytest.mark.parametrize(
    "text",
    [
        ":c a cnrs:Claim ; rdf:subject :a, :x ; rdf:predicate :p ; rdf:object :b .",
        ":c a cnrs:Claim ; rdf:subject :a ; rdf:predicate :p, :q ; rdf:object :b .",
        ":c a cnrs:Claim ; rdf:subject :a ; rdf:predicate :p ; rdf:object :b, :x .",
        ":c a cnrs:Claim ; rdf:subject :a ; rdf:predicate :p .",
        ":c a cnrs:Claim ; rdf:subject 'a' ; rdf:predicate :p ; rdf:object :b .",
        ":c a cnrs:Claim ; rdf:subject :a ; rdf:predicate 'p' ; rdf:object :b .",
        ":c a cnrs:Claim ; rdf:subject :a ; rdf:predicate [] ; rdf:object :b .",
        f'{CLAIM} ; cnrs:validFrom "2010" .',
        f"{CLAIM} ; cnrs:validFrom 2010 .",
        f"{CLAIM} ; cnrs:validFrom :then .",
        f'{CLAIM} ; cnrs:validFrom "2010-02-30"^^xsd:date .',
        f'{CLAIM} ; cnrs:validFrom "2010"^^xsd:gYear, "2011"^^xsd:gYear .',
        f'{CLAIM} ; cnrs:validFrom "2012"^^xsd:gYear ; cnrs:validUntil "2011"^^xsd:gYear .',
        ":c rdf:subject :a ; rdf:predicate :p ; rdf:object :b .",
    ],
)
def test_a_malformed_claim_derives_nothing(text: str) -> None:
    assert close([], triples(text), as_of=date(2026, 1, 1)).inferred == frozenset()


def test_inferred_dates_do_not_count() -> None:
    """The claim's own asserted statements decide: a date that a rule gives it changes nothing."""
    ontology = triples(":starts rdfs:subPropertyOf cnrs:validFrom .")
    data = triples(f'{CLAIM} ; :starts "2030"^^xsd:gYear .')
    assert DIRECT in close(ontology, data, as_of=date(2026, 1, 1)).inferred


def test_the_direct_statement_feeds_the_other_rules() -> None:
    closure = close(triples(":p rdfs:subPropertyOf :q ."), triples(f"{CLAIM} ."), as_of=date(2026, 1, 1))
    assert closure.inferred == {DIRECT, triple(":a :q :b")}
    assert closure.counts == {"cnrs-claim": 1, "prp-spo1": 1}


def test_the_support_names_the_dates() -> None:
    stated = triples(f'{CLAIM} ; cnrs:validFrom "2010"^^xsd:gYear ; cnrs:rank cnrs:normalRank .')
    closure = close([], stated, as_of=date(2026, 1, 1))
    fact = closure.fact(DIRECT)
    assert fact is not None
    derivation = closure.derivation(fact)
    assert derivation is not None and {closure.triple(premise) for premise in derivation.premises} == set(stated)
