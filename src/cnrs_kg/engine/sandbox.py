"""What a worker may not do, settled before it opens a store: reach the network, start programs, outlive its server.

The strongest that the machine allows is taken: a user and network namespace of its own (with no interface up) and a
seccomp filter that refuses sockets and programs; where neither is allowed, a limit of open files just above those that
the stores need. https://man7.org/linux/man-pages/man2/seccomp.2.html
"""

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys

_M_ARENA_MAX = -8
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIGKILL = 9
_EPERM = 1
_RETURN_ERRNO = 0x00050000
_RETURN_ALLOW = 0x7FFF0000
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET = 0, 4
_X32 = 0x40000000
_OOM_SCORE = "900"
"""Of 1,000: above what else may be large on the machine."""

# Audit architecture, then: socket, socketpair, connect, bind, listen, accept, accept4, execve, execveat, ptrace,
# io_uring_setup, io_uring_enter, bpf, kill.
_SYSTEM_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 42, 49, 50, 43, 288, 59, 322, 101, 425, 426, 321, 62)),
    "aarch64": (0xC00000B7, (198, 199, 203, 200, 201, 202, 242, 221, 281, 117, 425, 426, 280, 129)),
}


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    return libc


def confine(parent: int, *, spool_bytes: int, allowed: frozenset[str]) -> tuple[str, ...]:
    """Confine this process, which must have one thread, and name the ways that took: of "namespace", "seccomp".

    `allowed` leaves some of them out, for tests of the fallbacks. The process ends with the thread that started it.
    """
    libc = _libc()
    libc.mallopt(_M_ARENA_MAX, 2)  # each further arena would take 64 MiB of the address space
    os.putenv("RUST_BACKTRACE", "0")  # what a failed allocation prints stays short and readable
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _end_first()
    ways = []
    if "namespace" in allowed and libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        ways.append("namespace")
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the server has gone")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (spool_bytes, spool_bytes))
    if "seccomp" in allowed and _filter(libc):
        ways.append("seccomp")
    return tuple(ways)


def _end_first() -> None:
    """When the machine runs out of memory, it is this process that ends, not the server: it is replaced unseen."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(_OOM_SCORE)


def _filter(libc: ctypes.CDLL) -> bool:
    """Install the seccomp filter; False where the kernel or the machine has none."""
    known = _SYSTEM_CALLS.get(platform.machine())
    if known is None:
        return False
    program = filter_program(*known)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header), 0, 0) == 0)


def filter_program(architecture: int, refused: tuple[int, ...]) -> bytes:
    """The filter as BPF: EPERM for the refused calls and for calls of another architecture."""
    refuse = len(refused) + 2
    rows = [
        (_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
        (_JUMP_IF_EQUAL, 0, refuse + 1, architecture),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
        (_JUMP_IF_AT_LEAST, refuse - 1, 0, _X32),
        *((_JUMP_IF_EQUAL, len(refused) - place, 0, call) for place, call in enumerate(refused)),
        (_RETURN, 0, 0, _RETURN_ALLOW),
        (_RETURN, 0, 0, _RETURN_ERRNO | _EPERM),
    ]
    return b"".join(struct.pack("HBBI", *row) for row in rows)


class Memory:
    """The address space allowed: what the worker needs with its stores open, and `allowance` bytes more.

    A mapped file counts like memory, so the limit is lifted while a store is opened and set again around it.
    """

    def __init__(self, allowance: int) -> None:
        self.allowance = allowance
        self.base, self.resident = usage()

    def lift(self) -> None:
        """No limit, while a store is being opened."""
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def settle(self, before: int) -> None:
        """Take what opening or closing changed, since `before` bytes, into the base, and set the limit."""
        self.base = max(0, self.base + usage()[0] - before)
        resource.setrlimit(resource.RLIMIT_AS, (self.base + self.allowance, resource.RLIM_INFINITY))

    def is_worn(self) -> bool:
        """Whether so much was kept after a query that the next one would have too little."""
        size, resident = usage()
        return size - self.base > self.allowance // 4 or resident - self.resident > self.allowance // 4


def limit_data(allowance: int) -> None:
    """Let this process take so many bytes more than it has, mapped files not counted."""
    with open("/proc/self/statm", "rb") as file:
        held = int(file.read().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (held + allowance, resource.RLIM_INFINITY))


def usage() -> tuple[int, int]:
    """Bytes of address space and of memory that this process has now."""
    with open("/proc/self/statm", "rb") as file:
        size, resident = file.read().split()[:2]
    page = resource.getpagesize()
    return int(size) * page, int(resident) * page


def freeze_descriptors() -> None:
    """Allow no further open file, the last resort against sockets; those that are open stay usable."""
    lowest_free = os.open("/dev/null", os.O_RDONLY)
    os.close(lowest_free)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))


def thaw_descriptors() -> None:
    """Allow as many open files as the machine does, between requests."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def can_open_socket() -> bool:
    """Whether a connection to another machine could be made from here: tried, with an address that nobody answers."""
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.connect(("192.0.2.1", 9))
    except OSError:
        return False
    return True
