"""Rules with numbers for terms: matched axioms are put in, lists unfolded, until only patterns over data are left.

This is how the ontology is compiled: a draft remembers the rule that it came from and the statements that made it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from cnrs_kg.reasoning.rules.model import (
    Atom,
    Different,
    Every,
    Holds,
    ListCondition,
    Member,
    Pair,
    Path,
    Rule,
    Term,
    Var,
    is_schema,
)
from cnrs_kg.reasoning.terms import Fact, Terms

Ref = Var | int
Pattern = tuple[Ref, Ref, Ref]
Binding = Mapping[Var, Ref]


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule on its way to be run: `axioms` are matched first, then `lists` are read, `atoms` are joined with data."""

    rule: Rule
    axioms: tuple[Pattern, ...]
    lists: tuple[ListCondition, ...]
    atoms: tuple[Pattern, ...]
    heads: tuple[Pattern, ...]
    different: tuple[tuple[Ref, Ref], ...]
    claims: tuple[Ref, ...]
    names: tuple[tuple[Var, Ref], ...]
    matched: tuple[Fact, ...] = ()

    def bind(self, binding: Binding, matched: tuple[Fact, ...] = ()) -> "Draft":
        """The draft with variables replaced, and the axioms that say so added to what was matched."""

        def put(ref: Ref) -> Ref:
            return binding.get(ref, ref) if isinstance(ref, Var) else ref

        def patterns(many: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
            return tuple((put(s), put(p), put(o)) for s, p, o in many)

        return replace(
            self,
            axioms=patterns(self.axioms),
            atoms=patterns(self.atoms),
            heads=patterns(self.heads),
            different=tuple(
                (one, other)
                for one, other in ((put(a), put(b)) for a, b in self.different)
                if one == other or isinstance(one, Var) or isinstance(other, Var)
            ),
            claims=tuple(put(claim) for claim in self.claims),
            names=tuple((name, put(ref)) for name, ref in self.names),
            matched=(*self.matched, *matched) if matched else self.matched,
        )

    def constants(self) -> set[int]:
        """The terms that its patterns name."""
        return {ref for pattern in (*self.axioms, *self.atoms, *self.heads) for ref in pattern if isinstance(ref, int)}

    def renamed(self, names: Mapping[int, int]) -> "Draft":
        """The draft with other terms for the ones named."""

        def patterns(many: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
            return tuple((names.get(s, s), names.get(p, p), names.get(o, o)) for s, p, o in many)  # type: ignore[arg-type]

        return replace(self, axioms=patterns(self.axioms), atoms=patterns(self.atoms), heads=patterns(self.heads))

    def compiled(self, bound: Mapping[str, int], matched: tuple[Fact, ...]) -> "Draft":
        """The draft over data alone, once its axioms were matched by these facts."""
        binding = {Var(name): node for name, node in bound.items()}
        return replace(self.bind(binding, matched), axioms=())

    def signature(self) -> tuple[object, ...]:
        """Equal for drafts that conclude the same from the same, whatever their rule and the names of variables."""
        order: dict[Var, int] = {}

        def name(ref: Ref) -> int:
            return ~order.setdefault(ref, len(order)) if isinstance(ref, Var) else ref

        def all_names(many: tuple[Pattern, ...]) -> tuple[tuple[int, int, int], ...]:
            return tuple((name(s), name(p), name(o)) for s, p, o in many)

        said = self.rule.name if not self.heads else ""
        different = tuple((name(a), name(b)) for a, b in self.different)
        return all_names(self.atoms), all_names(self.heads), different, tuple(map(name, self.claims)), said

    def is_idle(self) -> bool:
        """Whether it concludes nothing, or only what it starts from."""
        if any(one == other for one, other in self.different):
            return True
        return bool(self.heads) and all(head in self.atoms for head in self.heads)


def draft(rule: Rule, terms: Terms, *, specialise: bool) -> Draft:
    """A rule of the tables, ready to be run.

    With `specialise`, its axioms are to be matched apart from its data; without, only what a list needs is.
    """

    def ref(term: Term) -> Ref:
        return term if isinstance(term, Var) else terms.id(term)

    def pattern(atom: Atom) -> Pattern:
        return ref(atom.s), ref(atom.p), ref(atom.o)

    lists = tuple(condition for condition in rule.body if isinstance(condition, ListCondition))
    schema = [condition for condition in rule.body if isinstance(condition, Atom) and is_schema(condition)]
    data = [condition for condition in rule.body if isinstance(condition, Atom) and not is_schema(condition)]
    if not lists and (not specialise or not data or not schema):
        data, schema = [condition for condition in rule.body if isinstance(condition, Atom)], []
    inside = [atom for condition in lists if isinstance(condition, Every) for atom in condition.atoms]
    names = dict.fromkeys(
        term for atom in (*schema, *data, *inside) for term in (atom.s, atom.p, atom.o) if isinstance(term, Var)
    )
    for condition in lists:
        names.update(dict.fromkeys(_variables(condition)))
    return Draft(
        rule,
        axioms=tuple(pattern(atom) for atom in schema),
        lists=lists,
        atoms=tuple(pattern(atom) for atom in data),
        heads=tuple(pattern(atom) for atom in rule.head),
        different=tuple((c.first, ref(c.second)) for c in rule.body if isinstance(c, Different)),
        claims=tuple(c.claim for c in rule.body if isinstance(c, Holds)),
        names=tuple((name, name) for name in names),
    )


def _variables(condition: ListCondition) -> tuple[Var, ...]:
    match condition:
        case Member(item=item):
            return (item,)
        case Pair(first=first, second=second):
            return first, second
        case Path(start=start, end=end):
            return start, end
        case Every():
            return ()


def unfold(base: Draft, members: Sequence[int], terms: Terms) -> Iterator[Draft]:
    """The drafts that a draft with a list condition becomes when the list's members are known."""
    (condition,) = base.lists
    base = replace(base, lists=())
    match condition:
        case Member(item=item):
            for member in dict.fromkeys(members):
                yield base.bind({item: member})
        case Pair(first=first, second=second):
            for one, other in combinations(members, 2):
                if first != second or one == other:
                    yield base.bind({first: one, second: other})
        case Every():
            yield replace(base, atoms=(*base.atoms, *_each(condition, members, terms)))
        case Path(start=start, end=end):
            stops = [start, *(Var(f"{start.name}.{number}") for number in range(1, len(members))), end]
            steps = tuple((stops[at], member, stops[at + 1]) for at, member in enumerate(members))
            yield replace(base, atoms=(*base.atoms, *steps))


def _each(condition: Every, members: Sequence[int], terms: Terms) -> Iterator[Pattern]:
    for number, member in enumerate(dict.fromkeys(members), 1):
        own: dict[Var, Ref] = {name: Var(f"{name.name}.{number}") for name in condition.fresh}
        own[condition.item] = member

        def ref(term: Term, own: dict[Var, Ref] = own) -> Ref:
            return own.get(term, term) if isinstance(term, Var) else terms.id(term)

        for atom in condition.atoms:
            yield ref(atom.s), ref(atom.p), ref(atom.o)
