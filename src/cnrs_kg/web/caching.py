"""Validators, conditional requests and codings of replies.

https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
"""

import gzip
import hashlib
from collections.abc import Hashable
from functools import cache, lru_cache
from importlib.metadata import version as installed_version
from pathlib import Path

VARY = "Accept, Accept-Datetime, Accept-Language, Accept-Encoding"
ASSETS = Path(__file__).parent / "assets"
"""What npm builds from, with its packages; what it builds is in `static/built`."""
_SMALLEST, _LARGEST = 1024, 8 * 2**20


@cache
def build() -> str:
    """What tells one build of this program from another: its version and a digest of what writes replies."""
    digest = hashlib.sha256(installed_version("cnrs-kg").encode())
    for package in ("web", "rdf", "engine", "browsing", "publishing", "validation", "vocabulary"):
        for file in sorted((Path(__file__).parents[1] / package).rglob("*")):
            if file.is_file() and file.suffix != ".pyc" and ASSETS not in file.parents:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def etag(*parts: Hashable) -> str:
    """A strong entity tag over everything that the reply depends on: texts, numbers, None, and tuples of them."""
    return f'"{hashlib.blake2b(repr(parts).encode(), digest_size=15).hexdigest()}"'


def etag_of_state(state: str, media_type: str, body: bytes) -> str:
    """A strong entity tag over the bytes of a reply that begins with the state that they are about."""
    return f'"{state}.{etag(media_type, body)[1:]}'


def names_state(tag: str, state: str) -> bool:
    """Whether a strong entity tag is one of this state."""
    return tag.startswith(f'"{state}.') and tag.endswith('"')


def matches(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag (weak comparison, as that header wants)."""
    if header is None:
        return False
    opaque = tag.removeprefix("W/")
    return header.strip() == "*" or opaque in (member.strip().removeprefix("W/") for member in header.split(","))


def worth_packing(size: int) -> bool:
    """Whether a body of this size is packed when the client takes gzip."""
    return _SMALLEST <= size <= _LARGEST


@lru_cache(maxsize=64)
def _packed_small(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=5, mtime=0)


def packed(body: bytes) -> bytes:
    """The body in gzip; small ones are remembered, since the same answers are asked again."""
    return _packed_small(body) if len(body) <= 65_536 else gzip.compress(body, compresslevel=5, mtime=0)
