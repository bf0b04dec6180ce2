"""A query with SERVICE and fifty local bindings, against Oxigraph's own SERVICE, both asking a real endpoint with ROR.

    python benchmarks/service.py [--bindings 50] [--runs 3] [--keep DIR] [--json FILE]

Wanted: at most a twentieth of the rows that Oxigraph's own SERVICE transfers. They are counted between the two: the
endpoint is asked through a proxy that counts. Its data are the 35,990 records of ROR by the project's connector, read
from the directory `registries` beside the conformance suites (CNRS_KG_SHARED). Needs `oxigraph` (PyPI); Debian's
Virtuoso, if it is there, is asked as well. Everything listens on 127.0.0.1, and whatever was started is stopped.
"""

import argparse
import contextlib
import csv
import gzip
import json
import os
import statistics
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from lookups import SYSTEMS, Server, available, fetch, ours, say

from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import Notes
from cnrs_kg.federation.ror import ROR
from reasoning import told

SHARED = Path(os.environ.get("CNRS_KG_SHARED") or Path(__file__).parents[2] / "shared") / "registries"
RECORDS, LINKS = SHARED / "ror-v2.1.jsonl.gz", SHARED / "rnsr-ror-links-dev.csv"
MATCH = ox.NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch")
FORM = "application/x-www-form-urlencoded"
WANTED = 20
QUERY = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?unit ?name {{
  ?unit skos:exactMatch ?ror
  SERVICE <{endpoint}> {{ ?ror skos:prefLabel ?name }}
}} # {run}
"""


@dataclass
class Counts:
    """What an endpoint gave."""

    requests: int = 0
    rows: int = 0
    bytes: int = 0


def counting(upstream: str, counts: Counts) -> type[BaseHTTPRequestHandler]:
    """A handler that hands every query on, and counts the rows of the answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Content-Type"] != FORM:  # which Virtuoso does not answer
                body = urllib.parse.urlencode({"query": body}).encode()
            headers = {"Content-Type": FORM, "Accept": "application/sparql-results+json"}
            with urllib.request.urlopen(urllib.request.Request(upstream, body, headers)) as reply:
                answer = reply.read()
            counts.requests += 1
            counts.bytes += len(answer)
            counts.rows += len(json.loads(answer)["results"]["bindings"])
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextlib.contextmanager
def proxy(upstream: str, counts: Counts) -> Iterator[str]:
    """The URL at which an endpoint is asked through a counter."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), counting(upstream, counts))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def registry(directory: Path) -> Path:
    """ROR as N-Triples."""
    file = directory / "ror.nt"
    if not file.exists():
        say("reading ROR")
        document = Document(RECORDS.name, lambda: gzip.open(RECORDS))
        with file.open("wb") as out:
            for _, triples in ROR.read([document], Notes()):
                ox.serialize(triples, output=out, format=ox.RdfFormat.N_TRIPLES)
    return file


def units(directory: Path, bindings: int) -> Path:
    """So many local things, each with the ROR record that it is matched with."""
    file = directory / "units.nt"
    with LINKS.open(newline="") as rows:
        found = list(dict.fromkeys(row["ror"] for row in csv.DictReader(rows)))[:bindings]
    triples = [
        ox.Triple(ox.NamedNode(f"https://kg.example/unit/{number}"), MATCH, ox.NamedNode(ror))
        for number, ror in enumerate(found)
    ]
    ox.serialize(triples, output=str(file), format=ox.RdfFormat.N_TRIPLES)
    return file


def by_us(server: Server) -> Callable[[str], int]:
    """The number of rows that a server of ours answers."""
    return lambda query: len(fetch(server.url, query)["results"]["bindings"])


def by_oxigraph(file: Path) -> Callable[[str], int]:
    """The number of rows that Oxigraph answers, whose SERVICE is its own."""
    store = ox.Store()
    store.load(path=str(file), format=ox.RdfFormat.N_TRIPLES)
    return lambda query: sum(1 for _ in store.query(query))  # type: ignore[union-attr]


def measure(options: argparse.Namespace, directory: Path) -> Iterator[dict[str, Any]]:
    file, local = registry(directory), units(directory, options.bindings)
    for peer in ("oxigraph", "virtuoso"):
        if not available(peer):
            say(f"{peer} is not installed: left out")
            continue
        with SYSTEMS[peer](directory, file) as endpoint:
            counts = Counts()
            with proxy(endpoint.url, counts) as url:
                listed = f'[service_allow]\nror = {{url = "{url}", private = true, timeout = "30 s"}}\n'
                (directory / "cnrs-kg.toml").write_text(listed)
                with ours(directory, local) as server:
                    asked = {"cnrs-kg": by_us(server), "oxigraph's SERVICE": by_oxigraph(local)}
                    for name, answered in asked.items():
                        yield told({"endpoint": peer, "asked by": name} | runs(answered, url, counts, options.runs))


def runs(answered: Callable[[str], int], url: str, counts: Counts, number: int) -> dict[str, Any]:
    """The same question several times, none of them known from before."""
    seconds, rows = [], 0
    for run in range(number):
        counts.requests = counts.rows = counts.bytes = 0
        query = QUERY.format(endpoint=url, run=run).replace("?name", f"?name{run}")
        started = time.perf_counter()
        rows = answered(query)
        seconds.append(time.perf_counter() - started)
    return {
        "answered_rows": rows,
        "requests": counts.requests,
        "rows": counts.rows,
        "kilobytes": counts.bytes // 1000,
        "seconds": round(statistics.median(seconds), 3),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bindings", type=int, default=50)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--keep", type=Path, metavar="DIR")
    options.add_argument("--json", type=Path, metavar="FILE")
    found = options.parse_args()
    with contextlib.ExitStack() as stack:
        directory = found.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        directory.mkdir(parents=True, exist_ok=True)
        rows = list(measure(found, directory))
    for ours_row, other in zip(rows[::2], rows[1::2], strict=True):
        assert ours_row["answered_rows"] == other["answered_rows"], "the answers differ"
        ratio = other["rows"] / ours_row["rows"]
        verdict = "yes" if ratio >= WANTED else "NO"
        say(f"{ours_row['endpoint']}: 1/{ratio:.0f} of the rows (wanted 1/{WANTED}): {verdict}")
    if found.json:
        found.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
