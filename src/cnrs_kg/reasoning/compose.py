"""Clauses: rules over data alone; those with one premise are composed into all that a fact entails by itself."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox

from cnrs_kg.reasoning.rules.model import SAME_AS, TYPE, Atom, Rule, Term, Var

Key = tuple[Term | None, Term | None]
X, Y = Var("x"), Var("y")
Binding = Mapping[Var, Term]


@dataclass(frozen=True, slots=True)
class Step:
    """One application of a rule of the tables: the axioms put into it, and what it concludes (None: false)."""

    rule: Rule
    axioms: tuple[ox.Triple, ...]
    conclusion: Atom | None


@dataclass(frozen=True, slots=True)
class Clause:
    """`head` follows from `body` (no head: the body cannot be); no pattern has a variable as predicate or as class.

    The head of a claim's clause is the exception. `steps` has one member for each application of a rule of the tables
    that leads from body to head; each but the first rests on the conclusion of the one before. `names` are the
    variables of the rule as its sentence names them.
    """

    body: tuple[Atom, ...]
    head: Atom | None
    steps: tuple[Step, ...]
    different: tuple[tuple[Term, Term], ...] = ()
    claims: tuple[Term, ...] = ()
    names: tuple[tuple[Var, Term], ...] = ()

    @property
    def axioms(self) -> list[ox.Triple]:
        """The axioms that it was made of, in the order of its steps."""
        return [axiom for step in self.steps for axiom in step.axioms]

    @property
    def is_linear(self) -> bool:
        """Whether it moves any fact of a property, or any member of a class: such clauses are composed.

        One that asks for a given value is none: which facts it serves depends on how they were reached.
        """
        if len(self.body) != 1 or self.head is None or self.different or self.claims:
            return False
        atom = self.body[0]
        whole = atom.p == TYPE or (isinstance(atom.o, Var) and atom.s != atom.o)
        return whole and isinstance(atom.s, Var) and atom.p != SAME_AS and self.head.p != SAME_AS

    @property
    def is_transitivity(self) -> bool:
        """Whether it says that a property is transitive: (x p y), (y p z) -> (x p z)."""
        if len(self.body) != 2 or self.head is None or self.different or self.claims:
            return False
        one, other = self.body
        same = one.p == other.p == self.head.p and one.p != TYPE and isinstance(one.o, Var)
        return same and one.o == other.s and (self.head.s, self.head.o) == (one.s, other.o) and one.s != one.o


def key(atom: Atom) -> Key:
    """What may match an atom: a predicate, and a class where that is `rdf:type`; (None, None) for anything."""
    if isinstance(atom.p, Var):
        return None, None
    return (TYPE, atom.o) if atom.p == TYPE else (atom.p, None)


class Move(NamedTuple):
    """A composed clause as what it does to a statement: which of its terms, or which other ones, the head has."""

    clause: Clause
    rule: str
    subject: int | None
    predicate: Term
    object: int | None

    def head(self, statement: tuple[Term, Term, Term]) -> tuple[Term, Term, Term]:
        """What the clause concludes from a statement of its premise's form."""
        head = self.clause.head
        assert head is not None
        subject = head.s if self.subject is None else statement[self.subject]
        return subject, self.predicate, head.o if self.object is None else statement[self.object]


def move(clause: Clause) -> Move:
    """The move of a composed clause."""
    head = clause.head
    assert head is not None
    places = {X: 0, Y: 2}
    subject, value = (places.get(term) if isinstance(term, Var) else None for term in (head.s, head.o))
    return Move(clause, clause.steps[-1].rule.name, subject, head.p, value)


def unify(pattern: Atom, fact: Atom, binding: Binding | None = None) -> dict[Var, Term] | None:
    """What the variables of `pattern` stand for when it is `fact` (whose own variables are taken as terms)."""
    made = dict(binding or {})
    for wanted, term in ((pattern.s, fact.s), (pattern.p, fact.p), (pattern.o, fact.o)):
        if isinstance(wanted, Var):
            if made.setdefault(wanted, term) != term:
                return None
        elif wanted != term:
            return None
    return made


def put(atom: Atom, binding: Binding) -> Atom:
    """The atom with its variables replaced."""
    s, p, o = (binding.get(term, term) if isinstance(term, Var) else term for term in (atom.s, atom.p, atom.o))
    return Atom(s, p, o)


def compose(linear: Iterable[Clause]) -> Iterator[Clause]:
    """Every clause with one premise that follows from these by applying one after the other, each by fewest steps."""
    by_key: dict[Key, list[Clause]] = {}
    for clause in linear:
        by_key.setdefault(key(clause.body[0]), []).append(clause)
    for predicate, kind in by_key:
        source = Atom(X, predicate, Y if kind is None else kind)  # type: ignore[arg-type]
        for head, steps in _reach(source, by_key).items():
            yield Clause((source,), head, steps)


def _reach(source: Atom, by_key: Mapping[Key, list[Clause]]) -> dict[Atom, tuple[Step, ...]]:
    """What follows from a fact of the source's form, with the steps that lead there."""
    found: dict[Atom, tuple[Step, ...]] = {source: ()}
    queue = deque([source])
    while queue:
        atom = queue.popleft()
        for clause in by_key.get(key(atom), ()):
            binding = unify(clause.body[0], atom)
            if binding is None or clause.head is None:
                continue
            head = put(clause.head, binding)
            if head not in found:
                (step,) = clause.steps
                found[head] = (*found[atom], Step(step.rule, step.axioms, head))
                queue.append(head)
    del found[source]
    return found
