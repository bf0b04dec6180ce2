"""What shapes find on a branch: of the change alone where the version before was judged by the same shapes."""

import sys

import pyoxigraph as ox

from cnrs_kg.store.branch import Branch
from cnrs_kg.store.graphs import Role, role
from cnrs_kg.submissions.inference import SHARE
from cnrs_kg.validation.judge import Judgement, judge_change, judge_store
from cnrs_kg.validation.shapes import compile_shapes

_JUDGING = frozenset({Role.SHAPES, Role.ONTOLOGY})


def judged(branch: Branch, *, anew: bool = False) -> Judgement:
    """The results of the branch's shapes over its default graph; those of a small change, with `background` apart.

    `anew` has everything judged.
    """
    shapes = [
        quad.triple
        for graph in branch.store.named_graphs()
        if role(graph) is Role.SHAPES
        for quad in branch.store.quads_for_pattern(None, None, None, graph)
    ]
    if not shapes:
        return Judgement()
    compiled = compile_shapes(shapes)
    if branch.base is not None and not branch.is_bulk and not anew:
        added, removed = _written(branch)
        if (len(added) + len(removed)) * SHARE <= branch.base.statements and not _judges(added + removed):
            return judge_change(branch.store, compiled, added, removed, merged=branch.roles.merged)
    return Judgement(judge_store(branch.store, compiled, merged=branch.roles.merged))


def _written(branch: Branch) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The quads that the change wrote and took away, those of the default graph too."""
    added: list[ox.Quad] = []
    removed: list[ox.Quad] = []
    for quad, held in branch.tracked.physical(sys.maxsize):
        (added if held else removed).append(quad)
    return added, removed


def _judges(quads: list[ox.Quad]) -> bool:
    return any(role(graph) in _JUDGING for graph in {quad.graph_name for quad in quads})
