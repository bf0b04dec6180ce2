"""Large documents sent to a server, and a large answer that clients do not read: what the server's own process takes.

    python benchmarks/large.py [--megabytes 60] [--triples 100000] [--clients 20] [--json FILE]

Each document is judged (`/validate`) in a server of its own; an update of one line changes as many statements as the
graph has. Told is the memory of the server's process beyond what it had, of the process that judges, and of the largest
worker (MB, without files that are only mapped). Then clients ask for the whole graph, as N-Triples, Turtle, JSON-LD and
RDF/XML, and read nothing of it: the server's memory, its files without a name, and how long look-ups take meanwhile.
Wanted: what the server takes depends neither on what a document says nor on how many clients wait.
"""

import argparse
import json
import os
import re
import socket
import statistics
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import click
from validate import published, serving

from reasoning import told

FORMATS = ("application/n-triples", "text/turtle", "application/ld+json", "application/rdf+xml")
WHOLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
ROW = '<https://w3id.org/cnrs-kg/id/unit/x{}> <http://www.w3.org/2000/01/rdf-schema#label> "Laboratoire associé {}"@fr'
FORMS = {"application/rdf-patch": "A {} .\n", "application/n-quads": "{} .\n", "text/turtle": "{} .\n"}
UPDATE = "INSERT { ?s <urn:x:again> ?o } WHERE { ?s ?p ?o }"
MB = 2**20


def children(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


def memory(pid: int) -> int:
    """Bytes of a process that are no file's."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return sum(int(size) for size in re.findall(r"Rss(?:Anon|Shmem):\s+(\d+)", status)) * 1024
    return 0


def spooled(pid: int) -> int:
    """Bytes of the files without a name that a process has open."""
    sizes = {}
    for name in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if os.readlink(name).endswith("(deleted)") and "memfd" not in os.readlink(name):
                found = name.stat()
                sizes[found.st_ino] = found.st_blocks * 512
    return sum(sizes.values())


class Watch(threading.Thread):
    """The most that the server, and each kind of process beside it, takes while the block runs."""

    def __init__(self, server: int) -> None:
        super().__init__(daemon=True)
        self.server, self.before, self.peaks, self._over = server, memory(server), {"server": 0}, threading.Event()

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.05):
            self._note("server", memory(self.server) - self.before)
            with suppress(OSError):
                for child in children(self.server):
                    line = Path(f"/proc/{child}/cmdline").read_bytes()
                    self._note("judge" if b"writer" in line else "worker", memory(child))

    def _note(self, name: str, size: int) -> None:
        self.peaks[name] = max(self.peaks.get(name, 0), size)

    def megabytes(self) -> dict[str, int]:
        return {f"{name}_mb": size // MB for name, size in self.peaks.items()}


def server_of(url: str) -> int:
    """The process that serves: the child of ours whose child has the most threads to serve with."""
    urllib.request.urlopen(f"{url}/healthz").close()
    (main,) = (pid for pid in children(os.getpid()) if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes())
    return max(children(main), key=memory)


def documents(megabytes: int, directory: Path) -> Iterator[tuple[str, Path]]:
    for media_type, form in FORMS.items():
        path = directory / "document"
        with path.open("w") as file:
            for number in range(megabytes * 10**6 // len(form.format(ROW.format(10**5, 10**5)))):
                file.write(form.format(ROW.format(number, number)))
        yield media_type, path
    path.write_text(UPDATE)
    yield "application/sparql-update", path


def sent(data_dir: Path, media_type: str, path: Path) -> dict[str, Any]:
    with serving(data_dir) as url, Watch(server_of(url)) as watch:
        headers = {"Content-Type": media_type, "Accept": "application/json"}
        request = urllib.request.Request(f"{url}/validate", path.read_bytes(), headers)
        started = time.perf_counter()
        with urllib.request.urlopen(request) as answer:
            verdict = json.load(answer)
        seconds = round(time.perf_counter() - started, 1)
    return {
        "sent": media_type,
        "bytes": path.stat().st_size,
        "added": verdict["added"],
        "s": seconds,
    } | watch.megabytes()


def unread(data_dir: Path, media_type: str, clients: int) -> dict[str, Any]:
    asked = urllib.parse.urlencode({"query": WHOLE})
    head = f"GET /sparql?{asked} HTTP/1.1\r\nHost: x\r\nAccept: {media_type}\r\n\r\n".encode()
    with serving(data_dir) as url, ExitStack() as held:
        server, place = server_of(url), urllib.parse.urlsplit(url)
        watch = held.enter_context(Watch(server))
        connections = []
        for _ in range(clients):
            found = held.enter_context(socket.create_connection((place.hostname, place.port), timeout=120))
            found.sendall(head)
            connections.append(found)
        first = [connection.recv(64).split(b"\r\n")[0].decode() for connection in connections]
        times = []
        for number in range(200):
            started = time.perf_counter()
            query = urllib.parse.urlencode({"query": f"SELECT * {{ <https://kg.example/id/org/{number}> ?p ?o }}"})
            urllib.request.urlopen(f"{url}/sparql?{query}").close()
            times.append((time.perf_counter() - started) * 1000)
        files = spooled(server) // MB
    return {
        "answer": media_type,
        "clients": first.count("HTTP/1.1 200 OK"),
        "files_mb": files,
        "look_up_ms": round(statistics.median(times), 1),
        "worst_ms": round(max(times), 1),
    } | watch.megabytes()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--megabytes", type=int, default=60)
    options.add_argument("--triples", type=int, default=100_000)
    options.add_argument("--clients", type=int, default=20)
    options.add_argument("--keep", type=Path, help="where data and versions are kept")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data_dir = published(chosen.triples, chosen.keep or Path(scratch))
        rows = [told(sent(data_dir, *one)) for one in documents(chosen.megabytes, Path(scratch))]
        rows += [told(unread(data_dir, media_type, chosen.clients)) for media_type in FORMATS]
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    main()
