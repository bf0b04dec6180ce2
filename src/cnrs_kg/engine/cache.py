"""Answers kept for their next asker, in a bounded number of bytes; a version never changes, so neither do they."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from cnrs_kg.engine.requests import Answer

_OVERHEAD = 1000
BRIEF = 0.002
"""Seconds of work below which an answer is kept from its second time on."""
_REMEMBERED = 4096


class ResultCache:
    """The last used answers whose bodies and keys fit in `capacity` bytes, none larger than `largest`.

    What took no time and is asked once is not kept: most look-ups are, and to keep each would push out what is asked
    again, and cost a tenth of the look-up.
    """

    def __init__(self, capacity: int, largest: int = 2**20) -> None:
        self.capacity = capacity
        self.largest = min(largest, capacity)
        self.size = self.hits = self.misses = 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._costs: dict[Hashable, int] = {}
        self._once: set[int] = set()
        self._once_before: set[int] = set()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        """The answer kept under a key."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                self.misses += 1
                return None
            self._answers.move_to_end(key)
            self.hits += 1
            return found._replace(again=True)

    def put(self, key: Hashable, answer: Answer, key_bytes: int, seconds: float = BRIEF) -> None:
        """Keep an answer that took so long, is in memory and not too large, instead of the longest unused ones."""
        if answer.body is None or (seconds < BRIEF and self._is_new(hash(key))):
            return
        cost = len(answer.body) + key_bytes + _OVERHEAD
        if cost > self.largest:
            return
        with self._lock:
            self.size += cost - self._costs.pop(key, 0)
            self._answers[key] = answer
            self._answers.move_to_end(key)
            self._costs[key] = cost
            while self.size > self.capacity:
                oldest, _ = self._answers.popitem(last=False)
                self.size -= self._costs.pop(oldest)

    def _is_new(self, mark: int) -> bool:
        """Whether it was not asked lately; it is then remembered, among some thousands."""
        if mark in self._once or mark in self._once_before:
            return False
        self._once.add(mark)
        if len(self._once) >= _REMEMBERED:
            self._once, self._once_before = set(), self._once
        return True

    def numbers(self) -> dict[str, int]:
        """What it holds, and how often it helped."""
        with self._lock:
            return {
                "cache_answers": len(self._answers),
                "cache_bytes": self.size,
                "cache_hits": self.hits,
                "cache_misses": self.misses,
            }
