"""Judging a change by shapes: 100 statements against graphs of several sizes; pySHACL on the whole graph beside it.

    python benchmarks/judge.py [--triples 10000 1000000] [--whole 10000] [--repeat 9] [--keep DIR] [--json FILE]

Wanted: a file of 100 statements judged end to end in 250 ms against 1 M and 5 M triples; this measures the part of the
shapes (27 of them, `organisations-shapes.ttl`). The graph with its closure is in a store on the disk; a change is there
when it is judged. Cases: the generator's submission added, the same withdrawn, the same with each tenth statement left
out (so that shapes have faults to tell), a label of a hub, which everything points to, and of a topic, which a shape of
all units with that topic reads. `--whole` names the sizes at which pySHACL judges a copy of everything in memory
(reading it not counted; it finds parameters in our set instead of its list).
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
import pyshacl

from cnrs_kg.rdf.rdflib_terms import graph_of
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.validation.judge import Judgement, judge_change, judge_store
from cnrs_kg.validation.shapes import Shapes, compile_shapes
from reasoning import GRAPH, dataset, stored, timed, told

SHAPES = Path(__file__).with_name("organisations-shapes.ttl")
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
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
        rows += everything(store, size, ready)
    return rows


def everything(store: ox.Store, size: int, ready: Shapes) -> list[dict[str, Any]]:
    """Everything judged: by pySHACL on a copy in memory, and by us in the store."""
    copy = graph_of(quad.triple for quad in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH))
    asked = graph_of(shapes())
    started = time.perf_counter()
    pyshacl.validate(copy, shacl_graph=asked, inplace=True)
    peer = time.perf_counter() - started
    started = time.perf_counter()
    found = judge_store(store, ready)
    own = time.perf_counter() - started
    row = {"triples": size, "case": "everything", "statements": len(copy), "results": len(found)}
    return [told(row | {"pyshacl_s": round(peer, 2), "own_s": round(own, 2)})]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, nargs="*", default=[10_000, 1_000_000])
    options.add_argument("--whole", type=int, nargs="*", default=[10_000])
    options.add_argument("--repeat", type=int, default=9)
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
