"""The closure of an ontology and of data under the rules of OWL 2 RL/RDF and of the project.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules

Not materialised, since it says nothing: that a term is the same as itself, a class below or equivalent to itself, a
property likewise, a thing (or a property's subjects or values) an `owl:Thing`, a class below `owl:Thing` and above
`owl:Nothing`, and the types of built-in terms. Statements with a literal as subject, or with a blank node (or the IRI
that stands for one) as predicate, are used and kept inside.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDF, RDFS
from cnrs_kg.rdf.skolem import GENID
from cnrs_kg.reasoning.claims import holding
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.engine import Contradiction, Engine
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.reasons import Derivations, Statement
from cnrs_kg.reasoning.rules import eq, tables
from cnrs_kg.reasoning.rules.model import (
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    SAME_AS,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
    TYPE,
    Rule,
    Text,
    is_axiom,
)
from cnrs_kg.reasoning.terms import Fact, Node, Terms

Progress = Callable[[str, int], None]
BUDGET = Budget()


@dataclass(frozen=True)
class Derivation:
    """How a statement was inferred: the rule's id, and what it was applied to (a subject may be a literal)."""

    rule: str
    premises: tuple[Fact, ...]


@dataclass(frozen=True)
class SameClass:
    """Terms that are the same, with the `owl:sameAs` statements, asserted or inferred, that tie them together."""

    terms: frozenset[Node]
    ties: tuple[ox.Triple, ...]


