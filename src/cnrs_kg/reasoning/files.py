"""The closure of files that carry their own axioms, whatever they are about."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError, RdfSyntaxError
from cnrs_kg.rdf import guards
from cnrs_kg.rdf.formats import syntax_of_file
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.materialise import NotCompilable, materialise
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.explain import Explainer
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.program import Program, compile_program, matching, schema_of
from cnrs_kg.reasoning.proof import Proof, Sources, contradiction
from cnrs_kg.reasoning.reasons import Derivations, statement_of
from cnrs_kg.reasoning.view import Assertions

NESTING = 64
Progress = Callable[[str], None]
Triples = Sequence[ox.Triple]


@dataclass(frozen=True)
class Closed:
    """What follows from files: `inferred` gives it anew at each call; `proofs` are those of the inconsistencies."""

    asserted: int
    count: int
    inferred: Callable[[], Iterator[ox.Triple]]
    inconsistencies: tuple[Inconsistency, ...] = ()
    proofs: Callable[[], Iterator[Proof]] = lambda: iter(())
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read(paths: Iterable[Path]) -> dict[ox.Triple, str]:
    """The statements of the files, each with the file that states it first; blank nodes are each file's own.

    `RdfSyntaxError` with file, line and column; named graphs are read as one.
    """
    found: dict[ox.Triple, str] = {}
    for path in paths:
        for triple in _statements(path):
            found.setdefault(triple, str(path))
    return found


def _statements(path: Path) -> Iterator[ox.Triple]:
    syntax = syntax_of_file(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CnrsKgError(f"{path}: {error.strerror}", advice="Name a file that can be read.") from error
    try:
        if syntax.name == "jsonld":
            guards.check_json_nesting(data, nesting=NESTING)
        elif syntax.name == "rdfxml":
            guards.check_xml_entities(data)
        else:
            guards.check_triple_terms(data, nesting=NESTING)
        base = path.resolve().as_uri()
        for quad in ox.parse(data, syntax.format, base_iri=base, rename_blank_nodes=True):
            assert isinstance(quad, ox.Quad)
            if not isinstance(quad.object, ox.Triple):
                yield quad.triple
    except SyntaxError as error:
        position = None if error.lineno is None else (error.lineno, error.offset or 1)
        raise RdfSyntaxError(f"{path}: {error.msg}", position=position) from error
    except CnrsKgError as error:
        error.detail = f"{path}: {error.detail}"
        raise


def reason(stated: dict[ox.Triple, str], *, as_of: date, budget: Budget, progress: Progress) -> Closed:
    """The OWL 2 RL closure, and the project's own rule; `ReasoningBudget` when it costs too much."""
    progress("compiling the axioms")
    triples = list(stated)
    program = compile_program(schema_of(matching(triples)), budget=budget)
    progress("reasoning")
    try:
        return _by_columns(program, triples, stated, as_of, budget, progress)
    except NotCompilable as why:
        return _one_by_one(triples, stated, as_of, budget, progress, str(why))


def _by_columns(
    program: Program, triples: Triples, stated: dict[ox.Triple, str], as_of: date, budget: Budget, progress: Progress
) -> Closed:
    dictionary = Dictionary()
    rows = dictionary.encode(triples)
    found = materialise(
        program, dictionary, rows, as_of=as_of, budget=budget, progress=lambda size: progress(f"{size:,} statements")
    )

    def proofs() -> Iterator[Proof]:
        store, graph = ox.Store(), ox.NamedNode("urn:x-cnrs-kg:files")
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in (*triples, *found.triples()))
        explainer = Explainer(program, store, Assertions(store, lambda name: True), as_of=as_of)
        for one in found.inconsistencies:
            yield _proof(one, explainer.premises(map(statement_of, one.premises)), stated)

    account = found.account
    return Closed(
        len(stated),
        found.count,
        found.triples,
        found.inconsistencies,
        proofs,
        dict(account.counts.most_common()),
        dict(account.seconds),
    )


def _one_by_one(
    triples: Triples, stated: dict[ox.Triple, str], as_of: date, budget: Budget, progress: Progress, why: str
) -> Closed:
    started = time.monotonic()
    closure = close((), triples, as_of=as_of, budget=budget, progress=lambda phase, size: progress(f"{size:,} facts"))

    def proofs() -> Iterator[Proof]:
        for one in closure.inconsistencies:
            yield _proof(one, closure.derivations(map(statement_of, one.premises)), stated)

    return Closed(
        len(stated),
        len(closure.inferred),
        lambda: iter(closure.inferred),
        closure.inconsistencies,
        proofs,
        closure.counts,
        {"all": time.monotonic() - started},
        (f"closed fact by fact, since {why}", *closure.notes),
    )


def _proof(found: Inconsistency, derivations: Derivations, stated: dict[ox.Triple, str]) -> Proof:
    return contradiction(found, derivations, Sources(graph=stated.get))
