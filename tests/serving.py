"""The server as it runs, for tests that speak to it over the wire."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Served:
    """A server process, its address and its log."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


@contextmanager
def serving(data: Path, directory: Path, **settings: str) -> Iterator[Served]:
    """`cnrs-kg serve` over a data directory, on a port of its own, killed at the end; `directory` is where it runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"CNRS_KG_DATA_DIR": str(data), "CNRS_KG_PORT": str(port), "CNRS_KG_WORKERS": "1", **settings}
    log = directory / "log"
    with log.open("wb") as lines:
        command = [sys.executable, "-m", "cnrs_kg", "serve"]
        process = subprocess.Popen(command, cwd=directory, env={**os.environ, **given}, stdout=lines, stderr=lines)
    found = Served(process, f"http://127.0.0.1:{port}", log)
    try:
        await_ready(found)
        yield found
    finally:
        process.kill()
        process.wait()


def await_ready(served: Served) -> None:
    deadline = time.monotonic() + 120
    while served.process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{served.url}/readyz", timeout=30).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the server does not get ready: {served.log.read_text()[-2000:]}")
