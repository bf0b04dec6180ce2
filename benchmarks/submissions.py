"""Submissions of 100 statements in a running server: to the verdict, to the next query that sees them, many at once.

    python benchmarks/submissions.py [--triples 10000 1000000] [--repeat 9] [--stewards 20] [--seconds 300] [--keep DIR]

Wanted at 1 M: submit to verdict <= 300 ms; accept to visible for the next query <= 500 ms; 50 open submissions:
memory and disk flat in the size of the graph; 20 stewards at once: nothing lost, 95 % <= 3 s. Each round submits the
generator's 100 statements (without the last thing, which it leaves unfinished, so that they conform), accepts them,
asks for them, and reverts them by another submission, so that the graph stays as large as it was. Each accepted one is
a version of its own, synced to the disk. All by HTTP, one server. Stewards at once submit statements of their own, as
fast as they get answers, while two curators accept what they find open, in a seeded order. Afterwards every submission
is asked for, every accepted one is a version that says so, and decisions and versions have the same order.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from validate import files, published, serving

from cnrs_kg.accounts import Accounts
from cnrs_kg.store.files import disk_bytes
from reasoning import told

STATEMENT = '<https://kg.example/id/bench/{who}-{number}> <http://www.w3.org/2004/02/skos/core#note> "{who}"@en .\n'
OPEN = 50
JSON = {"Accept": "application/json"}
SEED = 20


class Client:
    """Who sends requests, with a token."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def post(self, path: str, body: bytes = b"", media_type: str = "application/n-triples") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": media_type, "Accept": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self._url + path, body, headers)) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(urllib.request.Request(self._url + path, headers=JSON)) as answer:
            return json.load(answer)

    def decide(self, number: int, what: str) -> dict[str, Any]:
        return self.post(f"/submissions/{number}/{what}", media_type="application/x-www-form-urlencoded")

    def holds(self, statement: str) -> bool:
        asked = urllib.parse.urlencode({"query": f"ASK {{ {statement} }}", "format": "json"})
        with urllib.request.urlopen(f"{self._url}/sparql?{asked}") as answer:
            return bool(json.load(answer)["boolean"])


def milliseconds(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def visible(client: Client, number: int, statement: str, *, there: bool) -> float:
    """From the decision to the answer of a query that sees what it did."""
    started = time.perf_counter()
    version = client.decide(number, "accept")["version"]
    while client.holds(statement) is not there:
        continue
    assert version
    return milliseconds(started)


def rounds(steward: Client, curator: Client, file: Path, repeat: int) -> dict[str, list[float]]:
    lines = file.read_text().splitlines(keepends=True)
    unfinished = lines[-1].split()[0]
    lines = [line for line in lines if not line.startswith(unfinished)]
    data, statement = "".join(lines).encode(), lines[0].strip().removesuffix(".")
    found: dict[str, list[float]] = {"submit": [], "accept": [], "revert": [], "accept the revert": []}
    for _ in range(repeat):
        started = time.perf_counter()
        number = steward.post("/submissions", data)["number"]
        found["submit"].append(milliseconds(started))
        found["accept"].append(visible(curator, number, statement, there=True))
        started = time.perf_counter()
        undo = steward.decide(number, "revert")["number"]
        found["revert"].append(milliseconds(started))
        found["accept the revert"].append(visible(curator, undo, statement, there=False))
    return found


def memory(root: int) -> int:
    """Megabytes of a process and all below it."""
    table = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in table.splitlines()]
    family = {root}
    for _ in range(4):
        family |= {pid for pid, parent, _ in rows if parent in family}
    return sum(rss for pid, _, rss in rows if pid in family) // 1024


