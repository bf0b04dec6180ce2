"""Identical requests in flight are evaluated once."""

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field

from cnrs_kg.engine.requests import Answer
from cnrs_kg.errors import CnrsKgError


@dataclass(eq=False)
class Flight:
    """An evaluation under way, and what it gave; neither answer nor error if its own client left."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    error: CnrsKgError | None = None
    followers: int = 0


class Flights:
    """The evaluations under way, by what is asked."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, Flight] = {}
        self._lock = threading.Lock()

    def board(self, key: Hashable) -> tuple[Flight, bool]:
        """The flight for a key, and whether the caller is the one to evaluate it."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                flight.followers += 1
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def land(self, key: Hashable, flight: Flight, *, answer: Answer | None, error: CnrsKgError | None) -> None:
        """The evaluation is over: followers get an answer of their own, or the same error."""
        with self._lock:
            del self._flights[key]
            if flight.followers:
                flight.answer = None if answer is None else answer.copy()
        flight.error = error
        flight.done.set()

    def follow(self, flight: Flight, seconds: float) -> bool:
        """Wait for the flight so long; whether it has landed."""
        return flight.done.wait(max(0.0, seconds))

    def leave(self, flight: Flight) -> Answer | None:
        """What a flight that has landed gave, for one follower; the last one takes the original."""
        with self._lock:
            flight.followers -= 1
            answer = flight.answer
            if flight.followers == 0:
                flight.answer = None
                return answer
            return None if answer is None else answer.copy()
