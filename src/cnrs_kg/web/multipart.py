"""Forms in parts, in time linear in their length: https://www.rfc-editor.org/rfc/rfc7578

The parser of e-mail of the standard library reads the heads alone: for a body of many lines it takes twenty times its
memory, and for long heads minutes, or ends in a recursion.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from cnrs_kg.web.messages import BadRequest, Incoming

MEDIA_TYPE = "multipart/form-data"
MOST, LONGEST_HEAD = 100, 4096
_REST = re.compile(rb"(--)?[ \t]*+(?=\r?\n|\Z)")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class Part:
    """A part of a form: what its head says, and its content."""

    head: Message
    data: bytes

    @property
    def field(self) -> str | None:
        """The name of the field that it is for."""
        found = self.head.get_param("name", header="content-disposition")
        return found if isinstance(found, str) else None


def read(incoming: Incoming, limit: int) -> list[Part]:
    """The parts of a form of at most `limit` bytes; `BadRequest` if it has none or too many."""
    boundary = incoming.media_type()[1].get("boundary", "").encode("latin-1", errors="replace")
    body = incoming.body(limit)
    parts = [_part(body, start, end) for start, end in _places(body, boundary)] if boundary else []
    if not parts:
        raise _no_form()
    return parts


def _places(body: bytes, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts are, each with the end of the line before its head; what no delimiter ends is none."""
    start = None
    for count, (before, last, after) in enumerate(_delimiters(body, b"--" + boundary)):
        if count > MOST:
            raise _no_form()
        if start is not None:
            yield start, before
        if last:
            return
        start = after


def _delimiters(body: bytes, dashed: bytes) -> Iterator[tuple[int, bool, int]]:
    """Where each delimiter begins, whether it is the last, and where it ends; found without a step for each line."""
    place = 0 if body.startswith(dashed) else body.find(b"\n" + dashed) + 1 or -1
    while place >= 0:
        rest = _REST.match(body, place + len(dashed))
        if rest:
            line_end = 2 if body[place - 2 : place] == b"\r\n" else 1
            yield max(0, place - line_end), rest[1] is not None, rest.end()
        place = body.find(b"\n" + dashed, place) + 1 or -1


def _part(body: bytes, start: int, end: int) -> Part:
    """The part that stands there: its content is copied once, since it may be large."""
    text = body[start : min(end, start + LONGEST_HEAD)]
    # Some programs leave the line after the head away where there is no content.
    blank = _BLANK_LINE.search(text if end - start > LONGEST_HEAD else text + b"\r\n")
    if blank is None:
        raise BadRequest(f"A part of the form has a head of more than {LONGEST_HEAD:,} bytes, or no end of its head")
    head = text[: blank.start()].decode(errors="replace").lstrip()
    return Part(HeaderParser().parsestr(head), body[start + blank.end() : end])


def _no_form() -> BadRequest:
    return BadRequest(f"The body is not a form of 1 to {MOST} parts")
