"""Point look-ups and replays at `/sparql`, against `oxigraph serve` and Virtuoso on the same graph in the same run.

    python benchmarks/lookups.py [--triples 1000000] [--seconds 8] [--rounds 3] [--keep DIR] [--json FILE]

Wanted: distinct look-ups >= 0.4 x oxigraph serve and >= 3 x Virtuoso; replays from the cache >= 2 x oxigraph serve.
Needs `wrk`, and `oxigraph` (PyPI) or `virtuoso-t` and `isql-vt` (Debian) for the peers; a peer that is not there is
left out and said so. Everything listens on 127.0.0.1, and whatever was started is stopped.
"""

import argparse
import contextlib
import importlib.util
import itertools
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.store.versions import Versions

GENERATOR = Path(os.environ.get("CNRS_KG_SHARED", Path(__file__).parents[2] / "shared")) / "benchmark/organisations.py"
GRAPH = "https://w3id.org/cnrs-kg/graph/benchmark"
WANTED = {("distinct", "oxigraph"): 0.4, ("distinct", "virtuoso"): 3.0, ("replay", "oxigraph"): 2.0}
PATIENCE = 180.0
SEEDS = itertools.count(1)
LOOKUP = "SELECT ?p ?o WHERE { <https://kg.example/id/org/%d> ?p ?o } LIMIT %d"
SCRIPT = """
-- distinct: every request is another query (its number is the limit); replay: fifty queries over and over
local mode, seed, subjects, path, n = "", 0, 0, "", 0
init = function(args)
  mode, seed, subjects, path = args[1], tonumber(args[2]), tonumber(args[3]), args[4]
end
request = function()
  n = n + 1
  local subject, limit = (n * 7919 + seed) % subjects, 1000 + seed * 1000000 + n
  if mode == "replay" then subject, limit = n % 50, 1000 end
  local query = "SELECT%20%3Fp%20%3Fo%20WHERE%20%7B%20%3Chttps%3A%2F%2Fkg.example%2Fid%2Forg%2F" .. subject ..
    "%3E%20%3Fp%20%3Fo%20%7D%20LIMIT%20" .. limit
  return wrk.format("GET", path .. "?query=" .. query, {["Accept"] = "application/sparql-results+json"})
end
"""
VIRTUOSO_INI = """
[Database]
DatabaseFile = {data}/virtuoso.db
ErrorLogFile = {data}/virtuoso.log
LockFile = {data}/virtuoso.lck
TransactionFile = {data}/virtuoso.trx
xa_persistent_file = {data}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {data}/temp.db
TransactionFile = {data}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {data}
NumberOfBuffers = 60000
MaxDirtyBuffers = 45000
ThreadsPerQuery = 2
ServerThreads = 20
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 1000000
[Client]
SQL_ROWVERSION = 0
"""


