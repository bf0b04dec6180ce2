"""Draft rules as chains of closures: a new fact sets a rule off, the rest of its body is looked up in the index.

A rule's variables and constants live in one list of slots, so that each step reads and writes positions only. The slots
and the premises of a rule are reused from fact to fact: running a rule never sets itself off.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cnrs_kg.reasoning.drafts import Draft, Pattern, Ref
from cnrs_kg.reasoning.index import Index
from cnrs_kg.reasoning.rules.model import Rule, Var
from cnrs_kg.reasoning.terms import Fact

Step = Callable[[], None]
Handler = Callable[[Fact], None]


def timed(handler: Handler, rule: str, seconds: dict[str, float]) -> Handler:
    """The handler, its seconds added to those of the rule."""

    def run(fact: Fact) -> None:
        started = time.perf_counter()
        handler(fact)
        seconds[rule] = seconds.get(rule, 0.0) + time.perf_counter() - started

    return run


_MANY = 64


@dataclass(slots=True, eq=False)
class Instance:
    """A rule as it runs: the table's rule, the axioms put into it, and its slots."""

    rule: Rule
    axioms: tuple[Fact, ...]
    atoms: tuple[tuple[int, int, int], ...] = ()
    heads: tuple[tuple[int, int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()
    claims: tuple[int, ...] = ()
    names: dict[str, int] = field(default_factory=dict)
    slots: list[int] = field(default_factory=list)
    constants: frozenset[int] = frozenset()

    def bound(self) -> dict[str, int]:
        """The variables of the rule with the terms that they stand for now."""
        return {name: self.slots[slot] for name, slot in self.names.items()}


def instance(draft: Draft) -> Instance:
    """The draft with a slot for each variable and constant; while it has axioms, they alone are its atoms."""
    places: dict[Ref, int] = {}

    def place(ref: Ref) -> int:
        return places.setdefault(ref, len(places))

    def all_places(many: Iterable[Pattern]) -> tuple[tuple[int, int, int], ...]:
        return tuple((place(s), place(p), place(o)) for s, p, o in many)

    made = Instance(draft.rule, draft.matched, atoms=all_places(draft.axioms or draft.atoms))
    if draft.axioms:
        made.names = {name.name: places[ref] for name, ref in draft.names if ref in places}
    else:
        made.heads = all_places(draft.heads)
        made.different = tuple((place(a), place(b)) for a, b in draft.different)
        made.claims = tuple(place(claim) for claim in draft.claims)
        made.names = {name.name: place(ref) for name, ref in draft.names}
    made.slots = [0 if isinstance(ref, Var) else ref for ref in places]
    made.constants = frozenset(slot for ref, slot in places.items() if not isinstance(ref, Var))
    return made


class Joiner:
    """Makes the closures; `tick` is told how many facts a look-up is about to walk, and may stop the run."""

    def __init__(
        self, index: Index, known: Mapping[Fact, object], canonical: dict[int, int], tick: Callable[[int], None]
    ):
        self._index = index
        self._known = known
        self._canonical = canonical
        self._tick = tick

    def handler(self, rule: Instance, first: int, emit: Callable[[tuple[Fact, ...]], None]) -> Handler:
        """What a new fact that may match the atom `first` sets off."""
        premises: list[Fact] = [(0, 0, 0)] * len(rule.atoms)
        bound = set(rule.constants)
        s, p, o = rule.atoms[first]
        checked = [slot in bound for slot in (s, p, o)]
        repeated = [s == p, s == o or p == o]
        bound.update((s, p, o))
        run: Step | None = None  # made when it is first needed: most rules never meet a fact
        slots, canonical = rule.slots, self._canonical
        s_known, p_known, o_known = checked
        simple = not (s_known or any(repeated))

        def start(fact: Fact) -> None:
            nonlocal run
            if simple:
                slots[s] = fact[0]
                if not p_known:
                    slots[p] = fact[1]
                if not o_known:
                    slots[o] = fact[2]
            elif not _fits(fact, (s, p, o), checked, slots, canonical):
                return
            premises[first] = fact
            if run is None:
                run = self._rest(rule, premises, bound, {first}, emit)
            run()

        return start

    def everything(self, rule: Instance, emit: Callable[[tuple[Fact, ...]], None]) -> None:
        """Evaluate the rule once on all facts of the index."""
        if not self._known:
            return
        premises: list[Fact] = [(0, 0, 0)] * len(rule.atoms)
        self._rest(rule, premises, set(rule.constants), set(), emit)()

    def _rest(
        self,
        rule: Instance,
        premises: list[Fact],
        bound: set[int],
        done: set[int],
        emit: Callable[[tuple[Fact, ...]], None],
    ) -> Step:
        order: list[tuple[int, frozenset[int]]] = []
        done, bound = set(done), set(bound)
        while len(done) < len(rule.atoms):
            left = [at for at in range(len(rule.atoms)) if at not in done]
            best = max(left, key=lambda at: _ease(rule.atoms[at], bound, rule.constants))
            order.append((best, frozenset(bound)))
            done.add(best)
            bound.update(rule.atoms[best])

        def finish() -> None:
            emit(tuple(premises))

        run: Step = finish
        for at, before in reversed(order):
            run = self._step(rule, at, before, premises, run)
        return run

    def _step(self, rule: Instance, at: int, bound: frozenset[int], premises: list[Fact], run: Step) -> Step:
        s, p, o = rule.atoms[at]
        if p not in bound:
            return self._any_predicate(rule, at, bound, premises, run)
        if s in bound and o in bound:
            return self._check(rule, at, premises, run)
        if s in bound:
            return self._walk(rule, at, premises, run, by_subject=True)
        if o in bound:
            return self._walk(rule, at, premises, run, by_subject=False)
        return self._scan(rule, at, premises, run)

    def _check(self, rule: Instance, at: int, premises: list[Fact], run: Step) -> Step:
        s, p, o = rule.atoms[at]
        slots, known, canonical, index = rule.slots, self._known, self._canonical, self._index

        def check() -> None:
            fact = (slots[s], slots[p], slots[o])
            if fact in known:
                premises[at] = fact
                run()
            elif fact[2] in canonical:
                value = canonical[fact[2]]
                for other in index.by_subject.get(fact[1], {}).get(fact[0], ()):
                    if canonical.get(other[2]) == value:
                        premises[at] = other
                        run()

        return check

    def _walk(self, rule: Instance, at: int, premises: list[Fact], run: Step, *, by_subject: bool) -> Step:
        s, p, o = rule.atoms[at]
        slots, canonical, tick, index = rule.slots, self._canonical, self._tick, self._index
        table = index.by_subject if by_subject else index.by_object
        of_predicate = index.subjects_of if by_subject else index.objects_of
        fixed = of_predicate(slots[p]) if p in rule.constants else None
        known, free, position = (s, o, 2) if by_subject else (o, s, 0)

        def walk() -> None:
            node = slots[known]
            if canonical and not by_subject:
                node = canonical.get(node, node)
            lists = fixed if fixed is not None else table.get(slots[p])
            facts = lists.get(node) if lists else None
            if not facts:
                return
            if len(facts) > _MANY:
                tick(len(facts))
            for fact in facts:
                slots[free] = fact[position]
                premises[at] = fact
                run()

        return walk

    def _scan(self, rule: Instance, at: int, premises: list[Fact], run: Step) -> Step:
        s, p, o = rule.atoms[at]
        slots, tick, index = rule.slots, self._tick, self._index

        def scan() -> None:
            for facts in list(index.by_subject.get(slots[p], {}).values()):
                tick(len(facts))
                for fact in facts:
                    if s != o or fact[0] == fact[2]:
                        slots[s], slots[o] = fact[0], fact[2]
                        premises[at] = fact
                        run()

        return scan

    def _any_predicate(self, rule: Instance, at: int, bound: frozenset[int], premises: list[Fact], run: Step) -> Step:
        places = rule.atoms[at]
        slots, canonical, tick, index = rule.slots, self._canonical, self._tick, self._index
        checked = [place in bound for place in places]

        def any_predicate() -> None:
            if checked[0]:
                facts = index.with_subject(slots[places[0]])
            elif checked[2]:
                facts = index.with_object(slots[places[2]])
            else:
                facts = [fact for predicate in list(index.by_subject) for fact in index.of_predicate(predicate)]
            tick(len(facts) + len(index.by_subject))
            for fact in facts:
                if _fits(fact, places, checked, slots, canonical):
                    premises[at] = fact
                    run()

        return any_predicate


def _ease(atom: tuple[int, int, int], bound: set[int], constants: frozenset[int]) -> tuple[int, int, int]:
    """How few facts an atom is likely to match: more for a look-up that is only a check, less for a scan."""
    s, p, o = (place in bound for place in atom)
    own = sum(place in bound and place not in constants for place in atom)
    return (2 if s and o else 1 if s or o else 0) + (2 if p else 0), own, int(s)


def _fits(
    fact: Fact, places: tuple[int, int, int], checked: list[bool], slots: list[int], canonical: dict[int, int]
) -> bool:
    """Put the fact's terms into the slots of an atom, unless one is taken by another term."""
    seen: set[int] = set()
    for place, is_checked, node in zip(places, checked, fact, strict=True):
        if is_checked or place in seen:
            held = slots[place]
            if held != node and canonical.get(held, held) != canonical.get(node, node):
                return False
        else:
            slots[place] = node
            seen.add(place)
    return True
