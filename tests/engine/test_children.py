"""The fork server: workers by forking, whose ends are told, and none of which is left over."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from cnrs_kg.engine import children
from cnrs_kg.engine.children import FORK_SERVER, ORPHANED, Child, ForkServer
from cnrs_kg.engine.forkserver import Nursery
from cnrs_kg.engine.frames import LARGEST, Status, receive_reply
from cnrs_kg.engine.pool import Pool, QueryRequest
from cnrs_kg.engine.process import SANDBOX

from ..waiting import until
from .conftest import LIMITS


class Held:
    """A child with our end of its socket, and what it writes when it fails."""

    def __init__(self, server: ForkServer, spool: Path, *, wrong: str = "") -> None:
        options = {"spool": str(spool), "limits": asdict(LIMITS), "allowed": sorted(SANDBOX), "store": None}
        options |= {wrong: 1} if wrong else {}
        self.errors = os.memfd_create("errors")
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                self.child = server.start(options, self.errors, [theirs.fileno()])
        except OSError:
            self.socket.close()
            os.close(self.errors)
            raise

    def close(self) -> None:
        self.child.close()
        self.socket.close()
        os.close(self.errors)


@pytest.fixture
def server() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@contextmanager
def held(server: ForkServer, spool: Path, **more: str) -> Iterator[Held]:
    found = Held(server, spool, **more)
    try:
        yield found
    finally:
        found.close()


def program(server: ForkServer) -> int:
    until(lambda: server._process is not None)  # another thread may be at starting it again
    assert server._process is not None
    return server._process.pid


def is_alive(pid: int) -> bool:
    """Whether there is such a process, be it dead and not yet let go."""
    return Path(f"/proc/{pid}").exists()


def test_a_worker_greets_and_its_end_is_told(server: ForkServer, tmp_path: Path) -> None:
    with held(server, tmp_path) as found:
        greeting = receive_reply(found.socket, bytearray(LARGEST))
        assert greeting is not None and greeting.status is Status.HELLO
        assert found.child.poll() is None
        with pytest.raises(TimeoutError):
            found.child.wait(0)
        found.child.kill()
        assert [found.child.wait(), found.child.poll()] == [-signal.SIGKILL] * 2


def test_its_number_is_taken_until_it_is_closed(server: ForkServer, tmp_path: Path) -> None:
    with held(server, tmp_path) as found:
        found.child.kill()
        found.child.wait()
        assert is_alive(found.child.pid)
        found.child.kill()
    until(lambda: not is_alive(found.child.pid))


def test_who_is_closed_before_its_end_ends(server: ForkServer, tmp_path: Path) -> None:
    with held(server, tmp_path) as first, held(server, tmp_path) as second:
        first.child.close()
        until(lambda: not is_alive(first.child.pid))
        assert second.child.poll() is None


def test_exit_codes_and_last_words(server: ForkServer, tmp_path: Path) -> None:
    with held(server, tmp_path, wrong="unknown") as found:
        assert found.child.wait() == 1
        assert b"unknown" in os.pread(found.errors, 4096, 0)
    with held(server, tmp_path) as found:
        assert receive_reply(found.socket, bytearray(LARGEST)) is not None
        found.socket.shutdown(socket.SHUT_WR)
        assert found.child.wait() == 0


def test_it_has_one_thread_and_keeps_no_descriptors(server: ForkServer, tmp_path: Path) -> None:
    """A fork copies one thread alone, and whatever locks the others held."""
    with held(server, tmp_path) as found:
        receive_reply(found.socket, bytearray(LARGEST))
        before = set(os.listdir(f"/proc/{program(server)}/fd"))
        assert len(os.listdir(f"/proc/{program(server)}/task")) == 1
        with held(server, tmp_path):
            pass
        # What came with the first may not have been given back yet when that was read.
        until(lambda: set(os.listdir(f"/proc/{program(server)}/fd")) <= before)


def test_workers_have_the_descriptors_that_they_need_alone(server: ForkServer, tmp_path: Path) -> None:
    counts = []
    with ExitStack() as stack:
        for _ in range(3):
            found = stack.enter_context(held(server, tmp_path))
            receive_reply(found.socket, bytearray(LARGEST))
            counts.append(len(os.listdir(f"/proc/{found.child.pid}/fd")))
    assert len(set(counts)) == 1


def test_when_it_ends_workers_end_and_another_takes_its_place(server: ForkServer, tmp_path: Path) -> None:
    with held(server, tmp_path) as first:
        os.kill(program(server), signal.SIGKILL)
        assert first.child.wait() == ORPHANED
        with held(server, tmp_path) as second:
            assert receive_reply(second.socket, bytearray(LARGEST)) is not None
    until(lambda: not is_alive(first.child.pid))


def test_when_the_server_goes_all_go(server: ForkServer, tmp_path: Path) -> None:
    with held(server, tmp_path) as found:
        server.close()
        assert found.child.wait() == ORPHANED
    until(lambda: not is_alive(found.child.pid))


def test_a_pool_outlives_it(tmp_path: Path, store_path: Path) -> None:
    with Pool(1, LIMITS, tmp_path) as pool:
        until(lambda: pool.status()["idle"] == 2)
        for number in range(5):
            os.kill(program(FORK_SERVER), signal.SIGKILL)
            assert pool.query(QueryRequest(f"ASK {{}} # {number}", store_path)).read()


def test_paths_are_those_of_the_current_directory(
    tmp_path: Path, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store_path.parent)
    with Pool(1, LIMITS, tmp_path) as pool:
        assert pool.query(QueryRequest("ASK {}", Path(store_path.name))).read()


def test_who_may_not_be_where_it_is_has_workers_all_the_same(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, real = [], os.open

    def refuse(path: str, flags: int) -> int:
        opened.append(path)
        if path == ".":
            raise PermissionError
        return real(path, flags)

    monkeypatch.setattr(os, "open", refuse)
    with held(server, tmp_path) as found:
        assert receive_reply(found.socket, bytearray(LARGEST)) is not None
        assert (opened[:2], os.readlink(f"/proc/{found.child.pid}/cwd")) == ([".", "/"], "/")


def test_a_machine_without_room_for_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, end:
        socket.send_fds(ours, [b"{}"], [line.fileno()])
        line.close()
        assert Nursery(theirs)._take()
        with pytest.raises(OSError, match="no process could be made: Resource"):
            Child(end)


def test_nobody_there(server: ForkServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(children, "_TUNED", ("false",))
    with pytest.raises(OSError, match="fork server has ended"):
        Held(server, tmp_path)
    line, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.close()
    with pytest.raises(ConnectionResetError):
        Child(end)


def test_a_line_says_one_thing_at_a_time() -> None:
    line, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with line:
        line.send(json.dumps({"pid": 1}).encode())
        child = Child(end)
        assert (child.pid, child.poll()) == (1, None)
        line.send(json.dumps({"code": 3}).encode())
        assert (child.poll(), child.wait()) == (3, 3)
        child.close()
