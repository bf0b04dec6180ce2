"""Statements and proofs as pages show them that explain, tell who published, or report faults."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.reasoning.proof import Proof
from cnrs_kg.reasoning.rules.words import words
from cnrs_kg.reasoning.terms import Node, shown
from cnrs_kg.validation.excerpts import place_name
from cnrs_kg.web.terms import describe_url

Called = Callable[[str], str | None]
Leading = Callable[[str], str | None]


@dataclass(frozen=True)
class Cell:
    """A term: itself, what it is called, and where it leads."""

    text: str
    label: str | None
    href: str | None

    @classmethod
    def of(cls, node: Node, called: Called, leading: Leading = describe_url) -> "Cell":
        """The cell of a term, with the name that `called` knows for an IRI and the address that it is `leading` to."""
        if not isinstance(node, ox.NamedNode):
            return cls(shown(node), None, None)
        return cls(shown(node), called(node.value), leading(node.value))


@dataclass(frozen=True)
class Row:
    """A step of a proof: its terms, what is said of it, where it is written, and how many lists end after it.

    `deeper` if its premises follow.
    """

    cells: tuple[Cell, Cell, Cell]
    proof: Proof
    said: str
    where: str | None
    deeper: bool
    ends: int


def cells(statement: tuple[Node, Node, Node], called: Called, leading: Leading = describe_url) -> Any:
    """The cells of a statement."""
    return tuple(Cell.of(term, called, leading) for term in statement)


def rows(proof: Proof, called: Called, language: str, leading: Leading = describe_url) -> Iterator[Row]:
    """The steps of a proof in the order in which they are read, each before its premises."""
    flat: list[tuple[int, Proof]] = []
    waiting = [(0, proof)]
    while waiting:
        depth, step = waiting.pop()
        flat.append((depth, step))
        waiting += [(depth + 1, premise) for premise in reversed(step.premises)]
    for number, (depth, step) in enumerate(flat):
        following = flat[number + 1][0] if number + 1 < len(flat) else 0
        yield Row(
            cells(step.statement, called, leading),
            step,
            words(step.rule, language),
            place_name(step.place) if step.place else None,
            following > depth,
            max(0, depth - following),
        )
