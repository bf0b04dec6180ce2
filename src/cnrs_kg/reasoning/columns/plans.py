"""Clauses by number, and the rows under which their bodies hold: joins of sorted columns, in pieces of bounded size."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.pairs import (
    Keys,
    Mask,
    Positions,
    contained,
    expanded,
    firsts,
    joined,
    pack,
    pieces,
    seconds,
    spans,
)
from cnrs_kg.reasoning.columns.relations import Key, Relations
from cnrs_kg.reasoning.compose import Clause
from cnrs_kg.reasoning.rules.model import TYPE, Atom, Term, Var

Ref = Var | int
Rows = Mapping[Var, Keys]
_FOUND = Var("found")
ROWS = 4_000_000
"""Rows that a join makes at a time."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An atom by number: pairs of a property, or members of a class (`o` is then the class of `key`)."""

    key: Key
    s: Ref
    o: Ref

    def ends(self) -> tuple[Ref, ...]:
        """What must be known of a row: a member has one end, a pair two."""
        return (self.s,) if self.key[1] is not None else (self.s, self.o)


@dataclass(frozen=True, slots=True)
class Plan:
    """A clause by number; `head` is (subject, predicate, object), or None for one that concludes false."""

    clause: Clause
    body: tuple[Pattern, ...]
    head: tuple[Ref, Ref, Ref] | None
    different: tuple[tuple[Ref, Ref], ...]

    @property
    def rule(self) -> str:
        """The id of the rule of the tables that concludes."""
        return self.clause.steps[-1].rule.name

    def wanted(self) -> frozenset[Var]:
        """The variables that the conclusion needs."""
        head = self.head or ()
        ends = (*head, *(ref for pair in self.different for ref in pair), *self.clause.claims)
        return frozenset(ref for ref in ends if isinstance(ref, Var))


def plan(clause: Clause, dictionary: Dictionary) -> Plan:
    """The clause with numbers for its terms."""

    def ref(term: Term) -> Ref:
        return term if isinstance(term, Var) else dictionary.number(term)

    def pattern(atom: Atom) -> Pattern:
        predicate, value = ref(atom.p), ref(atom.o)
        assert isinstance(predicate, int)
        kind = value if atom.p == TYPE and isinstance(value, int) else None
        return Pattern((predicate, kind), ref(atom.s), value)

    head = clause.head
    return Plan(
        clause,
        tuple(map(pattern, clause.body)),
        None if head is None else (ref(head.s), ref(head.p), ref(head.o)),
        tuple((ref(one), ref(other)) for one, other in clause.different),
    )


def solutions(plan: Plan, at: int, seeds: Keys, relations: Relations, *, keep_all: bool = False) -> Iterator[Rows]:
    """The rows under which the body holds with the atom `at` among `seeds`; `keep_all` keeps every variable."""
    rows = _read(plan.body[at], seeds, relations)
    rest = [atom for number, atom in enumerate(plan.body) if number != at]
    wanted = frozenset(ref for atom in plan.body for ref in atom.ends() if isinstance(ref, Var))
    yield from _solve(rest, rows, relations, wanted if keep_all else plan.wanted())


def _read(pattern: Pattern, keys: Keys, relations: Relations) -> Rows:
    """The rows that the keys of a pattern's column stand for."""
    if pattern.key[1] is None and isinstance(pattern.o, int):
        wanted = relations.valued(np.array([pattern.o], np.uint64))
        keys = keys[relations.valued(seconds(keys)) == wanted]
        return _columns((pattern.s,), (firsts(keys),))
    if pattern.key[1] is not None:
        return _columns((pattern.s,), (keys,))
    return _columns((pattern.s, pattern.o), (firsts(keys), seconds(keys)))


def _columns(refs: Sequence[Ref], columns: Sequence[Keys]) -> Rows:
    mask: Mask | None = None
    rows: dict[Var, Keys] = {}
    for ref, column in zip(refs, columns, strict=True):
        if isinstance(ref, Var) and ref not in rows:
            rows[ref] = column
            continue
        same = column == (rows[ref] if isinstance(ref, Var) else np.uint64(ref))
        mask = same if mask is None else mask & same
    if not rows:  # nothing but constants: a row says that the fact is there
        rows[_FOUND] = np.zeros(len(columns[0]), np.uint64)
    return rows if mask is None else {name: column[mask] for name, column in rows.items()}


