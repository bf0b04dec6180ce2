"""Replies given before, given again while their version is current: the hot path of `/sparql`.

The engine's cache spares the evaluation; this one also spares reading the request and making the headers, from the
third time on that something is asked: what is asked once costs nothing here.
"""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from cnrs_kg.web.messages import LONGEST_HEADER, Incoming, Reply

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

LARGEST, TOTAL = 2**16, 2**24
"""Bytes of one reply that is kept, and of all; the engine's cache mostly holds the same objects."""

Key = tuple[str, str | None, str | None]


class _Kept(NamedTuple):
    version: "Version"
    reply: Reply
    size: int


class Replays:
    """Remembers replies to plain GET requests, within `TOTAL` bytes; safe for any number of threads."""

    def __init__(self, kg: "KnowledgeGraph") -> None:
        self._kg = kg
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0

    def find(self, incoming: Incoming) -> Reply | None:
        """The reply given to the same request, if nothing was published since."""
        key = _key(incoming)
        kept = self._kept.get(key) if key is not None else None
        if kept is None:
            return None
        current = self._kg.current()
        return kept.reply if current is kept.version or current == kept.version else None

    def keep(self, incoming: Incoming, reply: Reply) -> None:
        """Remember a reply that any client may get again: complete, in memory, from the current version."""
        moment = incoming.notes.get("moment")
        if not incoming.notes.get("again") or moment is None or moment.past:
            return
        key = _key(incoming)
        if key is None or reply.status != 200 or not isinstance(reply.body, bytes):
            return
        size = len(reply.body) + len(key[0]) + len(key[1] or "") + len(key[2] or "") + 2000
        if size > LARGEST:
            return
        with self._lock:
            old = self._kept.pop(key, None)
            self._bytes += size - (old.size if old else 0)
            self._kept[key] = _Kept(moment.version, reply, size)
            while self._bytes > TOTAL:
                self._bytes -= self._kept.popitem(last=False)[1].size


def _key(incoming: Incoming) -> Key | None:
    environ = incoming.environ
    if (
        incoming.method != "GET"
        or "HTTP_AUTHORIZATION" in environ
        or "HTTP_IF_NONE_MATCH" in environ
        or "HTTP_ACCEPT_DATETIME" in environ
    ):
        return None
    accept, encoding = environ.get("HTTP_ACCEPT"), environ.get("HTTP_ACCEPT_ENCODING")
    if len(accept or "") > LONGEST_HEADER or len(encoding or "") > LONGEST_HEADER:
        return None
    return incoming.query_string, accept, encoding
