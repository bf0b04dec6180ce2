"""An engine beside this one (`query_backend`): filled, brought along, asked.

    python benchmarks/backend.py [--triples N] [--statements 100] [--json FILE]

Without `--triples` the graph is the project's own, and the competency questions are asked there and here; with it, one
of organisations of that size. Engines are `oxigraph serve` (PyPI) and Debian's Virtuoso, each if it is installed.
Everything listens on 127.0.0.1, and whatever was started is stopped.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from lookups import GRAPH, LOOKUP, VIRTUOSO_INI, available, free_port, generate, running, say

from cnrs_kg.browsing.questions import questions
from cnrs_kg.config import Settings
from cnrs_kg.engine.requests import QueryRequest
from cnrs_kg.errors import OutboundError
from cnrs_kg.federation.backend import trials
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.federation.backend.remote import Dataset, Remote
from cnrs_kg.federation.backend.updates import dropped, operations
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.store.versions import Versions
from reasoning import told

PROJECT = Path(__file__).parents[1]
HEAVY = "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o } GROUP BY ?p"
TSV = "text/tab-separated-values"


@contextlib.contextmanager
def oxigraph(directory: Path) -> Iterator[BackendEndpoint]:
    """`oxigraph serve` on an empty directory."""
    program, place = str(Path(sys.executable).parent / "oxigraph"), f"127.0.0.1:{free_port()}"
    command = [program, "serve", "-l", str(directory / "oxigraph"), "-b", place]
    with running("oxigraph", command, f"http://{place}/query", directory):
        yield BackendEndpoint(f"http://{place}/query", f"http://{place}/update")


@contextlib.contextmanager
def virtuoso(directory: Path) -> Iterator[BackendEndpoint]:
    """Virtuoso on an empty database, open to updates."""
    held, sql, http = directory / "virtuoso", free_port(), free_port()
    held.mkdir()
    (held / "virtuoso.ini").write_text(VIRTUOSO_INI.format(data=held, sql=sql, http=http))
    command = ["virtuoso-t", "+foreground", "+configfile", str(held / "virtuoso.ini")]
    url = f"http://127.0.0.1:{http}/sparql"
    with running("virtuoso", command, url, directory):
        grant = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", 'EXEC=grant SPARQL_UPDATE to "SPARQL";']
        subprocess.run(grant, check=True, capture_output=True, timeout=60)
        yield BackendEndpoint(url, url)


def published(directory: Path, triples: int | None) -> Path:
    """A data directory with the graph as version 1."""
    data_dir = directory / "var"
    if triples is None:
        with KnowledgeGraph(Settings(data_dir=data_dir), project=PROJECT) as kg:
            kg.build(progress=lambda stage: None)
        return data_dir
    versions = Versions(data_dir)
    with versions.writing() as branch:
        branch.bulk_load_file(generate(directory, triples), ox.RdfFormat.N_TRIPLES, ox.NamedNode(GRAPH))
        branch.publish(message="benchmark")
    versions.close()
    return data_dir


def seconds(work: Callable[..., Any], *arguments: Any) -> float:
    """How long some work takes."""
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


def quads(number: int) -> Iterator[ox.Quad]:
    """So many new statements."""
    for place in range(number):
        subject, predicate = ox.NamedNode(f"x:s{place}"), ox.NamedNode("x:p")
        yield ox.Quad(subject, predicate, ox.Literal(place), ox.NamedNode(GRAPH))


def otherwise(remote: Remote) -> int:
    """How many queries of the trial an engine answers otherwise than SPARQL says."""
    told = operations((True, quad) for quad in trials.statements())
    remote.update([*dropped(trials.GRAPH, trials.NAMED), *told])
    dataset = Dataset(trials.GRAPH, (trials.NAMED,))
    return sum(sorted(remote.rows(text, names, dataset)) != sorted(rows) for text, names, rows in trials.answers())


def measure(kg: KnowledgeGraph, statements: int, *, own: bool) -> Iterator[tuple[str, Any]]:
    """What it takes to fill the engine, to bring it along and to ask it."""
    backend = kg.services.backend
    assert backend is not None
    yield "filled_s", round(seconds(backend.follower.follow), 1)
    with kg.store.writing() as branch:
        branch.apply(quads(statements))
        version = branch.publish()
    yield "brought_along_s", round(seconds(backend.follower.follow), 2)

    def here(text: str) -> bytes:
        return kg.pool.query(QueryRequest(text, version.path, result_format=TSV, base_iri=kg.settings.base_iri)).read()

    def there(text: str) -> bytes:
        return kg.query(text, result_format=TSV, version=version).read()

    for name, asked in (("there", there), ("here", here)):
        lookups = [seconds(asked, LOOKUP % (number, 1000)) for number in range(200)]
        yield f"lookup_{name}_ms", round(1000 * statistics.median(lookups), 2)
        yield f"heavy_{name}_s", round(min(seconds(asked, f"{HEAVY} # {run}") for run in range(3)), 2)
    if own:
        known = [one.query for one in questions()]
        yield "questions", len(known)
        yield (
            "answered_alike",
            sum(sorted(there(text).splitlines()) == sorted(here(text).splitlines()) for text in known),
        )
    yield "counts", backend.status()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int)
    options.add_argument("--statements", type=int, default=100)
    options.add_argument("--json", type=Path, metavar="FILE")
    found, rows = options.parse_args(), []
    for name, start in (("oxigraph", oxigraph), ("virtuoso", virtuoso)):
        if not available(name):
            say(f"{name} is not installed: left out")
            continue
        with tempfile.TemporaryDirectory(prefix="backend-") as place:
            directory = Path(place)
            data_dir = published(directory, found.triples)
            with start(directory) as endpoint:
                row: dict[str, Any] = {"engine": name}
                with KnowledgeGraph(Settings(data_dir=data_dir, query_backend=endpoint), project=PROJECT) as kg:
                    row["trial"], row["otherwise"] = len(trials.QUERIES), otherwise(Remote(endpoint, kg.pool))
                    try:
                        row |= measure(kg, found.statements, own=found.triples is None)
                    except OutboundError as error:
                        row["unfit"] = error.detail
                rows.append(told(row))
    if found.json:
        found.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