@dataclass(frozen=True)
class Server:
    """A server that answers: its name, process and query URL."""

    name: str
    pid: int
    url: str

    @property
    def tree(self) -> list[int]:
        """The process and its descendants."""
        found = [self.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*"):
                with contextlib.suppress(OSError):
                    found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def memory(self) -> int:
        """Bytes of memory in use, shared pages counted once."""
        total = 0
        for pid in self.tree:
            with contextlib.suppress(OSError):
                match = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
                total += int(match[1]) * 1024 if match else 0
        return total

    def processor_time(self) -> float:
        """Seconds of processor time spent so far."""
        ticks = 0
        for pid in self.tree:
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    """Talk goes to standard error; the table and the JSON to standard output and the file."""
    sys.stderr.write(text + "\n")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str, query: str) -> Any:
    """The JSON results of a query."""
    target = f"{url}?{urllib.parse.urlencode({'query': query})}"
    request = urllib.request.Request(target, headers={"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


@contextlib.contextmanager
def running(name: str, command: list[str], url: str, directory: Path, **environment: str) -> Iterator[Server]:
    """A server of its own process group, ready to answer; stopped at the end, with all that it started."""
    with (directory / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=directory, env={**os.environ, **environment}, start_new_session=True
        )
    try:
        await_answer(url, process)
        yield Server(name, process.pid, url)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            say(f"{name} does not stop: killed")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def await_answer(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when the server answers its first query."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}; see its log")
        try:
            fetch(url, "ASK {}")
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def generate(directory: Path, triples: int) -> Path:
    """The graph as N-Triples."""
    file = directory / f"data-{triples}.nt"
    if not file.exists():
        say(f"generating {triples:,} triples")
        subprocess.run([sys.executable, str(GENERATOR), str(directory), str(triples)], check=True, capture_output=True)
    return file


@contextlib.contextmanager
def ours(directory: Path, data: Path) -> Iterator[Server]:
    """`cnrs-kg serve` over a version that holds the graph."""
    versions = Versions(directory / "ours")
    if versions.current() is None:
        say("publishing")
        with versions.writing() as branch:
            branch.bulk_load_file(data, ox.RdfFormat.N_TRIPLES, ox.NamedNode(GRAPH))
            branch.publish(message="benchmark")
    versions.close()
    port = str(free_port())
    environment = {"CNRS_KG_DATA_DIR": str(directory / "ours"), "CNRS_KG_PORT": port}
    command = [sys.executable, "-m", "cnrs_kg", "serve"]
    with running("cnrs-kg", command, f"http://127.0.0.1:{port}/sparql", directory, **environment) as server:
        yield server


@contextlib.contextmanager
def oxigraph(directory: Path, data: Path) -> Iterator[Server]:
    """`oxigraph serve-read-only`, from PyPI."""
    program, store, port = str(Path(sys.executable).parent / "oxigraph"), directory / "oxigraph", free_port()
    if not store.exists():
        say("loading oxigraph")
        subprocess.run([program, "load", "-l", str(store), "-f", str(data)], check=True, capture_output=True)
        subprocess.run([program, "optimize", "-l", str(store)], check=True, capture_output=True)
    command = [program, "serve-read-only", "-l", str(store), "-b", f"127.0.0.1:{port}"]
    with running("oxigraph", command, f"http://127.0.0.1:{port}/query", directory) as server:
        yield server


@contextlib.contextmanager
def virtuoso(directory: Path, data: Path) -> Iterator[Server]:
    """Debian's Virtuoso, on a database of its own."""
    held, sql, http = directory / "virtuoso", free_port(), free_port()
    fresh = not (held / "virtuoso.db").exists()
    held.mkdir(exist_ok=True)
    (held / "virtuoso.ini").write_text(VIRTUOSO_INI.format(data=held, sql=sql, http=http))
    command = ["virtuoso-t", "+foreground", "+configfile", str(held / "virtuoso.ini")]
    with running("virtuoso", command, f"http://127.0.0.1:{http}/sparql", directory) as server:
        if fresh:
            say("loading virtuoso")
            shutil.copy(data, held / "data.nt")
            (held / "data.nt.graph").write_text(GRAPH)
            statements = f"ld_dir('{held}', 'data.nt', '{GRAPH}'); rdf_loader_run(); checkpoint;"
            load = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", "VERBOSE=OFF", f"EXEC={statements}"]
            subprocess.run(load, check=True, capture_output=True, timeout=900)
            (held / "data.nt").unlink()
        yield server


SYSTEMS: dict[str, Callable[[Path, Path], contextlib.AbstractContextManager[Server]]] = {
    "cnrs-kg": ours,
    "oxigraph": oxigraph,
    "virtuoso": virtuoso,
}


def available(name: str) -> bool:
    """Whether a peer is installed."""
    if name == "oxigraph":
        return importlib.util.find_spec("oxigraph") is not None or (Path(sys.executable).parent / "oxigraph").exists()
    return name != "virtuoso" or all(shutil.which(program) for program in ("virtuoso-t", "isql-vt"))


def rows(server: Server, subject: int) -> set[tuple[str, str]]:
    """What a server knows about a subject, comparable between servers."""
    bindings = fetch(server.url, LOOKUP % (subject, 1000))["results"]["bindings"]
    return {(row["p"]["value"], row["o"]["value"] if row["o"]["type"] == "uri" else "") for row in bindings}


def load(server: Server, mode: str, options: argparse.Namespace, script: Path) -> dict[str, float]:
    """One run of wrk."""
    parts = urllib.parse.urlsplit(server.url)
    before = server.processor_time()
    arguments = [mode, str(next(SEEDS)), str(options.subjects), parts.path]
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--latency", "-s", str(script)]
    output = subprocess.run(
        [*command, f"{parts.scheme}://{parts.netloc}", "--", *arguments],
        check=True, capture_output=True, text=True, timeout=options.seconds + 60,
    ).stdout  # fmt: skip
    count = int(re.search(r"(\d+) requests in", output)[1])  # type: ignore[index]
    if "Non-2xx" in output or "Socket errors" in output or count == 0:
        raise SystemExit(f"{server.name} failed under load:\n{output}")
    return {
        "requests_per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),  # type: ignore[index]
        "processor_us": (server.processor_time() - before) / count * 1e6,
        "p99_ms": milliseconds(re.search(r"99%\s+([\d.]+)(us|ms|s)", output)),
    }


def milliseconds(match: "re.Match[str] | None") -> float:
    """A time as wrk writes it."""
    return float(match[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[match[2]] if match else float("nan")


def measure(servers: list[Server], options: argparse.Namespace, script: Path) -> dict[str, Any]:
    """Every server in turn, several rounds, so that what else the machine does meets all of them."""
    runs: dict[tuple[str, str], list[dict[str, float]]] = {}
    for mode in ("distinct", "replay"):
        for server in servers:
            for number in range(50):
                fetch(server.url, LOOKUP % (number, 1000))
        for _ in range(options.rounds):
            for server in servers:
                runs.setdefault((mode, server.name), []).append(load(server, mode, options, script))
    return {
        mode: {
            server.name: {
                figure: statistics.median(run[figure] for run in runs[mode, server.name])
                for figure in ("requests_per_second", "processor_us", "p99_ms")
            }
            for server in servers
        }
        for mode in ("distinct", "replay")
    }


def report(figures: dict[str, Any], memory: dict[str, int]) -> bool:
    """Print the table; whether every figure that could be judged was reached."""
    lines = [f"{'':10}{'system':12}{'requests/s':>12}{'CPU us/req':>12}{'p99 ms':>10}{'memory MB':>11}   ours / theirs"]
    reached = True
    for mode, systems in figures.items():
        for name, found in systems.items():
            ratio = systems["cnrs-kg"]["requests_per_second"] / found["requests_per_second"]
            wanted = WANTED.get((mode, name))
            verdict = "" if wanted is None else f"  wanted {wanted}: {'reached' if ratio >= wanted else 'MISSED'}"
            reached = reached and (wanted is None or ratio >= wanted)
            lines.append(
                f"{mode:10}{name:12}{found['requests_per_second']:12.0f}{found['processor_us']:12.0f}"
                f"{found['p99_ms']:10.1f}{memory[name] / 1e6:11.0f}   {ratio:.2f}{verdict}"
            )
    sys.stdout.write("\n".join(lines) + "\n")
    return reached


def main() -> int:
    """Exit 0 if every figure was reached, 1 if one was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--keep", type=Path, help="directory for graphs and stores, kept for the next run")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--only", nargs="*", choices=list(SYSTEMS), default=list(SYSTEMS))
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed")
    with contextlib.ExitStack() as stack:
        directory = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lookups-")))
        directory = directory.resolve()
        directory.mkdir(parents=True, exist_ok=True)
        data = generate(directory, options.triples)
        script = directory / "lookups.lua"
        script.write_text(SCRIPT)
        names = [name for name in SYSTEMS if name in options.only and available(name)]
        for name in set(options.only) - set(names):
            say(f"{name} is not installed: left out")
        servers = [stack.enter_context(SYSTEMS[name](directory, data)) for name in names]
        options.subjects = max(100, options.triples // 32)
        for subject in (0, 1, options.subjects // 2):
            if len({frozenset(rows(server, subject)) for server in servers}) != 1:
                raise SystemExit(f"the servers do not agree about subject {subject}")
        figures = measure(servers, options, script)
        memory = {server.name: server.memory() for server in servers}
    reached = report(figures, memory)
    if options.json:
        found = {"triples": options.triples, "cores": os.cpu_count(), "figures": figures, "memory": memory}
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
