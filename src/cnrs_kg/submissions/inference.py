"""What a change entails: by look-ups where that is possible, by closing everything anew where it is not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Protocol

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.maintain import Day, maintain
from cnrs_kg.reasoning.maintainable import NotMaintainable
from cnrs_kg.reasoning.recompute import Consequences, program_of, recompute
from cnrs_kg.reasoning.view import Assertions
from cnrs_kg.store.branch import Branch

SHARE = 10
"""A change of more than one statement in so many is closed anew: columns are faster then."""


class Changing(Protocol):
    """What is to be added and withdrawn."""

    @property
    def added(self) -> frozenset[ox.Quad]:
        """Quads to add."""

    @property
    def removed(self) -> frozenset[ox.Quad]:
        """Quads to withdraw."""

    @property
    def anew(self) -> bool:
        """Whether everything is to be inferred anew."""


def consequences(branch: Branch, change: Changing, as_of: date, budget: Budget) -> Consequences:
    """Apply the change to the branch, with all that it entails and no longer entails; `ReasoningBudget` if too much.

    What counts as inferred is what the change adds, or everything where everything is to be inferred `anew`.
    """
    found = None if change.anew else _maintained(branch, change, as_of, budget)
    if found is not None:
        return found
    branch.load(change.added, change.removed)
    anew = recompute(branch.store, branch.roles.merged, as_of=as_of, budget=budget, scratch=branch.scratch)
    if anew.difference is not None:
        (gained, lost), number = anew.difference(), count()
        branch.change_inferred((row for row, _ in zip(gained, number, strict=False)), lost)
        new = next(number)
    else:
        branch.set_inferred(anew.triples())
        new = sum(gained and quad.graph_name == DEFAULT_GRAPH for gained, quad in branch.changes())
    return anew if change.anew else replace(anew, inferred=new)


def _maintained(branch: Branch, change: Changing, as_of: date, budget: Budget) -> Consequences | None:
    base = branch.base
    size = len(change.added) + len(change.removed)
    if base is None or base.as_of is None or size * SHARE > base.statements:
        return None
    store, merged = branch.store, branch.roles.merged
    graphs = [graph for graph in store.named_graphs() if merged(graph)]
    program = program_of(store, graphs, budget)
    try:
        found = maintain(
            program,
            store,
            Assertions(store, merged),
            _merged(branch, change.added),
            _merged(branch, change.removed),
            day=Day(base.as_of, as_of),
            budget=budget,
        )
    except NotMaintainable:
        return None
    branch.apply(change.added, change.removed)
    branch.infer(found.gained, found.lost)
    return Consequences(
        program,
        found.inconsistencies,
        tuple(found.ties),
        len(found.gained),
        lambda: iter(found.gained),
        dict(found.counts.most_common()),
    )


def _merged(branch: Branch, quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    return [stored_quad(quad) for quad in quads if branch.roles.merged(quad.graph_name)]
