"""Faults that another one tells already: one wrong value is one fault, however many shapes meet it.

A value of a property is also one of each property above it, such as the standard ones, and shapes of those meet it too.
"""

import re
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDFS
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.report import SEVERITIES, Result

_PROPERTY = re.compile(r"<([^<>]+)>")


def told_once(results: Iterable[Result], statements: Statements) -> tuple[Result, ...]:
    """The results without those of a value that a result at least as grave has under a narrower property.

    Nor is a lesser fault told of a value that is of the wrong kind of node altogether.
    """
    results = tuple(results)
    alike: dict[tuple[Term | None, Term], list[Result]] = {}
    for result in results:
        if result.value is not None:
            alike.setdefault((result.focus_node, result.value), []).append(result)
    repeated = {id(one) for same in alike.values() if len(same) > 1 for one in _repeated(same, statements)}
    return tuple(result for result in results if id(result) not in repeated)


def _repeated(same: Sequence[Result], statements: Statements) -> Iterable[Result]:
    return (one for one in same if any(_tells(other, one, statements) for other in same))


def _tells(other: Result, one: Result, statements: Statements) -> bool:
    rank, least = SEVERITIES.index(other.severity), SEVERITIES.index(one.severity)
    if other.path == one.path:
        return rank < least and other.constraint == "sh:NodeKindConstraintComponent"
    return rank <= least and _is_below(other, one, statements) and not _is_below(one, other, statements)


def _is_below(one: Result, other: Result, statements: Statements) -> bool:
    """Whether what has the property of one result has that of the other."""
    below, above = (_PROPERTY.fullmatch(result.path or "") for result in (one, other))
    if below is None or above is None:
        return False
    return statements.has(ox.Triple(ox.NamedNode(below[1]), RDFS("subPropertyOf"), ox.NamedNode(above[1])))
