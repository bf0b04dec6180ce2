"""The documents that a registry's records come in: files, also packed by gzip or zip, read by lines within limits."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, cast
from zipfile import BadZipFile, ZipFile

from cnrs_kg.federation.records import HarvestError

LARGEST = 2**31
"""Bytes of a document, unpacked."""
LONGEST = 2**26
"""Bytes of a line, and of a document that has to be read whole."""
Choose = Callable[[Sequence[str]], Sequence[str]]
"""Which members of a zip archive are the documents, in the order in which they are read."""


class Document:
    """A document: its name, its lines within limits, and its digest once they are read."""

    def __init__(self, name: str, opened: Callable[[], IO[bytes]]) -> None:
        self.name = name
        self._opened, self._digest = opened, sha256()

    @property
    def digest(self) -> str:
        """The SHA-256 of what was read, unpacked."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        left = LARGEST
        try:
            with self._opened() as file:
                while line := file.readline(min(left, LONGEST) + 1):
                    self._digest.update(line)
                    left -= len(line)
                    if left < 0 or len(line) > LONGEST:
                        raise self._too_large(f"{LARGEST:,} bytes, or a line of more than {LONGEST:,}")
                    yield line
        except EOFError as error:
            raise HarvestError(f"{self.name} is cut short", advice="Fetch it again.") from error
        except (OSError, zlib.error, BadZipFile, NotImplementedError, RuntimeError) as error:
            raise HarvestError(f"{self.name} cannot be read: {error}") from error

    def whole(self) -> bytes:
        """All of it, where it can only be read so."""
        data = b""
        for line in self:
            data += line
            if len(data) > LONGEST:
                raise self._too_large(f"{LONGEST:,} bytes")
        return data

    def _too_large(self, limit: str) -> HarvestError:
        return HarvestError(
            f"{self.name} has more than {limit}",
            limit="harvest_bytes",
            advice="Split it, and harvest the parts with --partial.",
        )


def every(names: Sequence[str]) -> Sequence[str]:
    """All members, by name."""
    return sorted(names)


def documents(path: Path, choose: Choose = every) -> list[Document]:
    """The documents of a file: itself, unpacked if it is gzip, or the chosen members of a zip archive."""
    try:
        with path.open("rb") as file:
            begins = file.read(4)
        if begins == b"PK\x03\x04":
            return _members(path, choose)
    except (OSError, BadZipFile) as error:
        raise HarvestError(f"{path.name} cannot be read: {error}", advice="Fetch it again.") from error
    if begins.startswith(b"\x1f\x8b"):
        return [Document(path.name, lambda: cast(IO[bytes], gzip.open(path)))]
    return [Document(path.name, lambda: path.open("rb"))]


def _members(path: Path, choose: Choose) -> list[Document]:
    archive = ZipFile(path)
    found = choose([entry.filename for entry in archive.infolist() if not entry.is_dir()])
    if not found:
        raise HarvestError(f"{path.name} holds none of the files looked for", advice="Take the registry's archive.")
    return [Document(name, lambda name=name: archive.open(name)) for name in found]  # type: ignore[misc]
