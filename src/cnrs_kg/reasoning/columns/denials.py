"""What cannot be: the clauses that conclude false, evaluated once on the closed columns."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.pairs import EMPTY, Keys, contained, firsts, joined, seconds
from cnrs_kg.reasoning.columns.plans import Plan, Rows, plan, solutions
from cnrs_kg.reasoning.columns.relations import Delta, Relations
from cnrs_kg.reasoning.columns.sameness import Sameness, Tie
from cnrs_kg.reasoning.compose import Clause
from cnrs_kg.reasoning.denial import (
    Inconsistency,
    denied,
    different_values,
    list_rule,
    not_of_datatype,
    premises_of,
    same_but_different,
    twice_in_a_list,
)
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.rules.model import TYPE, Var
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.values import SUPPORTED, lies_in

DIFFERENT = OWL("differentFrom")


class Denials:
    """Finds the contradictions of closed columns."""

    def __init__(
        self, program: Program, dictionary: Dictionary, relations: Relations, sameness: Sameness, asserted: Delta
    ) -> None:
        self._program, self._dictionary = program, dictionary
        self._relations, self._sameness = relations, sameness
        self._stated_different = asserted.get((dictionary.number(DIFFERENT), None), EMPTY)

    def found(self, ill_typed: list[int], limit: int) -> Iterator[Inconsistency]:
        """The contradictions, at most about `limit` of each clause."""
        for clause in self._program.denials:
            yield from self._of_clause(plan(clause, self._dictionary), limit)
        yield from self._of_lists()
        yield from self._of_values()
        yield from self._ill_typed(ill_typed, limit)
        yield from self._of_datatypes(limit)

    def _of_clause(self, made: Plan, limit: int) -> Iterator[Inconsistency]:
        start = min(range(len(made.body)), key=lambda at: len(self._relations[made.body[at].key]))
        seeds = self._relations[made.body[start].key]
        count = 0
        for rows in solutions(made, start, seeds, self._relations, keep_all=True):
            for binding in self._bindings(rows, limit - count):
                count += 1
                yield self._told(made.clause, binding)
            if count >= limit:
                return

    def _told(self, clause: Clause, binding: dict[Var, Node]) -> Inconsistency:
        """A term that differs from itself was stated to differ from one that is the same."""
        atom = clause.body[0]
        if clause.steps[0].rule.name == "eq-diff1" and isinstance(atom.s, Var):
            number = self._dictionary.number(binding[atom.s])
            members = np.array(self._sameness.members.get(number, ()), np.uint64)
            keys = self._stated_different
            keys = keys[contained(firsts(keys), np.sort(members)) & contained(seconds(keys), np.sort(members))]
            for triple in self._triples(self._dictionary.number(DIFFERENT), keys[:1]):
                if triple.subject != triple.object:
                    return same_but_different(triple.subject, triple.object, "eq-diff1", (triple,))  # type: ignore[arg-type]
        return denied(clause, binding)

    def _bindings(self, rows: Rows, limit: int) -> Iterator[dict[Var, Node]]:
        names = list(rows)
        for numbers in zip(*(rows[name][:limit].tolist() for name in names), strict=True):
            yield {name: self._dictionary.node(number) for name, number in zip(names, numbers, strict=True)}

    def _of_lists(self) -> Iterator[Inconsistency]:
        for members, axioms in self._program.different:
            for one, other in combinations(members, 2):
                numbers = [self._dictionary.known(node) for node in (one, other)]
                if one == other:
                    yield twice_in_a_list(one, list_rule(axioms), axioms)
                elif None not in numbers and len({self._sameness.of(number) for number in numbers}) == 1:  # type: ignore[arg-type]
                    yield same_but_different(one, other, list_rule(axioms), axioms)

    def _of_values(self) -> Iterator[Inconsistency]:
        for tie in self._sameness.clashes:
            yield self._clash(tie)

    def _clash(self, tie: Tie) -> Inconsistency:
        """Two values that a clause makes the same: which facts it was applied to is looked up."""
        assert tie.plan is not None and tie.plan.head is not None
        first, second = tie.plan.head[0], tie.plan.head[2]
        wanted = {first: tie.first, second: tie.second}
        for at, pattern in enumerate(tie.plan.body):
            ends = {pattern.s, pattern.o} & set(wanted)
            if not ends:
                continue
            keys = self._relations[pattern.key]
            number = np.uint64(wanted[pattern.o if pattern.o in ends else pattern.s])
            column = seconds(keys) if pattern.o in ends else firsts(keys)
            for rows in solutions(tie.plan, at, keys[column == number], self._relations, keep_all=True):
                mask = (rows[first] == np.uint64(tie.first)) & (rows[second] == np.uint64(tie.second))  # type: ignore[index]
                for binding in self._bindings({name: column[mask] for name, column in rows.items()}, 1):
                    return different_values(tie.plan.clause, binding)
        raise AssertionError("a tie without premises")

    def _ill_typed(self, literals: list[int], limit: int) -> Iterator[Inconsistency]:
        wanted = joined([np.array(literals, np.uint64)])
        for (predicate, kind), keys in self._relations.tables.items():
            if kind is None and len(wanted):
                for triple in self._triples(predicate, keys[contained(seconds(keys), wanted)][:limit]):
                    assert isinstance(triple.object, ox.Literal)
                    yield not_of_datatype(triple.object, triple.object.datatype, (triple,))

    def _of_datatypes(self, limit: int) -> Iterator[Inconsistency]:
        """Literals that a rule gave a datatype in which they do not lie."""
        for (predicate, kind), keys in list(self._relations.tables.items()):
            datatype = None if kind is None else self._dictionary.node(kind)
            if predicate != self._relations.type or not isinstance(datatype, ox.NamedNode) or datatype not in SUPPORTED:
                continue
            outside = [number for number in keys.tolist() if lies_in(self._dictionary.node(number), datatype) is False]
            for number in outside[:limit]:
                literal = self._dictionary.node(number)
                assert isinstance(literal, ox.Literal)
                yield not_of_datatype(literal, datatype, self._typing(number, datatype))

    def _typing(self, literal: int, datatype: ox.NamedNode) -> tuple[ox.Triple, ...]:
        """A fact, and the axioms by which it gives the literal the datatype."""
        number = np.uint64(literal)
        for clause in (*self._program.linear, *self._program.joins):
            head = clause.head
            if head is None or head.p != TYPE or head.o != datatype or not isinstance(head.s, Var):
                continue
            made = plan(clause, self._dictionary)
            for at, pattern in enumerate(made.body):
                if pattern.o == head.s and pattern.key[1] is None:
                    keys = self._relations[pattern.key]
                    for rows in solutions(made, at, keys[seconds(keys) == number], self._relations, keep_all=True):
                        for binding in self._bindings(rows, 1):
                            return premises_of(clause, binding)
        return ()

    def _triples(self, predicate: int, keys: Keys) -> Iterator[ox.Triple]:
        for line in self._dictionary.lines(predicate, keys):
            for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False):
                assert isinstance(quad, ox.Quad)
                yield quad.triple
