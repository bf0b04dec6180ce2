"""Consecutive publications of a 100-statement change, against `oxigraph serve` taking the same change as an update.

    python benchmarks/publish.py [--triples 10000 1000000 10000000] [--publishes 1000] [--keep DIR] [--json FILE]

Wanted: median <= 100 ms, 95 % <= 200 ms, at most 1 s, from the branch to a query that sees the change; the largest
graph within 1.5 times the smallest. The sizes take turns, so that what else the machine does meets all of them. A
change adds 60 statements and withdraws 40 of one named graph, whatever the size, the merge into the default graph
included; judging and reasoning are not part of it. Each publication is a version of its own, synced to the disk; the
peer (PyPI `oxigraph`, left out where it is not there) keeps no versions and syncs nothing.
"""

import argparse
import gc
import http.client
import importlib.metadata
import itertools
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.store.files import disk_bytes
from cnrs_kg.store.versions import Retention, Versions

GENERATOR = Path(os.environ.get("CNRS_KG_SHARED", Path(__file__).parents[2] / "shared")) / "benchmark/organisations.py"
HERE = GRAPH("benchmark")
ONTOLOGY, IDS = "https://kg.example/onto#", "https://kg.example/id/"
ADDED_UNITS, WITHDRAWN, SAMPLED = 15, 40, 7
TURN = 50
"""Publications of one size before the next one's turn."""
WANTED = {"median": 0.1, "p95": 0.2, "max": 1.0}
RESTART = """
import sys, time
from pathlib import Path
from cnrs_kg.store.versions import Versions
versions = Versions(Path(sys.argv[1]))
store = versions.open(versions.current())
answer = list(store.query("SELECT ?p ?o WHERE { <https://kg.example/id/org/1> ?p ?o }"))
print(time.time(), len(answer), flush=True)
for number in range(2000):
    list(store.query("SELECT ?p ?o WHERE { <https://kg.example/id/org/%d> ?p ?o }" % number))
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
"""


@dataclass(frozen=True)
class Change:
    """Sixty statements to add and forty to withdraw."""

    added: list[ox.Quad]
    removed: list[ox.Quad]

    def update(self) -> bytes:
        """The same as a SPARQL update of the named graph and of the default graph."""
        text = []
        for verb, quads in (("DELETE", self.removed), ("INSERT", self.added)):
            triples = " ".join(f"{quad.triple} ." for quad in quads)
            text.append(f"{verb} DATA {{ {triples} GRAPH {HERE} {{ {triples} }} }}")
        return ";\n".join(text).encode()


@dataclass
class Figures:
    """Seconds, and bytes."""

    times: list[float] = field(repr=False)

    def of(self, wanted: str) -> float:
        ordered = sorted(self.times)
        if wanted == "median":
            return statistics.median(ordered)
        return ordered[-1] if wanted == "max" else ordered[int(len(ordered) * 0.95)]

    def row(self) -> dict[str, float]:
        return {f"{name}_ms": round(1000 * self.of(name), 1) for name in WANTED}


@dataclass
class Run:
    """What one size of graph came to."""

    triples: int
    publishes: int
    load_s: float = 0.0
    publish: dict[str, float] = field(default_factory=dict)
    parts_ms: dict[str, float] = field(default_factory=dict)
    cpu_ms: float = 0.0
    peer: dict[str, float] | None = None
    first_version_mb: float = 0.0
    kept: int = 0
    disk_mb: float = 0.0
    per_kept_version_kb: float = 0.0
    per_record_kb: float = 0.0
    restart_s: float = 0.0
    version_rss_mb: float = 0.0


