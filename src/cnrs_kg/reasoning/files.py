"""The closure of files that carry their own axioms, whatever they are about."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pyoxigraph as ox

from cnrs_kg.rdf.documents import Documents
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.materialise import NotCompilable, materialise
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.explain import Explainer
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.program import Program, compile_program, matching, schema_of
from cnrs_kg.reasoning.proof import Proof, Sources, contradiction
from cnrs_kg.reasoning.reasons import statement_of
from cnrs_kg.reasoning.view import Assertions

SINGLE_FACTS = 5_000_000
"""What the engine of single facts may infer when nobody says: half a kilobyte each."""
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
    took: float = 0.0
    """Seconds, reading and writing left out."""


def reason(documents: Documents, *, as_of: date, budget: Budget, progress: Progress) -> Closed:
    """The OWL 2 RL closure, and the project's own rule; `ReasoningBudget` when it costs too much."""
    started = time.monotonic()
    progress("compiling the axioms")
    triples = list(documents.statements)
    sources = Sources(graph=documents.document, place=documents.place)
    program = compile_program(schema_of(matching(triples)), budget=budget)
    progress("reasoning")
    try:
        closed = _by_columns(program, triples, sources, as_of, budget, progress)
    except NotCompilable as why:
        cautious = replace(budget, statements=min(budget.statements, SINGLE_FACTS))
        closed = _one_by_one(triples, sources, as_of, cautious, progress, str(why))
    aside = len(documents.quoting)
    notes = (f"{aside:,} statements about triple terms take no part in the rules",) if aside else ()
    return replace(closed, notes=closed.notes + notes, took=time.monotonic() - started)


def _by_columns(
    program: Program, triples: Triples, sources: Sources, as_of: date, budget: Budget, progress: Progress
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
            yield contradiction(one, explainer.premises(map(statement_of, one.premises)), sources)

    account = found.account
    return Closed(
        len(triples),
        found.count,
        found.triples,
        found.inconsistencies,
        proofs,
        dict(account.counts.most_common()),
        dict(account.seconds),
    )


def _one_by_one(
    triples: Triples, sources: Sources, as_of: date, budget: Budget, progress: Progress, why: str
) -> Closed:
    seconds: dict[str, float] = {}
    closure = close(
        (),
        triples,
        as_of=as_of,
        budget=budget,
        progress=lambda phase, size: progress(f"{size:,} facts"),
        seconds=seconds,
    )

    def proofs() -> Iterator[Proof]:
        for one in closure.inconsistencies:
            yield contradiction(one, closure.derivations(map(statement_of, one.premises)), sources)

    return Closed(
        len(triples),
        len(closure.inferred),
        lambda: iter(closure.inferred),
        closure.inconsistencies,
        proofs,
        closure.counts,
        seconds,
        (f"closed fact by fact, since {why}", *closure.notes),
    )
