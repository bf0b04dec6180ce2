"""The change that states again what an earlier version stated."""

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.graphs import role
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.change import Change


def rollback(versions: Versions, base: Version, number: int, message: str | None, agent: str | None) -> Change:
    """The change that leads from `base`, the current version, back to what the version `number` stated."""
    patch = versions.diff(base.number, number)
    return Change(
        frozenset(filter(_restorable, patch.added)),
        frozenset(filter(_restorable, patch.removed)),
        message=message or f"rollback to version {number}",
        agent=agent,
        as_of=base.as_of,
        based_on=base.number,
    )


def _restorable(quad: ox.Quad) -> bool:
    """Whether a rollback brings a quad back: what is inferred follows, and what happened has happened."""
    return quad.graph_name != DEFAULT_GRAPH and role(quad.graph_name).digested
