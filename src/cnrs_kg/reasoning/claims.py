"""Which claims hold on a day, by their own asserted statements (see `rules.project`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import XSD
from cnrs_kg.reasoning.rules import project
from cnrs_kg.reasoning.terms import Fact, Node, Terms
from cnrs_kg.reasoning.values import first_day

PARTS = (project.SUBJECT, project.PREDICATE, project.OBJECT)
BOUNDS = (project.VALID_FROM, project.VALID_UNTIL)
OWN = (*PARTS, *BOUNDS, project.RANK)
"""The predicates of a claim's statements that decide whether it holds."""
DATES = (*BOUNDS, project.RANK)
Own = Mapping[ox.NamedNode, Sequence[Node]]


def holds(own: Own, as_of: date) -> bool:
    """Whether a claim with these values of its own holds: well-formed, of a rank that holds, begun and not ended."""
    today = as_of.year, as_of.month, as_of.day
    if not _well_formed(own) or any(rank in project.IDLE for rank in own.get(project.RANK, ())):
        return False
    return all(_within(today, bound, value) for bound in BOUNDS for value in own.get(bound, ()))


def _well_formed(own: Own) -> bool:
    """One subject that is no literal, one predicate that is an IRI, one object, and at most one of each bound."""
    if any(len(own.get(part, ())) != 1 for part in PARTS) or any(len(own.get(bound, ())) > 1 for bound in BOUNDS):
        return False
    subject, predicate = own[project.SUBJECT][0], own[project.PREDICATE][0]
    return not isinstance(subject, ox.Literal) and isinstance(predicate, ox.NamedNode)


def _within(today: tuple[int, int, int], bound: ox.NamedNode, value: Node) -> bool:
    """Whether the day lies on the right side of a bound; never when the bound is of another kind."""
    day = first_day(value)
    return day is not None and (day <= today if bound == project.VALID_FROM else today < day)


def holding(facts: Iterable[Fact], terms: Terms, as_of: date) -> Callable[[int], tuple[Fact, ...] | None]:
    """A test of claims: the dated and ranked statements by which one holds; None when it does not."""
    of_claims = {terms.id(term): term for term in OWN}
    stated: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact[1] in of_claims:
            stated.setdefault(fact[0], []).append(fact)

    def test(claim: int) -> tuple[Fact, ...] | None:
        own: dict[ox.NamedNode, list[Fact]] = {term: [] for term in OWN}
        for fact in stated.get(claim, ()):
            own[of_claims[fact[1]]].append(fact)
        values = {term: [terms.nodes[fact[2]] for fact in found] for term, found in own.items()}
        return tuple(fact for term in DATES for fact in own[term]) if holds(values, as_of) else None

    return test


def boundaries(before: date, after: date) -> Iterator[ox.Literal]:
    """The literals that name a boundary day crossed when judging on `after` instead of `before`."""
    early, late = sorted((before, after))
    for number in range(early.toordinal() + 1, late.toordinal() + 1):
        day = date.fromordinal(number)
        yield ox.Literal(day.isoformat(), datatype=XSD("date"))
        if day.day == 1:
            yield ox.Literal(f"{day.year:04}-{day.month:02}", datatype=XSD("gYearMonth"))
            if day.month == 1:
                yield ox.Literal(f"{day.year:04}", datatype=XSD("gYear"))
