"""A body as it was before it was packed for the way, within limits that a bomb meets before memory does."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cnrs_kg.errors import OutboundAnswer, OutboundTooLarge

PIECE = 2**16
_INNOCENT = 2**20
"""Bytes for which nobody asks how well they were packed."""


@dataclass(frozen=True)
class Limits:
    """What one exchange may cost: seconds to connect, to wait for each piece, and in all; bytes, unpacked; how many
    times longer than packed; how often it is tried, and for how many seconds it may be waited in between.
    """

    connect: float = 10.0
    read: float = 30.0
    whole: float = 600.0
    bytes: int = 2**31
    ratio: int = 100
    attempts: int = 4
    patience: float = 120.0


def unpacked(pieces: Iterable[bytes], encoding: str, host: str, limits: Limits) -> Iterator[bytes]:
    """The body in pieces. `OutboundTooLarge` beyond the limits, `OutboundAnswer` if it is cut short or packed otherwise
    than by gzip.
    """
    count = _Count(host, limits)
    if encoding in ("", "identity"):
        for piece in pieces:
            count.packed += len(piece)
            count.add(piece)
            yield piece
    elif encoding in ("gzip", "x-gzip"):
        yield from _gunzipped(pieces, count)
    else:
        raise OutboundAnswer(
            f"{host} packed its answer with {encoding[:40]!r}, which was not asked for",
            advice="Tell its operator; gzip is understood.",
            host=host,
        )


@dataclass
class _Count:
    host: str
    limits: Limits
    packed: int = 0
    whole: int = 0

    def add(self, piece: bytes) -> None:
        self.whole += len(piece)
        if self.whole > self.limits.bytes:
            raise OutboundTooLarge(
                f"{self.host} sent more than {self.limits.bytes:,} bytes",
                limit="bytes",
                advice="Ask for less at a time.",
                host=self.host,
            )
        if self.whole > max(_INNOCENT, self.limits.ratio * self.packed):
            raise OutboundTooLarge(
                f"{self.host} sent a body that unpacks to more than {self.limits.ratio} times its size",
                limit="ratio",
                advice="Fetch it by other means and look at it.",
                host=self.host,
            )


def _gunzipped(pieces: Iterable[bytes], count: _Count) -> Iterator[bytes]:
    """One gzip member after the other, a bounded piece at a time."""
    member = zlib.decompressobj(wbits=31)
    begun = False
    try:
        for piece in pieces:
            count.packed += len(piece)
            while piece:
                if member.eof:
                    member = zlib.decompressobj(wbits=31)
                out = member.decompress(piece, PIECE)
                begun = True
                piece = member.unused_data if member.eof else member.unconsumed_tail
                if out:
                    count.add(out)
                    yield out
    except zlib.error as error:
        raise _broken(count.host, f"no valid gzip: {error}") from error
    if begun and not member.eof:
        raise _broken(count.host, "cut short")


def _broken(host: str, what: str) -> OutboundAnswer:
    return OutboundAnswer(f"the answer of {host} is {what}", advice="Ask again.", host=host)
