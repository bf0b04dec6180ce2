"""What a closure may cost."""

from dataclasses import dataclass


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
