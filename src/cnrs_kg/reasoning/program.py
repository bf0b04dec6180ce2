"""The ontology compiled: its closed axioms as rules over data alone, which remember axioms and rule ids.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules

A clause has only patterns over data left in its body; every predicate, and every class after `rdf:type`, is a constant.
Clauses with one premise are composed beforehand, so that a fact's consequences along sub-classes, sub-properties,
inverses, domains and ranges are one step away; a composed clause keeps the steps of the tables that it is made of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDF
from cnrs_kg.reasoning.compose import Clause, Key, Move, Step, compose, key, move
from cnrs_kg.reasoning.drafts import Draft, Ref
from cnrs_kg.reasoning.engine import Engine
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.rules import tables
from cnrs_kg.reasoning.rules.model import (
    SCHEMA_PREDICATES,
    TYPE,
    Atom,
    Rule,
    Var,
    is_schema,
)
from cnrs_kg.reasoning.terms import Fact, Node, Terms

FIRST, REST = RDF("first"), RDF("rest")
SCHEMA_CLASSES = frozenset(
    condition.o
    for rule in tables.ALL
    for condition in rule.body
    if isinstance(condition, Atom)
    and condition.p == TYPE
    and is_schema(condition)
    and isinstance(condition.o, ox.NamedNode)
)
LIST_PREDICATES = tuple(
    OWL(name) for name in "intersectionOf unionOf oneOf hasKey propertyChainAxiom members distinctMembers".split()
)
Match = Callable[[Node | None, ox.NamedNode, Node | None], Iterable[ox.Triple]]


@dataclass(frozen=True)
class Derivation:
    """How a statement of the closed ontology was inferred: the rule and the statements that it was applied to."""

    rule: Rule
    premises: tuple[ox.Triple, ...]


@dataclass(frozen=True)
class Program:
    """What an ontology says of data.

    `linear` are the clauses with one premise, composed; `joins` those that conclude from several premises, from a
    given value, or that two terms are the same; `denials` those that conclude false. `given` holds what follows from
    the ontology alone, with derivations; `different` the lists whose members all differ, with the axioms that say so;
    `datatypes` those that axioms speak of as of classes. `general` says why the ontology cannot be compiled, if so.
    """

    schema: frozenset[ox.Triple]
    linear: tuple[Clause, ...] = ()
    joins: tuple[Clause, ...] = ()
    denials: tuple[Clause, ...] = ()
    given: Mapping[ox.Triple, Derivation] = field(default_factory=dict)
    different: tuple[tuple[tuple[Node, ...], tuple[ox.Triple, ...]], ...] = ()
    datatypes: tuple[ox.NamedNode, ...] = ()
    general: str | None = None

    @cached_property
    def constants(self) -> frozenset[Node]:
        """The terms that clauses and axioms name: when two of them become the same, the ontology changes."""
        named = {
            term
            for clause in (*self.linear, *self.joins, *self.denials)
            for atom in (*clause.body, *((clause.head,) if clause.head else ()))
            for term in (atom.s, atom.p, atom.o)
            if not isinstance(term, Var)
        }
        return frozenset(named | {term for triple in self.schema for term in (triple.subject, triple.object)})  # type: ignore[misc]

    @cached_property
    def digest(self) -> str:
        """Equal for equal axioms."""
        return digest(self.schema)

    @cached_property
    def from_key(self) -> Mapping[Key, tuple[Clause, ...]]:
        """The composed clauses by what their premise may be."""
        return _grouped((key(clause.body[0]), clause) for clause in self.linear)

    @cached_property
    def joins_from(self) -> Mapping[Key, tuple[tuple[Clause, int], ...]]:
        """The clauses of `joins`, and which premise it is, by what that premise may be."""
        return _grouped((key(atom), (clause, at)) for clause in self.joins for at, atom in enumerate(clause.body))

    @cached_property
    def denials_from(self) -> Mapping[Key, tuple[tuple[Clause, int], ...]]:
        """The same for clauses that conclude false."""
        return _grouped((key(atom), (clause, at)) for clause in self.denials for at, atom in enumerate(clause.body))

    @cached_property
    def to_key(self) -> Mapping[Key, tuple[Clause, ...]]:
        """All clauses by what they conclude, the simplest first; under (None, None) those of claims."""
        clauses = sorted((*self.linear, *self.joins), key=lambda clause: (self.cost(clause), len(clause.body)))
        return _grouped((key(clause.head), clause) for clause in clauses if clause.head)

    @cached_property
    def turning(self) -> Mapping[Node, tuple[Clause, ...]]:
        """The composed clauses that say a property of what was a value, and may be a literal, by that property."""
        found: dict[Node, tuple[Clause, ...]] = {}
        for clause in self.linear:
            head = clause.head
            if head is not None and head.p != TYPE and isinstance(head.s, Var) and head.s == clause.body[0].o:
                found[head.p] = (*found.get(head.p, ()), clause)  # type: ignore[index, arg-type]
        return found

    @cached_property
    def moves_from(self) -> Mapping[Key, tuple[Move, ...]]:
        """The composed clauses as moves, by what their premise may be."""
        return _grouped((key(clause.body[0]), move(clause)) for clause in self.linear)

    @cached_property
    def below(self) -> Mapping[Node, frozenset[Node]]:
        """For each class those whose members are its members."""
        found: dict[Node, set[Node]] = {}
        for clause in self.linear:
            atom, head = clause.body[0], clause.head
            if atom.p == TYPE and head is not None and (head.s, head.p) == (atom.s, TYPE):
                found.setdefault(head.o, set()).add(atom.o)  # type: ignore[arg-type]
        return {kind: frozenset(kinds) for kind, kinds in found.items()}

    def cost(self, clause: Clause) -> int:
        """How much a clause adds to a proof: its steps, and its axioms that are inferred themselves."""
        return len(clause.steps) + sum(axiom in self.given for axiom in clause.axioms)

    @cached_property
    def transitive(self) -> Mapping[Node, Clause]:
        """The transitive properties, each with the clause that says so."""
        return {clause.body[0].p: clause for clause in self.joins if clause.is_transitivity}  # type: ignore[misc]


def _grouped(pairs: Iterable[tuple[Key, object]]) -> dict[Key, tuple]:  # type: ignore[type-arg]
    found: dict[Key, list[object]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def is_schema_statement(predicate: object, value: object) -> bool:
    """Whether a statement with this predicate and object takes part in an axiom (cells of lists apart)."""
    return predicate in SCHEMA_PREDICATES or (predicate == TYPE and value in SCHEMA_CLASSES)


def schema_of(match: Match) -> frozenset[ox.Triple]:
    """The axioms of a dataset, the cells of their lists included; `match` finds statements by their known terms."""
    found = {triple for predicate in SCHEMA_PREDICATES for triple in match(None, predicate, None)}
    found |= {triple for kind in SCHEMA_CLASSES for triple in match(None, TYPE, kind)}
    cells = [triple.object for triple in found if triple.predicate in LIST_PREDICATES]
    seen = set()
    while cells:
        cell = cells.pop()
        if cell in seen or not isinstance(cell, ox.NamedNode | ox.BlankNode):
            continue
        seen.add(cell)
        found.update(match(cell, FIRST, None))
        rests = list(match(cell, REST, None))
        found.update(rests)
        cells += [triple.object for triple in rests]
    return frozenset(found)


def matching(triples: Iterable[ox.Triple]) -> Match:
    """`match` over statements in memory."""
    by_predicate: dict[ox.NamedNode, list[ox.Triple]] = {}
    by_subject: dict[tuple[object, ox.NamedNode], list[ox.Triple]] = {}
    for triple in triples:
        by_predicate.setdefault(triple.predicate, []).append(triple)
        if triple.predicate in (FIRST, REST):
            by_subject.setdefault((triple.subject, triple.predicate), []).append(triple)

    def match(subject: Node | None, predicate: ox.NamedNode, value: Node | None) -> Iterable[ox.Triple]:
        if subject is not None:
            return by_subject.get((subject, predicate), ())
        found = by_predicate.get(predicate, ())
        return found if value is None else [triple for triple in found if triple.object == value]

    return match


def digest(schema: Iterable[ox.Triple]) -> str:
    """Equal for equal axioms."""
    return sha256("\n".join(sorted(map(str, schema))).encode()).hexdigest()


def compile_program(schema: Iterable[ox.Triple], *, budget: Budget | None = None) -> Program:
    """The program of the axioms; `ReasoningBudget` when closing them costs too much."""
    stated = frozenset(schema)
    terms = Terms()
    facts = terms.facts(stated)
    engine = Engine(tables.ALL, terms, budget or Budget())
    engine.assert_facts(facts)
    engine.run()
    reader = _Reader(engine)
    try:
        clauses = [clause for made in engine.compiled.drafts for clause in reader.clauses(made)]
    except _GeneralError as error:
        return Program(stated, general=str(error))
    linear = [clause for clause in clauses if clause.is_linear]
    return Program(
        stated,
        linear=tuple(compose(linear)),
        joins=tuple(clause for clause in clauses if clause.head and not clause.is_linear),
        denials=tuple(clause for clause in clauses if clause.head is None),
        given=dict(reader.given()),
        different=tuple(reader.different()),
        datatypes=tuple(node for node in map(terms.nodes.__getitem__, engine.typed) if isinstance(node, ox.NamedNode)),
    )


class _GeneralError(Exception):
    """The ontology says something of predicates or classes at large, which no clause can hold."""


class _Reader:
    """Reads what the engine made of the axioms."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._terms = engine.terms

    def clauses(self, made: Draft) -> Iterator[Clause]:
        """The clauses that a draft stands for: one for each conclusion; none for rules about axioms alone."""
        body = tuple(map(self._atom, made.atoms))
        if not body or (not made.matched and all(map(is_schema, body))):
            return
        axioms = tuple(map(self._triple, made.matched))
        for head in map(self._atom, made.heads) if made.heads else (None,):
            clause = Clause(
                body=body,
                head=head,
                steps=(Step(made.rule, axioms, head),),
                different=tuple((self._term(one), self._term(other)) for one, other in made.different),
                claims=tuple(self._term(claim) for claim in made.claims),
                names=tuple((name, self._term(ref)) for name, ref in made.names),
            )
            self._refuse_general(clause)
            yield clause

    def _refuse_general(self, clause: Clause) -> None:
        for atom in (*clause.body, *((clause.head,) if clause.head and not clause.claims else ())):
            if isinstance(atom.p, Var) or (atom.p == TYPE and isinstance(atom.o, Var)):
                said = " . ".join(self._terms.statement(fact) for fact in self._terms.facts(clause.steps[0].axioms))
                raise _GeneralError(f"{clause.steps[0].rule.name}: {said}")

    def given(self) -> Iterator[tuple[ox.Triple, Derivation]]:
        """What follows from the axioms alone and is RDF, each after what it rests on."""
        for fact, support in self._engine.supports.items():
            if support is not None and self._is_rdf(fact):
                premises = (
                    self._triple(premise) for premise in (*support[0].axioms, *support[1]) if self._is_rdf(premise)
                )
                yield self._triple(fact), Derivation(support[0].rule, tuple(premises))

    def _is_rdf(self, fact: Fact) -> bool:
        nodes = self._terms.nodes
        return not isinstance(nodes[fact[0]], ox.Literal) and isinstance(nodes[fact[1]], ox.NamedNode)

    def different(self) -> Iterator[tuple[tuple[Node, ...], tuple[ox.Triple, ...]]]:
        """The lists of AllDifferent axioms."""
        terms, index = self._terms, self._engine.index
        kind = terms.ids.get(OWL("AllDifferent"))
        for predicate in map(OWL, ("members", "distinctMembers")):
            for says in list(index.of_predicate(terms.id(predicate))):
                declared = (says[0], terms.id(TYPE), kind)
                if declared not in self._engine.supports:
                    continue
                for members, cells in self._engine.lists.read(says[2]):
                    axioms = (self._triple(fact) for fact in (declared, says, *cells))
                    yield tuple(terms.nodes[member] for member in members), tuple(axioms)

    def _triple(self, fact: Fact) -> ox.Triple:
        s, p, o = (self._terms.nodes[number] for number in fact)
        return ox.Triple(s, p, o)  # type: ignore[arg-type]

    def _atom(self, pattern: tuple[Ref, Ref, Ref]) -> Atom:
        s, p, o = map(self._term, pattern)
        return Atom(s, p, o)

    def _term(self, ref: Ref) -> Var | Node:
        return ref if isinstance(ref, Var) else self._terms.nodes[ref]
