"""Look-ups beside a storm of heavy queries at `/sparql`, against `oxigraph serve` on the same graph in the same run.

    python benchmarks/storm.py [--triples 100000] [--storm 8] [--seconds 15] [--rounds 3] [--keep DIR] [--json FILE]

One client looks things up one after the other, while others each ask one query after the other that takes a second or
more, or would take for ever, no two of them alike; some wait, some leave soon. Every round begins with servers just
started, since the peer's endless queries never end.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path
from typing import Any

from lookups import LOOKUP, SYSTEMS, Server, available, generate, say

ENDLESS = "SELECT (COUNT(*) AS ?n) {{ ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(STR(?b) < STR(?f)) }} # {}"
SECOND = "SELECT (COUNT(*) AS ?n) {{ ?a ?p ?b . ?a ?q ?c }} # {}"
HEAVY = {"endless": (ENDLESS, 10.0), "a second": (SECOND, 30.0), "given up": (ENDLESS, 0.5)}
"""What the storm asks, and the seconds after which its clients leave and ask the next."""
NUMBERS = itertools.count(1)


class Client:
    """One connection, renewed where it was closed."""

    def __init__(self, server: Server) -> None:
        self.parts = urllib.parse.urlsplit(server.url)
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, query: str, timeout: float) -> int | None:
        """The status of the whole answer; None if there is none in time."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.parts.netloc, timeout=timeout)
        path = f"{self.parts.path}?{urllib.parse.urlencode({'query': query})}"
        try:
            self.connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
            reply = self.connection.getresponse()
            reply.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        return reply.status

    def close(self) -> None:
        """The next question needs a new connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def heavy(server: Server, kind: str, stop: threading.Event, answers: Counter[str]) -> None:
    """One client of the storm."""
    client = Client(server)
    query, patience = HEAVY[kind]
    while not stop.is_set():
        status = client.ask(query.format(next(NUMBERS)), patience)
        if not stop.is_set():
            answers[str(status)] += 1
            if status == 503:
                stop.wait(0.2)
    client.close()


def storm(server: Server, kind: str, options: argparse.Namespace) -> dict[str, Any]:
    """Latencies of look-ups, in ms, and what else was answered."""
    client, stop, answers = Client(server), threading.Event(), Counter[str]()
    for number in range(50):
        client.ask(LOOKUP % (number, 1000), 30)
    threads = [threading.Thread(target=heavy, args=(server, kind, stop, answers)) for _ in range(options.storm)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    waits: list[float] = []
    failed = 0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        status = client.ask(LOOKUP % (len(waits) * 7919 % options.subjects, 1000 + next(NUMBERS)), 30)
        waits.append((time.perf_counter() - started) * 1000)
        failed += status != 200
    stop.set()
    client.close()
    for thread in threads:
        thread.join()
    return {"waits": waits, "failed": failed, "heavy": dict(answers)}


def row(name: tuple[str, str], runs: list[dict[str, Any]]) -> str:
    """A line of the table."""
    waits = sorted(wait for run in runs for wait in run["waits"])
    at = [waits[min(len(waits) - 1, int(len(waits) * share))] for share in (0.5, 0.9, 0.99)]
    heavy = sum((Counter(run["heavy"]) for run in runs), Counter[str]())
    failed = sum(run["failed"] for run in runs)
    columns = [f"{len(waits) / len(runs):10.0f}", *(f"{wait:10.1f}" for wait in (*at, waits[-1]))]
    return f"{name[0]:10}{name[1]:10}{''.join(columns)}{failed:8}   " + ", ".join(
        f"{count} x {status}" for status, count in sorted(heavy.items())
    )


def main() -> int:
    """Exit 0; the table says the rest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--storm", type=int, default=8, help="clients that ask heavy queries")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="directory for graphs and stores, kept for the next run")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--only", nargs="*", choices=["cnrs-kg", "oxigraph"], default=["cnrs-kg", "oxigraph"])
    options = parser.parse_args()
    options.subjects = max(100, options.triples // 32)
    runs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with contextlib.ExitStack() as stack:
        directory = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        directory = directory.resolve()
        directory.mkdir(parents=True, exist_ok=True)
        data = generate(directory, options.triples)
        names = [name for name in options.only if available(name)]
        for number in range(options.rounds):
            for kind, name in itertools.product(HEAVY, names):
                say(f"round {number + 1} of {options.rounds}: {kind}, {name}")
                with SYSTEMS[name](directory, data) as server:
                    runs.setdefault((kind, name), []).append(storm(server, kind, options))
    header = (
        f"{'':10}{'look-ups':>10}{'median ms':>10}{'90 %':>10}{'99 %':>10}{'longest':>10}{'failed':>8}   heavy ones"
    )
    sys.stdout.write("\n".join([header, *(row(name, found) for name, found in runs.items())]) + "\n")
    if options.json:
        figures: dict[str, Any] = {"triples": options.triples, "storm": options.storm, "cores": os.cpu_count()}
        figures["runs"] = [{"kind": kind, "system": name, "runs": found} for (kind, name), found in runs.items()]
        options.json.write_text(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
