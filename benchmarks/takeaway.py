"""Answers as workbooks, and a version as Parquet: seconds, processor seconds, memory; and openpyxl for comparison.

    python benchmarks/takeaway.py [--rows 100000] [--json FILE]

Rows of three columns (an IRI, a text, a number); of the graph half the statements are inferred. Each way runs in a
process of its own; its memory is told without that of the graph, which is on disk for Parquet. Wanted: a million rows
within the 30 s that a query has, in memory that does not grow with them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from openpyxl import Workbook

from cnrs_kg.publishing import parquet
from cnrs_kg.rdf.namespaces import XSD
from cnrs_kg.spreadsheets.tables import Cell, write_csv, write_xlsx
from reasoning import told

X = ox.NamedNode


def rows(count: int) -> Iterator[list[Cell]]:
    yield [Cell("unit"), Cell("name"), Cell("number")]
    for number in range(count):
        name = f"Laboratoire international numéro {number} <&>"
        yield [
            Cell(f"https://w3id.org/cnrs-kg/id/unit/{number}"),
            Cell(name),
            Cell(f"{number}.5", XSD("decimal").value),
        ]


def by_openpyxl(count: int, path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("x")
    for row in rows(count):
        sheet.append([float(cell.text) if cell.datatype else cell.text for cell in row])
    book.save(path)


def ours(write: Callable[..., None], *before: Any) -> Callable[[int, Path], None]:
    def run(count: int, path: Path) -> None:
        with path.open("wb") as file:
            write(*before, rows(count), file)

    return run


def as_parquet(count: int, path: Path) -> None:
    parquet.write(ox.Store.read_only(str(path.with_name(f"store-{count}"))), path, {})


WAYS: dict[str, Callable[[int, Path], None]] = {
    "xlsx": ours(write_xlsx, "x"),
    "xlsx by openpyxl": by_openpyxl,
    "csv for spreadsheets": ours(write_csv),
    "parquet": as_parquet,
}


def graph(count: int, directory: Path) -> None:
    """A store of this many quads: each statement asserted in a graph or inferred, all of them in the default graph."""
    store = ox.Store(str(directory / f"store-{count}"))

    def quads() -> Iterator[ox.Quad]:
        for number in range(count // 3):
            subject = X(f"https://w3id.org/cnrs-kg/id/unit/{number}")
            name, inferred = ox.Literal(f"Laboratoire {number}", language="fr"), X("https://schema.org/Organization")
            for term, graphs in ((name, (ox.DefaultGraph(), X("x:g"))), (inferred, (ox.DefaultGraph(),))):
                yield from (ox.Quad(subject, X(f"x:p{number % 40}"), term, one) for one in graphs)

    store.bulk_extend(quads())
    store.flush()
    store.optimize()


def peak() -> int:
    """The most memory that this process had, in KiB; not what the one that started it had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def run(way: str, count: int, path: Path) -> None:
    """One way in this process; what it took goes to standard output."""
    before, started = peak(), time.perf_counter()
    WAYS[way](count, path)
    row = {"way": way, "rows": count, "seconds": round(time.perf_counter() - started, 1)}
    row |= {"processor_seconds": round(time.process_time(), 1), "memory_mb": (peak() - before) // 1024}
    click.echo(json.dumps(row | {"mb": round(path.stat().st_size / 2**20, 1)}))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, nargs="*", default=[100_000])
    options.add_argument("--json", type=Path)
    options.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.run:
        run(chosen.run[0], int(chosen.run[1]), Path(chosen.run[2]))
        return
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for count in chosen.rows:
            graph(count, Path(scratch))
            for way in WAYS:
                command = [sys.executable, __file__, "--run", way, str(count), str(Path(scratch) / "out")]
                found.append(told(json.loads(subprocess.run(command, check=True, capture_output=True).stdout)))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    main()
