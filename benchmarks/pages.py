"""Search, completion, things' pages and the home page as a server answers them, over HTTP.

    python benchmarks/pages.py [--triples 1000000] [--repeat 300] [--keep DIR] [--json FILE]

Wanted at 1 M triples: 95 % of pages and searches within 60 ms, of completions within 25 ms; the home page at most
300 KB. Names and things are drawn from the index; completions are asked as somebody types. The graph is the
generator's, with its closure; what is told of the index is how long it takes to be there after the start.
"""

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from validate import published, serving

from cnrs_kg.browsing.search import place
from reasoning import told

HTML = {"Accept": "text/html"}
HUB = "https://kg.example/id/org/0"
"""What most statements of the generator's graph are about, or point to."""


def asked(url: str, headers: dict[str, str] | None = None) -> tuple[float, int]:
    """Milliseconds to the whole answer, and its bytes."""
    started = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as answer:
        size = len(answer.read())
    return (time.perf_counter() - started) * 1000, size


def indexed(url: str) -> float:
    """Seconds until a search is answered."""
    started = time.perf_counter()
    while True:
        try:
            asked(f"{url}/search?q=a")
            return time.perf_counter() - started
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise


def drawn(data_dir: Path, count: int) -> tuple[list[str], list[str]]:
    """Names and IRIs, the same in each run."""
    connection = sqlite3.connect(place(data_dir))
    names = [text for (text,) in connection.execute("select text from name order by id")]
    iris = [iri for (iri,) in connection.execute("select iri from thing order by id")]
    chosen = random.Random(1)
    return chosen.sample(names, min(count, len(names))), chosen.sample(iris, min(count, len(iris)))


def written(data_dir: Path, count: int) -> list[str]:
    """Queries that somebody is writing: what is asked is what fits at their end."""
    connection = sqlite3.connect(place(data_dir))
    kinds = [iri for (iri,) in connection.execute("select distinct kind from thing where kind <> '' order by kind")]
    names = [text for (text,) in connection.execute("select text from name order by id limit 1000")]
    chosen = random.Random(2)
    made = []
    for number in range(count):
        start = f"SELECT * {{ ?x a <{chosen.choice(kinds)}> ; "
        word = chosen.choice(names)[: 1 + number % 5].strip()
        made.append(
            (start, f"{start}?p ?y . ?y ", f"{start}<http://www.w3.org/2000/01/rdf-schema#label> {word}")[number % 3]
        )
    return made


def measure(size: int, directory: Path, repeat: int) -> Iterator[dict[str, Any]]:
    data_dir = published(size, directory)
    with serving(data_dir) as url:
        seconds = indexed(url)
        names, iris = drawn(data_dir, repeat)
        encoded = [urllib.parse.quote(name) for name in names]
        typed = [urllib.parse.quote(name[: 1 + number % 9]) for number, name in enumerate(names)]
        paths = {
            "search": [f"/search?q={text}" for text in encoded],
            "search page": [f"/search?q={text}&format=html" for text in encoded],
            "completion": [f"/search/complete?q={text}" for text in typed],
            "completion in a query": [
                f"/sparql/complete?before={urllib.parse.quote(text)}" for text in written(data_dir, repeat)
            ],
            "thing page": [f"/doc?iri={urllib.parse.quote(iri, safe='')}" for iri in iris],
            "hub page": [f"/doc?iri={urllib.parse.quote(HUB, safe='')}"] * min(20, repeat),
            "home": ["/"] * min(20, repeat),
        }
        for name, found in paths.items():
            times, sizes = zip(*(asked(url + path, HTML if "page" in name else None) for path in found), strict=True)
            ordered = sorted(times)
            yield told(
                {
                    "triples": size,
                    "what": name,
                    "median_ms": round(statistics.median(times), 1),
                    "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
                    "worst_ms": round(ordered[-1], 1),
                    "largest_kb": max(sizes) // 1024,
                    "index_after_s": round(seconds, 1),
                }
            )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, nargs="*", default=[1_000_000])
    options.add_argument("--repeat", type=int, default=300)
    options.add_argument("--keep", type=Path, help="where data and versions are kept")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = chosen.keep or Path(scratch)
        rows = [row for size in chosen.triples for row in measure(size, directory, chosen.repeat)]
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    main()
