"""The server as it runs, for tests that speak to it over the wire."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

PROGRAM = """
from cnrs_kg.browsing import completion, search
from cnrs_kg.cli.main import main

completion.PATIENCE = search.FIRST = search.NEXT = 600.0
main()
"""
"""`cnrs-kg`, but for what it gives up soon: suggestions that fit, and searches of what was just published."""


_PORTS = count()


@dataclass(frozen=True)
class Served:
    """A server process, its address and its log."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


@contextmanager
def serving(data: Path, directory: Path, **settings: str) -> Iterator[Served]:
    """`cnrs-kg serve` over a data directory, on a port of its own, killed at the end; `directory` is where it runs."""
    port = free_port()
    given = {"CNRS_KG_DATA_DIR": str(data), "CNRS_KG_PORT": str(port), "CNRS_KG_WORKERS": "1", **settings}
    log = directory / "log"
    with log.open("wb") as lines:
        command = [sys.executable, "-c", PROGRAM, "serve"]
        process = subprocess.Popen(command, cwd=directory, env={**os.environ, **given}, stdout=lines, stderr=lines)
    found = Served(process, f"http://127.0.0.1:{port}", log)
    try:
        await_ready(found)
        yield found
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port on which nobody listens, and that neither another process of these tests nor a client is given soon."""
    for _ in range(1000):
        number = 10_000 + (os.getpid() * 50 + next(_PORTS) % 50) % 20_000
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", number))
            return number
    pytest.fail("there is no free port")


def await_ready(served: Served) -> None:
    deadline = time.monotonic() + 120
    while served.process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{served.url}/readyz", timeout=30).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the server does not get ready: {served.log.read_text()[-2000:]}")
