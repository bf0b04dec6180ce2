"""Harvests of the real registry files, from the command to the published version.

    python benchmarks/harvest.py [--json FILE]

Wanted: ROR's 35,990 records within 90 s and 1.5 GB, 500 changed ones within 5 s. The graph beside them is our own. The
files are read from the directory `registries` beside the conformance suites (CNRS_KG_SHARED).
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from reasoning import told

PROJECT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CNRS_KG_SHARED") or PROJECT.parent / "shared") / "registries"
ROR, RNSR = SHARED / "ror-v2.1.jsonl.gz", SHARED / "rnsr-2022-02.csv"


def run(data_dir: Path, *arguments: str) -> tuple[float, int, dict[str, Any]]:
    """Seconds, the largest size of the process in MB (of all so far), and what the command printed."""
    environment = os.environ | {"CNRS_KG_DATA_DIR": str(data_dir)}
    started = time.perf_counter()
    command = [sys.executable, "-m", "cnrs_kg", *arguments]
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    printed = json.loads(done.stdout) if "json" in arguments else {}
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, printed


def changed(directory: Path) -> Path:
    """Five hundred records with another year and one name more."""
    file = directory / "changed.jsonl"
    with gzip.open(ROR) as lines, file.open("w") as out:
        for number, line in enumerate(lines):
            if number % 72 == 5 and number < 36_000:
                record = json.loads(line)
                record["established"] = 1999
                record["names"].append({"lang": None, "types": ["alias"], "value": "Another name"})
                out.write(json.dumps(record) + "\n")
    return file


def measure(directory: Path) -> Iterator[dict[str, Any]]:
    data_dir = directory / "var"
    run(data_dir, "build")
    whole = ("harvest", "ror", "--from", str(ROR), "--format", "json")
    steps = {
        "rnsr, whole": ("harvest", "rnsr", "--from", str(RNSR), "--format", "json"),
        "ror, whole": whole,
        "ror, 500 changed": ("harvest", "ror", "--from", str(changed(directory)), "--partial", "--format", "json"),
        "ror, whole again": whole,
    }
    for name, arguments in steps.items():
        seconds, memory, printed = run(data_dir, *arguments)
        yield told(
            {
                "what": name,
                "records": printed["records"],
                "added": printed["added"],
                "withdrawn": printed["withdrawn"],
                "inferred": printed["inferred"],
                "seconds": round(seconds, 1),
                "largest_mb_so_far": memory,
            }
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rows = list(measure(Path(scratch)))
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    main()
