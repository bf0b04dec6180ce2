"""Which queries are known to be light: those that are written like others that were.

Queries of one program differ in their names and values. A text without these is its shape; where queries of a shape
took little lately, the next one is expected to.
"""

import re
from collections import OrderedDict

_VARYING = re.compile(rb"""<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'|[0-9]+|#[^\n]*""")
_KEPT = 2**12
_LIGHT, _HEAVY = 1, -8
"""What is remembered of a shape: light from 1 on. One that was heavy is forgiven after so many that were not."""


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
            shape = _VARYING.sub(b"", text)
            self._remember(shape, min(_LIGHT, self._known.get(shape, 0) + 1))

    def heavy(self, text: bytes) -> None:
        """A query took much."""
        self._remember(_VARYING.sub(b"", text), _HEAVY)

    def is_light(self, text: bytes) -> bool:
        """Whether those like it took little lately."""
        return self._known.get(_VARYING.sub(b"", text), 0) >= _LIGHT

    def _remember(self, shape: bytes, known: int) -> None:
        self._known[shape] = known
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