class Closure:
    """What follows. Statements are asked for as pyoxigraph's triples, supports by number (`engine.terms`)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._trivial = _Trivial(engine.terms)

    @cached_property
    def inferred(self) -> frozenset[ox.Triple]:
        """The statements that follow and are not asserted."""
        nodes = self.engine.terms.nodes
        return frozenset(ox.Triple(nodes[s], nodes[p], nodes[o]) for s, p, o in self.inferred_facts())  # type: ignore[arg-type]

    def inferred_facts(self) -> Iterator[Fact]:
        """The same by number."""
        for fact, support in self.engine.supports.items():
            if support is not None and not self._trivial(fact):
                yield fact

    @cached_property
    def counts(self) -> dict[str, int]:
        """The number of inferred statements by rule, the most frequent first."""
        counts: dict[str, int] = {}
        for fact in self.inferred_facts():
            support = self.engine.supports[fact]
            if support:
                counts[support[0].rule.name] = counts.get(support[0].rule.name, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def inconsistencies(self) -> tuple[Inconsistency, ...]:
        """The contradictions found, each once; at most as many as the budget allows."""
        return tuple(self._inconsistency(found) for found in self.engine.contradictions.values())

    @property
    def consistent(self) -> bool:
        """Whether no rule concluded false."""
        return not self.engine.contradictions

    @cached_property
    def same(self) -> tuple[SameClass, ...]:
        """The classes of terms that are the same, with the statements that first made them so."""
        sameness, terms = self.engine.sameness, self.engine.terms
        if not sameness:
            return ()
        ties: dict[int, list[ox.Triple]] = {}
        for tie in sameness.ties:
            if triple := self.triple(tie):
                ties.setdefault(sameness.of(tie[0]), []).append(triple)
        return tuple(
            SameClass(frozenset(terms.nodes[member] for member in members), tuple(ties.get(keep, ())))
            for keep, members in sameness.members.items()
        )

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was left out because it is malformed: above all lists of axioms that are empty, open or circular."""
        found = {**self.engine.lists.malformed, **self.engine.notes}
        return tuple(f"{self.engine.terms.name(node)}: {what}" for node, what in found.items())

    def derivation(self, fact: Fact) -> Derivation | None:
        """The rule and the premises (axioms first) of a fact; None for one that is asserted. KeyError if unknown."""
        support = self.engine.supports[fact]
        return Derivation(support[0].rule.name, (*support[0].axioms, *support[1])) if support else None

    def derivations(self, statements: Iterable[Statement]) -> Derivations:
        """How these statements, and all that they rest on, were inferred; what is asserted is not among it."""
        nodes, ids, supports = self.engine.terms.nodes, self.engine.terms.ids, self.engine.supports
        wanted: dict[Fact, None] = {}
        queue = [(ids[s], ids[p], ids[o]) for s, p, o in statements if s in ids and p in ids and o in ids]
        while queue:
            fact = queue.pop()
            support = supports.get(fact)
            if support is not None and fact not in wanted:
                wanted[fact] = None
                queue += (*support[0].axioms, *support[1])

        def statement(fact: Fact) -> Statement:
            return nodes[fact[0]], nodes[fact[1]], nodes[fact[2]]  # type: ignore[return-value]

        order = {fact: number for number, fact in enumerate(supports)}
        found: Derivations = {}
        for fact in sorted(wanted, key=order.__getitem__):
            derivation = self.derivation(fact)
            assert derivation is not None
            found[statement(fact)] = derivation.rule, tuple(map(statement, derivation.premises))
        return found

    def fact(self, triple: ox.Triple) -> Fact | None:
        """The number of a statement that is asserted or inferred; None for any other."""
        ids = self.engine.terms.ids
        if isinstance(triple.subject, ox.Triple) or isinstance(triple.object, ox.Triple):
            return None
        try:
            fact = ids[triple.subject], ids[triple.predicate], ids[triple.object]
        except KeyError:
            return None
        return fact if fact in self.engine.supports else None

    def triple(self, fact: Fact) -> ox.Triple | None:
        """The statement of a number; None for one that is no RDF (a literal as subject)."""
        s, p, o = (self.engine.terms.nodes[number] for number in fact)
        if isinstance(s, ox.Literal) or not isinstance(p, ox.NamedNode):
            return None
        return ox.Triple(s, p, o)

    def _inconsistency(self, found: Contradiction) -> Inconsistency:
        rule, premises, bound = found
        facts = tuple(dict.fromkeys(self._plain((*rule.axioms, *premises))))
        text = rule.rule.says
        if rule.rule.name.startswith("eq-diff"):
            text, bound = self._clash(facts, bound) or (text, bound)
        assert text is not None, rule.rule.name
        said = {name: self.engine.terms.name(node) for name, node in bound.items()}
        message = {"en": text.en.format_map(said), "fr": text.fr.format_map(said)}
        triples = (self.triple(fact) for fact in facts)
        stated = tuple(triple for triple in triples if triple)
        return Inconsistency(rule.rule.name, stated, message, self._focus_node(found))

    def _focus_node(self, found: Contradiction) -> Node:
        """The subject of the first premise that is no axiom, else what the rule calls x."""
        rule, premises, bound = found
        nodes = self.engine.terms.nodes
        for s, p, o in self._plain(premises):
            predicate = nodes[p]
            axiom = is_axiom(predicate, nodes[o]) or predicate in (RDF("first"), RDF("rest"))
            if not axiom:
                return nodes[s]
        return nodes[bound["x"] if "x" in bound else (*rule.axioms, *premises)[0][0]]

    def _clash(self, facts: tuple[Fact, ...], bound: dict[str, int]) -> tuple[Text, dict[str, int]] | None:
        """What to say of terms that are the same and should not be: as they were stated, if that was by two names."""
        sameness, terms = self.engine.sameness, self.engine.terms
        if not sameness or "x" not in bound:
            return None
        members = sameness.class_of(bound["x"])
        different, first = terms.id(OWL("differentFrom")), terms.id(RDF("first"))
        stated = [node for s, p, o in facts for node in ((s, o) if p == different else (o,) if p == first else ())]
        found = list(dict.fromkeys(node for node in stated if node in members))
        return (eq.CLASH, {"x": found[0], "y": found[1]}) if len(found) > 1 else None

    def _plain(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        """The facts, except that one made by the rules of equality, and one that is no RDF, is told by its premises."""
        for fact in facts:
            derivation = self.derivation(fact)
            if derivation and (derivation.rule.startswith("eq-") or self.triple(fact) is None):
                yield from self._plain(derivation.premises)
            else:
                yield fact


class _Trivial:
    """Whether a fact is one that is not written."""

    def __init__(self, terms: Terms) -> None:
        self._literals = terms.literals
        self._nodes = terms.nodes
        self._reflexive = {
            terms.id(term) for term in (SAME_AS, SUB_CLASS_OF, SUB_PROPERTY_OF, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY)
        }
        self._sub_class_of = terms.id(SUB_CLASS_OF)
        self._says_thing = {terms.id(term) for term in (TYPE, SUB_CLASS_OF, RDFS("domain"), RDFS("range"))}
        self._thing, self._nothing = terms.id(OWL("Thing")), terms.id(OWL("Nothing"))
        self._type, self._class = terms.id(TYPE), terms.id(OWL("Class"))
        self._resource = terms.id(RDFS("Resource"))

    def __call__(self, fact: Fact) -> bool:
        s, p, o = fact
        if s in self._literals or (s == o and p in self._reflexive):
            return True
        if o in (self._thing, self._resource) and p in self._says_thing:
            return True
        if s == self._nothing and p == self._sub_class_of:
            return True
        if s in (self._thing, self._nothing) and (p, o) == (self._type, self._class):
            return True
        predicate = self._nodes[p]
        return not isinstance(predicate, ox.NamedNode) or predicate.value.startswith(GENID)


def close(
    ontology: Iterable[ox.Triple],
    data: Iterable[ox.Triple],
    *,
    as_of: date,
    budget: Budget = BUDGET,
    progress: Progress | None = None,
    rules: tuple[Rule, ...] = tables.ALL,
    compiled: bool = True,
    seconds: dict[str, float] | None = None,
) -> Closure:
    """What follows from the ontology and the data on the day `as_of`; `ReasoningBudget` when it costs too much.

    The ontology is closed first and its axioms become rules over data. Axioms among the data count as well. With
    `compiled=False` the rules run as the tables state them: slower, and what the other way is tested against.
    `seconds` is filled with what each rule took.
    """
    terms = Terms()
    tell = progress or (lambda phase, facts: None)
    phases = [("ontology", terms.facts(ontology)), ("data", terms.facts(data))]
    phase = "ontology"
    engine = Engine(
        rules,
        terms,
        budget,
        specialise=compiled,
        classes=compiled,
        holding=holding((fact for _, facts in phases for fact in facts), terms, as_of),
        progress=lambda facts: tell(phase, facts),
        seconds=seconds,
    )
    for phase, facts in phases:
        engine.assert_facts(facts)
        engine.run()
        tell(phase, len(engine.supports))
    engine.expand()
    tell("expanded", len(engine.supports))
    return Closure(engine)
