"""A proof checker that shares nothing with the engine but the rule tables: it only unifies.

A step is right when some rule of its name matches its premises, all of them, and concludes its conclusion. A graph of
steps is right when each premise is asserted or comes before.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.reasoning.rules import project, tables
from cnrs_kg.reasoning.rules.model import (
    Atom,
    Different,
    Every,
    HasValue,
    Holds,
    Member,
    Pair,
    Path,
    Rule,
    Values,
    Var,
)
from cnrs_kg.reasoning.values import SUPPORTED, belongs, value

Statement = tuple[object, object, object]
Binding = dict[Var, object]
FIRST, REST, NIL = RDF("first"), RDF("rest"), RDF("nil")
DATES = {project.VALID_FROM, project.VALID_UNTIL, project.RANK}


def equal(one: object, other: object) -> bool:
    """The same term, or two literals of the same value (dt-eq)."""
    if one == other:
        return True
    if isinstance(one, ox.Literal) and isinstance(other, ox.Literal):
        known = value(one)
        return known is not None and known[0] != "ill-typed" and known == value(other)
    return False


def unify(atom: Atom, statement: Statement, binding: Binding) -> Binding | None:
    made = dict(binding)
    for pattern, term in zip((atom.s, atom.p, atom.o), statement, strict=True):
        wanted = made.setdefault(pattern, term) if isinstance(pattern, Var) else pattern
        if not equal(wanted, term):
            return None
    return made


def match(
    atoms: list[Atom], premises: frozenset[Statement], binding: Binding
) -> Iterator[tuple[Binding, frozenset[Statement]]]:
    """The ways to match all atoms with premises, each with the premises that it used."""
    if not atoms:
        yield binding, frozenset()
        return
    for premise in premises:
        extended = unify(atoms[0], premise, binding)
        if extended is not None:
            for found, used in match(atoms[1:], premises, extended):
                yield found, used | {premise}


def read_list(head: object, premises: Iterable[Statement]) -> tuple[list[object], set[Statement]] | None:
    """The members of a list by the cells among the premises, and these cells."""
    cells, members, used = list(premises), [], set()
    while head != NIL:
        first = [s for s in cells if s[0] == head and s[1] == FIRST]
        rest = [s for s in cells if s[0] == head and s[1] == REST]
        if len(first) != 1 or len(rest) != 1 or first[0] in used:
            return None
        used |= {first[0], rest[0]}
        members.append(first[0][2])
        head = rest[0][2]
    return members, used


def put(atom: Atom, names: Mapping[Var, object]) -> Atom:
    s, p, o = (names.get(term, term) if isinstance(term, Var) else term for term in (atom.s, atom.p, atom.o))
    return Atom(s, p, o)  # type: ignore[arg-type]


def unfolded(condition: object, members: list[object]) -> Iterator[tuple[Binding, list[Atom]]]:
    """What a list condition asks for, once the members are known."""
    match condition:
        case Member(item=item):
            for member in members:
                yield {item: member}, []
        case Pair(first=first, second=second):
            for at, one in enumerate(members):
                for other in members[at + 1 :]:
                    if first != second or one == other:
                        yield {first: one, second: other}, []
        case Path(start=start, end=end):
            stops = [start, *(Var(f"stop{at}") for at in range(1, len(members))), end]
            yield {}, [Atom(stops[at], member, stops[at + 1]) for at, member in enumerate(members)]  # type: ignore[arg-type]
        case Every(item=item, atoms=atoms, fresh=fresh):
            wanted = []
            for at, member in enumerate(members):
                own = {item: member, **{name: Var(f"{name.name}{at}") for name in fresh}}
                wanted += [put(atom, own) for atom in atoms]
            yield {}, wanted


def applies(rule: Rule, premises: frozenset[Statement], conclusion: Statement | None) -> bool:
    """Whether the rule concludes this (None: false) from exactly these premises."""
    start: Binding = {}
    for head in rule.head or (None,):
        if head is not None:
            assert conclusion is not None
            found = unify(head, conclusion, start)
            if found is None:
                continue
            start_here = found
        else:
            start_here = start
        if _body(rule, premises, start_here):
            return True
    return False


def _body(rule: Rule, premises: frozenset[Statement], binding: Binding) -> bool:
    lists = [c for c in rule.body if isinstance(c, Member | Pair | Every | Path)]
    atoms = [c for c in rule.body if isinstance(c, Atom)]
    if any(isinstance(c, Holds) for c in rule.body):
        premises = frozenset(p for p in premises if p[1] not in DATES)
    if not lists:
        return any(used == premises and _tests(rule, found) for found, used in match(atoms, premises, binding))
    for own in permutations([atom for atom in atoms if atom.o == lists[0].list]):
        for found, _ in match(list(own), premises, binding):
            read = read_list(found[lists[0].list], premises)
            if read is None:
                continue
            members, cells = read
            for more, wanted in unfolded(lists[0], members):
                if any(not equal(found.get(name, term), term) for name, term in more.items()):
                    continue
                for end, used in match([*atoms, *wanted], premises - cells, {**found, **more}):
                    if used | cells == premises and _tests(rule, end):
                        return True
    return False


def _tests(rule: Rule, binding: Binding) -> bool:
    for condition in rule.body:
        match condition:
            case Different(first=first, second=second) if equal(binding[first], binding.get(second, second)):
                return False
            case HasValue(literal=literal, datatype=datatype, inside=inside):
                known = value(binding[literal])  # type: ignore[arg-type]
                if known is None or binding[datatype] not in SUPPORTED:
                    return False
                if belongs(known, binding[datatype]) != inside:  # type: ignore[arg-type]
                    return False
            case Values():
                return False
    return True


def step_is_right(name: str, premises: Iterable[Statement], conclusion: Statement | None) -> bool:
    """Whether a rule of this name concludes this from exactly these premises."""
    given = frozenset(premises)
    return any(
        applies(rule, given, conclusion)
        for rule in tables.ALL
        if rule.name == name and bool(rule.head) == bool(conclusion)
    )
