"""The engine: semi-naive evaluation of rules, fact by fact, with one support for each inferred fact.

Every fact is joined with those before it, so that each combination of premises is met when its last fact arrives. A
rule whose axioms have been found becomes a rule over data alone (`drafts`); lists are read when all cells that are
known have been seen; terms that turn out the same are merged when nothing else is left to do, when what it costs can be
foretold.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import NoReturn

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDF, RDFS
from cnrs_kg.reasoning.compiled import Compiled
from cnrs_kg.reasoning.drafts import Draft, draft, unfold
from cnrs_kg.reasoning.index import Index
from cnrs_kg.reasoning.joins import Handler, Instance, Joiner, instance, timed
from cnrs_kg.reasoning.limits import Budget, exceeded
from cnrs_kg.reasoning.linear import linear, transitive
from cnrs_kg.reasoning.lists import Lists
from cnrs_kg.reasoning.rules import tables
from cnrs_kg.reasoning.rules.model import SAME_AS, TYPE, Rule, Run
from cnrs_kg.reasoning.sameness import Sameness
from cnrs_kg.reasoning.terms import Fact, Terms

Support = tuple[Instance, tuple[Fact, ...]]
Contradiction = tuple[Instance, tuple[Fact, ...], dict[str, int]]
Holding = Callable[[int], tuple[Fact, ...] | None]
Progress = Callable[[int], None]
_CHECK = 4096
# Where a class stands in an axiom: a datatype found there makes the engine type the literals (dt-type2).
_CLASS_PLACES = {
    **{RDFS("subClassOf"): (0,), RDF("first"): (2,)},
    **{OWL(name): (0, 2) for name in ("equivalentClass", "disjointWith", "complementOf")},
    **{OWL(name): (2,) for name in ("someValuesFrom", "onClass")},
    OWL("hasKey"): (0,),
}


class Engine:
    """Facts and rules until nothing new follows.

    With `specialise`, axioms are compiled into rules over data; with `classes`, equal terms are kept as classes.
    Without both it is the plain engine that the other is tested against. All terms are numbered before it is made.
    `seconds` collects what each rule took.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        terms: Terms,
        budget: Budget,
        *,
        specialise: bool = True,
        classes: bool = True,
        holding: Holding = lambda claim: None,
        progress: Progress = lambda facts: None,
        seconds: dict[str, float] | None = None,
    ) -> None:
        self.terms = terms
        self.supports: dict[Fact, Support | None] = {}
        self.contradictions: dict[tuple[str, frozenset[Fact]], Contradiction] = {}
        self.index = Index(terms.canonical)
        self.lists = Lists(self.index, terms)
        self.notes: dict[int, str] = {}
        self.sameness = Sameness(terms.id(SAME_AS), self._record) if classes else None
        self._budget, self._specialise, self._holding, self._progress = budget, specialise, holding, progress
        self._seconds = seconds
        self._same_as, self._type = terms.id(SAME_AS), terms.id(TYPE)
        self._asserted, self._work, self._started = 0, 0, time.monotonic()
        self._queue: deque[Fact] = deque()
        self._same_queue: deque[Fact] = deque()
        self._on_predicate: dict[int, list[Handler]] = {}
        self._on_object: dict[int, dict[int, list[Handler]]] = {}
        self._on_any: list[Handler] = []
        self._composed: set[Fact] = set()
        self._of_lists: list[tuple[Draft, Instance]] = []
        self.compiled = Compiled(terms)
        self._lists_changed = False
        self.typed: dict[int, int] = {}
        self._joiner = Joiner(self.index, self.supports, terms.canonical, self._tick)
        joined = (Run.JOIN,) if classes else (Run.JOIN, Run.SAMENESS)
        self._native = {
            rule.name: Instance(rule, ()) for rule in tables.OWL_RL if rule.run not in (Run.JOIN, Run.NEVER)
        }
        self._tables = [draft(rule, terms, specialise=specialise) for rule in rules if rule.run in joined]
        self._constants = {constant for made in self._tables for constant in made.constants()}
        self._constants.update(terms.id(RDF(name)) for name in ("first", "rest", "nil"))
        self._watch()
        for made in self._tables:
            self.add(made)

    # Rules

    def add(self, made: Draft) -> None:
        """Run a rule from now on, and once on all facts that were processed before."""
        for one in (made,) if made.axioms else self.compiled.news(made):
            self._start(one)

    def _start(self, made: Draft) -> None:
        rule = instance(made)
        if made.lists:
            self._of_lists.append((made, rule))
            self._lists_changed = True
            for at in range(len(rule.atoms)):
                self._register(rule, at, self._note_list)
        elif made.axioms:
            self._listen(rule, lambda premises: self.add(made.compiled(rule.bound(), premises)))
        elif self._specialise and rule.rule.name == "prp-trp":
            handler = transitive(rule, self.index, self.supports, self._composed, self._derive)
            self._register(rule, 0, handler)
            for fact in list(self.index.of_predicate(rule.slots[rule.atoms[0][1]])):
                handler(fact)
        elif made.atoms:
            self._listen(rule, lambda premises: self._conclude(rule, premises))
        else:
            self._conclude(rule, ())

    def _listen(self, rule: Instance, emit: Callable[[tuple[Fact, ...]], None]) -> None:
        short = linear(rule, self.supports, self._composed, self._derive)
        for at in range(len(rule.atoms)):
            self._register(rule, at, short or self._joiner.handler(rule, at, emit))
        self._joiner.everything(rule, emit)

    def _register(self, rule: Instance, at: int, handler: Handler) -> None:
        _, p, o = rule.atoms[at]
        handler = handler if self._seconds is None else timed(handler, rule.rule.name, self._seconds)
        if p not in rule.constants:
            self._on_any.append(handler)
        elif o not in rule.constants:
            self._on_predicate.setdefault(rule.slots[p], []).append(handler)
        else:
            value = self.terms.canonical.get(rule.slots[o], rule.slots[o])
            self._on_object.setdefault(rule.slots[p], {}).setdefault(value, []).append(handler)

    def _watch(self) -> None:
        """Notice lists that change, and datatypes that stand where a class does."""
        for name in ("first", "rest"):
            self._on_predicate.setdefault(self.terms.id(RDF(name)), []).append(self._note_list)
        for predicate in _CLASS_PLACES:
            self._on_predicate.setdefault(self.terms.id(predicate), []).append(self._note_datatype)

    def _note_list(self, fact: Fact) -> None:
        self._lists_changed = True

    def _note_datatype(self, fact: Fact) -> None:
        predicate = self.terms.nodes[fact[1]]
        for place in _CLASS_PLACES[predicate] if isinstance(predicate, ox.NamedNode) else ():
            if self.terms.is_datatype(fact[place]):
                self.typed.setdefault(fact[place], 0)

    def _read_lists(self) -> None:
        for made, rule in list(self._of_lists):
            found: list[tuple[dict[str, int], tuple[Fact, ...]]] = []
            self._joiner.everything(rule, lambda premises: found.append((rule.bound(), premises)))  # noqa: B023
            for bound, premises in found:
                for members, cells in self.lists.read(bound[made.lists[0].list.name]):
                    for unfolded in unfold(made.compiled(bound, (*premises, *cells)), members, self.terms):
                        self.add(unfolded)

    # Facts

    def assert_facts(self, facts: Iterable[Fact]) -> None:
        """Enter what is stated; `run` draws the conclusions."""
        supports, ill_typed = self.supports, self.terms.ill_typed
        for fact in facts:
            if fact in supports:
                self._asserted += supports[fact] is not None
                supports[fact] = None
                continue
            self._asserted += 1
            supports[fact] = None
            if fact[2] in ill_typed:
                self._ill_typed(fact[2], self.terms.datatype(fact[2]), (fact,))
            self._enter(fact)

    def _enter(self, fact: Fact) -> None:
        """Have a known fact processed: one that says that two terms are the same when nothing else is left to do."""
        if self.sameness is None or fact[1] != self._same_as:
            self._queue.append(fact)
        elif self.sameness.link(fact[0], fact[2]):
            self._same_queue.append(fact)

    def run(self) -> None:
        """Draw all conclusions from what has been asserted."""
        while True:
            if self._queue:
                self._drain()
            elif self._lists_changed:
                self._lists_changed = False
                self._read_lists()
            elif self._same_queue:
                self._merge(self._same_queue.popleft())
            elif not self._type_literals():
                return

    def _drain(self) -> None:
        queue, index, canonical = self._queue, self.index, self.terms.canonical
        on_predicate, on_object, on_any = self._on_predicate, self._on_object, self._on_any
        moved = self.sameness.representative if self.sameness else {}
        while queue:
            fact = queue.popleft()
            s, p, o = fact
            if moved and (s in moved or p in moved or o in moved):
                wanted = (moved.get(s, s), moved.get(p, p), moved.get(o, o))
                if self.sameness and wanted not in self.supports:
                    self._enter(self.sameness.replace(fact, wanted))
                continue
            index.add(fact)
            for handler in on_predicate.get(p, ()):
                handler(fact)
            by_object = on_object.get(p)
            if by_object:
                for handler in by_object.get(canonical.get(o, o), ()):
                    handler(fact)
            for handler in on_any:
                handler(fact)
            self._tick(1)

    def _conclude(self, rule: Instance, premises: tuple[Fact, ...]) -> None:
        slots = rule.slots
        for one, other in rule.different:
            if slots[one] == slots[other]:
                return
        for claim in rule.claims:
            dates = self._held(slots[claim])
            if dates is None:
                return
            premises = (*premises, *dates)
        for s, p, o in rule.heads:
            fact = (slots[s], slots[p], slots[o])
            if fact not in self.supports:
                self._derive(fact, (rule, premises))
        if not rule.heads:
            self._contradict(rule, premises, rule.bound())

    def _held(self, claim: int) -> tuple[Fact, ...] | None:
        """The statements by which a claim holds, or one that is the same; None when none of them does."""
        for one in self.sameness.class_of(claim) if self.sameness else (claim,):
            dates = self._holding(one)
            if dates is not None:
                return dates if one == claim else ((claim, self._same_as, one), *dates)
        return None

    def _derive(self, fact: Fact, support: Support) -> None:
        s, p, o = fact
        literals = self.terms.literals
        if p == self._same_as:
            if not self._same(fact, support):
                return
        elif p in literals or (s in literals and p == self._type and self._literal_typed(fact, support)):
            return
        self.supports[fact] = support
        if p != self._same_as or not self.sameness:
            self._queue.append(fact)
        self._check_size()

    def _record(self, fact: Fact, rule: str, premises: tuple[Fact, ...]) -> None:
        if fact not in self.supports:
            self.supports[fact] = (self._native[rule], premises)
            self._check_size()

    def _contradict(self, rule: Instance, premises: tuple[Fact, ...], bound: dict[str, int]) -> None:
        if len(self.contradictions) < self._budget.inconsistencies:
            key = rule.rule.name, frozenset((*rule.axioms, *premises))
            self.contradictions.setdefault(key, (rule, premises, bound))

    # Literals

    def _ill_typed(self, literal: int, datatype: int, premises: tuple[Fact, ...]) -> None:
        self._contradict(self._native["dt-not-type"], premises, {"lt": literal, "dt": datatype})

    def _literal_typed(self, fact: Fact, support: Support) -> bool:
        """Whether nothing is left to say of a literal that a rule gave a datatype."""
        inside = self.terms.belongs(fact[0], fact[2])
        if inside is False:
            self._ill_typed(fact[0], fact[2], (*support[0].axioms, *support[1]))
        return inside is not None

    def _type_literals(self) -> bool:
        """Give literals the datatypes that axioms speak of (dt-type2); whether there was something to do."""
        for datatype, done in self.typed.items():
            for literal in range(done, len(self.terms.nodes)):
                fact = (literal, self._type, datatype)
                if literal not in self.terms.literals or fact in self.supports:
                    continue
                if self.terms.belongs(literal, datatype):
                    self._record(fact, "dt-type2", ())
                    self._queue.append(fact)
            self.typed[datatype] = len(self.terms.nodes)
        return bool(self._queue)

    # Sameness

    def _same(self, fact: Fact, support: Support) -> bool:
        """Whether a derived `owl:sameAs` is news; two values that differ are a contradiction instead."""
        first, _, second = fact
        if first == second:
            return False
        if first in self.terms.literals and second in self.terms.literals:
            differ = self.terms.values_differ(first, second)
            if differ:
                premises = (*support[0].axioms, *support[1])
                self._contradict(self._native["eq-diff1"], premises, {"lt1": first, "lt2": second})
            if differ is not None:
                return False
        if self.sameness is None:
            return True
        if not self.sameness.link(first, second):
            return False
        self._same_queue.append(fact)
        return True

    def _merge(self, fact: Fact) -> None:
        assert self.sameness is not None
        first, second = self.sameness.of(fact[0]), self.sameness.of(fact[2])
        degrees = {first: self.index.degree(first), second: self.index.degree(second)}
        members = len(self.sameness.class_of(first)) + len(self.sameness.class_of(second))
        cost = members * (sum(degrees.values()) + members)
        if cost > self._budget.sameness:
            names = ", ".join(self.terms.name(node) for node in sorted({*fact[::2], first, second}))
            self._give_up("sameness", f"{names} would be the same, which would write about {cost} statements", fact)
        keep = max((first, second), key=lambda node: (self._rank(node), degrees[node], -node))
        gone = second if keep == first else first
        if keep == self._same_as:
            self.notes[gone] = "the same as owl:sameAs, which is not followed through"
        if keep not in self.sameness.members:
            self._queue.append((keep, self._same_as, keep))
        again = dict.fromkeys(self.index.touching(gone))
        if self._held(gone) is not None and self._held(keep) is None:
            again.update(dict.fromkeys(self.index.with_subject(keep)))
        self.sameness.merge(fact, keep=keep)
        for moved in again:
            self.index.remove(moved)
            self._queue.append(moved)
        if gone in self._constants:  # the rules name it: they must name what stands for it now
            for made in self._tables:
                self.add(made.renamed(self.sameness.representative))

    def _rank(self, node: int) -> int:
        """Which of two equal terms should stand for both: first what rules name, then as the kinds of terms go."""
        if node in self._constants:
            return 4 if node == self._same_as else 3
        return self.terms.rank(node)

    def expand(self) -> None:
        """Say of each term what is known of the terms that are the same: the last step."""
        if not self.sameness:
            return
        for keep, members in self.sameness.members.items():
            facts = [fact for fact in self.index.touching(keep) if fact[1] != self._same_as]
            cost = len(members) * (len(facts) + len(members))
            if cost > self._budget.sameness:
                names = ", ".join(self.terms.name(node) for node in members[:5])
                tie = next(fact for fact in self.supports if fact[1] == self._same_as and fact[0] in members)
                self._give_up("sameness", f"{names} are the same, which would write about {cost} statements", tie)
            for _ in self.sameness.pairs(keep):
                self._tick(1)
            for fact in facts:
                for _ in self.sameness.expand(fact):
                    self._tick(1)

    # Limits

    def _tick(self, work: int) -> None:
        self._work += work
        if self._work >= _CHECK:
            self._work = 0
            self._progress(len(self.supports))
            if time.monotonic() - self._started > self._budget.seconds:
                self._give_up("seconds", f"the closure was not complete after {self._budget.seconds:g} seconds")

    def _check_size(self) -> None:
        if len(self.supports) - self._asserted > self._budget.statements:
            self._give_up("statements", f"more than {self._budget.statements} statements would be inferred")

    def _give_up(self, limit: str, what: str, tie: Fact | None = None) -> NoReturn:
        """Stop, with the axiom behind an `owl:sameAs` fact, or else behind most of what was inferred."""
        support = self.supports.get(tie) if tie else None
        rule = support[0] if support else None if tie else self._busiest()
        said = rule.axioms if rule and rule.axioms else (tie,) if tie else ()
        axioms = [[self.terms.nodes[number] for number in fact] for fact in said]
        name = rule.rule.name if rule else "asserted" if tie else None
        raise exceeded(limit, what, axioms=axioms, rule=name, counts=self.counts())

    def _busiest(self) -> Instance | None:
        """The rule, with its axioms, that inferred most."""
        rules = {id(support[0]): support[0] for support in self.supports.values() if support}
        counts = Counter(id(support[0]) for support in self.supports.values() if support)
        return rules[counts.most_common(1)[0][0]] if counts else None

    def counts(self) -> dict[str, int]:
        """Facts inferred so far, by rule."""
        return dict(Counter(support[0].rule.name for support in self.supports.values() if support).most_common())
