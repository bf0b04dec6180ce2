"""Time as what waits and hurries sees it: replaced in tests, where nothing waits."""

import time
from dataclasses import dataclass


class Clock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def today(self) -> float:
        """Seconds since 1970, as dates on the wire are meant."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Deadline:
    """A moment by which something has to be over."""

    clock: Clock
    end: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> "Deadline":
        """The moment so many seconds from now."""
        return cls(clock, clock.now() + seconds)

    @property
    def left(self) -> float:
        """The seconds until then, below zero once it is past."""
        return self.end - self.clock.now()
