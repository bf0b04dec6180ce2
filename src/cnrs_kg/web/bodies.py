"""Bodies of requests and large answers: read and sent by so few threads at a time that some are always left.

A thread that reads a body, or sends a file, waits for as long as its client likes, so only so many may, and nobody may
take more than he leaves to others.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cnrs_kg.engine.spool import Spool
from cnrs_kg.errors import EngineBusy, UploadTooLarge

_BLOCK = 65_536


class Slots:
    """How many threads may wait for clients: `most` in all; safe for any number of threads.

    An address gets no slot once it has as many as are left: the first may take half of all, the next half of the rest,
    and so on, so that some are left for whoever comes.
    """

    def __init__(self, most: int, patience: float) -> None:
        self._most, self._patience = most, patience
        self._taken: Counter[str] = Counter()
        self._changed = threading.Condition()

    def take(self, address: str) -> None:
        """A slot for this address; `EngineBusy` if none is free within the patience (seconds)."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free(address), self._patience):
                raise EngineBusy(
                    f"{self._taken.total()} bodies are under way already",
                    limit="bodies",
                    advice="Send and read without pause, and come again in a second.",
                    retry_after=1,
                )
            self._taken[address] += 1

    def give(self, address: str) -> None:
        """The slot is free again."""
        with self._changed:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]
            self._changed.notify_all()

    @contextmanager
    def held(self, address: str) -> Iterator[None]:
        """A slot for as long as the block runs."""
        self.take(address)
        try:
            yield
        finally:
            self.give(address)

    def _free(self, address: str) -> bool:
        return self._taken[address] < self._most - self._taken.total()


MOST = 64
"""Threads that may read bodies, and as many that may send files."""

LARGE = 2**22
"""Bytes of a body up to which as many are held in memory as there are threads."""

READING = Slots(MOST, patience=0.25)
HOLDING = Slots(4, patience=0.25)
"""Large bodies that are held in memory at a time, from when they have come until they are answered; in gzip a client
sends a thousandth of them.
"""
SENDING = Slots(MOST, patience=0.25)


class FileBody:
    """A whole open file in blocks, sent within a slot of its client's; closes it."""

    def __init__(self, file: BinaryIO, address: str, slots: Slots = SENDING) -> None:
        self._file, self._address, self._slots = file, address, slots
        self._open = False
        try:
            slots.take(address)
        except EngineBusy:
            file.close()
            raise
        self._open = True
        file.seek(0)

    def __iter__(self) -> Iterator[bytes]:
        try:
            while block := self._file.read(_BLOCK):
                yield block
        finally:
            self.close()

    def close(self) -> None:
        """Give the file and the slot back, also when nobody read it."""
        if self._open:
            self._open = False
            self._file.close()
            self._slots.give(self._address)

    def __del__(self) -> None:
        self.close()


def too_large(limit: int, name: str) -> UploadTooLarge:
    """The refusal of a body beyond the limit."""
    return UploadTooLarge(
        f"The body is larger than {limit:,} bytes", limit=name, advice="Send less, or in several parts."
    )


def received(stream: BinaryIO, wanted: int, directory: Path) -> Spool:
    """At most `wanted` bytes of the stream, fewer if it ends before: beyond `LARGE` in a file until all is there."""
    spool = Spool(str(directory), LARGE, wanted, reserve=lambda: None)
    try:
        while spool.size < wanted and (block := stream.read(min(_BLOCK, wanted - spool.size))):
            spool.write(block)
    except BaseException:
        spool.close()
        raise
    return spool


def taken(spool: Spool) -> bytes:
    """What was received, in memory; the spool is closed."""
    if spool.descriptor is None:
        return spool.body()
    with os.fdopen(spool.descriptor, "rb") as file:
        spool.descriptor = None
        file.seek(0)
        return file.read()
