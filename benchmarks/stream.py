"""The whole event stream by npm's `ldes-client`, from a running server, compared with what the dump asserts.

    python benchmarks/stream.py [--triples 100000] [--client ldes-client] [--keep DIR] [--json FILE]

Wanted: the client ends with exactly the asserted statements of the dump, 10,000 members within 10 s. Without `--client`
and without one on the path, npm installs it beside the data. The server has a second version besides, which changes
and deletes some subjects.
"""

import argparse
import gzip
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from validate import GRAPH, published, serving

from cnrs_kg.publishing.stream import TIMESTAMP, VERSION_OF
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.versions import Versions
from reasoning import told

CLIENT = "ldes-client@0.3.0"
_LINE = re.compile(r"(<[^>]*>) (<[^>]*>) (.+?)(?: (<[^>]*>))? \.")
"""A statement as the client prints it: numbers without quotes, which N-Quads does not know."""


def client(given: str | None, directory: Path) -> str:
    found = given or shutil.which("ldes-client")
    if found is None:
        subprocess.run(["npm", "install", "--silent", "--prefix", str(directory), CLIENT], check=True)
        found = str(directory / "node_modules/.bin/ldes-client")
    return found


def changed(data_dir: Path) -> None:
    """A second version: nothing more is said of some subjects, one statement less of others."""
    versions = Versions(data_dir)
    current = versions.current()
    assert current is not None
    if current.number == 1:
        store = versions.open(current)
        subjects = sorted({str(quad.subject) for quad in store.quads_for_pattern(None, None, None, GRAPH)})[::97]
        gone: list[ox.Quad] = []
        for place, name in enumerate(subjects):
            said = list(store.quads_for_pattern(ox.NamedNode(name[1:-1]), None, None, GRAPH))
            gone += said if place % 2 else said[:1]
        with versions.writing() as branch:
            branch.apply((), gone)
            branch.publish(message="benchmark", as_of=current.as_of)
    versions.close()


def replica(output: str) -> tuple[int, set[ox.Triple]]:
    """How many members the client printed, and what the newest of each subject say."""
    lines = []
    for line in filter(None, output.split("\n")):
        match = _LINE.fullmatch(line)
        if match is None:
            raise SystemExit(f"not understood: {line[:200]}")
        subject, predicate, value, graph = match.groups()
        said = f"{subject} {predicate} {value} ."
        lines.append(f"{graph} {{ {said} }}" if graph else said)
    quads = list(ox.parse("\n".join(lines), format=ox.RdfFormat.TRIG))
    of = {quad.subject: quad.object for quad in quads if quad.predicate == VERSION_OF}
    when = {quad.subject: quad.object.value for quad in quads if quad.predicate == TIMESTAMP}
    newest: dict[Any, Any] = {}
    for member, subject in of.items():
        if subject not in newest or when[newest[subject]] < when[member]:
            newest[subject] = member
    kept = set(newest.values())
    return len(of), {quad.triple for quad in quads if quad.graph_name in kept}


def measure(size: int, directory: Path, command: str) -> Iterator[dict[str, Any]]:
    data_dir = published(size, directory)
    changed(data_dir)
    with serving(data_dir) as url:
        started = time.perf_counter()
        found = subprocess.run([command, f"{url}/ldes"], capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - started
        with urllib.request.urlopen(f"{url}/dumps/latest/cnrs-kg.nq.gz") as answer:
            dump = gzip.decompress(answer.read())
    members, statements = replica(found.stdout)
    wanted = {quad.triple for quad in ox.parse(dump, format=ox.RdfFormat.N_QUADS) if quad.graph_name != DEFAULT_GRAPH}
    yield told(
        {
            "triples": size,
            "members": members,
            "seconds": round(seconds, 1),
            "seconds_per_10000": round(seconds / members * 10_000, 1),
            "equal_to_the_dump": statements == wanted,
            "statements": len(wanted),
        }
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, nargs="*", default=[100_000])
    options.add_argument("--client", help="the command of ldes-client")
    options.add_argument("--keep", type=Path, help="where data and versions are kept")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = chosen.keep or Path(scratch)
        command = client(chosen.client, directory)
        rows = [row for size in chosen.triples for row in measure(size, directory, command)]
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    main()
