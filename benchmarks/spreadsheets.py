"""A workbook of 10,000 rows, every one wrong: read, judged, and returned with its faults marked.

    python benchmarks/spreadsheets.py [--rows 1000 10000] [--json FILE]

Wanted: 10,000 rows in 20 s, one error a cell, 500 MB. Rows are joint units on the project's own published graph, in the
template made from the shapes. Cells: each row has a date that is none and a partner that nobody knows, so that every
fault is one of reading; shapes: each row can be read and breaks two shapes. Seconds are those of `validate` and of the
marked copy; memory is the largest of any process.
"""

import argparse
import io
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from openpyxl import load_workbook

from cnrs_kg.cli.session import CHECKOUT
from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.formats import XLSX
from cnrs_kg.submissions.proposal import Document, propose
from reasoning import told

CASES = {
    "cells": ("12/03/2019", "Nobody's University of {}", "Name {}"),
    "shapes": ("2019-03-12", "organisation/nobody-{}", None),
}


def filled(template: bytes, rows: int, case: str) -> Document:
    """The template with as many rows of joint units."""
    book = load_workbook(io.BytesIO(template))
    page = book["JointUnit"]
    heads = [str(cell.value) for cell in page[1]]
    founded, partner, label = (
        next(at for at, head in enumerate(heads, 1) if text in head)
        for text in ("founded on", "has partner", "name / nom @en")
    )
    day, other, name = CASES[case]
    for row in range(3, rows + 3):
        page.cell(row, 1, f"bench-{row}")
        page.cell(row, founded, day)
        page.cell(row, partner, other.format(row))
        if name is not None:
            page.cell(row, label, name.format(row))
    output = io.BytesIO()
    book.save(output)
    return Document("book.xlsx", output.getvalue(), XLSX)


def _is_ours(parent: int, process: int) -> bool:
    """Whether a process is this one or below it."""
    while process != os.getpid():
        if parent <= 1:
            return False
        process = parent
        try:
            parent = int(Path(f"/proc/{process}/status").read_text().split("PPid:")[1].split()[0])
        except (OSError, IndexError):
            return False
    return True


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most memory, in MB, that any process below this one holds while the block runs."""
    most, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            for status in Path("/proc").glob("[0-9]*/status"):
                try:
                    text = status.read_text()
                except OSError:
                    continue
                if "VmRSS" in text and _is_ours(int(text.split("PPid:")[1].split()[0]), int(status.parent.name)):
                    held = int(text.split("VmRSS:")[1].split()[0]) // 1024
                    most[0] = max(most[0], held)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def measure(kg: KnowledgeGraph, rows: int, case: str) -> dict[str, Any]:
    document = filled(kg.sheets.template(XLSX, ["JointUnit"]), rows, case)
    with peak() as most:
        started = time.perf_counter()
        verdict = kg.validate(propose([document]))
        judged = time.perf_counter()
        copy = kg.sheets.marked(verdict, document, "en")
        marked = time.perf_counter()
    faults = {(place["row"], place["column"]) for one in verdict.results for place in one.places}
    return told(
        {
            "rows": rows,
            "case": case,
            "results": len(verdict.results),
            "cells": len(faults),
            "validate_s": round(judged - started, 1),
            "marked_s": round(marked - judged, 1),
            "copy_mb": round(len(copy) / 1e6, 1),
            "memory_mb": most[0],
        }
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, nargs="*", default=[1_000, 10_000])
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(data_dir=Path(scratch) / "var", workers=1, query_timeout=600)
        with KnowledgeGraph(settings, project=CHECKOUT) as kg:
            kg.build(progress=lambda stage: None)
            rows = [measure(kg, size, case) for size in asked.rows for case in CASES]
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {asked.json}", err=True)


if __name__ == "__main__":
    main()
