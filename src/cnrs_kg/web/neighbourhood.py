"""What is around a thing, as a drawing: the thing in the middle, on both sides those that it is related to."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS
from cnrs_kg.things import Property, Thing
from cnrs_kg.web.terms import describe_url

MOST = 12
"""Neighbours that are drawn."""
WIDTH, NODE, GAP = 880, 232, 4
"""Of the drawing, of a node, and from the edge to a node."""
ROW = 58
"""From one node to the next."""
_LETTERS, _LINE, _LINES = 25, 20, 3
"""Of a name that fit into a node, and into a line of the thing's own; lines of that."""


@dataclass(frozen=True)
class Neighbour:
    """A thing at the end of a property; the property leads here from it where it is `inverse`."""

    name: str
    relation: str
    href: str
    inverse: bool
    left: bool
    y: int
    middle: int

    @property
    def short(self) -> str:
        """As much of the name as there is room for."""
        return _cut(self.name, _LETTERS)

    @property
    def short_relation(self) -> str:
        """As much of the property's name as there is room for."""
        return _cut(self.relation, _LETTERS + 4)

    @property
    def x(self) -> int:
        """Where its node begins."""
        return GAP if self.left else WIDTH - NODE - GAP

    @property
    def line(self) -> str:
        """The path from the thing to its node."""
        start, end = self._ends
        bend = (start + end) // 2
        return f"M{start} {self.middle}C{bend} {self.middle} {bend} {self.y} {end} {self.y}"

    @property
    def tip(self) -> str:
        """The arrow's tip, where the property leads to."""
        start, end = self._ends
        x, y = (start, self.middle) if self.inverse else (end, self.y)
        back = 9 if self.left is not self.inverse else -9
        return f"M{x} {y}l{back} -4.5v9z"

    @property
    def _ends(self) -> tuple[int, int]:
        if self.left:
            return (WIDTH - NODE) // 2, self.x + NODE
        return (WIDTH + NODE) // 2, self.x


@dataclass(frozen=True)
class Drawing:
    """The neighbours with their places; `total` counts those that there are."""

    name: str
    neighbours: tuple[Neighbour, ...]
    total: int
    height: int
    width: int = WIDTH
    node: int = NODE

    @property
    def middle(self) -> int:
        """How far down the thing itself is."""
        return self.height // 2

    @property
    def lines(self) -> tuple[str, ...]:
        """The thing's name in a few lines."""
        lines = wrap(self.name, _LINE, max_lines=_LINES, placeholder=" …")
        return tuple(_cut(line, _LINE) for line in lines)


def drawn(found: Thing, language: str) -> Drawing | None:
    """The things that a thing is related to by properties of ours, a few of each; None if there are none."""
    known = list(_neighbours(found))
    chosen = known[:MOST]
    if not chosen:
        return None
    sides = -(-len(chosen) // 2), len(chosen) // 2
    height = max(sides[0] * ROW + 12, 120)
    neighbours = []
    for place, (term, one) in enumerate(chosen):
        row, left = divmod(place, 2)
        y = height // 2 + round((row - (sides[left] - 1) / 2) * ROW)
        name, relation = found.label(term, language), found.label(one.predicate, language)
        href = describe_url(term.value)
        neighbours.append(Neighbour(name, relation, href, one.inverse, bool(left), y, height // 2))
    return Drawing(found.label(found.iri, language), tuple(neighbours), len(known), height)


def _neighbours(found: Thing) -> Iterator[tuple[ox.NamedNode, Property]]:
    """Each neighbour once: one for each property in turn, so that no property takes all the room."""
    direct = [one for topic in found.topics() for one in topic.properties]
    inverse = [one for one in found.properties if one.inverse and one.predicate.value.startswith(CNRS.iri)]
    columns = [[(value.term, one) for value in one.values] for one in (*direct, *inverse)]
    seen: set[ox.NamedNode] = {found.iri}
    for row in zip_longest(*columns):
        for term, one in filter(None, row):
            if isinstance(term, ox.NamedNode) and term.value in found.labels and term not in seen:
                seen.add(term)
                yield term, one


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
