"""Proofs as they are shown: down to asserted statements, each step with its rule and its axiom in words.

The JSON form is PROOF of the contract; its terms are those of https://www.w3.org/TR/sparql11-results-json/#select-encode-terms.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pyoxigraph as ox

from cnrs_kg.errors import ResultTooLarge
from cnrs_kg.rdf.namespaces import OWL, RDF
from cnrs_kg.rdf.terms import term_json, term_of_json
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.program import is_schema_statement
from cnrs_kg.reasoning.reasons import Derivations, Statement, statement_of
from cnrs_kg.reasoning.rules.model import TYPE
from cnrs_kg.reasoning.terms import Node, told

ASSERTED = "asserted"
_DEEPEST = 200
FIRST, REST = RDF("first"), RDF("rest")
Json = dict[str, object]
Graphs = Callable[[ox.Triple], str | None]
Places = Callable[[ox.Triple], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Proof:
    """A statement, the rule that gave it (or "asserted"), the axiom in words, and the proofs of its premises.

    A premise that the same proof has shown before is `repeated`, without its own premises. What is asserted names a
    graph, and the place in a source file where there is one.
    """

    subject: Node
    predicate: Node
    object: Node
    rule: str
    axiom: str | None = None
    graph: str | None = None
    place: Mapping[str, Any] | None = None
    premises: tuple["Proof", ...] = ()
    repeated: bool = False

    @property
    def statement(self) -> tuple[Node, Node, Node]:
        """Subject, predicate and object."""
        return self.subject, self.predicate, self.object

    def depth(self) -> int:
        """How many steps stand above each other."""
        deepest, level = 0, [self]
        while level:
            deepest += 1
            level = [premise for step in level for premise in step.premises]
        return deepest

    def to_json(self) -> Json:
        """PROOF as in the contract; `ResultTooLarge` for a proof that is too deep for nested documents."""
        if self.depth() > _DEEPEST:
            raise ResultTooLarge(
                f"the proof is more than {_DEEPEST} steps deep, which JSON does not nest",
                limit="proof_depth",
                advice="Ask for it as Turtle.",
            )
        return self._to_json()

    def _to_json(self) -> Json:
        made: Json = {
            "statement": {
                "subject": term_json(self.subject),
                "predicate": term_json(self.predicate),
                "object": term_json(self.object),
            },
            "rule": self.rule,
            "axiom": self.axiom,
            "graph": self.graph,
            "place": None if self.place is None else dict(self.place),
            "premises": [premise._to_json() for premise in self.premises],
        }
        if self.repeated:
            made["repeated"] = True
        return made


def proof_of_json(found: Mapping[str, Any]) -> Proof:
    """The proof that `Proof.to_json` wrote."""
    said = found["statement"]
    subject, predicate, value = (cast(Node, term_of_json(said[name])) for name in ("subject", "predicate", "object"))
    return Proof(
        subject,
        predicate,
        value,
        rule=found["rule"],
        axiom=found["axiom"],
        graph=found["graph"],
        place=found["place"],
        premises=tuple(map(proof_of_json, found["premises"])),
        repeated=found.get("repeated", False),
    )


@dataclass(frozen=True)
class Sources:
    """Who asserts a statement, and where it is written: functions of a triple."""

    graph: Graphs = lambda triple: None
    place: Places = lambda triple: None


NOWHERE = Sources()


def proof(statement: Statement, derivations: Derivations, sources: Sources = NOWHERE) -> Proof:
    """The proof of a statement; one that has no derivation is asserted."""
    return _Teller(derivations, sources).tell(statement)


def contradiction(found: Inconsistency, derivations: Derivations, sources: Sources = NOWHERE) -> Proof:
    """The proof of an inconsistency: that its focus node belongs to `owl:Nothing`."""
    teller = _Teller(derivations, sources)
    premises = list(map(statement_of, found.premises))
    proofs = tuple(map(teller.tell, shown_premises(premises)))
    return Proof(found.focus_node, TYPE, OWL("Nothing"), found.rule, axiom(premises) or None, premises=proofs)


@dataclass
class _Step:
    """A statement whose premises are being told."""

    statement: Statement
    premises: list[Statement]
    proofs: list[Proof] = field(default_factory=list)


class _Teller:
    """Tells statements one after the other; what was told once is only named afterwards."""

    def __init__(self, derivations: Derivations, sources: Sources) -> None:
        self._derivations, self._sources = derivations, sources
        self._told: set[Statement] = set()

    def tell(self, statement: Statement) -> Proof:
        """The proof of a statement, made without recursion: a long path makes a deep proof."""
        if statement in self._told and statement in self._derivations:
            return self._proof(_Step(statement, []), repeated=True)
        open_steps = [self._begin(statement)]
        while True:
            step = open_steps[-1]
            if len(step.proofs) < len(step.premises):
                premise = step.premises[len(step.proofs)]
                if premise not in self._derivations or premise in self._told:
                    step.proofs.append(self._proof(_Step(premise, []), repeated=True))
                else:
                    open_steps.append(self._begin(premise))
                continue
            open_steps.pop()
            made = self._proof(step)
            if not open_steps:
                return made
            open_steps[-1].proofs.append(made)

    def _begin(self, statement: Statement) -> _Step:
        self._told.add(statement)
        _, premises = self._derivations.get(statement, (ASSERTED, ()))
        return _Step(statement, shown_premises(premises))

    def _proof(self, step: _Step, *, repeated: bool = False) -> Proof:
        s, p, o = step.statement
        if step.statement not in self._derivations:
            if isinstance(s, ox.Literal):
                return Proof(s, p, o, ASSERTED)
            triple = ox.Triple(s, p, o)
            return Proof(s, p, o, ASSERTED, graph=self._sources.graph(triple), place=self._sources.place(triple))
        rule, premises = self._derivations[step.statement]
        said = None if rule.startswith("scm-") else axiom(premises) or None
        return Proof(s, p, o, rule, said, premises=tuple(step.proofs), repeated=repeated)


def shown_premises(premises: Iterable[Statement]) -> list[Statement]:
    """The premises that are shown as such: all but the cells of an axiom's list, which are told in words."""
    return [premise for premise in premises if premise[1] not in (FIRST, REST)]


def axiom(premises: Iterable[Statement]) -> str:
    """The axioms among the premises as one line, their lists written out."""
    return " . ".join(text for premise, text in told(premises).items() if is_schema_statement(*premise[1:]))
