"""What holds though no store holds it: statements about literals, and those in another form of the same value.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 8: `dt-type2`, `dt-eq`.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from cnrs_kg.reasoning.compose import Clause, put, unify
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.rules.model import TYPE, Atom
from cnrs_kg.reasoning.solve import Binding, solve
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.values import forms, lies_in
from cnrs_kg.reasoning.view import View


class Implicit:
    """A view with what clauses of one premise say of literals, and with values found in each form they may have."""

    def __init__(self, view: View, program: Program) -> None:
        self._view, self._program = view, program
        self._asked: set[tuple[ox.Literal, Node]] = set()

    def has(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether the statement holds, in whatever form its value has."""
        return self.form(subject, predicate, value) is not None

    def form(self, subject: Node, predicate: ox.NamedNode, value: Node) -> Node | None:
        """The value in the form in which the statement holds; None if it does not."""
        if isinstance(subject, ox.Literal):
            if predicate == TYPE:
                return value if self._is_typed(subject, value) else None
            return value if value in self._of_literal(subject, predicate) else None
        if self._view.has(subject, predicate, value):
            return value
        if isinstance(value, ox.Literal):
            return next((form for form in forms(value)[1:] if self._view.has(subject, predicate, form)), None)
        return None

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values of a subject's property."""
        if isinstance(subject, ox.Literal) and predicate != TYPE:
            return self._of_literal(subject, predicate)
        return self._view.objects(subject, predicate)

    def subjects(self, predicate: ox.NamedNode, value: Node) -> Iterator[Node]:
        """The subjects that have the value, in whatever form."""
        for form in forms(value) if isinstance(value, ox.Literal) else (value,):
            yield from self._view.subjects(predicate, form)
        for turned in self._program.turning.get(predicate, ()) if predicate != TYPE else ():
            yield from self._literals(turned, value)

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every subject and value of a property."""
        return self._view.pairs(predicate)

    def _of_literal(self, literal: ox.Literal, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values of a literal's property: each from a statement that has the literal as its value."""
        for turned in self._program.turning.get(predicate, ()):
            head = turned.head
            assert head is not None
            for subject in self.subjects(turned.body[0].p, literal):  # type: ignore[arg-type]
                yield subject if head.o == turned.body[0].s else head.o  # type: ignore[misc]

    def _literals(self, turned: Clause, value: Node) -> Iterator[Node]:
        """The literals of which a clause says the value: those that are values where it starts from."""
        body, head = turned.body[0], turned.head
        assert head is not None
        if head.o == body.s:
            found = self._view.objects(value, body.p)  # type: ignore[arg-type]
            yield from (one for one in found if isinstance(one, ox.Literal))

    def _is_typed(self, literal: ox.Literal, kind: Node) -> bool:
        inside = lies_in(literal, kind)
        if inside is not None:
            return inside
        if (literal, kind) in self._asked:  # asked for by what would have to show it
            return False
        self._asked.add((literal, kind))
        try:
            return any(True for _ in self._typings(literal, kind))
        finally:
            self._asked.discard((literal, kind))

    def _typings(self, literal: ox.Literal, kind: Node) -> Iterator[Binding]:
        fact = Atom(literal, TYPE, kind)
        for clause in self._program.to_key.get((TYPE, kind), ()):
            assert clause.head is not None
            binding = unify(clause.head, fact)
            if binding is not None:
                yield from solve(self, [put(atom, binding) for atom in clause.body], {})
