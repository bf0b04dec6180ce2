"""A process of its own that explains statements of published versions, under a deadline and a memory limit.

A proof takes milliseconds, but a search may take long: it must not hold up the answering of queries, and can be killed.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from signal import SIGABRT
from threading import BoundedSemaphore, Lock
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine.sandbox import limit_data
from cnrs_kg.errors import EngineBusy, QueryMemory, QueryTimeout, ReasoningBudget, StoreError
from cnrs_kg.rdf.namespaces import RDFS, SKOS
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.explain import Explainer
from cnrs_kg.reasoning.proof import Proof, Sources, proof
from cnrs_kg.reasoning.reasons import Derivations, Statement, statement_of
from cnrs_kg.reasoning.recompute import program_of
from cnrs_kg.reasoning.view import Assertions
from cnrs_kg.store.graphs import Roles
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.companion import Answer, Companion, Ended, serve
from cnrs_kg.submissions.locating import Place
from cnrs_kg.submissions.places import SourcePlaces

LABELS = (SKOS("prefLabel"), RDFS("label"))
GRACE = 2.0
"""Seconds that the process has to say itself that it found no proof in time."""
NEAR = 5
WAITING = 8
"""Questions that may wait; each holds a thread of the server."""
SMALL = 300_000
"""Statements up to which a graph whose ontology cannot be compiled is closed anew for a proof."""


@dataclass(frozen=True)
class Task:
    """Where versions are, the IRI that relative ones stand below, the seconds and bytes for one explanation."""

    data_dir: Path
    base_iri: str
    seconds: float
    memory: int


@dataclass(frozen=True)
class Question:
    """A statement of a version, and how many proofs are wanted."""

    number: int
    subject: Any
    predicate: ox.NamedNode
    value: Any
    proofs: int = 1

    @property
    def statement(self) -> Statement:
        """Subject, predicate and object."""
        return self.subject, self.predicate, self.value


@dataclass(frozen=True)
class Explanation:
    """Why a statement holds: for each proof how all that it rests on was inferred, and where what is asserted stands.

    Without proofs the statement does not hold; `near` are statements that share two terms with it and do. `labels` are
    the names of the terms, by IRI and language.
    """

    statement: Statement
    derivations: tuple[Derivations, ...] = ()
    graphs: Mapping[ox.Triple, str] = field(default_factory=dict)
    places: Mapping[ox.Triple, Place] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    near: tuple[Statement, ...] = ()

    def proofs(self) -> tuple[Proof, ...]:
        """The proofs, ready to be shown."""
        sources = Sources(graph=self.graphs.get, place=self.places.get)
        return tuple(proof(self.statement, derivations, sources) for derivations in self.derivations)


class Explaining:
    """Asks the process, which is started with the first question, and again after one that took too long."""

    def __init__(self, task: Task) -> None:
        self._seconds = task.seconds
        self._turn = Lock()
        self._places = BoundedSemaphore(WAITING)
        self._companion = Companion(__name__, task)

    def explain(self, question: Question) -> Explanation:
        """The explanation; `QueryTimeout` or `QueryMemory` if it takes too much, `EngineBusy` if too many wait."""
        if not self._places.acquire(blocking=False):
            raise EngineBusy("other statements are being explained", limit="backlog", retry_after=2)
        try:
            with self._turn:
                return self._answer(question)
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._companion.stop(kill=True)

    def _answer(self, question: Question) -> Explanation:
        try:
            found = self._companion.ask(question, self._seconds + GRACE)
        except (TimeoutError, ReasoningBudget):
            raise QueryTimeout("no proof was found in the time allowed", limit="query_timeout") from None
        except Ended as error:
            if error.code == -SIGABRT:  # what the store does when no memory is left
                raise _out_of_memory() from error
            raise StoreError("the explaining process ended", advice="Ask again.") from error
        assert isinstance(found, Explanation)
        return found


def explain(versions: Versions, question: Question, *, base_iri: str, seconds: float) -> Explanation:
    """The explanation, in this process."""
    version = versions.version(question.number)
    explainer = _explainer(versions, version, base_iri, seconds)
    statement = question.statement
    if not explainer.holds(statement):
        near = tuple(_near(versions.open(version), statement))
        return Explanation(statement, near=near, labels=_labels(versions.open(version), [statement, *near]))
    derivations = tuple(explainer.alternatives(statement, question.proofs))
    if not derivations and version.statements <= SMALL:
        derivations = _one_by_one(explainer, statement, version.as_of or date.today())
    if not derivations:
        raise StoreError(f"{' '.join(map(str, statement))} holds, but no proof of it was found")
    named = {one for found in derivations for step in found.items() for one in (step[0], *step[1][1])} | {statement}
    stated = [one for one in named if explainer.stands(one)]
    graphs, places = _written(explainer, SourcePlaces(versions, version, base_iri=base_iri), stated)
    return Explanation(statement, derivations, graphs, places, _labels(versions.open(version), named))


@lru_cache(maxsize=2)
def _explainer(versions: Versions, version: Version, base_iri: str, seconds: float) -> Explainer:
    store, merged = versions.open(version), Roles(base_iri).merged
    program = program_of(store, [graph for graph in store.named_graphs() if merged(graph)])
    as_of = version.as_of or date.today()
    return Explainer(program, store, Assertions(store, merged), as_of=as_of, seconds=seconds)


def _one_by_one(explainer: Explainer, statement: Statement, as_of: date) -> tuple[Derivations, ...]:
    """A proof by the engine that keeps one for each statement: for what clauses cannot say."""
    stated = [ox.Triple(s, p, o) for s, p, o in explainer.assertions.everything()]  # type: ignore[arg-type]
    closure = close((), stated, as_of=as_of)
    found = closure.derivations([statement])
    return (found,) if statement in found else ()


def _written(
    explainer: Explainer, places: SourcePlaces, statements: Iterable[Statement]
) -> tuple[dict[ox.Triple, str], dict[ox.Triple, Place]]:
    """Which graph asserts each statement, and where its file says so."""
    graphs: dict[ox.Triple, str] = {}
    found: dict[ox.Triple, Place] = {}
    for statement in statements:
        triple = ox.Triple(*statement)  # type: ignore[arg-type]
        names = sorted(graph.value for graph in explainer.asserting(statement) if isinstance(graph, ox.NamedNode))
        graphs[triple] = names[0]
        place = next(filter(None, (places.of(triple, name) for name in names)), None)
        if place is not None:
            found[triple] = place
    return graphs, found


def _near(store: ox.Store, statement: Statement) -> Iterator[Statement]:
    """Statements that hold and differ in one term."""
    s, p, o = statement
    patterns: tuple[tuple[Any, Any, Any], ...] = ((s, p, None), (None, p, o), (s, None, o))
    for subject, predicate, value in patterns:
        if not isinstance(subject, ox.Literal):
            for quad in islice(store.quads_for_pattern(subject, predicate, value, DEFAULT_GRAPH), NEAR):
                yield statement_of(quad.triple)


def _labels(store: ox.Store, statements: Iterable[Statement]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for node in {term for statement in statements for term in statement if isinstance(term, ox.NamedNode)}:
        for predicate in LABELS:
            for quad in islice(store.quads_for_pattern(node, predicate, None, DEFAULT_GRAPH), 20):
                if isinstance(quad.object, ox.Literal):
                    found.setdefault(node.value, {}).setdefault(quad.object.language or "", quad.object.value)
    return found


@contextmanager
def _explaining(task: Task) -> Iterator[Answer]:
    versions = Versions(task.data_dir, base_iri=task.base_iri)
    limit_data(task.memory)

    def answer(question: Question) -> Explanation:
        try:
            return explain(versions, question, base_iri=task.base_iri, seconds=task.seconds)
        except MemoryError:
            raise _out_of_memory() from None

    try:
        yield answer
    finally:
        versions.close()


def _out_of_memory() -> QueryMemory:
    return QueryMemory("the search for a proof needs more memory than one may use", limit="query_memory")


def main() -> None:
    """Explain what is asked on standard input until it ends."""
    serve(_explaining)
