"""Reasoning: everything, a change, a proof; beside other OWL RL engines.

    python benchmarks/reasoning.py closure [--triples 1000000 5000000] [--lubm 1 10] [--json FILE]
    python benchmarks/reasoning.py changes [--triples 10000 1000000 5000000]
    python benchmarks/reasoning.py proofs  [--triples 5000000]

Wanted: everything at 1 M asserted in a third of sparq-rdf's time, 5 M in 12 s and 2 GB, writing excluded; 100
statements added at 1 M / 5 M in 40 / 60 ms, withdrawn in 50 / 100 ms, from 10 k to 5 M within 2 times; a proof at 5 M
in 5 ms (median) and 250 ms (99 %), and one for each of 1,000 statements. Each run is a process of its own. Peers (PyPI:
sparq-rdf, reasonable, owlrl-turbo, owlrl) are left out where they are not installed (`--peers PYTHON` names another
interpreter that has them), and given up after ten minutes or 20 GB. Stores are kept in `--keep DIR`.
"""

import argparse
import gzip
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyoxigraph as ox

from cnrs_kg.rdf.skolem import skolemise
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.materialise import materialise
from cnrs_kg.reasoning.explain import Explainer
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.maintain import Day, Maintained, maintain
from cnrs_kg.reasoning.program import compile_program, matching, schema_of
from cnrs_kg.reasoning.reasons import statement_of
from cnrs_kg.reasoning.recompute import program_of
from cnrs_kg.reasoning.view import Assertions

SHARED = Path(os.environ.get("CNRS_KG_SHARED", Path(__file__).parents[2] / "shared")) / "benchmark"
GRAPH, ONTOLOGY = (
    ox.NamedNode("https://w3id.org/cnrs-kg/graph/bench"),
    ox.NamedNode("https://w3id.org/cnrs-kg/graph/ontology"),
)
DAY = date(2026, 1, 1)
LUBM_FILE = "http://www.lehigh.edu/~zhp2/2004/0401/univ-bench.owl"
LUBM = "http://swat.cse.lehigh.edu/onto/univ-bench.owl"
BUDGET = Budget(statements=200_000_000)
DEADLINE, MEMORY = 600, 20 << 30
PEERS = {
    "sparq-rdf": """
import sparq, pathlib
graph = sparq.Graph.load(pathlib.Path(FILE)); loaded = time.perf_counter()
count = graph.reason("owl")""",
    "reasonable": """
import reasonable
reasoner = reasonable.PyReasoner(); reasoner.load_file(FILE); loaded = time.perf_counter()
count = len(reasoner.reason())""",
    "owlrl-turbo": """
import owlrl_turbo
graph = owlrl_turbo.Graph(); graph.parse(FILE, format="nt"); before = len(graph); loaded = time.perf_counter()
owlrl_turbo.expand(graph); count = len(graph) - before""",
    "owlrl": """
import owlrl, rdflib
graph = rdflib.Graph(); graph.parse(FILE, format="nt"); before = len(graph); loaded = time.perf_counter()
owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph); count = len(graph) - before""",
}
PEER = """
import json, resource, sys, time
FILE = sys.argv[1]; started = time.perf_counter()
{body}
done = time.perf_counter()
print(json.dumps({{"load_s": round(loaded - started, 2), "reason_s": round(done - loaded, 2), "inferred": count,
    "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}}))
"""


def peak() -> int:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def dataset(triples: int, directory: Path) -> tuple[Path, Path]:
    """The ontology, and the file with as many statements."""
    directory.mkdir(parents=True, exist_ok=True)
    data, ontology = directory / f"data-{triples}.nt", directory / "ontology.ttl"
    if not data.exists() or not ontology.exists():
        generator = str(SHARED / "organisations.py")
        subprocess.run([sys.executable, generator, str(directory), str(triples)], check=True, capture_output=True)
    return ontology, data


