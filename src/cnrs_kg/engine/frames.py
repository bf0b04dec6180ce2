"""What server and worker say to each other: one datagram each way over socket pairs, large bodies as descriptors.

A request is a header with the seat that waits for its reply, the store's path, the base IRI, the text and a JSON object
of what is rarely given; a reply is a header and the body. A text or body over `INLINE` bytes is an open file instead,
sent in a second datagram.
"""

import json
import os
import socket
import struct
from enum import IntEnum
from typing import Any, NamedTuple

from cnrs_kg import errors
from cnrs_kg.errors import CnrsKgError, QueryTooComplex

INLINE = 2**16
ROOM = 2**17
"""Bytes that all but a text or body may take in a datagram beside it."""
LARGEST = INLINE + ROOM
NO_FORMAT = 255
TABLES_FROM = 200
"""Places of formats from here on are those of `rdf.formats.TABLES`, for rows and graphs alike."""


class Job(IntEnum):
    """What a worker is asked to do."""

    QUERY = 0
    PARSE = 1
    CHANGES = 2
    OPEN = 3
    SHEET = 4
    PLAN = 5
    SOLUTIONS = 6
    RESULTS = 7


class Status(IntEnum):
    """How a worker's reply is to be read."""

    ANSWER = 0
    ERROR = 1
    HELLO = 2


FORMS = ("", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "UPDATE")
_REQUEST = struct.Struct("<BBBBBHHII")
_REPLY = struct.Struct("<BBBBfqq")
_JOBS, _STATUSES = tuple(Job), tuple(Status)
_IN_FILE = 1
_LAST = 2


class Request(NamedTuple):
    """One job, and the key to know it again by; formats are places in the tables of `rdf.formats`."""

    job: Job
    store: str
    text: bytes = b""
    base_iri: str = ""
    result_format: int = NO_FORMAT
    graph_format: int = NO_FORMAT
    extra: bytes = b""
    """A JSON object of what is rarely given; empty if nothing is."""
    file: int | None = None

    def options(self) -> dict[str, Any]:
        """What `extra` says."""
        return json.loads(self.extra) if self.extra else {}


def as_extra(options: dict[str, Any]) -> bytes:
    """The form in which options travel, and compare equal when they are."""
    return json.dumps(options, sort_keys=True).encode()


class Reply(NamedTuple):
    """What a job gave: a body or a descriptor; `last` says that the worker wants to be replaced."""

    status: Status
    form: int = 0
    rows: int = -1
    size: int = 0
    body: bytes = b""
    file: int | None = None
    last: bool = False
    seconds: float = 0.0
    """Of processor time that the worker took for it."""


def check_size(request: Request) -> None:
    """Raise `QueryTooComplex` for a base IRI and names of graphs that no datagram holds."""
    if not request.extra and len(request.base_iri) < 2**14:
        return
    base = len(request.base_iri.encode(errors="surrogatepass"))
    if base >= 2**16 or base + len(request.extra) > INLINE + ROOM // 2:
        raise QueryTooComplex(
            f"The names of the graphs are longer than {INLINE + ROOM // 2:,} bytes",
            limit="query_dataset",
            advice="Name fewer graphs, or ask them in several requests.",
        )


def send_request(sock: socket.socket, request: Request, seat: int) -> None:
    """Send a job whose reply is awaited at a seat; its file, if any, stays the caller's."""
    store, base = os.fsencode(request.store), request.base_iri.encode()
    text, extra, file, own = request.text, request.extra, request.file, None
    if file is None and len(text) + len(store) + len(base) + len(extra) > INLINE:
        file = own = _memory_file(text)
    if file is not None:
        text = b""
    head = _REQUEST.pack(
        request.job,
        request.result_format,
        request.graph_format,
        _IN_FILE if file is not None else 0,
        seat,
        len(store),
        len(base),
        len(text),
        len(extra),
    )
    sock.send(b"".join((head, store, base, text, extra)))
    if file is not None:
        _send_file(sock, file)
    if own is not None:
        os.close(own)


