"""Bodies are unpacked within limits; what is cut short is no body."""

import gzip
import zlib
from collections.abc import Iterator

import pytest

from cnrs_kg.errors import OutboundAnswer, OutboundTooLarge
from cnrs_kg.outbound.bodies import PIECE, Limits, unpacked


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def whole(data: bytes, encoding: str = "gzip", size: int = 1000, limits: Limits | None = None) -> bytes:
    return b"".join(unpacked(pieces(data, size), encoding, "host", limits or Limits()))


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_what_was_packed_comes_out(size: int) -> None:
    text = b"".join(b"%d," % number for number in range(30_000))
    two = gzip.compress(text) + gzip.compress(b"end")
    assert whole(two, size=size) == text + b"end"
    assert whole(text, "", size) == text and whole(b"", size=size) == b""


def test_a_bomb_is_stopped_before_it_unpacks() -> None:
    bomb, taken = gzip.compress(b"\0" * 50_000_000), 0
    with pytest.raises(OutboundTooLarge, match="more than 100 times its size") as found:
        for piece in unpacked([bomb], "gzip", "host", Limits()):
            assert len(piece) <= PIECE
            taken += len(piece)
    assert taken <= 100 * len(bomb) and found.value.limit == "ratio"


def test_a_body_has_a_largest_size_packed_or_not() -> None:
    limits = Limits(bytes=999)
    for data, encoding in ((b"x" * 1000, ""), (gzip.compress(b"x" * 1000), "gzip")):
        with pytest.raises(OutboundTooLarge, match="more than 999 bytes"):
            whole(data, encoding, limits=limits)
    assert len(whole(b"x" * 999, "identity", limits=limits)) == 999


@pytest.mark.parametrize(
    ("data", "encoding", "said"),
    [
        (gzip.compress(b"text" * 1000, mtime=0)[:-9], "gzip", "cut short"),
        (gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0)[:8], "gzip", "cut short"),
        (b"<html>", "gzip", "no valid gzip"),
        (gzip.compress(b"a", mtime=0) + b"garbage", "gzip", "no valid gzip"),
        (zlib.compress(b"a"), "deflate", "'deflate', which was not asked for"),
        (b"x", "gzip, gzip", "not asked for"),
    ],
)
def test_a_broken_body_is_told(data: bytes, encoding: str, said: str) -> None:
    with pytest.raises(OutboundAnswer, match=said):
        whole(data, encoding)
