"""Replies with a strong entity tag: 304 where the client has them already.

https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
"""

import os
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from cnrs_kg.errors import StoreDamaged
from cnrs_kg.web import caching, security
from cnrs_kg.web.bodies import FileBody
from cnrs_kg.web.messages import Incoming, Reply
from cnrs_kg.web.negotiation import content_type

FOR_EVER = "public, max-age=31536000, immutable"
Header = tuple[str, str]


def tagged(
    incoming: Incoming,
    depends_on: Sequence[Hashable],
    media_type: str,
    body: Callable[[], bytes],
    *,
    fresh: str = "no-cache",
    vary: str = caching.VARY,
    headers: Sequence[Header] = (),
) -> Reply:
    """What `body` makes, asked only if the client does not have it; `depends_on` says all that it depends on."""
    tag = caching.etag(*depends_on, media_type, caching.build())
    told = _told(tag, fresh, (("Vary", vary), *headers))
    if caching.matches(incoming.header("If-None-Match"), tag):
        return Reply(304, told)
    made = body()
    return Reply(200, (("Content-Type", content_type(media_type)), ("Content-Length", str(len(made))), *told), made)


def file(
    incoming: Incoming, path: Path, media_type: str, name: str, digest: str, headers: Sequence[Header] = ()
) -> Reply:
    """A file that never changes, to be saved under a name; the digest of its content is its entity tag."""
    tag = f'"{digest}"'
    told = _told(tag, FOR_EVER, headers)
    if caching.matches(incoming.header("If-None-Match"), tag):
        return Reply(304, told)
    try:
        opened = path.open("rb")
    except OSError as error:
        raise StoreDamaged(f"{path}: {error.strerror}", file=str(path)) from error
    content = (
        ("Content-Type", content_type(media_type)),
        ("Content-Length", str(os.fstat(opened.fileno()).st_size)),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    )
    return Reply(200, (*content, *told), FileBody(opened, incoming.address))


def of_state(incoming: Incoming, reply: Reply, state: str, fresh: str = "no-cache") -> Reply:
    """A complete reply under a tag that names the state that it is about; 304 where the client has these very bytes.

    For what depends on so much that it is made to see whether it is still the same.
    """
    assert isinstance(reply.body, bytes)
    tag = caching.etag_of_state(state, reply.header("Content-Type") or "", reply.body)
    told = (*(one for one in reply.headers if one[0] != "Cache-Control"), ("ETag", tag), ("Cache-Control", fresh))
    if incoming.method in ("GET", "HEAD") and caching.matches(incoming.header("If-None-Match"), tag):
        return Reply(304, tuple(one for one in told if not one[0].startswith("Content-") or one[0] in _KEPT))
    return Reply(reply.status, told, reply.body)


_KEPT = ("Content-Location", "Content-Security-Policy")


def _told(tag: str, fresh: str, headers: Sequence[Header]) -> tuple[Header, ...]:
    return (("ETag", tag), ("Cache-Control", fresh), *headers, *security.CROSS_ORIGIN, *security.HEADERS)
