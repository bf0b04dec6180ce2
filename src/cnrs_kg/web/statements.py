"""The terms of a statement as pages show them that explain it or tell who published it."""

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.reasoning.terms import Node, shown
from cnrs_kg.web.terms import describe_url


@dataclass(frozen=True)
class Cell:
    """A term: itself, what it is called, and where it leads."""

    text: str
    label: str | None
    href: str | None

    @classmethod
    def of(cls, node: Node, called: Callable[[str], str | None]) -> "Cell":
        """The cell of a term, with the name that `called` knows for an IRI."""
        if not isinstance(node, ox.NamedNode):
            return cls(shown(node), None, None)
        return cls(shown(node), called(node.value), describe_url(node.value))
