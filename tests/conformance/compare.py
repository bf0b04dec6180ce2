"""Are two bags of rows of RDF terms the same, but for the names of blank nodes?

Rows are solutions (one column a variable), or triples or quads: one comparison serves them all.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from cnrs_kg.rdf.terms import stored_term

Cell = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | ox.DefaultGraph | None
Row = tuple[Cell, ...]
Names = dict[str, str]


def same_bag(found: Iterable[Sequence[Cell]], expected: Iterable[Sequence[Cell]]) -> bool:
    """Whether some one-to-one renaming of blank nodes makes one bag the other."""
    left, right = [_stored(row) for row in found], [_stored(row) for row in expected]
    shapes = Counter(map(_shape, left))
    if shapes != Counter(map(_shape, right)):
        return False
    named = [row for row in left if _has_blank(row)]
    named.sort(key=lambda row: shapes[_shape(row)])
    return _match(named, [row for row in right if _has_blank(row)], {}, {})


def same_sequence(found: Iterable[Sequence[Cell]], expected: Iterable[Sequence[Cell]]) -> bool:
    """Whether some one-to-one renaming of blank nodes makes one sequence the other."""
    left, right = [_stored(row) for row in found], [_stored(row) for row in expected]
    forward, backward = Names(), Names()
    for one, other in zip(left, right, strict=False):
        step = _unify_rows(one, other, forward, backward)
        if step is None:
            return False
        forward, backward = step
    return len(left) == len(right)


def _stored(row: Sequence[Cell]) -> Row:
    return tuple(cell if cell is None or isinstance(cell, ox.DefaultGraph) else stored_term(cell) for cell in row)


def _shape(row: Row) -> tuple[object, ...]:
    return tuple(_cell_shape(cell) for cell in row)


def _cell_shape(cell: Cell) -> object:
    if isinstance(cell, ox.BlankNode):
        return "blank"
    if isinstance(cell, ox.Triple):
        return _shape((cell.subject, cell.predicate, cell.object))
    return cell


def _has_blank(row: Row) -> bool:
    return any(
        isinstance(cell, ox.BlankNode)
        or (isinstance(cell, ox.Triple) and _has_blank((cell.subject, cell.predicate, cell.object)))
        for cell in row
    )


def _match(left: list[Row], right: list[Row], forward: Names, backward: Names) -> bool:
    if not left:
        return True
    tried = set()
    for index, candidate in enumerate(right):
        if candidate in tried or _shape(candidate) != _shape(left[0]):
            continue
        tried.add(candidate)
        step = _unify_rows(left[0], candidate, forward, backward)
        if step and _match(left[1:], right[:index] + right[index + 1 :], *step):
            return True
    return False


def _unify_rows(one: Row, other: Row, forward: Names, backward: Names) -> tuple[Names, Names] | None:
    forward, backward = dict(forward), dict(backward)
    if len(one) != len(other):
        return None
    pairs = list(zip(one, other, strict=True))
    while pairs:
        a, b = pairs.pop()
        if isinstance(a, ox.Triple) and isinstance(b, ox.Triple):
            pairs += [(a.subject, b.subject), (a.predicate, b.predicate), (a.object, b.object)]
        elif isinstance(a, ox.BlankNode) and isinstance(b, ox.BlankNode):
            if forward.setdefault(a.value, b.value) != b.value or backward.setdefault(b.value, a.value) != a.value:
                return None
        elif a != b:
            return None
    return forward, backward
