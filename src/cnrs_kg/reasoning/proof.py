"""Proofs read back from the supports that a closure kept: down to asserted statements, each step with its rule.

The JSON form is PROOF of the contract; its terms are those of https://www.w3.org/TR/sparql11-results-json/#select-encode-terms.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDF
from cnrs_kg.rdf.terms import term_json
from cnrs_kg.reasoning.closure import Closure
from cnrs_kg.reasoning.rules.model import TYPE
from cnrs_kg.reasoning.terms import Fact, Node

ASSERTED = "asserted"
Json = dict[str, object]
Graphs = Callable[[ox.Triple], str | None]


@dataclass(frozen=True)
class Proof:
    """A statement, the rule that gave it (or "asserted"), the axiom in words, and the proofs of its premises.

    A premise that the same proof has shown before is `repeated`, without its own premises.
    """

    subject: Node
    predicate: Node
    object: Node
    rule: str
    axiom: str | None = None
    graph: str | None = None
    premises: tuple["Proof", ...] = ()
    repeated: bool = False

    def to_json(self) -> Json:
        """PROOF as in the contract."""
        made: Json = {
            "statement": {
                "subject": term_json(self.subject),
                "predicate": term_json(self.predicate),
                "object": term_json(self.object),
            },
            "rule": self.rule,
            "axiom": self.axiom,
            "graph": self.graph,
            "place": None,
            "premises": [premise.to_json() for premise in self.premises],
        }
        if self.repeated:
            made["repeated"] = True
        return made


def proof(closure: Closure, triple: ox.Triple, *, graph: Graphs = lambda triple: None) -> Proof | None:
    """The proof of a statement, or None when it neither is asserted nor follows.

    `graph` tells which named graph asserts a statement. Supports were recorded in the order of inference, so a proof
    is finite and never rests on itself.
    """
    fact = closure.fact(triple)
    return None if fact is None else _Reader(closure, graph).read(fact)


def contradictions(closure: Closure, *, graph: Graphs = lambda triple: None) -> Iterator[Proof]:
    """The proofs of a closure's inconsistencies, in their order: that the focus node belongs to `owl:Nothing`."""
    for found, (instance, premises, _) in zip(
        closure.inconsistencies, closure.engine.contradictions.values(), strict=True
    ):
        reader = _Reader(closure, graph)
        proofs = tuple(map(reader.read, reader.told((*instance.axioms, *premises))))
        axiom = reader.axiom(instance.axioms) or None
        yield Proof(found.focus_node, TYPE, OWL("Nothing"), found.rule, axiom, premises=proofs)


@dataclass
class _Step:
    """A statement whose premises are being read."""

    fact: Fact
    premises: list[Fact]
    proofs: list[Proof] = field(default_factory=list)


class _Reader:
    def __init__(self, closure: Closure, graph: Graphs) -> None:
        self._closure = closure
        self._graph = graph
        terms = closure.engine.terms
        self._nodes = terms.nodes
        self._cells = {terms.id(RDF(name)) for name in ("first", "rest")}
        self._shown: set[Fact] = set()

    def read(self, fact: Fact) -> Proof:
        """The proof of a fact, read without recursion: a long path makes a deep proof."""
        if fact in self._shown and self._closure.engine.supports[fact]:
            return self._proof(_Step(fact, []), repeated=True)
        open_steps = [_Step(fact, self._premises(fact))]
        while True:
            step = open_steps[-1]
            if len(step.proofs) < len(step.premises):
                premise = step.premises[len(step.proofs)]
                if self._closure.engine.supports[premise] is None or premise in self._shown:
                    step.proofs.append(self._proof(_Step(premise, []), repeated=True))
                else:
                    open_steps.append(_Step(premise, self._premises(premise)))
                continue
            open_steps.pop()
            made = self._proof(step)
            if not open_steps:
                return made
            open_steps[-1].proofs.append(made)

    def _premises(self, fact: Fact) -> list[Fact]:
        """What the support of a fact rests on; the cells of an axiom's list are told in words instead."""
        self._shown.add(fact)
        support = self._closure.engine.supports[fact]
        if support is None:
            return []
        return self.told((*support[0].axioms, *support[1]))

    def told(self, premises: tuple[Fact, ...]) -> list[Fact]:
        """The premises that are shown as such: all but the cells of lists."""
        return [premise for premise in premises if premise[1] not in self._cells]

    def _proof(self, step: "_Step", *, repeated: bool = False) -> Proof:
        s, p, o = (self._nodes[number] for number in step.fact)
        support = self._closure.engine.supports[step.fact]
        if support is None:
            triple = self._closure.triple(step.fact)
            return Proof(s, p, o, ASSERTED, graph=self._graph(triple) if triple else None)
        axiom = self.axiom(support[0].axioms) or None
        return Proof(s, p, o, support[0].rule.name, axiom, premises=tuple(step.proofs), repeated=repeated)

    def axiom(self, axioms: tuple[Fact, ...]) -> str:
        """The axiom as one line, its list written out."""
        terms = self._closure.engine.terms
        first, rest = (terms.id(RDF(name)) for name in ("first", "rest"))
        next_cell = {s: o for s, p, o in axioms if p == rest}
        value = {s: o for s, p, o in axioms if p == first}

        def name(node: int) -> str:
            if node not in value:
                return terms.name(node)
            members = []
            while node in value:
                members.append(terms.name(value[node]))
                node = next_cell[node]
            return f"( {' '.join(members)} )"

        return " . ".join(" ".join(map(name, fact)) for fact in axioms if fact[1] not in self._cells)
