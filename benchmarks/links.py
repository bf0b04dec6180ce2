"""Links of the real registries: published, decided on, and where linked records disagree.

    python benchmarks/links.py [--json FILE]

ROR's 35,990 records and RNSR's 4,506 structures are harvested beside our own graph, then linked by the command, from
its start to the published version. Twenty links are rejected one after the other as the review page does it, each a
version of its own. The conflicts are counted by their saved queries, in a worker, none of them cached. The files are
read from the directory `registries` beside the conformance suites (CNRS_KG_SHARED).
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from harvest import PROJECT, RNSR, ROR, run

from cnrs_kg.accounts import Account
from cnrs_kg.browsing.saved import saved_queries
from cnrs_kg.config import Settings
from cnrs_kg.federation.linking.links import Standing
from cnrs_kg.knowledge_graph import KnowledgeGraph
from reasoning import told

DECISIONS = 20
PAIRS = (("rnsr", "ror"), ("own", "ror"), ("own", "rnsr"))
CURATOR = Account("bench", "bench", "curator", datetime.now(UTC))


def published(data_dir: Path) -> Iterator[dict[str, Any]]:
    """Links found and published; the first pair again, when nothing is new."""
    for source, target in (*PAIRS, PAIRS[0]):
        seconds, memory, printed = run(data_dir, "link", source, "--to", target, "--format", "json")
        yield told(
            {"what": f"link {source} to {target}", **printed["links"], "changed": printed["changed"],
             "added": printed["added"], "seconds": round(seconds, 1), "largest_mb_so_far": memory}
        )  # fmt: skip


def decided(kg: KnowledgeGraph) -> dict[str, Any]:
    """Decisions one after the other, without the first, which starts the process that writes."""
    links, times = kg.registries.links, []
    for _ in range(DECISIONS + 1):
        following = links.after(None)
        assert following is not None
        started = time.perf_counter()
        assert links.decide(following.slug, Standing.REJECTED, CURATOR, "bench").outcome.conforms
        times.append(time.perf_counter() - started)
    return told(
        {"what": f"{DECISIONS} decisions", "median_ms": round(statistics.median(times[1:]) * 1000),
         "worst_ms": round(max(times[1:]) * 1000)}
    )  # fmt: skip


def disagreeing(kg: KnowledgeGraph) -> Iterator[dict[str, Any]]:
    """Where linked records have nothing in common."""
    for name, query in saved_queries().items():
        if name.startswith("conflicts-"):
            started = time.perf_counter()
            rows = json.loads(kg.query(query.text).read())["results"]["bindings"]
            yield told({"what": name, "rows": len(rows), "seconds": round(time.perf_counter() - started, 1)})


def measure(directory: Path) -> Iterator[dict[str, Any]]:
    data_dir = directory / "var"
    run(data_dir, "build")
    for name, file in (("rnsr", RNSR), ("ror", ROR)):
        run(data_dir, "harvest", name, "--from", str(file))
    yield from published(data_dir)
    with KnowledgeGraph(Settings(data_dir=data_dir, workers=1, query_timeout=120), project=PROJECT) as kg:
        yield decided(kg)
        yield from disagreeing(kg)


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
