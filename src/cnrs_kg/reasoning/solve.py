"""The ways in which the body of a clause matches what holds, by look-ups in the indexes of a view."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyoxigraph as ox

from cnrs_kg.reasoning.rules.model import TYPE, Atom, Term, Var
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.view import View

Binding = dict[Var, Node]
_CHUNK = 16


def solve(view: View, atoms: Sequence[Atom], binding: Binding) -> Iterator[Binding]:
    """Each binding, extended from the given one, under which every atom holds.

    Look-ups come before walks. Where one unknown stands between two known terms, both ends are read in turns and the
    shorter one decides, so that a hub's full list is never read.
    """
    if not atoms:
        yield binding
        return
    if len(atoms) == 1:
        (atom,), rest = atoms, []
        count = unknown(atom, binding)
    else:
        counts = [unknown(atom, binding) for atom in atoms]
        count = min(counts)
        best = counts.index(count)
        atom, rest = atoms[best], [*atoms[:best], *atoms[best + 1 :]]
    if count == 0:
        if view.has(*ground(atom, binding)):
            yield from solve(view, rest, binding)
    elif count == 1:
        yield from _one(view, atom, rest, binding)
    else:
        for subject, value in view.pairs(atom.p):  # type: ignore[arg-type]
            if atom.s != atom.o or subject == value:
                yield from solve(view, rest, {**binding, atom.s: subject, atom.o: value})  # type: ignore[dict-item]


def _one(view: View, atom: Atom, rest: list[Atom], binding: Binding) -> Iterator[Binding]:
    """Go on for each term that the only unknown of an atom, and of others that ask for it alone, may stand for.

    Members of a class are walked only where nothing else tells: there may be many, and literals are not among them.
    """
    name = atom.o if isinstance(atom.o, Var) and atom.o not in binding else atom.s
    assert isinstance(name, Var)
    terms: Iterable[Node]
    if rest:
        asking = [other for other in (atom, *rest) if _asks_only(other, name, binding)]
        asking = [other for other in asking if other.p != TYPE] or asking[:1]
        terms, which = shortest([walk(view, one, binding) for one in asking])
        left = [other for other in (atom, *rest) if other is not asking[which]]
    else:
        terms, left = walk(view, atom, binding), []
    seen = set()
    for term in terms:
        if term not in seen:
            seen.add(term)
            yield from solve(view, left, {**binding, name: term})


def unknown(atom: Atom, binding: Binding) -> int:
    """How many of an atom's two ends are variables without a term."""
    subject, value = atom.s, atom.o
    return (isinstance(subject, Var) and subject not in binding) + (isinstance(value, Var) and value not in binding)


def _asks_only(atom: Atom, name: Var, binding: Binding) -> bool:
    return name in (atom.s, atom.o) and atom.s != atom.o and unknown(atom, binding) == 1


def bound(term: Term, binding: Binding) -> Node | None:
    """The term that stands here, or None."""
    return binding.get(term) if isinstance(term, Var) else term


def ground(atom: Atom, binding: Binding) -> tuple[Node, ox.NamedNode, Node]:
    """The statement that the atom is when all its variables have terms."""
    s, p, o = (binding[term] if isinstance(term, Var) else term for term in (atom.s, atom.p, atom.o))
    return s, p, o  # type: ignore[return-value]


def walk(view: View, atom: Atom, binding: Binding) -> Iterator[Node]:
    """The terms for the only unknown end of an atom."""
    subject = bound(atom.s, binding)
    if subject is not None:
        return view.objects(subject, atom.p)  # type: ignore[arg-type]
    value = bound(atom.o, binding)
    assert value is not None
    return view.subjects(atom.p, value)  # type: ignore[arg-type]


def shortest(walks: Sequence[Iterator[Node]]) -> tuple[Iterable[Node], int]:
    """All terms of whichever iterator ends first, read in turns, and which it is; a single one is read as it goes."""
    if len(walks) == 1:
        return walks[0], 0
    found: list[list[Node]] = [[] for _ in walks]
    while True:
        for which, one in enumerate(walks):
            chunk = list(islice(one, _CHUNK))
            found[which] += chunk
            if len(chunk) < _CHUNK:
                return found[which], which
