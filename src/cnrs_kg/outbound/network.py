"""Connections to addresses that were checked: a name is resolved once, every answer is judged, and the connection goes
to the very address that was judged. TLS still asks for the name.
"""

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from ssl import SSLContext
from threading import Thread
from typing import Any

import httpcore
import httpx

from cnrs_kg.errors import OutboundRefused
from cnrs_kg.outbound.addresses import may_be_reached
from cnrs_kg.outbound.clock import Deadline
from cnrs_kg.outbound.places import Places

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a name, best first; OSError if it has none."""

_DEADLINE: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """Let no connection, read or write of this thread wait beyond the deadline."""
    token = _DEADLINE.set(deadline)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def resolve(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Transport(httpx.BaseTransport):
    """What carries requests to the places of a list, and to no other."""

    def __init__(
        self,
        places: Places,
        *,
        resolver: Resolve = resolve,
        network: httpcore.NetworkBackend | None = None,
        ssl_context: SSLContext | None = None,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
            network_backend=Network(places, resolver, network or httpcore.SyncBackend()),
            max_connections=32,
            keepalive_expiry=15.0,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The reply, its body still to be read."""
        with _translated():
            reply = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(reply.status, headers=reply.headers, stream=_Body(reply), extensions=reply.extensions)

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._reply.iter_stream()

    def close(self) -> None:
        self._reply.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Failures of httpcore as httpx names them."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.TransportError(str(error)) from error


class Network(httpcore.NetworkBackend):
    """Opens connections to the checked addresses of the places on the list."""

    def __init__(self, places: Places, resolver: Resolve, network: httpcore.NetworkBackend) -> None:
        self._places, self._resolve, self._network = places, resolver, network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers; none if one of them may not be reached."""
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._addresses(host, port, _within(timeout, httpcore.ConnectTimeout)):
            try:
                stream = self._network.connect_tcp(
                    address, port, _within(timeout, httpcore.ConnectTimeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream)
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int, timeout: float | None) -> Sequence[str]:
        place = self._places.find(host, port)
        found = self._resolved(host, port, timeout)
        for address in found:
            if not may_be_reached(address, private=place.private):
                raise OutboundRefused(
                    f"{host} leads to {address}, which is no public address",
                    advice="Mark the host as private if it is one of yours.",
                    host=host,
                )
        return found

    def _resolved(self, host: str, port: int, timeout: float | None) -> Sequence[str]:
        """The addresses of a name. A resolver cannot be interrupted: one that hangs is left to itself."""
        answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        Thread(target=ask, name=f"resolve {host}", daemon=True).start()
        try:
            answer = answers.get(timeout=timeout)
        except Empty:
            raise httpcore.ConnectTimeout(f"no address of {host} was found in time") from None
        if isinstance(answer, Exception):
            raise httpcore.ConnectError(f"{host} has no address: {answer}") from answer
        return answer


class _Stream(httpcore.NetworkStream):
    """A connection that keeps to the deadline of whoever uses it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _within(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(timeout: float | None, passed: type[httpcore.TimeoutException]) -> float | None:
    """The seconds that may be waited: the timeout, or what is left of the deadline."""
    deadline = _DEADLINE.get()
    if deadline is None:
        return timeout
    if deadline.left <= 0:
        raise passed("the time for the whole exchange is over")
    return deadline.left if timeout is None else min(timeout, deadline.left)
