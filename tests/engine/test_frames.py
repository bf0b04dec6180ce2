import os
import socket
import threading

import pytest

from cnrs_kg.engine import frames
from cnrs_kg.engine.frames import Job, Reply, Request, Status
from cnrs_kg.errors import EngineBusy, QuerySyntaxError

BUFFER = bytearray(frames.LARGEST)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("length", [0, 10, frames.INLINE - 200, frames.INLINE, 1_000_000])
def test_a_request_arrives_as_it_was_sent(pair, length):
    sent = Request(Job.QUERY, "/stores/é", b"x" * length, "http://é/", 1, 2, frames.as_extra({"default": ["a"]}))
    thread = threading.Thread(target=frames.send_request, args=(pair[0], sent, 3))
    thread.start()
    received = frames.receive_request(pair[1], BUFFER)
    thread.join()
    assert received is not None
    found, seat = received
    assert seat == 3
    if found.file is not None:
        with os.fdopen(found.file, "rb") as file:
            found = found._replace(text=file.read(), file=None)
    assert found == sent


@pytest.mark.parametrize("length", [0, frames.INLINE, frames.INLINE + 1, 1_000_000])
def test_a_reply_arrives_as_it_was_sent(pair, length):
    sent = Reply(Status.ANSWER, 1, 5, length, b"x" * length, None, True, 0.25)
    thread = threading.Thread(target=frames.send_reply, args=(pair[0], sent, 0.25))
    thread.start()
    found = frames.receive_reply(pair[1], BUFFER)
    thread.join()
    assert found is not None
    if found.file is not None:
        with os.fdopen(found.file, "rb") as file:
            found = found._replace(body=file.read(), file=None)
    assert found == sent


class Late(socket.socket):
    """A socket on which a file comes later than somebody waits for it."""

    waits = 3

    def recvmsg(self, *args):
        self.waits -= 1
        if self.waits:
            raise BlockingIOError
        return super().recvmsg(*args)


def test_a_file_may_come_late(pair):
    sent = Reply(Status.ANSWER, 1, 5, 1_000_000, b"x" * 1_000_000)
    frames.send_reply(pair[0], sent)
    with Late(fileno=pair[1].detach()) as late:
        found = frames.receive_reply(late, BUFFER)
    assert late.waits == 0
    assert found is not None and found.file is not None
    with os.fdopen(found.file, "rb") as file:
        assert len(file.read()) == found.size


def test_a_closed_socket_is_no_message(pair):
    pair[0].close()
    assert frames.receive_request(pair[1], BUFFER) is None
    assert frames.receive_reply(pair[1], BUFFER) is None


@pytest.mark.parametrize(
    "error",
    [
        QuerySyntaxError("wrong é", position=(1, 2), limit="a", advice="do this"),
        EngineBusy("busy", retry_after=3),
    ],
)
def test_an_error_keeps_what_it_carries(error):
    found = frames.read_error(frames.error_body(error))
    assert type(found) is type(error)
    assert vars(found) == vars(error)
    assert str(found) == str(error)
