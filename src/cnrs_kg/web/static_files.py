"""What pages load besides: style sheets, scripts and drawings, in gzip for clients that take it; what npm built."""

import gzip
import json
import re
from functools import lru_cache
from pathlib import Path

from flask import Request, Response

from cnrs_kg.web import negotiation

BUILT = Path(__file__).parent / "static" / "built"
"""What `make web` makes; without it the pages are plain forms and tables."""
_HASHED = re.compile(r"/static/built/\w+-[\w-]{8}\.js")
"""A file whose name changes with its content."""
_TEXTS = ("text/", "image/svg+xml", "application/javascript")


def built(name: str) -> str | None:
    """The address of a script that `make web` built; None if it did not (https://vite.dev/guide/backend-integration)."""
    try:
        manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return f"/static/built/{manifest[name]['file']}"


def pack(request: Request, response: Response) -> Response:
    """The response, its file in gzip where that is text and the client takes it; what npm built is kept for ever."""
    if response.status_code in (200, 304) and _HASHED.fullmatch(request.path):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if request.endpoint != "static":
        return response
    if response.status_code in (200, 206) and request.method != "HEAD":
        # At once: a thread that sends a file waits for as long as its client likes.
        response.direct_passthrough = False
        response.set_data(response.get_data())
    if not (response.mimetype or "").startswith(_TEXTS):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not negotiation.gzip_accepted(request.headers.get("Accept-Encoding")):
        return response
    if request.method != "HEAD":
        response.set_data(_packed(response.get_data()))
    else:
        response.headers.pop("Content-Length", None)
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)  # the same file, not the same bytes
    return response


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)
