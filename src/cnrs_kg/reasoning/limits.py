"""What a closure may cost, and what is said when it costs more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cnrs_kg.errors import ReasoningBudget
from cnrs_kg.reasoning.terms import Node, told


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
    limit: str, what: str, *, axioms: Iterable[Iterable[Node]], rule: str | None, counts: Mapping[str, int]
) -> ReasoningBudget:
    """The error that names a limit, the axioms and the rule behind it, and how much each rule inferred."""
    said = " . ".join(told(map(tuple, axioms)).values()) or None  # type: ignore[arg-type]
    return ReasoningBudget(
        f"{what}; the axiom behind it: {said}" if said else what,
        limit=limit,
        axiom=said,
        rule=rule,
        counts=dict(counts),
    )