def lubm(universities: int, directory: Path) -> tuple[Path, Path]:
    """LUBM's ontology, and the statements about as many universities."""
    directory.mkdir(parents=True, exist_ok=True)
    data = directory / f"univ{universities}.nt"
    if not data.exists():
        data.write_bytes(gzip.decompress((SHARED / "lubm" / f"univ{universities}.nt.gz").read_bytes()))
    return SHARED / "lubm" / "univ-bench.owl", data


def axioms(file: Path) -> list[ox.Triple]:
    """The statements of an ontology, blank nodes named."""
    syntax = ox.RdfFormat.RDF_XML if file.suffix == ".owl" else ox.RdfFormat.TURTLE
    data = file.read_bytes().replace(LUBM_FILE.encode(), LUBM.encode())  # the data use a name of their own
    quads = ox.parse(data, syntax, base_iri=LUBM)
    return [quad.triple for quad in skolemise(quads) if quad.predicate.value != "http://www.w3.org/2002/07/owl#imports"]  # type: ignore[union-attr, arg-type]


# Everything


def close(ontology: Path, data: Path, output: Path) -> dict[str, Any]:
    """Our own way, in steps: read and number, compile and close, write."""
    started = time.perf_counter()
    stated, dictionary = axioms(ontology), Dictionary()
    with data.open("rb") as lines:
        rows = np.concatenate([dictionary.encode(stated), dictionary.encode_lines(lines)])
    loaded = time.perf_counter()
    program = compile_program(schema_of(matching(stated)))
    compiled = time.perf_counter()
    found = materialise(program, dictionary, rows, as_of=DAY, budget=BUDGET)
    closed, memory = time.perf_counter(), peak()
    with output.open("wb") as file:
        file.writelines(found.lines())
    written = time.perf_counter()
    return {
        "load_s": round(loaded - started, 2),
        "compile_s": round(compiled - loaded, 2),
        "reason_s": round(closed - loaded, 2),
        "write_nt_s": round(written - closed, 2),
        "inferred": found.count,
        "rss_mb": memory,
    }


