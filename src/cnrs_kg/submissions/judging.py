"""What shapes find on a branch: of the change alone where the version before was judged by the same shapes."""

import sys
from dataclasses import replace
from functools import partial

import pyoxigraph as ox

from cnrs_kg.rdf.statements import Stored
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.graphs import Role, role
from cnrs_kg.submissions.inference import SHARE
from cnrs_kg.validation.advice import Adviser
from cnrs_kg.validation.judge import DETAILED, Judgement, conforms, judge_change, judge_store
from cnrs_kg.validation.repeated import told_once
from cnrs_kg.validation.shapes import Shapes, compile_shapes

_MOST_KNOWN = 8
_known: dict[str, Shapes] = {}
"""The shapes of versions by their digest: reading them from the store takes longer than judging a small change."""


def judged(branch: Branch, *, anew: bool = False, complete: bool = False) -> tuple[Judgement, Adviser]:
    """The results of the branch's shapes over its default graph; those of a small change, with `background` apart.

    The adviser has advice on results of these shapes, or of the logic. `anew` has everything judged; `complete`
    has the results of all faulty nodes say which value fails, however many they are.
    """
    shapes, judgement = _judged(branch, anew=anew, detailed=None if complete else DETAILED)
    statements = Stored(branch.store, branch.roles.merged)
    results, background = (told_once(found, statements) for found in (judgement.results, judgement.background))
    judgement = replace(judgement, results=results, background=background)
    return judgement, Adviser(statements, shapes.graph, partial(conforms, statements, shapes))


def _judged(branch: Branch, *, anew: bool, detailed: int | None) -> tuple[Shapes, Judgement]:
    base = branch.base
    if base is None or branch.is_bulk or anew:
        return _everything(branch, _read(branch), detailed)
    if len(branch.tracked) * SHARE > base.statements:
        return _everything(branch, _read(branch), detailed)
    added, removed = _written(branch)
    touched = {role(graph) for graph in {quad.graph_name for quad in (*added, *removed)}}
    if Role.SHAPES in touched:
        return _everything(branch, _read(branch), detailed)
    if base.digest not in _known:
        while len(_known) >= _MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[base.digest] = _read(branch)
    shapes = _known[base.digest]
    if Role.ONTOLOGY in touched:
        return _everything(branch, shapes, detailed)
    return shapes, judge_change(branch.store, shapes, added, removed, merged=branch.roles.merged, detailed=detailed)


def _everything(branch: Branch, shapes: Shapes, detailed: int | None) -> tuple[Shapes, Judgement]:
    return shapes, judge_store(branch.store, shapes, merged=branch.roles.merged, detailed=detailed)


def _read(branch: Branch) -> Shapes:
    # Read out before anything can be raised: a store's iterator may end in no other thread than its own, and a
    # traceback would carry it there.
    graphs = [graph for graph in branch.store.named_graphs() if role(graph) is Role.SHAPES]
    return compile_shapes(
        [quad.triple for graph in graphs for quad in branch.store.quads_for_pattern(None, None, None, graph)]
    )


def _written(branch: Branch) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The quads that the change wrote and took away, those of the default graph too."""
    added: list[ox.Quad] = []
    removed: list[ox.Quad] = []
    for quad, held in branch.tracked.physical(sys.maxsize):
        (added if held else removed).append(quad)
    return added, removed
