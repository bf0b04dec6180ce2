"""The fork server, `python -m cnrs_kg.engine.forkserver SOCKET`: it has read the workers' program once, and forks.

Reading the program takes a third of a second of the processor, a fork some milliseconds: where queries end their
workers by the dozen, the difference is what is left for everybody else.

A datagram asks for a worker, with its options and descriptors, the first of which is the worker's line. On that come
the number of the process and, once it has ended, its exit code. The dead process is kept until the server closes the
line (waitid(2), `WNOWAIT`), so that no signal meets another one that got its number; a line that is closed before ends
the worker. When the server goes, this process ends, and with it every worker.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from cnrs_kg.engine import worker

_LARGEST, _MOST = 2**16, 32
"""Bytes of a datagram, and descriptors that come with it."""


@dataclass(eq=False)
class _Child:
    pid: int
    line: socket.socket
    told: bool = False


class Nursery:
    """The loop of the fork server. It has one thread, without which a fork would not be safe."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._children: list[_Child] = []
        self._lines: dict[int, _Child] = {}
        self._woken, self._waking = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._poll = select.poll()

    def run(self) -> None:
        """Fork until the server goes."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waking, warn_on_full_buffer=False)
        self._poll.register(self._woken, select.POLLIN)
        self._poll.register(self._requests, select.POLLIN)
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._lines:
                    self._forsake(descriptor)
                elif descriptor == self._woken:
                    os.read(descriptor, _LARGEST)
                elif not self._take():
                    return
            self._tell()

    def _take(self) -> bool:
        """Fork for the next request; False if nobody is there any more."""
        data, received, _, _ = socket.recv_fds(self._requests, _LARGEST, _MOST)
        if not data:
            return False
        line, parent = socket.socket(fileno=received[0]), os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            self._say(line, error=f"no process could be made: {error.strerror}")
            line.close()
        else:
            if pid == 0:
                self._work(data, parent, line, received[1:])
            child = _Child(pid, line)
            self._children.append(child)
            self._lines[line.fileno()] = child
            self._poll.register(line, select.POLLIN)
            self._say(line, pid=pid)
        for descriptor in received[1:]:
            os.close(descriptor)
        return True

    def _work(self, data: bytes, parent: int, line: socket.socket, descriptors: list[int]) -> NoReturn:
        """In the new process: be the worker, and never go back into the loop."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for sock in (line, self._requests, *(child.line for child in self._children)):
                sock.close()
            directory, errors, *sockets = descriptors
            os.dup2(errors, sys.stderr.fileno())
            os.fchdir(directory)
            for descriptor in (self._woken, self._waking, directory, errors):
                os.close(descriptor)
            os.setsid()
            worker.work(worker.Options.read(data, parent), sockets)
        finally:
            traceback.print_exc()
            os._exit(1)

    def _forsake(self, descriptor: int) -> None:
        """Nobody holds this worker any more."""
        self._poll.unregister(descriptor)
        child = self._lines.pop(descriptor)
        child.line.close()
        os.kill(child.pid, signal.SIGKILL)

    def _tell(self) -> None:
        """Say which workers have ended, and let go of those that nobody holds."""
        for child in tuple(self._children):
            end = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if end is None:
                continue
            if child.line.fileno() < 0:
                os.waitpid(child.pid, 0)
                self._children.remove(child)
            elif not child.told:
                child.told = True
                self._say(child.line, code=end.si_status if end.si_code == os.CLD_EXITED else -end.si_status)

    def _say(self, line: socket.socket, **told: int | str) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            line.send(json.dumps(told).encode())


def main() -> None:
    """Fork workers for who holds the other end of the socket."""
    # The server may run as a batch process, to which a worker must not be equal: it interrupts, and is not interrupted.
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    gc.freeze()
    gc.disable()
    Nursery(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
