"""Which claims hold on a day, by their own asserted statements (see `rules.project`)."""

from collections.abc import Callable, Iterable
from datetime import date

import pyoxigraph as ox

from cnrs_kg.reasoning.rules import project
from cnrs_kg.reasoning.terms import Fact, Terms
from cnrs_kg.reasoning.values import first_day


def holding(facts: Iterable[Fact], terms: Terms, as_of: date) -> Callable[[int], tuple[Fact, ...] | None]:
    """A test of claims: the dated and ranked statements by which one holds; None when it does not."""
    of_claims = {terms.id(term): term for term in _OWN}
    stated: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact[1] in of_claims:
            stated.setdefault(fact[0], []).append(fact)
    today = as_of.year, as_of.month, as_of.day

    def test(claim: int) -> tuple[Fact, ...] | None:
        own: dict[ox.NamedNode, list[Fact]] = {term: [] for term in _OWN}
        for fact in stated.get(claim, ()):
            own[of_claims[fact[1]]].append(fact)
        if not _well_formed(own, terms) or any(
            terms.nodes[rank[2]] == project.DEPRECATED for rank in own[project.RANK]
        ):
            return None
        if not all(_within(today, bound, fact, terms) for bound in _BOUNDS for fact in own[bound]):
            return None
        return (*own[project.VALID_FROM], *own[project.VALID_UNTIL], *own[project.RANK])

    return test


def _well_formed(own: dict[ox.NamedNode, list[Fact]], terms: Terms) -> bool:
    """One subject that is no literal, one predicate that is an IRI, one object, and at most one of each bound."""
    if any(len(own[part]) != 1 for part in _PARTS) or any(len(own[bound]) > 1 for bound in _BOUNDS):
        return False
    return terms.rank(own[project.SUBJECT][0][2]) > 0 and terms.rank(own[project.PREDICATE][0][2]) == 2


def _within(today: tuple[int, int, int], bound: ox.NamedNode, fact: Fact, terms: Terms) -> bool:
    """Whether the day lies on the right side of a bound; never when the bound is of another kind."""
    day = first_day(terms.nodes[fact[2]])
    return day is not None and (day <= today if bound == project.VALID_FROM else today < day)


_PARTS = (project.SUBJECT, project.PREDICATE, project.OBJECT)
_BOUNDS = (project.VALID_FROM, project.VALID_UNTIL)
_OWN = (*_PARTS, *_BOUNDS, project.RANK)
