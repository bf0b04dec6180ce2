"""What a closure may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """Limits of one closure: statements inferred, seconds, and statements that sameness may write for one class."""

    statements: int = 5_000_000
    seconds: float = 600.0
    sameness: int = 10_000
    inconsistencies: int = 1_000
