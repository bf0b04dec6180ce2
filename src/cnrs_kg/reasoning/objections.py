"""The inconsistencies that a change brings, each told once."""

from itertools import combinations

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL
from cnrs_kg.reasoning.denial import Inconsistency, list_rule, not_of_datatype, same_but_different
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.reasons import Statement
from cnrs_kg.reasoning.values import ILL_TYPED, value
from cnrs_kg.reasoning.view import View

DIFFERENT = OWL("differentFrom")


class Objections:
    """Inconsistencies, up to a number."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._found: dict[tuple[str, frozenset[ox.Triple]], Inconsistency] = {}

    def all(self) -> tuple[Inconsistency, ...]:
        """Those found so far."""
        return tuple(self._found.values())

    def add(self, found: Inconsistency) -> None:
        """Take in an inconsistency, unless it was told before."""
        if len(self._found) < self._limit:
            self._found.setdefault((found.rule, frozenset(found.premises)), found)

    def of_literal(self, statement: Statement) -> None:
        """Object to a statement whose literal has no value of its datatype."""
        literal = statement[2]
        if isinstance(literal, ox.Literal) and value(literal) == ILL_TYPED:
            self.add(not_of_datatype(literal, literal.datatype, (ox.Triple(*statement),)))  # type: ignore[arg-type]

    def of_tie(self, tie: Statement, program: Program, view: View) -> None:
        """Object to the sameness of two terms that are stated to be different."""
        one, _, other = tie
        for first, second in ((one, other), (other, one)):
            if view.has(first, DIFFERENT, second):
                axiom = ox.Triple(first, DIFFERENT, second)  # type: ignore[arg-type]
                self.add(same_but_different(first, second, "eq-diff1", (axiom,)))
        for members, axioms in program.different:
            for first, second in combinations(members, 2):
                if {first, second} == {one, other}:
                    self.add(same_but_different(first, second, list_rule(axioms), axioms))
