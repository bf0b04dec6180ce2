"""Bodies of requests: read within limits, and by so many threads at a time that some are always left.

A thread that reads a body waits for as long as its client likes, so only a few may, and fewer for one address.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from cnrs_kg.errors import EngineBusy, UploadTooLarge

_BLOCK = 65_536


class Slots:
    """How many bodies may be read at a time: `most` in all, `each` for one address; safe for any number of threads."""

    def __init__(self, most: int, each: int, patience: float) -> None:
        self._most, self._each, self._patience = most, each, patience
        self._reading: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def held(self, address: str) -> Iterator[None]:
        """A slot for this address; `EngineBusy` if none is free within the patience (seconds)."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free(address), self._patience):
                raise EngineBusy(
                    f"{self._reading.total()} bodies are being read already",
                    limit="bodies",
                    advice="Send the body without pause, and again in a second.",
                    retry_after=1,
                )
            self._reading[address] += 1
        try:
            yield
        finally:
            with self._changed:
                self._reading[address] -= 1
                if not self._reading[address]:
                    del self._reading[address]
                self._changed.notify_all()

    def _free(self, address: str) -> bool:
        return self._reading.total() < self._most and self._reading[address] < self._each


SLOTS = Slots(most=32, each=16, patience=0.25)


def too_large(limit: int, name: str) -> UploadTooLarge:
    """The refusal of a body beyond the limit."""
    return UploadTooLarge(
        f"The body is larger than {limit:,} bytes", limit=name, advice="Send less, or in several parts."
    )


def read(stream: BinaryIO, wanted: int) -> bytes:
    """At most `wanted` bytes of the stream, fewer if it ends before."""
    blocks, size = [], 0
    while size < wanted and (block := stream.read(min(_BLOCK, wanted - size))):
        blocks.append(block)
        size += len(block)
    return b"".join(blocks)