def run(code: list[str]) -> dict[str, Any]:
    """A process's JSON; or why there is none."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    try:
        done = subprocess.run(code, capture_output=True, text=True, timeout=DEADLINE, check=False, preexec_fn=limited)
    except subprocess.TimeoutExpired:
        return {"given_up": f"after {DEADLINE} s"}
    if done.returncode:
        return {"given_up": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:120]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def closure(options: argparse.Namespace, directory: Path) -> list[dict[str, Any]]:
    sets: list[tuple[str, tuple[Path, Path]]] = []
    sets += [(f"organisations {size}", dataset(size, directory)) for size in options.triples or (1_000_000, 5_000_000)]
    sets += [(f"LUBM {size}", lubm(size, directory)) for size in options.lubm]
    rows = []
    for name, (ontology, data) in sets:
        whole = directory / f"whole-{data.stem}.ttl"  # one peer reads no other extension
        with whole.open("wb") as file:
            file.writelines(f"{triple} .\n".encode() for triple in axioms(ontology))
            file.write(data.read_bytes())
        for attempt in range(options.runs):
            own = [sys.executable, __file__, "close", "--files", str(ontology), str(data), str(directory / "out.nt")]
            rows.append(told({"set": name, "engine": "cnrs-kg", "run": attempt, **run(own)}))
            for peer, body in PEERS.items():
                if peer in options.peer and (peer in ("sparq-rdf", "reasonable") or data.stat().st_size < 20_000_000):
                    code = PEER.format(body=body)
                    rows.append(
                        told(
                            {
                                "set": name,
                                "engine": peer,
                                "run": attempt,
                                **run([options.peers, "-c", code, str(whole)]),
                            }
                        )
                    )
        whole.unlink()
    return rows


# A change


def stored(triples: int, directory: Path) -> ox.Store:
    """A store that holds the graph with its closure, made once."""
    ontology, data = dataset(triples, directory)
    store = ox.Store(str(directory / f"store-{triples}"))
    if len(store):
        return store
    stated = axioms(ontology)
    store.extend(
        ox.Quad(t.subject, t.predicate, t.object, graph) for t in stated for graph in (ONTOLOGY, ox.DefaultGraph())
    )
    inferred = directory / f"inferred-{triples}.nt"
    close(ontology, data, inferred)
    for file, graph in ((data, GRAPH), (data, None), (inferred, None)):
        store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
    store.optimize()
    return store


def write(store: ox.Store, found: Maintained, added: list[ox.Quad], removed: list[ox.Quad]) -> None:
    """Apply a change with what it entails."""
    kept = set(found.gained)
    gone = [*found.lost, *(quad.triple for quad in removed if quad.triple not in kept)]
    for quad in (*removed, *(ox.Quad(t.subject, t.predicate, t.object) for t in gone)):
        store.remove(quad)
    new = [*(quad.triple for quad in added), *found.gained]
    store.extend([*added, *(ox.Quad(t.subject, t.predicate, t.object) for t in new)])


def timed(store: ox.Store, added: list[ox.Quad], removed: list[ox.Quad]) -> tuple[float, Maintained]:
    """Milliseconds, and what follows; the change is applied afterwards."""
    started = time.perf_counter()
    program = program_of(store, [ONTOLOGY])
    found = maintain(
        program, store, Assertions(store, lambda graph: True), added, removed, day=Day(DAY, DAY), budget=BUDGET
    )
    seconds = time.perf_counter() - started
    write(store, found, added, removed)
    return seconds * 1000, found


def changes(options: argparse.Namespace, directory: Path) -> list[dict[str, Any]]:
    rows = []
    for size in options.triples or (10_000, 1_000_000, 5_000_000):
        store = stored(size, directory)
        lines = (directory / f"delta-{size}.nt").read_bytes()
        delta = [ox.Quad(*quad.triple, GRAPH) for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES)]  # type: ignore[union-attr]
        there, back = [], []
        for _ in range(options.repeat):
            milliseconds, found = timed(store, delta, [])
            there.append(milliseconds)
            back.append(timed(store, [], delta)[0])
        row = {"triples": size, "statements": len(delta), "inferred": len(found.gained)}
        row |= {"add_ms": round(statistics.median(there), 1), "withdraw_ms": round(statistics.median(back), 1)}
        rows.append(told(row))
        for name, quads in worst(store).items():
            lost, gone = timed(store, [], quads)
            again, found = timed(store, quads, [])
            rows.append(
                told(
                    {
                        "triples": size,
                        "worst case": name,
                        "statements": len(quads),
                        "withdraw_ms": round(lost, 1),
                        "lost": len(gone.lost),
                        "add_ms": round(again, 1),
                        "inferred": len(found.gained),
                    }
                )
            )
    return rows


def worst(store: ox.Store) -> dict[str, list[ox.Quad]]:
    """Changes that touch much: statements about structure, everything about a unit, an organisation, an institute."""
    chance = random.Random(1)

    def named(text: str) -> ox.NamedNode:
        return ox.NamedNode(f"https://kg.example/{text}")

    def about(text: str) -> list[ox.Quad]:
        node = named(f"id/{text}")
        found = (*store.quads_for_pattern(node, None, None, GRAPH), *store.quads_for_pattern(None, None, node, GRAPH))
        return list(dict.fromkeys(found))

    structure: list[ox.Quad] = []
    for name in ("hasSupervisor", "unitOf", "subOrganisationOf", "headOf", "hasParticipant", "hasPartner"):
        for number, quad in enumerate(store.quads_for_pattern(None, named(f"onto#{name}"), None, GRAPH)):
            structure.append(quad)
            if number > 400:
                break
    same = list(store.quads_for_pattern(None, ox.NamedNode("http://www.w3.org/2002/07/owl#sameAs"), None, GRAPH))[:1]
    institute = list(store.quads_for_pattern(named("id/inst/3"), named("onto#unitOf"), None, GRAPH))
    return {
        "100 of structure": chance.sample(structure, min(100, len(structure))),
        "a unit, whole": about("unit/7"),
        "an organisation, whole": about("org/25"),
        "one sameness": same,
        "an institute's place (a hub)": institute,
    }


# A proof


def proofs(options: argparse.Namespace, directory: Path) -> list[dict[str, Any]]:
    rows = []
    for size in options.triples or (5_000_000,):
        store = stored(size, directory)
        program = program_of(store, [ONTOLOGY])
        explainer = Explainer(program, store, Assertions(store, lambda graph: True), as_of=DAY)
        sample = inferred_sample(directory / f"inferred-{size}.nt", 1000)
        rows.append(told({"triples": size, **proof_times(explainer, sample)}))
    rows.append(told({"circle": 1000, **proof_times(*circle(1000))}))
    return rows


def inferred_sample(file: Path, count: int) -> list[ox.Triple]:
    """Statements at random places of the file."""
    chance, size = random.Random(3), file.stat().st_size
    found: list[ox.Triple] = []
    with file.open("rb") as lines:
        while len(found) < count:
            lines.seek(chance.randrange(size))
            lines.readline()
            if line := lines.readline():
                found += [quad.triple for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES)]  # type: ignore[union-attr]
    return found


def circle(length: int) -> tuple[Explainer, list[ox.Triple]]:
    """A thousand things around a circle, each linked with each by a symmetric and transitive property."""
    nodes = [ox.NamedNode(f"urn:x:{number}") for number in range(length)]
    link, kind = ox.NamedNode("urn:x:p"), ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    owl = "http://www.w3.org/2002/07/owl#"
    stated = [ox.Triple(link, kind, ox.NamedNode(owl + name)) for name in ("SymmetricProperty", "TransitiveProperty")]
    edges = [ox.Triple(nodes[number], link, nodes[(number + 1) % length]) for number in range(length)]
    store = ox.Store()
    store.extend(ox.Quad(*triple, graph) for triple in stated for graph in (ONTOLOGY, ox.DefaultGraph()))
    store.extend(ox.Quad(*triple, GRAPH) for triple in edges)
    store.bulk_extend(ox.Quad(one, link, other) for one in nodes for other in nodes)
    program = program_of(store, [ONTOLOGY])
    chance = random.Random(5)
    sample = [ox.Triple(*(chance.choice(nodes), link, chance.choice(nodes))) for _ in range(1000)]
    return Explainer(program, store, Assertions(store, lambda graph: True), as_of=DAY), sample


def proof_times(explainer: Explainer, sample: list[ox.Triple]) -> dict[str, Any]:
    times, missing = [], 0
    for triple in sample:
        started = time.perf_counter()
        missing += explainer.derivations(statement_of(triple)) is None
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    at: Callable[[float], float] = lambda share: round(times[int(len(times) * share)], 1)  # noqa: E731
    return {
        "proofs": len(sample),
        "without": missing,
        "median_ms": at(0.5),
        "p99_ms": at(0.99),
        "max_ms": round(times[-1], 1),
    }


def told(row: dict[str, Any]) -> dict[str, Any]:
    click.echo(json.dumps(row))
    return row


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("part", choices=["closure", "changes", "proofs", "close"], nargs="?", default="closure")
    options.add_argument("--triples", type=int, nargs="*")
    options.add_argument("--lubm", type=int, nargs="*", default=[1, 10], choices=[1, 10])
    options.add_argument("--runs", type=int, default=1)
    options.add_argument("--repeat", type=int, default=9)
    options.add_argument("--peers", default=sys.executable, help="the interpreter that has the peers")
    options.add_argument("--peer", nargs="*", default=list(PEERS), choices=list(PEERS))
    options.add_argument("--keep", type=Path, help="where data and stores are kept")
    options.add_argument("--files", type=Path, nargs=3, help=argparse.SUPPRESS)
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    if asked.part == "close":
        click.echo(json.dumps(close(*asked.files)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        parts = {"closure": closure, "changes": changes, "proofs": proofs}
        rows = parts[asked.part](asked, asked.keep or Path(scratch))
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