def generate(triples: int, directory: Path) -> Path:
    """The file with the graph."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"data-{triples}.nt"
    if not file.exists():
        subprocess.run([sys.executable, str(GENERATOR), str(directory), str(triples)], check=True, capture_output=True)
    return file


def changes(file: Path, count: int) -> Iterator[Change]:
    """Changes that each add new units, and withdraw statements that the graph holds, never one twice.

    Where the file is too small for that, they withdraw what the change before added, so that every size has the same
    work.
    """
    organisations = max(10, file.stat().st_size // 5_000)
    with file.open("rb") as lines:
        chosen = itertools.islice(lines, 0, None, SAMPLED)
        parsed = ox.parse(b"".join(itertools.islice(chosen, WITHDRAWN * count)), ox.RdfFormat.N_TRIPLES)
    old = [ox.Quad(found.subject, found.predicate, found.object, HERE) for found in parsed]
    added: list[ox.Quad] = []
    for number in range(count):
        withdrawn = old[number::count][:WITHDRAWN]
        withdrawn += added[: WITHDRAWN - len(withdrawn)]
        added = []
        for place in range(ADDED_UNITS):
            unit = ox.NamedNode(f"{IDS}unit/new-{number}-{place}")
            other = ox.NamedNode(f"{IDS}org/{(number * 7919 + place * 104729) % organisations}")
            values: dict[str, ox.NamedNode | ox.Literal] = {
                "label": ox.Literal(f"Unit {number} {place}", language="en"),
                "kind": ox.NamedNode(f"{ONTOLOGY}UMR"),
                "unitOf": other,
                "partnersWith": other,
            }
            added += [ox.Quad(unit, ox.NamedNode(ONTOLOGY + name), value, HERE) for name, value in values.items()]
        yield Change(added, withdrawn)


@dataclass
class Publishing:
    """One size of graph on its way: its versions, the changes to come, and what was measured."""

    run: Run
    file: Path
    versions: Versions
    changes: Iterator[Change]
    times: list[float] = field(default_factory=list)
    parts: list[tuple[float, float, float]] = field(default_factory=list)
    cpu: float = 0.0

    def publish(self, count: int) -> None:
        """Publish so many changes; the time of each runs until a query of the new version sees it."""
        for change in itertools.islice(self.changes, count):
            # Python's own collector would walk what the benchmark itself holds.
            gc.disable()
            self.cpu -= time.process_time()
            started = time.perf_counter()
            with self.versions.writing() as branch:
                branch.apply(change.added, change.removed)
                applied = time.perf_counter()
                branch.publish(message="benchmark")
            published = time.perf_counter()
            current = self.versions.current()
            assert current is not None
            seen = self.versions.open(current).query(f"ASK {{ {change.added[0].triple} }}")
            ended = time.perf_counter()
            self.cpu += time.process_time()
            gc.enable()
            self.times.append(ended - started)
            self.parts.append((applied - started, published - applied, ended - published))
            assert seen and current.number == len(self.times) + 1

    def note(self) -> None:
        """Write what was measured into the run."""
        self.run.publish = Figures(self.times).row()
        self.run.cpu_ms = round(1000 * self.cpu / len(self.times), 1)
        medians = (statistics.median(found) for found in zip(*self.parts, strict=True))
        self.run.parts_ms = {
            name: round(1000 * found, 1)
            for name, found in zip(("apply", "publish", "reopen and ask"), medians, strict=True)
        }


def measure_disk(versions: Versions, run: Run) -> None:
    """What the versions take, each file once."""
    data = versions.data_dir / "versions"
    kept = [version for version in versions.list() if version.kept]
    records = [data / str(version.number) / name for version in versions.list() for name in ("patch", "meta.json")]
    run.kept = len(kept)
    run.disk_mb = round(disk_bytes(versions.data_dir) / 1e6, 1)
    counted: set[tuple[int, int]] = set()
    newest = disk_bytes(kept[-1].path, counted)
    others = sum(disk_bytes(version.path, counted) for version in kept[:-1])
    run.first_version_mb = round(newest / 1e6, 1)
    run.per_kept_version_kb = round(others / max(1, len(kept) - 1) / 1e3, 1)
    run.per_record_kb = round(sum(path.stat().st_size for path in records[2:]) / max(1, len(records) // 2 - 1) / 1e3, 1)


def measure_restart(versions: Versions, run: Run) -> None:
    """Seconds from the start of a process to its first answer, and what it holds after 2,000 look-ups."""
    started = time.time()
    found = subprocess.run(
        [sys.executable, "-c", RESTART, str(versions.data_dir)], check=True, capture_output=True, text=True
    ).stdout.split()
    run.restart_s = round(float(found[0]) - started, 2)
    run.version_rss_mb = round(int(found[2]) / 1e3, 1)


@contextmanager
def peer(file: Path, directory: Path) -> Iterator[http.client.HTTPConnection]:
    """`oxigraph serve` holding the same quads."""
    program = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))
    store = str(directory)
    for graph in ([], ["--graph", HERE.value]):
        command = [program, "load", "--location", store, "--file", str(file), *graph]
        subprocess.run(command, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "serve", "--location", store, "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            for _ in range(600):
                try:
                    connection.connect()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            yield connection
            connection.close()
        finally:
            process.terminate()


def update_peer(file: Path, directory: Path, publishes: int) -> dict[str, float]:
    """The same changes as updates, each followed by the same question."""
    times = []
    with peer(file, directory) as connection:
        for change in changes(file, publishes):
            body, question = change.update(), f"ASK {{ {change.added[0].triple} }}".encode()
            started = time.perf_counter()
            connection.request("POST", "/update", body, {"Content-Type": "application/sparql-update"})
            answer = connection.getresponse()
            assert answer.status == 204, answer.read()
            answer.read()
            connection.request("POST", "/query", question, {"Content-Type": "application/sparql-query"})
            assert b"true" in connection.getresponse().read()
            times.append(time.perf_counter() - started)
    return Figures(times).row()


class Say:
    """Talk on standard error."""

    def __call__(self, text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def loaded(triples: int, publishes: int, directory: Path, say: Say) -> Publishing:
    """A graph of this size, published, and changes to it."""
    run, file = Run(triples, publishes), generate(triples, directory / "data")
    versions = Versions(directory / f"var-{triples}", Retention())
    say(f"{triples:,} triples: loading")
    started = time.perf_counter()
    with versions.writing() as branch:
        branch.bulk_load_file(file, ox.RdfFormat.N_TRIPLES, HERE)
        branch.publish(message="load")
    run.load_s = round(time.perf_counter() - started, 1)
    say(f"  loaded in {run.load_s} s")
    return Publishing(run, file, versions, changes(file, publishes))


def measure(sizes: list[int], publishes: int, directory: Path, *, with_peer: bool, say: Say) -> list[Run]:
    """All figures of all sizes."""
    all_sizes = [loaded(size, publishes, directory, say) for size in sizes]
    for done in range(0, publishes, TURN):
        for one in all_sizes:
            one.publish(TURN)
            last = Figures(one.times[-TURN:]).row()
            told = ", ".join(f"{name} {value:g}" for name, value in last.items())
            say(f"  {one.run.triples:,}: {min(done + TURN, publishes)} published; the last {TURN}: {told}")
    for one in all_sizes:
        one.note()
        measure_disk(one.versions, one.run)
        one.versions.close()
        measure_restart(one.versions, one.run)
        if with_peer:
            say(f"  oxigraph serve, {one.run.triples:,} triples")
            one.run.peer = update_peer(one.file, directory / f"peer-{one.run.triples}", publishes)
        say(f"  {asdict(one.run)}")
    return [one.run for one in all_sizes]


def table(runs: list[Run]) -> str:
    """The figures for a reader."""
    rows = [
        ("triples", [f"{run.triples:,}" for run in runs]),
        ("publications", [f"{run.publishes:,}" for run in runs]),
        *(
            (f"publish {name}, ms (wanted {1000 * WANTED[name]:g})", [f"{run.publish[f'{name}_ms']:g}" for run in runs])
            for name in WANTED
        ),
        ("of it apply / publish / reopen, ms", [" / ".join(f"{v:g}" for v in run.parts_ms.values()) for run in runs]),
        ("processor time of each, ms", [f"{run.cpu_ms:g}" for run in runs]),
        *(
            (f"oxigraph serve {name}, ms", [f"{run.peer[f'{name}_ms']:g}" if run.peer else "-" for run in runs])
            for name in WANTED
        ),
        ("one version, MB", [f"{run.first_version_mb:g}" for run in runs]),
        ("each further version kept, KB", [f"{run.per_kept_version_kb:g}" for run in runs]),
        ("patch and record of each version, KB", [f"{run.per_record_kb:g}" for run in runs]),
        ("in all, MB (stores kept)", [f"{run.disk_mb:g} ({run.kept})" for run in runs]),
        ("restart to first answer, s", [f"{run.restart_s:g}" for run in runs]),
        ("memory of a process with one version, MB", [f"{run.version_rss_mb:g}" for run in runs]),
        ("bulk load and first publication, s", [f"{run.load_s:g}" for run in runs]),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}" + "".join(f"{value:>24}" for value in values) for name, values in rows) + "\n"


def machine() -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
        "pyoxigraph": importlib.metadata.version("pyoxigraph"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--publishes", type=int, default=1_000)
    parser.add_argument("--keep", type=Path, help="work here, and leave everything")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--without-peer", action="store_true")
    asked = parser.parse_args()
    has_peer = not asked.without_peer and bool(
        shutil.which("oxigraph") or Path(sys.executable).with_name("oxigraph").exists()
    )
    directory = asked.keep or Path(tempfile.mkdtemp(prefix="cnrs-kg-publish-"))
    before = machine()
    try:
        runs = measure(asked.triples, asked.publishes, directory, with_peer=has_peer, say=Say())
    finally:
        if asked.keep is None:
            shutil.rmtree(directory, ignore_errors=True)
    sys.stdout.write(table(runs))
    ratio = runs[-1].publish["median_ms"] / runs[0].publish["median_ms"]
    if len(runs) > 1:
        processor = runs[-1].cpu_ms / runs[0].cpu_ms
        sys.stdout.write(f"largest to smallest, median: {ratio:.2f} (wanted 1.5); processor time: {processor:.2f}\n")
    sys.stdout.write(f"{before}\n")
    if asked.json:
        found = {"machine": before, "runs": [asdict(run) for run in runs], "ratio": round(ratio, 2)}
        asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
