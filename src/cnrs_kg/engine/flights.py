"""Identical requests in flight are evaluated once."""

import threading
from collections.abc import Hashable

from cnrs_kg.engine.requests import Answer
from cnrs_kg.errors import CnrsKgError


class Flight:
    """An evaluation under way, and what it gave; neither answer nor error if its own client left."""

    __slots__ = ("answer", "done", "error", "followers")

    def __init__(self) -> None:
        self.done: threading.Event | None = None
        self.answer: Answer | None = None
        self.error: CnrsKgError | None = None
        self.followers = 0


class Flights:
    """The evaluations under way, by what is asked, and at most so many followers of them all."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._following = 0
        self._flights: dict[Hashable, Flight] = {}
        self._lock = threading.Lock()

    def board(self, key: Hashable) -> tuple[Flight, bool]:
        """The flight for a key, and whether the caller is the one to evaluate it.

        Each follower holds a thread, so whoever comes when there are enough of them evaluates on its own, where the
        turns and the backlog of its client count.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                flight = self._flights[key] = Flight()
                return flight, True
            if self._following >= self._most:
                return Flight(), True
            self._following += 1
            flight.followers += 1
            if flight.done is None:
                flight.done = threading.Event()
            return flight, False

    def land(self, key: Hashable, flight: Flight, *, answer: Answer | None, error: CnrsKgError | None) -> None:
        """The evaluation is over: followers get an answer of their own, or the same error."""
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]
            if flight.followers:
                flight.answer = None if answer is None else answer.copy()
                flight.error = error
        if flight.done is not None:
            flight.done.set()

    def follow(self, flight: Flight, seconds: float) -> bool:
        """Wait for the flight so long; whether it has landed, and is to be left."""
        if flight.done is None or flight.done.wait(max(0.0, seconds)):
            return True
        with self._lock:
            landed = flight.done.is_set()
            if not landed:
                self._leave(flight)
        return landed

    def leave(self, flight: Flight) -> Answer | None:
        """What a flight that has landed gave, for one follower; the last one takes the original."""
        with self._lock:
            self._leave(flight)
            answer = flight.answer
            if flight.followers == 0:
                flight.answer = None
                return answer
            return None if answer is None else answer.copy()

    def _leave(self, flight: Flight) -> None:
        flight.followers -= 1
        self._following -= 1
