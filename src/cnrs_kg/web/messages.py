"""A request as it comes in and a reply as it goes out, in plain WSGI: what `/sparql` needs and no more.

Flask's own objects cost more than a point look-up does, so the busy paths do without (decision 14).
"""

import re
from binascii import a2b_qp
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from tempfile import gettempdir
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus, urlencode

from cnrs_kg.errors import CnrsKgError, RdfSyntaxError
from cnrs_kg.rdf.guards import bounded_gunzip
from cnrs_kg.web.bodies import HOLDING, LARGE, READING, received, taken, too_large

_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_FIELDS = 200
TEMPORARY = Path(gettempdir())
_HEADER = re.compile(r"[^\x20-\x7e]")
LONGEST_HEADER = 4096
"""Characters of a header that are looked at, and so may be remembered."""


class BadRequest(CnrsKgError):
    """A request that breaks its protocol."""


class MethodRefused(CnrsKgError):
    """A method that this resource does not have; extra `allow` lists those that it has."""


class MediaTypeRefused(CnrsKgError):
    """A body in a media type, charset or coding that is not read here."""


class PreconditionFailed(CnrsKgError):
    """What a request is about is not in the state that the request asks of it."""


class ExpectationFailed(CnrsKgError):
    """A request that expects of the server what it does not do."""


class Reply(NamedTuple):
    """A complete answer to a request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | Iterable[bytes] = b""

    def with_headers(self, *headers: tuple[str, str]) -> "Reply":
        """The same with more headers."""
        return Reply(self.status, (*self.headers, *headers), self.body)

    def header(self, name: str) -> str | None:
        """The value of a header, if it is there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return STATUS_LINES[self.status]


STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@lru_cache(maxsize=64)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


@lru_cache(maxsize=1024)
def _host(address: str) -> str:
    host, colon, port = address.rpartition(":")
    return host.strip("[]") if colon and port.isdigit() and (":" not in host or host.startswith("[")) else address


def _utf8(text: str) -> str:
    """Text of which WSGI gives the bytes as characters, if it is UTF-8: some clients leave it unencoded."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


class Incoming:
    """A request: a view on its WSGI environment, and what was found out about it (`notes`).

    A large body waits on the disk of `directory` until it is there.
    """

    __slots__ = ("_directory", "_holds", "environ", "method", "notes", "path", "query_string")

    def __init__(self, environ: Mapping[str, Any], directory: Path = TEMPORARY) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ.get("PATH_INFO", "")
        query_string: str = environ.get("QUERY_STRING", "")
        self.query_string = query_string if query_string.isascii() else _utf8(query_string)
        self.notes: dict[str, Any] = {}
        self._holds = False
        self._directory = directory

    def close(self) -> None:
        """The request is answered: what it held is free for others."""
        if self._holds:
            self._holds = False
            HOLDING.give(self.address)

    @property
    def address(self) -> str:
        """The client's address without its port."""
        return _host(self.environ.get("REMOTE_ADDR", ""))

    def header(self, name: str) -> str | None:
        """The value of a request header, if it was sent; no more of it than anybody needs."""
        value = self.environ.get(_key(name))
        return None if value is None or (value == "" and name.startswith("Content-")) else str(value)[:LONGEST_HEADER]

    def media_type(self) -> tuple[str, dict[str, str]]:
        """The Content-Type, lower case and without parameters, and these."""
        value, *parameters = (self.header("Content-Type") or "").split(";")
        pairs = (parameter.partition("=") for parameter in parameters)
        return value.strip().lower(), {name.strip().lower(): text.strip().strip('"') for name, _, text in pairs}

    def body(self, limit: int, name: str = "upload_bytes") -> bytes:
        """The whole body, decompressed if need be; `UploadTooLarge` beyond the limit, before or after decompression.

        `EngineBusy` if too many large ones are held, or read, at a time.
        """
        declared = self.header("Content-Length")
        if declared is not None and not declared.isdigit():
            raise BadRequest(f"Content-Length {declared[:40]!r} is not a number")
        if declared is not None and int(declared) > limit:
            raise too_large(limit, name)
        coding = (self.header("Content-Encoding") or "identity").strip().lower()
        if coding not in ("gzip", "x-gzip", "identity"):
            raise MediaTypeRefused(f"Content-Encoding {coding[:40]!r} is not read", advice="Send gzip or identity.")
        wanted = limit + 1 if declared is None else int(declared)
        with READING.held(self.address):
            spool = received(self.environ["wsgi.input"], wanted, self._directory)
        with closing(spool):
            if spool.size > limit:
                raise too_large(limit, name)
            if declared is not None and spool.size < wanted:
                raise BadRequest("The body is shorter than its Content-Length")
            if spool.size > LARGE or (coding != "identity" and limit > LARGE):
                self._hold()
            data = taken(spool)
        return data if coding == "identity" else _gunzip(data, limit, name)

    def _hold(self) -> None:
        """Take part in what may be held, until `close`: the body is large, or may be once it is decompressed."""
        if not self._holds:
            HOLDING.take(self.address)
            self._holds = True


def _gunzip(data: bytes, limit: int, name: str) -> bytes:
    try:
        return bounded_gunzip(data, limit, name)
    except RdfSyntaxError as error:
        raise BadRequest(error.detail, advice=error.advice) from error


def parameters(text: str) -> list[tuple[str, str]]:
    """The pairs of a query string or form, decoded; `BadRequest` where the encoding is broken."""
    if not text:
        return []
    if bad := _BAD_PERCENT.search(text):
        raise BadRequest(
            f"A '%' at character {bad.start() + 1} is not followed by two hexadecimal digits",
            advice="Encode the parameters (a literal '%' is '%25').",
        )
    fields = text.split("&")
    if len(fields) > _FIELDS:
        raise BadRequest(f"More than {_FIELDS} parameters", limit="parameters")
    decode = _decoded if text.isascii() else _decoded_mixed
    pairs = (field.partition("=") for field in fields if field)
    try:
        return [(decode(name), decode(value)) for name, _, value in pairs]
    except UnicodeDecodeError as error:
        raise BadRequest("A parameter is not UTF-8", advice="Encode the parameters as UTF-8.") from error


def _decoded(text: str) -> str:
    """Form-decoding of ASCII by the decoder of quoted-printable, which is in C: `unquote` takes ten times as long."""
    if text.isalpha():
        return text
    return a2b_qp(text.replace("+", " ").replace("=", "=3D").replace("%", "=")).decode()


def _decoded_mixed(text: str) -> str:
    return unquote_plus(text, errors="strict")


def url(path: str, values: Iterable[tuple[str, str]] | Mapping[str, str]) -> str:
    """A local URL with its parameters encoded."""
    pairs = list(values.items()) if isinstance(values, Mapping) else list(values)
    return f"{quote(path, safe='/')}?{urlencode(pairs, quote_via=quote)}" if pairs else quote(path, safe="/")


def header_value(text: str) -> str:
    """Text made safe as a header's value: nothing that ends a line or is not ASCII."""
    return _HEADER.sub("?", text)
