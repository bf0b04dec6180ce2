"""Which claims hold on a day, for all claims of a dataset at once (see `rules.project`)."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.pairs import EMPTY, Keys, contained, difference, firsts, joined, seconds
from cnrs_kg.reasoning.columns.relations import Key
from cnrs_kg.reasoning.rules import project
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.values import first_day


def holding(asserted: Mapping[Key, Keys], dictionary: Dictionary, as_of: date) -> Keys:
    """The claims that hold by their own asserted statements."""

    def stated(predicate: Node) -> Keys:
        number = dictionary.known(predicate)
        return EMPTY if number is None else asserted.get((number, None), EMPTY)

    subjects, predicates, objects = (stated(part) for part in (project.SUBJECT, project.PREDICATE, project.OBJECT))
    found = _once(subjects)
    for other in (predicates, objects):
        found = found[contained(found, _once(other))]
    if not len(found):
        return EMPTY
    literals, iris = dictionary.literals(), _iris(dictionary, joined([seconds(predicates)]))
    bad = [
        firsts(subjects[contained(seconds(subjects), literals)]),
        firsts(predicates[~contained(seconds(predicates), iris)]),
    ]
    ranks = stated(project.RANK)
    for idle in map(dictionary.known, project.IDLE):
        if idle is not None:
            bad.append(firsts(ranks[seconds(ranks) == np.uint64(idle)]))
    for bound in (project.VALID_FROM, project.VALID_UNTIL):
        bad += _outside(stated(bound), dictionary, as_of, begins=bound == project.VALID_FROM)
    return difference(found, joined(bad))


def _once(pairs: Keys) -> Keys:
    """The subjects that have one value."""
    subjects, count = np.unique(firsts(pairs), return_counts=True)
    once: Keys = subjects[count == 1]
    return once


def _iris(dictionary: Dictionary, numbers: Keys) -> Keys:
    return np.fromiter((number for number in numbers.tolist() if dictionary.forms[number][:1] == b"<"), np.uint64)


def _outside(bounds: Keys, dictionary: Dictionary, as_of: date, *, begins: bool) -> list[Keys]:
    """The claims with two values for a bound, with one of another kind, or with the day on its other side."""
    subjects, count = np.unique(firsts(bounds), return_counts=True)
    today = as_of.year, as_of.month, as_of.day
    wrong = []
    for number in joined([seconds(bounds)]).tolist():
        day = first_day(dictionary.node(number))
        if day is None or (day > today if begins else day <= today):
            wrong.append(number)
    return [subjects[count > 1], firsts(bounds[contained(seconds(bounds), np.array(wrong, np.uint64))])]