def _solve(rest: list[Pattern], rows: Rows, relations: Relations, wanted: frozenset[Var]) -> Iterator[Rows]:
    if not len(next(iter(rows.values()), ())):
        return
    if not rest:
        yield rows
        return
    best = max(range(len(rest)), key=lambda number: (_known(rest[number], rows), -number))
    pattern, left = rest[best], [*rest[:best], *rest[best + 1 :]]
    later = wanted | {ref for atom in left for ref in atom.ends() if isinstance(ref, Var)}
    for found in _step(pattern, rows, relations):
        yield from _solve(left, _narrowed(found, later), relations, wanted)


def _known(pattern: Pattern, rows: Rows) -> float:
    """The share of a pattern's ends that are known: 1 for a check, 0 for a product."""
    ends = pattern.ends()
    return sum(not isinstance(ref, Var) or ref in rows for ref in ends) / len(ends)


def _narrowed(rows: Rows, wanted: frozenset[Var]) -> Rows:
    """The rows without the columns that nobody needs; once they are few, each combination once."""
    kept = {name: column for name, column in rows.items() if name in wanted}
    if len(kept) == len(rows) or not kept:
        return rows
    names = list(kept)
    if len(names) == 1:
        return {names[0]: joined([kept[names[0]]])}
    if len(names) == 2:
        pairs = joined([pack(kept[names[0]], kept[names[1]])])
        return {names[0]: firsts(pairs), names[1]: seconds(pairs)}
    return kept


def _column(ref: Ref, rows: Rows) -> Keys | None:
    """The column of a known end."""
    if isinstance(ref, Var):
        return rows.get(ref)
    return np.full(len(next(iter(rows.values()))), ref, np.uint64)


def _step(pattern: Pattern, rows: Rows, relations: Relations) -> Iterator[Rows]:
    """The rows, each with every way to match the pattern."""
    subject = _column(pattern.s, rows)
    if pattern.key[1] is not None:
        if subject is not None:
            yield _masked(rows, contained(subject, relations[pattern.key]))
        else:
            yield from _product(pattern, rows, relations)
        return
    value = _column(pattern.o, rows)
    if subject is not None and value is not None:
        yield _masked(rows, contained(pack(subject, relations.valued(value)), relations.by_value(pattern.key)))
    elif subject is not None:
        yield from _walk(rows, subject, pattern.o, relations[pattern.key])
    elif value is not None:
        yield from _walk(rows, relations.valued(value), pattern.s, relations.inverse(pattern.key))
    else:
        yield from _product(pattern, rows, relations)


def _masked(rows: Rows, mask: Mask) -> Rows:
    return {name: column[mask] for name, column in rows.items()}


def _walk(rows: Rows, known: Keys, new: Ref, table: Keys) -> Iterator[Rows]:
    start, count = spans(table, known)
    for piece in pieces(count, ROWS):
        row, position = expanded(start[piece], count[piece])
        yield _extended(rows, row + piece.start, new, seconds(table[position]))


def _extended(rows: Rows, row: Positions, new: Ref, column: Keys) -> Rows:
    assert isinstance(new, Var)
    return {**{name: held[row] for name, held in rows.items()}, new: column}


def _product(pattern: Pattern, rows: Rows, relations: Relations) -> Iterator[Rows]:
    """Every row with every statement of the pattern: only for clauses whose atoms share nothing."""
    found = _read(pattern, relations[pattern.key], relations)
    size = len(next(iter(found.values()), ()))
    length = len(next(iter(rows.values())))
    for piece in pieces(np.full(length, size), ROWS):
        row = np.repeat(np.arange(piece.start, piece.stop), size)
        repeated = {name: np.tile(column, piece.stop - piece.start) for name, column in found.items()}
        yield {**{name: held[row] for name, held in rows.items()}, **repeated}
