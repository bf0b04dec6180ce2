"""Files that never change, as replies."""

from collections.abc import Iterator
from pathlib import Path

from cnrs_kg.errors import StoreDamaged
from cnrs_kg.web import caching, security
from cnrs_kg.web.messages import Incoming, Reply

_CHUNK = 2**18


def for_ever(incoming: Incoming, path: Path, content_type: str, name: str, digest: str) -> Reply:
    """The file, to be saved under a name; the digest of its content is its entity tag."""
    etag = f'"{digest}"'
    told = (("ETag", etag), ("Cache-Control", "public, max-age=31536000, immutable"))
    headers = (*told, *security.CROSS_ORIGIN, *security.HEADERS)
    if caching.matches(incoming.header("If-None-Match"), etag):
        return Reply(304, headers)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise StoreDamaged(f"{path}: {error.strerror}", file=str(path)) from error
    content = (
        ("Content-Type", content_type),
        ("Content-Length", str(size)),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    )
    return Reply(200, (*content, *headers), _chunks(path))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