def receive_request(sock: socket.socket, buffer: bytearray) -> tuple[Request, int] | None:
    """The next job and the seat of its reply, or None when the server has gone; `buffer` has `LARGEST` bytes."""
    length = sock.recv_into(buffer)
    if not length:
        return None
    data = bytes(memoryview(buffer)[:length])
    head = _REQUEST.unpack_from(data)
    job, result_format, graph_format, flags, seat, store_length, base_length, text_length, _ = head
    base_start = _REQUEST.size + store_length
    text_start = base_start + base_length
    extra_start = text_start + text_length
    request = Request(
        _JOBS[job],
        os.fsdecode(data[_REQUEST.size : base_start]),
        data[text_start:extra_start],
        data[base_start:text_start].decode(),
        result_format,
        graph_format,
        data[extra_start:],
        _receive_file(sock) if flags & _IN_FILE else None,
    )
    return request, seat


def send_reply(sock: socket.socket, reply: Reply, seconds: float = 0.0) -> None:
    """Send what a job gave in so many seconds; its file, if any, stays the caller's."""
    body, file, own = reply.body, reply.file, None
    if file is None and len(body) > INLINE:
        file = own = _memory_file(body)
        body = b""
    flags = (_IN_FILE if file is not None else 0) | (_LAST if reply.last else 0)
    sock.send(_REPLY.pack(reply.status, reply.form, flags, 0, seconds, reply.rows, reply.size) + body)
    if file is not None:
        _send_file(sock, file)
    if own is not None:
        os.close(own)


def receive_reply(sock: socket.socket, buffer: bytearray) -> Reply | None:
    """A worker's reply, or None when it has died; `BlockingIOError` when the socket's own timeout passes first.

    One `buffer` of `LARGEST` bytes for all replies: to allocate that much each time costs a tenth of a look-up.
    """
    length = sock.recv_into(buffer)
    if not length:
        return None
    status, form, flags, _, seconds, rows, size = _REPLY.unpack_from(buffer)
    body = bytes(memoryview(buffer)[_REPLY.size : length])
    file = None
    if flags & _IN_FILE:
        file = _receive_file(sock)
        if file is None:
            return None
    return Reply(_STATUSES[status], form, rows, size, body, file, bool(flags & _LAST), seconds)


def error_body(error: CnrsKgError) -> bytes:
    """An error as it travels: its class's name and what it carries."""
    position = list(error.position) if error.position else None
    return json.dumps(
        {
            "type": type(error).__name__,
            "detail": error.detail,
            "position": position,
            "limit": error.limit,
            "advice": error.advice,
            "extra": error.extra,
        },
        default=str,
    ).encode()


def read_error(body: bytes) -> CnrsKgError:
    """The error that a worker raised."""
    data = json.loads(body)
    kind = getattr(errors, data["type"])
    position = tuple(data["position"]) if data["position"] else None
    error: CnrsKgError = kind(
        data["detail"], position=position, limit=data["limit"], advice=data["advice"], **data["extra"]
    )
    return error


def set_patience(sock: socket.socket, seconds: float) -> None:
    """Let who receives on a socket wait so long; then `BlockingIOError`, without a system call more."""
    whole = int(seconds)
    value = struct.pack("@ll", whole, max(1, int((seconds - whole) * 1e6)))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)


def _memory_file(data: bytes) -> int:
    descriptor = os.memfd_create("cnrs-kg", os.MFD_CLOEXEC)
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _send_file(sock: socket.socket, descriptor: int) -> None:
    socket.send_fds(sock, [b"f"], [descriptor])


def _receive_file(sock: socket.socket) -> int | None:
    """The file of which the datagram before told: it is on its way, however long its sender is kept from the processor.

    None if the sender has died.
    """
    while True:
        try:
            _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
        except BlockingIOError:
            continue
        return descriptors[0] if descriptors else None
