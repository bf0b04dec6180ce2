"""What a closure may cost, and what is said when it costs more."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnrs_kg.errors import ReasoningBudget


@dataclass(frozen=True)
class Budget:
    """Limits of one closure.

    Statements inferred, seconds, bytes (of columns; 0: no limit), statements that sameness may write for one class, and
    inconsistencies that are told.
    """

    statements: int = 5_000_000
    seconds: float = 600.0
    memory: int = 0
    sameness: int = 10_000
    inconsistencies: int = 1_000


def exceeded(
    limit: str, what: str, *, axiom: object | None, rule: str | None, counts: Mapping[str, int]
) -> ReasoningBudget:
    """The error that names a limit, the axiom and the rule behind it, and how much each rule inferred."""
    said = None if axiom is None else str(axiom)
    return ReasoningBudget(
        f"{what}; the axiom behind it: {said}" if said else what,
        limit=limit,
        axiom=said,
        rule=rule,
        counts=dict(counts),
    )
