"""What a confined process cannot do, each way tried alone in a process of its own."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnrs_kg.engine import sandbox
from cnrs_kg.engine.pool import Pool, QueryRequest

from ..waiting import until
from .conftest import ENDLESS, LIMITS

CONFINE = """
import json, os, sys
import pyoxigraph as ox
from cnrs_kg.engine import sandbox
ways = sandbox.confine(os.getppid(), spool_bytes=1000, allowed=frozenset({allowed!r}))
if not ways:
    sandbox.freeze_descriptors()
"""
WAYS = {"namespace": ["namespace"], "seccomp": ["seccomp"], "both": ["namespace", "seccomp"], "descriptors": []}
HAS = {
    way: way
    in json.loads(
        subprocess.run(
            [sys.executable, "-c", CONFINE.format(allowed=[way]) + "print(json.dumps(ways))"],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    )
    for way in ("namespace", "seccomp")
}


def confined(allowed: list[str], code: str) -> str:
    program = CONFINE.format(allowed=allowed) + code
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def each_way() -> list[object]:
    return [
        pytest.param(
            ways,
            id=name,
            marks=pytest.mark.skipif(
                not all(HAS[way] for way in ways), reason=f"this machine does not allow {' and '.join(ways)}"
            ),
        )
        for name, ways in WAYS.items()
    ]


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    """A SPARQL endpoint of this machine, and the requests that it got."""
    got: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append(self.path)
            self.send_error(500)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    thread.join()
    server.server_close()


SERVICE = """
try:
    list(ox.Store().query("SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))
except OSError as error:
    print("refused", error)
"""


def test_the_endpoint_is_reached_without_a_sandbox(listening):
    url, got = listening
    program = "import pyoxigraph as ox" + SERVICE.format(url=url)
    subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert len(got) == 1


@pytest.mark.parametrize("ways", each_way())
def test_no_way_leads_to_a_socket(ways, listening):
    url, got = listening
    assert "refused" in confined(ways, SERVICE.format(url=url))
    assert got == []
    assert "False" in confined(ways, "import socket\nprint(sandbox.can_open_socket())" if ways else FROZEN)


FROZEN = """
import ctypes
print(ctypes.CDLL(None).socket(2, 1, 0) >= 0)
"""


@pytest.mark.skipif(not HAS["seccomp"], reason="this machine does not allow seccomp")
def test_no_program_can_be_started():
    out = confined(["seccomp"], "import subprocess\nsubprocess.run(['/bin/true'])")
    assert "PermissionError" in out


def test_files_are_bounded_and_no_core_is_left(tmp_path):
    code = f"""
import resource
print(resource.getrlimit(resource.RLIMIT_CORE))
try:
    open({str(tmp_path / "f")!r}, "wb", buffering=0).write(b"x" * 2000) == 1000 and open(
        {str(tmp_path / "f")!r}, "ab", buffering=0).write(b"x")
except OSError as error:
    print("too large", error)
"""
    out = confined(["seccomp"], code)
    assert "(0, 0)" in out
    assert "too large" in out


@pytest.mark.skipif(not HAS["seccomp"], reason="this machine does not allow seccomp")
def test_it_ends_before_the_server_when_the_machine_runs_out_of_memory():
    before = int(Path("/proc/self/oom_score_adj").read_text())
    assert int(confined(["seccomp"], "print(open('/proc/self/oom_score_adj').read())")) > before


def test_a_process_whose_server_has_gone_ends():
    code = "import os\nfrom cnrs_kg.engine import sandbox\nsandbox.confine(os.getppid() + 1, spool_bytes=1, "
    code += "allowed=frozenset())\nprint('alive')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "alive" not in done.stdout
    assert "has gone" in done.stderr


def test_workers_die_with_the_server(tmp_path, store_path):
    """Killed, so that it can tell nobody; busy, so that the worker does not see its socket close."""
    program = f"""
import os, signal, threading
from pathlib import Path
from cnrs_kg.engine.pool import Limits, Pool, QueryRequest
pool = Pool(1, Limits(quick=100), Path({str(tmp_path)!r}))
pool.start()
request = QueryRequest({ENDLESS!r}, Path({str(store_path)!r}))
threading.Thread(target=pool.query, args=(request,), daemon=True).start()
while pool.status()["running"] < 1 or pool.status()["idle"] < 1:
    pass
(busy,) = pool._keeper._all - set(pool._lanes._idle)
print(busy.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    pid = int(done.stdout)
    until(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("ways", each_way())
def test_a_pool_works_and_says_how_it_is_confined(ways, tmp_path, store_path):
    with Pool(1, LIMITS, tmp_path, sandbox=frozenset(ways)) as pool:
        assert pool.status()["sandbox"] == (ways or ["descriptors"])
        assert pool.query(QueryRequest("ASK { ?s ?p ?o }", store_path)).read() == b'{"head":{},"boolean":true}'
        many = pool.query(QueryRequest("SELECT * { VALUES ?x { " + "1 " * 4000 + "} }", store_path))
        assert many.read().count(b'"x"') == 4001
        assert pool.parse(b"<urn:a> <urn:b> " + b"1, " * 2000 + b"1 .", "text/turtle").statements == 2001


def test_the_filter_refuses_exactly_what_is_listed():
    """The program, interpreted as the kernel does."""
    program = sandbox.filter_program(7, (41, 59))

    def verdict(architecture: int, call: int) -> int:
        rows = [
            (
                int.from_bytes(program[at : at + 2], "little"),
                program[at + 2],
                program[at + 3],
                int.from_bytes(program[at + 4 : at + 8], "little"),
            )
            for at in range(0, len(program), 8)
        ]
        place = value = 0
        while True:
            code, yes, no, operand = rows[place]
            place += 1
            if code == 0x20:
                value = {0: call, 4: architecture}[operand]
            elif code == 0x15:
                place += yes if value == operand else no
            elif code == 0x35:
                place += yes if value >= operand else no
            else:
                return operand

    allowed, refused = 0x7FFF0000, 0x00050001
    assert [verdict(7, call) for call in (0, 40, 41, 42, 58, 59, 60)] == [
        allowed,
        allowed,
        refused,
        allowed,
        allowed,
        refused,
        allowed,
    ]
    assert verdict(8, 0) == refused
    assert verdict(7, 0x40000000 + 1) == refused
