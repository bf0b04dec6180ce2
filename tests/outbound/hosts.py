"""Hosts for tests: one on loopback that answers by script, and a network that only remembers where it was sent."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpcore

from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.clock import Clock
from cnrs_kg.outbound.places import Place

Handler = Callable[[BaseHTTPRequestHandler], None]


class Hand(Clock):
    """A clock that goes on when somebody sleeps, and by hand."""

    def __init__(self) -> None:
        self.time, self.slept = 1000.0, list[float]()

    def now(self) -> float:
        return self.time

    def today(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def unhurried(places: list[Place], _: Clock) -> Outbound:
    """What asks these places without ever waiting."""
    return Outbound(places, clock=Hand())


class Remembering(httpcore.NetworkBackend):
    """Connects nowhere: each connection replays the bytes of the next reply."""

    def __init__(self, *replies: bytes, refusing: Iterable[str] = ()) -> None:
        self.replies, self.refusing = list(replies), set(refusing)
        self.connected: list[tuple[str, int]] = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        if host in self.refusing:
            raise httpcore.ConnectError("refused")
        return httpcore.MockStream([self.replies.pop(0)])


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a reply."""
    rows = {"Content-Length": str(len(body)), "Connection": "close"}
    rows |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
    return f"HTTP/1.1 {status} x\r\n{head}\r\n".encode() + body


@contextmanager
def serving(answer: Handler) -> Iterator[str]:
    """A server on loopback that answers every request so; its URL."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    """Answer a request whole."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
