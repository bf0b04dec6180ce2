"""A file of 100 statements judged end to end: read, reasoned with, judged by shapes, reported; nothing is stored.

    python benchmarks/validate.py [--triples 10000 1000000 5000000] [--repeat 15] [--keep DIR] [--json FILE]

Wanted against 1 M and 5 M triples: 250 ms in a running server, 1.5 s by the command line from cold, 10 k to 5 M within
2 times. Files: the generator's submission, of which the end is cut off, and the same with each tenth statement left
out, so that shapes have more faults to tell (27 shapes, `organisations-shapes.ttl`). The graph is published with its
closure; that it conforms is taken for granted. A server is asked by HTTP, for JSON; the first answer includes what is
compiled once.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from judge import SHAPES

from cnrs_kg.rdf.skolem import skolemise
from cnrs_kg.reasoning.recompute import recompute
from cnrs_kg.store.versions import Versions
from reasoning import BUDGET, DAY, GRAPH, ONTOLOGY, axioms, dataset, told

SHAPES_GRAPH = ox.NamedNode("https://w3id.org/cnrs-kg/graph/shapes")


def published(size: int, directory: Path) -> Path:
    """A data directory whose only version holds ontology, shapes, data and all that follows."""
    data_dir = directory / f"published-{size}"
    if data_dir.exists():
        return data_dir
    ontology, data = dataset(size, directory)
    shapes = skolemise(ox.parse(path=str(SHAPES), format=ox.RdfFormat.TURTLE))  # type: ignore[arg-type]
    with Versions(data_dir).writing() as branch:
        stated = [ox.Quad(*triple, ONTOLOGY) for triple in axioms(ontology)]
        stated += [ox.Quad(*quad.triple, SHAPES_GRAPH) for quad in shapes]
        stated += [ox.Quad(*quad.triple, GRAPH) for quad in ox.parse(path=str(data), format=ox.RdfFormat.N_TRIPLES)]  # type: ignore[union-attr]
        branch.apply(stated)
        found = recompute(branch.store, branch.roles.merged, as_of=DAY, budget=BUDGET, scratch=branch.scratch)
        branch.set_inferred(found.triples())
        branch.publish(message="benchmark", as_of=DAY)
    return data_dir


def files(size: int, directory: Path) -> dict[str, Path]:
    lines = (directory / f"delta-{size}.nt").read_text().splitlines(keepends=True)
    faulty = directory / f"faulty-{size}.nt"
    faulty.write_text("".join(line for number, line in enumerate(lines) if number % 10))
    return {"100 as generated": directory / f"delta-{size}.nt", "90, ten of a hundred left out": faulty}


@contextmanager
def serving(data_dir: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"CNRS_KG_DATA_DIR": str(data_dir), "CNRS_KG_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "cnrs_kg", "serve"], env=environment, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/readyz").close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def asked(url: str, file: Path) -> tuple[float, dict[str, Any]]:
    """Milliseconds to the whole answer, and the verdict."""
    request = urllib.request.Request(
        f"{url}/validate", file.read_bytes(), {"Content-Type": "application/n-triples", "Accept": "application/json"}
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        found = json.load(answer)
    return (time.perf_counter() - started) * 1000, found


def cold(data_dir: Path, file: Path) -> float:
    """Seconds of the command from start to end."""
    environment = os.environ | {"CNRS_KG_DATA_DIR": str(data_dir)}
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "cnrs_kg", "validate", str(file)], env=environment, check=False, capture_output=True
    )
    return time.perf_counter() - started


def measure(size: int, directory: Path, repeat: int) -> Iterator[dict[str, Any]]:
    data_dir = published(size, directory)
    rows: dict[str, dict[str, Any]] = {}
    with serving(data_dir) as url:
        for name, file in files(size, directory).items():
            times, verdicts = zip(*(asked(url, file) for _ in range(repeat)), strict=True)
            rows[name] = {
                "triples": size,
                "file": name,
                "results": len(verdicts[-1]["results"]),
                "inferred": verdicts[-1]["inferred"],
                "first_ms": round(times[0]),
                "median_ms": round(statistics.median(times)),
                "worst_of_later_ms": round(max(times[1:])),
            }
    for name, file in files(size, directory).items():
        yield told(rows[name] | {"cold_s": round(statistics.median(cold(data_dir, file) for _ in range(3)), 2)})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, nargs="*", default=[10_000, 1_000_000])
    options.add_argument("--repeat", type=int, default=15)
    options.add_argument("--keep", type=Path, help="where data and versions are kept")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = chosen.keep or Path(scratch)
        rows = [row for size in chosen.triples for row in measure(size, directory, chosen.repeat)]
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    main()
