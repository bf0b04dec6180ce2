"""An order-free hash of a version's statements, maintained with its patch.

The sum modulo 2^256 of the BLAKE2b hash of each statement's N-Quads line. What a patch adds is added and what it
removes is subtracted, so a replica can check itself without reading its store. Asserted statements count once per
named graph, inferred ones as lines without a graph. It finds damage and divergence; it is no signature.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import pyoxigraph as ox

from cnrs_kg.store.graphs import PUBLISHED, Roles

SIZE = 32
_MODULUS = 1 << (8 * SIZE)


def line_hash(line: str) -> int:
    """The hash of one line of text, as a number."""
    return int.from_bytes(blake2b(line.encode(), digest_size=SIZE).digest())


@dataclass(frozen=True)
class Sums:
    """`digest` covers what the same input must repeat; `content` covers the provenance graph too."""

    digest: int = 0
    content: int = 0

    def changed(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad], roles: Roles = PUBLISHED) -> "Sums":
        """The sums after a patch."""
        minus = of_statements(removed, roles)
        return self.plus(of_statements(added, roles)).plus(Sums(-minus.digest, -minus.content))

    def plus(self, other: "Sums") -> "Sums":
        """The sums of both together."""
        return Sums((self.digest + other.digest) % _MODULUS, (self.content + other.content) % _MODULUS)

    def moved(self, before: date | None, after: date | None) -> "Sums":
        """The sums when the day as of which claims are judged moves; that day is part of the digest."""
        step = _day(after) - _day(before)
        return self.plus(Sums(step, step))


def of_statement(quad: ox.Quad, roles: Roles = PUBLISHED) -> Sums:
    """What one statement, in its stored form, adds to the sums."""
    value = line_hash(f"{quad} .\n")
    return Sums(value if roles.digested(quad.graph_name) else 0, value)


def of_statements(quads: Iterable[ox.Quad], roles: Roles = PUBLISHED) -> Sums:
    """What these distinct statements add to the sums."""
    total = Sums()
    for quad in quads:
        total = total.plus(of_statement(quad, roles))
    return total


def _day(day: date | None) -> int:
    return 0 if day is None else line_hash(f"# as of {day.isoformat()}\n")


def to_hex(value: int) -> str:
    """The number as fixed-length text."""
    return f"{value:0{2 * SIZE}x}"


def from_hex(text: str) -> int:
    """The number that `to_hex` wrote."""
    return int(text, 16)