def standing(steward: Client, data_dir: Path, server: int) -> dict[str, Any]:
    """What fifty open submissions cost."""
    before, disk = memory(server), disk_bytes(data_dir)
    for number in range(OPEN):
        steward.post("/submissions", STATEMENT.format(who="open", number=number).encode())
    grown = disk_bytes(data_dir) - disk
    return {"open": OPEN, "memory_mb": memory(server) - before, "disk_kb": grown // 1024}


def at_once(url: str, tokens: list[str], curators: list[str], seconds: float) -> dict[str, Any]:
    """Stewards who submit at once, each waiting for an answer before the next; curators who accept meanwhile."""
    accepted: list[float] = []
    times: list[float] = []
    numbers: list[int] = []
    waits: list[int] = []
    end = time.monotonic() + seconds

    def submit(who: int) -> None:
        client, sent = Client(url, tokens[who]), 0
        while time.monotonic() < end:
            started = time.perf_counter()
            try:
                made = client.post("/submissions", STATEMENT.format(who=f"s{who}", number=sent).encode())
            except urllib.error.HTTPError as error:
                waits.append(error.code)
                assert error.code == 503, error.read()
                time.sleep(1)
                continue
            times.append(milliseconds(started))
            assert made["verdict"]["conforms"], made["verdict"]
            numbers.append(made["number"])
            sent += 1

    def accept(who: int) -> None:
        client, chance = Client(url, curators[who]), random.Random(SEED + who)
        while time.monotonic() < end:
            found = client.get("/submissions?state=open&limit=100")
            if not found:
                continue
            started = time.perf_counter()
            try:
                client.decide(chance.choice(found)["number"], "accept")
            except urllib.error.HTTPError as error:
                assert error.code in (409, 503), error.read()  # another was first, or it is to come again
                continue
            accepted.append(milliseconds(started))

    threads = [threading.Thread(target=submit, args=(who,)) for who in range(len(tokens))]
    threads += [threading.Thread(target=accept, args=(who,)) for who in range(len(curators))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == len(numbers)
    lost = sum(not exists(url, number) for number in numbers)
    check_order(Client(url, tokens[0]), len(accepted))
    shown, decided = sorted(times), sorted(accepted)
    return {
        "stewards": len(tokens),
        "submitted": len(times),
        "lost": lost,
        "told_to_wait": len(waits),
        "median_ms": round(statistics.median(shown)),
        "p95_ms": round(shown[int(len(shown) * 0.95)]),
        "worst_ms": round(shown[-1]),
        "accepted": len(decided),
        "accept_p95_ms": round(decided[int(len(decided) * 0.95)]) if decided else None,
    }


def check_order(client: Client, accepted: int) -> None:
    """Each accepted submission is a version that names it; decisions and versions have the same order."""
    decided: list[tuple[str, int, int]] = []
    page = "/submissions?state=accepted&limit=100"
    while found := client.get(page):
        decided += ((one["history"][-1]["when"], one["version"], one["number"]) for one in found)
        page = f"/submissions?state=accepted&limit=100&before={found[-1]['number']}"
    assert len(decided) >= accepted, f"{accepted} were accepted, {len(decided)} are"
    versions = [version for _, version, _ in sorted(decided)]
    assert versions == sorted(versions) and len(set(versions)) == len(versions), "decisions and versions differ"
    for _, version, number in decided[:100]:
        assert client.get(f"/versions/{version}")["submission"] == number


def exists(url: str, number: int) -> bool:
    with urllib.request.urlopen(f"{url}/submissions/{number}/diff") as answer:
        return bool(json.load(answer)["number"] == number)


def measure(size: int, directory: Path, chosen: argparse.Namespace) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        data_dir = Path(scratch) / "var"
        shutil.copytree(published(size, directory), data_dir, symlinks=True)
        accounts = Accounts(data_dir / "app.sqlite")
        curator, other, *stewards = (
            accounts.add(f"{role} {number}", role)
            for role, count in (("curator", 2), ("steward", chosen.stewards))
            for number in range(count)
        )
        accounts.close()
        with serving(data_dir) as url:
            steward = Client(url, stewards[0])
            (file, *_) = files(size, directory).values()
            for name, times in rounds(steward, Client(url, curator), file, chosen.repeat).items():
                yield told(
                    {
                        "triples": size,
                        "step": name,
                        "first_ms": round(times[0]),
                        "median_ms": round(statistics.median(times)),
                        "worst_of_later_ms": round(max(times[1:])),
                    }
                )
            yield told({"triples": size} | standing(steward, data_dir, os.getpid()))
            yield told({"triples": size} | at_once(url, stewards, [curator, other], chosen.seconds))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, nargs="*", default=[10_000, 1_000_000])
    options.add_argument("--repeat", type=int, default=9)
    options.add_argument("--stewards", type=int, default=20)
    options.add_argument("--seconds", type=float, default=300)
    options.add_argument("--keep", type=Path, help="where data and versions are kept")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = chosen.keep or Path(scratch)
        directory.mkdir(parents=True, exist_ok=True)
        rows = [row for size in chosen.triples for row in measure(size, directory, chosen)]
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    sys.exit(main())
