"""Direct writes: SPARQL Update and the Graph Store Protocol, as changes to the current version.

https://www.w3.org/TR/sparql11-update/ and https://www.w3.org/TR/sparql11-http-rdf-update/. What is sent is parsed
and evaluated by the sandboxed workers; the change that results is judged like any other.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import N_TRIPLES, Changes, QueryRequest
from cnrs_kg.errors import ProtectedGraph, RdfError, StoreError, StoreLocked, VersionMoved
from cnrs_kg.rdf.namespaces import CNRS
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.graphs import role
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.change import Change, Outcome
from cnrs_kg.submissions.intake import Intake, claimable_properties, merged, withdrawn
from cnrs_kg.submissions.proposal import STEWARD, named
from cnrs_kg.submissions.scrutiny import Placed, placed_intake, start, stranger
from cnrs_kg.submissions.updates import Whole

WHOLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
CLAIMABLE = f"CONSTRUCT WHERE {{ ?property {CNRS('claimable')} true }}"
TRIES = 3
Target = ox.NamedNode | ox.DefaultGraph
Check = Callable[[Version, bool], None]
"""Given the version that is to be changed, and whether what is written is there: raises what speaks against writing."""


def _anything(version: Version, there: bool) -> None:
    """Nothing speaks against it."""


@dataclass(frozen=True)
class DirectWrites:
    """Writes on the current version; `publish` judges a change and publishes it.

    One at a time: none is evaluated on a version that another one is about to replace. `StoreLocked` after
    `lock_timeout` seconds of waiting.
    """

    versions: Versions
    pool: Pool
    base_iri: str
    publish: Callable[[Change], Outcome]
    lock_timeout: float = 30.0
    plain: bool = False
    _lock: Lock = field(default_factory=Lock)

    def update(
        self,
        text: str,
        *,
        using_graphs: tuple[str, ...] = (),
        using_named_graphs: tuple[str, ...] = (),
        agent: str | None = None,
        client: str = "",
        check: Check = _anything,
    ) -> Outcome:
        """Evaluate a SPARQL update, judge what it changes, publish it if it conforms.

        Evaluated again, up to three times, if another version was published meanwhile.
        """
        with self._turn():
            for _ in range(TRIES):
                base = self._base()
                check(base, True)
                found = self.pool.changes(
                    text,
                    base.path,
                    plain=self.plain,
                    using_graphs=using_graphs,
                    using_named_graphs=using_named_graphs,
                    base_iri=self.base_iri,
                    client=client,
                )
                with closing(found.answer):
                    taken = self._of_update(base, text, found.added)
                    change = self._change(base, taken, *self._withdrawn(base, found), agent=agent)
                try:
                    return self.publish(change)
                except VersionMoved:
                    continue
        raise VersionMoved("other changes were published meanwhile, three times", advice="Send the update again.")

    def replace(self, iri: str | None, parts: Sequence[tuple[bytes, str]], **options: Any) -> Outcome:
        """The documents (bytes, media type) become the graph's whole content."""
        with self._turn():
            return self._write(iri, parts, replacing=True, **options)

    def add(self, iri: str | None, parts: Sequence[tuple[bytes, str]], **options: Any) -> Outcome:
        """The documents' statements are added to the graph."""
        with self._turn():
            return self._write(iri, parts, replacing=False, **options)

    def delete(
        self, iri: str | None, *, agent: str | None = None, client: str = "", check: Check = _anything
    ) -> Outcome | None:
        """Withdraw every statement of a graph; None if it has none."""
        with self._turn():
            base = self._base()
            held = self._held(base, self._target(iri, replacing=True), client)
            if not held and iri is not None:
                return None
            check(base, True)
            return self.publish(self._change(base, Intake(frozenset()), held, agent=agent))

    def _write(
        self,
        iri: str | None,
        parts: Sequence[tuple[bytes, str]],
        *,
        replacing: bool,
        agent: str | None = None,
        client: str = "",
        base_iri: str | None = None,
        check: Check = _anything,
    ) -> Outcome:
        base, target = self._base(), self._target(iri, replacing=replacing)
        held = self._held(base, target, client)
        check(base, iri is None or bool(held))
        claimable = frozenset() if self.plain else self._claimable(base)
        options = {"base_iri": base_iri or iri, "client": client}
        taken = merged([self._of_document(part, target, claimable, **options) for part in parts])
        change = self._change(base, taken, (), agent=agent)
        if replacing:
            change = _without(change, held)
        outcome = self.publish(change)
        return outcome if held else _creating(outcome)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=self.lock_timeout):
            raise StoreLocked(
                f"other changes are being judged; this one waited {self.lock_timeout:g} s for its turn",
                limit="lock_timeout",
                advice="Send it again.",
                retry_after=10,
            )
        try:
            yield
        finally:
            self._lock.release()

    def _target(self, iri: str | None, *, replacing: bool) -> Target:
        if self.plain:
            return DEFAULT_GRAPH if iri is None else named(iri)
        return target(iri, replacing=replacing)

    def _base(self) -> Version:
        current = self.versions.current()
        if current is None and self.plain:
            with self.versions.writing() as branch:
                current = branch.publish(message="empty")
        if current is None:
            raise StoreError("nothing is published yet", advice="Run `cnrs-kg build`.")
        return current

    def _triples(self, text: str, base: Version, graph: str | None = None, client: str = "") -> list[ox.Triple]:
        graphs = None if graph is None else (graph,)
        request = QueryRequest(text, base.path, default_graphs=graphs, graph_format=N_TRIPLES, base_iri=self.base_iri)
        parsed = ox.parse(self.pool.query(request, client=client).read(), ox.RdfFormat.N_TRIPLES)
        return [found.triple if isinstance(found, ox.Quad) else found for found in parsed]

    def _held(self, base: Version, target: Target, client: str) -> list[ox.Quad]:
        graph = target.value if isinstance(target, ox.NamedNode) else None
        found = self._triples(WHOLE, base, graph, client)
        return [ox.Quad(triple.subject, triple.predicate, triple.object, target) for triple in found]

    def _withdrawn(self, base: Version, found: Changes) -> tuple[Collection[ox.Quad], Sequence[str]]:
        """What an update withdraws, and what is to be said of it."""
        if self.plain:
            return found.removed, found.warnings()
        return withdrawn(found, self.versions.open(base), self._claimable(base))

    def _claimable(self, base: Version) -> frozenset[ox.NamedNode]:
        marks = self._triples(CLAIMABLE, base)
        return claimable_properties(ox.Quad(mark.subject, mark.predicate, mark.object) for mark in marks)

    def _of_update(self, base: Version, text: str, added: Sequence[ox.Quad]) -> Intake:
        if self.plain:
            return Intake(frozenset(added))
        return Whole(text).intake(added, STEWARD, self._claimable(base))

    def _of_document(
        self, part: tuple[bytes, str], target: Target, claimable: frozenset[ox.NamedNode], **options: Any
    ) -> Intake:
        """What a graph keeps of a document; its places are asked only where something in it is refused."""
        try:
            quads = self.pool.parse(*part, **options).quads()
            return self._kept([(quad, None) for quad in quads], target, claimable)
        except RdfError as error:
            if error.position is None:
                placed = self.pool.parse(*part, positions=True, **options).placed()[0]
                self._kept(list(placed), target, claimable)  # raises the same, with its place
            raise

    def _kept(self, placed: Sequence[Placed], target: Target, claimable: frozenset[ox.NamedNode]) -> Intake:
        if self.plain or not isinstance(target, ox.NamedNode):
            return Intake(frozenset(_in(target, quad) for quad, _ in placed))
        if other := stranger(placed, target):
            raise RdfError(
                f"the document states the graph {other[0].graph_name}, but it is sent as {target}",
                position=start(other[1]),
                advice="Send its statements without a graph, or all of it to /submissions.",
            )
        return placed_intake([(_in(target, quad), spot) for quad, spot in placed], target, claimable)

    def _change(
        self,
        base: Version,
        taken: Intake,
        removed: Collection[ox.Quad],
        notes: Sequence[str] = (),
        *,
        agent: str | None,
    ) -> Change:
        if self.plain:
            return Change(taken.quads, frozenset(removed), agent=agent, judged=False, based_on=base.number)
        return Change(
            taken.quads,
            frozenset(removed) - taken.quads,
            agent=agent,
            notes=(*notes, *taken.notes),
            told=taken.infos,
            based_on=base.number,
            as_of=base.as_of,
        )


def target(iri: str | None, *, replacing: bool) -> ox.NamedNode:
    """The graph that a write on this one, or on the default graph (None), goes to; `ProtectedGraph` if it may not."""
    if iri is None and replacing:
        raise ProtectedGraph(
            "the default graph is the merge of what all sources assert and what follows from it",
            advice="Name the graph that is to be replaced or deleted.",
        )
    found = STEWARD if iri is None else named(iri)
    if not role(found).writable:
        raise ProtectedGraph(f"{found} is not written this way", graph=found.value)
    return found


def _in(graph: Target, quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _without(change: Change, held: Sequence[ox.Quad]) -> Change:
    return replace(change, removed=frozenset(held) - change.added)


def _creating(outcome: Outcome) -> Outcome:
    return Outcome(outcome.verdict, outcome.version, outcome.changed, created=outcome.changed)
