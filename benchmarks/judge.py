"""Judging a change by shapes: 100 statements against graphs of several sizes; pySHACL on the whole graph beside it.

    python benchmarks/judge.py [--triples 10000 1000000] [--whole 10000] [--peers PYTHON] [--keep DIR] [--json FILE]

Wanted: a file of 100 statements judged end to end in 250 ms against 1 M and 5 M triples; this measures the part of the
shapes (27 of them, `organisations-shapes.ttl`). The graph with its closure is in a store on the disk; a change is there
when it is judged. Cases: the generator's submission added, the same withdrawn, the same with each tenth statement left
out (so that shapes have faults to tell), a label of a hub, which everything points to, and of a topic, which a shape of
all units with that topic reads. `--whole` names the sizes at which everything is judged, by us and by peers (PyPI:
pyshifty, shacl-rust, and pySHACL up to 20,000 triples; each in a process of its own, reading not counted where the peer
lets it be told apart). Wanted: a million statements in 5 s with their report while at most 500 nodes fail.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.validation.judge import Judgement, judge_change, judge_store
from cnrs_kg.validation.shapes import Shapes, compile_shapes
from reasoning import GRAPH, dataset, stored, timed, told

SHAPES = Path(__file__).with_name("organisations-shapes.ttl")
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
DEADLINE, SLOW = 600, 20_000
PEER = """
import sys, time
data, shapes = sys.argv[1:]
{code}
print(round(time.perf_counter() - started, 2))
"""
PEERS = {
    "pyshacl": """
import pyshacl, rdflib
graph, asked = rdflib.Graph().parse(data, format="nt"), rdflib.Graph().parse(shapes)
started = time.perf_counter()
pyshacl.validate(graph, shacl_graph=asked, inplace=True)""",
    "pyshifty": """
import shifty, rdflib
graph, asked = rdflib.Graph().parse(data, format="nt"), rdflib.Graph().parse(shapes)
started = time.perf_counter()
shifty.validate(graph, asked, infer=False)""",
    "shacl-rust": """
import shacl_rust
graph, asked = open(data).read(), open(shapes).read()
started = time.perf_counter()
shacl_rust.validate(graph, asked, data_format="nt", shapes_format="turtle", experimental_index=True)""",
}
HUB, TOPIC = (
    ox.Quad(ox.NamedNode(f"https://kg.example/id/{name}"), LABEL, ox.Literal("Centre", language="en-GB"), GRAPH)
    for name in ("org/0", "topic/3")
)


def shapes() -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(path=str(SHAPES), format=ox.RdfFormat.TURTLE)]


def apply(store: ox.Store, added: list[ox.Quad], removed: list[ox.Quad]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Write the change with what it entails; the quads that the store gained and lost."""
    told_of = {*added, *removed}
    triples = {quad.triple for quad in told_of}
    before = {triple for triple in triples if ox.Quad(*triple) in store}
    _, found = timed(store, added, removed)
    triples |= {*found.gained, *found.lost}
    before |= set(found.lost)
    after = {triple for triple in triples if ox.Quad(*triple) in store}
    gained, lost = ([ox.Quad(*triple, DEFAULT_GRAPH) for triple in side] for side in (after - before, before - after))
    return [*added, *gained], [*removed, *lost]


def judged(store: ox.Store, ready: Shapes, added: list[ox.Quad], removed: list[ox.Quad], repeat: int) -> dict[str, Any]:
    """The median of judging the change, which is applied for it and taken back."""
    gained, lost = apply(store, added, removed)
    times: list[float] = []
    found = Judgement()
    for _ in range(repeat):
        started = time.perf_counter()
        found = judge_change(store, ready, gained, lost)
        times.append((time.perf_counter() - started) * 1000)
    apply(store, removed, added)
    return {
        "statements": len(added) + len(removed),
        "with inferred": sum(quad.graph_name == DEFAULT_GRAPH for quad in (*gained, *lost)),
        "judged": found.judged,
        "results": len(found.results),
        "background": len(found.background),
        "whole": [name.rpartition("#")[2] for name, _ in found.whole],
        "first_ms": round(times[0], 1),
        "median_ms": round(statistics.median(times), 1),
        "worst_ms": round(max(times), 1),
    }


def cases(size: int, directory: Path) -> dict[str, tuple[list[ox.Quad], list[ox.Quad]]]:
    lines = (directory / f"delta-{size}.nt").read_bytes()
    delta = [stored_quad(ox.Quad(*quad.triple, GRAPH)) for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES)]  # type: ignore[union-attr]
    return {
        "100 added": (delta, []),
        "90 added, 10 of a hundred missing": ([quad for n, quad in enumerate(delta) if n % 10], []),
        "a hub's label added": ([stored_quad(HUB)], []),
        "a topic's label added, which thousands read": ([stored_quad(TOPIC)], []),
    }


def measure(size: int, directory: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    dataset(size, directory)
    store, ready = stored(size, directory), compile_shapes(shapes())
    rows = []
    for name, (added, removed) in cases(size, directory).items():
        rows.append(told({"triples": size, "case": name} | judged(store, ready, added, removed, options.repeat)))
    delta, _ = cases(size, directory)["100 added"]
    apply(store, delta, [])
    rows.append(told({"triples": size, "case": "100 withdrawn"} | judged(store, ready, [], delta, options.repeat)))
    apply(store, [], delta)
    if size in options.whole:
        rows.append(everything(store, size, ready, directory, options.peers))
    return rows


def everything(store: ox.Store, size: int, ready: Shapes, directory: Path, python: str) -> dict[str, Any]:
    """Everything judged: by us in the store, by peers on a file of the same statements, reading it not counted."""
    started = time.perf_counter()
    found = judge_store(store, ready)
    own = time.perf_counter() - started
    data = directory / f"closed-{size}.nt"
    if not data.exists():
        store.dump(str(data), ox.RdfFormat.N_TRIPLES, from_graph=DEFAULT_GRAPH)
    row: dict[str, Any] = {
        "triples": size,
        "case": "everything",
        "statements": sum(1 for _ in data.open("rb")),
        "results": len(found.results),
        "judged": found.judged,
        "own_s": round(own, 2),
    }
    for peer, code in PEERS.items():
        if peer != "pyshacl" or size <= SLOW:
            row[f"{peer}_s"] = judged_by(python, code, data)
    return told(row)


def judged_by(python: str, code: str, data: Path) -> Any:
    """Seconds that a peer takes, or why it gave none."""
    try:
        done = subprocess.run(
            [python, "-c", PEER.format(code=code), str(data), str(SHAPES)],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not in {DEADLINE}"
    return float(done.stdout) if done.returncode == 0 else (done.stderr.strip().splitlines() or ["failed"])[-1][:80]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, nargs="*", default=[10_000, 1_000_000])
    options.add_argument("--whole", type=int, nargs="*", default=[10_000])
    options.add_argument("--repeat", type=int, default=9)
    options.add_argument("--peers", default=sys.executable, help="a Python that has pyshacl, pyshifty and shacl-rust")
    options.add_argument("--keep", type=Path, help="where data and stores are kept")
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rows = [row for size in asked.triples for row in measure(size, asked.keep or Path(scratch), asked)]
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {asked.json}", err=True)


if __name__ == "__main__":
    main()
