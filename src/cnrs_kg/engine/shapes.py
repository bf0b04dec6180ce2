"""Which queries are known to be light: those that are written like others that were.

Queries of one program differ in their names and values. A text without these is its shape; where queries of a shape
took little lately, the next one is expected to.
"""

import re
from collections import OrderedDict

_VARYING = re.compile(rb"""<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'|[0-9]+|#[^\n]*""")
_KEPT, LONGEST = 2**12, 2**12
"""Shapes, and bytes of a text that has one: this is read in the server's own process."""
_LIGHT, _HEAVY = 1, -8
"""What is remembered of a shape at most and at least: one that was heavy is forgiven after many that were not."""


class Shapes:
    """The shapes that were seen last. Threads may share it: what one of them overwrites is only a guess."""

    def __init__(self, sample: int = 8) -> None:
        self._sample = sample
        self._seen = 0
        self._known: OrderedDict[bytes, int] = OrderedDict()

    def light(self, text: bytes) -> None:
        """A query took little: every so many are remembered, since this is on the way of each."""
        self._seen += 1
        if self._seen % self._sample == 0:
            self._remember(text, 1)

    def heavy(self, text: bytes) -> None:
        """A query took much."""
        self._remember(text, _HEAVY)

    def is_light(self, text: bytes) -> bool:
        """Whether those like it took little lately."""
        return len(text) <= LONGEST and self._known.get(_VARYING.sub(b"", text), 0) >= _LIGHT

    def _remember(self, text: bytes, change: int) -> None:
        if len(text) > LONGEST:
            return
        shape = _VARYING.sub(b"", text)
        self._known[shape] = max(_HEAVY, min(_LIGHT, self._known.get(shape, 0) + change))
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
