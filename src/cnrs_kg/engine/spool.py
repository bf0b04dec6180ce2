"""Where an answer is written: in memory while it is small, then in a file without a name."""

import os
from collections.abc import Callable
from errno import EDQUOT, ENOSPC
from typing import IO, cast

from cnrs_kg.errors import EngineBusy, ResultTooLarge

KEPT_FREE = 2**30
"""Bytes of the disk that answers leave to what is published, or a tenth of a small disk."""
_LOOK = 2**24
"""Bytes after which one looks again how much is free."""


class Spool:
    """A file object for native writers that refuses, by name, more than `limit` bytes, and a disk that is nearly full.

    `reserve` may give a descriptor that was opened before, where none can be opened any more.
    """

    def __init__(self, directory: str, threshold: int, limit: int, reserve: Callable[[], int | None]) -> None:
        self.size = 0
        self.descriptor: int | None = None
        self._directory = directory
        self._threshold = threshold
        self._limit = limit
        self._reserve = reserve
        self._parts: list[bytes] = []
        self._looked = 0

    def write(self, block: bytes) -> int:
        length = len(block)
        self.size += length
        if self.size > self._limit:
            raise too_large(self._limit)
        if self.descriptor is not None:
            self._write(self.descriptor, block)
        else:
            self._parts.append(block)
            if self.size > self._threshold:
                self._to_file()
        return length

    @property
    def file(self) -> IO[bytes]:
        """This spool, as serializers want it typed; they call `write` and `flush`."""
        return cast(IO[bytes], self)

    def flush(self) -> None:
        """Nothing to do: every block has been taken."""

    def body(self) -> bytes:
        """What was written, if it is still in memory."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def blocks(self, length: int = 2**20) -> "list[bytes] | _FileBlocks":
        """What was written, in order."""
        return self._parts if self.descriptor is None else _FileBlocks(self.descriptor, length)

    def close(self) -> None:
        """Give the file back."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def _to_file(self) -> None:
        self.descriptor = self._reserve()
        if self.descriptor is None:
            self.descriptor = os.open(self._directory, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._write(self.descriptor, b"".join(self._parts))
        self._parts.clear()

    def _write(self, descriptor: int, block: bytes) -> None:
        if self.size >= self._looked:
            self._looked = self.size + _LOOK
            if _is_nearly_full(self._directory):
                raise disk_full()
        view = memoryview(block)
        try:
            while view:
                view = view[os.write(descriptor, view) :]
        except OSError as error:
            raise (disk_full() if error.errno in (ENOSPC, EDQUOT) else error) from None


class _FileBlocks:
    def __init__(self, descriptor: int, length: int) -> None:
        self._descriptor = descriptor
        self._length = length
        self._offset = 0

    def __iter__(self) -> "_FileBlocks":
        return self

    def __next__(self) -> bytes:
        block = os.pread(self._descriptor, self._length, self._offset)
        if not block:
            raise StopIteration
        self._offset += len(block)
        return block


def too_large(limit: int) -> ResultTooLarge:
    """The refusal of an answer of more than `limit` bytes."""
    return ResultTooLarge(
        f"The complete answer is larger than {limit:,} bytes",
        limit="result_bytes",
        advice="Ask for less: a LIMIT with OFFSET, fewer variables, or the dump for everything.",
    )


def disk_full() -> EngineBusy:
    """The refusal of what the disk has no room for now."""
    return EngineBusy(
        "The disk has no room for so much now",
        limit="disk",
        advice="Ask for less, or send less, or come again later.",
        retry_after=30,
    )


def _is_nearly_full(directory: str) -> bool:
    disk = os.statvfs(directory)
    return disk.f_bavail * disk.f_frsize < min(KEPT_FREE, disk.f_blocks * disk.f_frsize // 10)
