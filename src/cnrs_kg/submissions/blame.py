"""Blame: for a statement, which change published or withdrew it: submission, who, when, why, and where it was written.

The patches of versions are the record: the newest one that has a row with the statement decides.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import SubmissionNotFound
from cnrs_kg.rdf.terms import stored_triple, term_json
from cnrs_kg.reasoning.reasons import Statement
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.explaining import Explanation
from cnrs_kg.submissions.locating import Place
from cnrs_kg.submissions.places import SourcePlaces, publication, row_after, submitted_place
from cnrs_kg.submissions.queue import Queue
from cnrs_kg.submissions.states import Action
from cnrs_kg.submissions.submission import Submission


@dataclass(frozen=True)
class Origin:
    """The change that published (or withdrew) a statement in a graph; `place` is where its author wrote it."""

    statement: ox.Triple
    graph: str | None
    version: Version
    submission: Submission | None = None
    place: Place | None = None

    def to_json(self) -> dict[str, Any]:
        """The origin as JSON; terms as in SPARQL results."""
        version, submission = self.version.to_json(), self.submission
        decision = None if submission is None else submission.decision(Action.ACCEPT)
        return {
            "statement": _statement_json(self.statement),
            "graph": self.graph,
            "version": version["number"],
            "created": version["created"],
            "agent": version["agent"],
            "message": version["message"],
            "submission": None
            if submission is None
            else {
                "number": submission.number,
                "title": submission.content.title,
                "submitter": submission.submitter,
                "source": submission.content.source,
                "link": f"/submissions/{submission.number}",
            },
            "decision": None if decision is None else decision.to_json(),
            "place": self.place,
        }


@dataclass(frozen=True)
class Blame:
    """Who is behind a statement. One that is inferred has the origins of what it follows from, in its shortest proof.

    One that does not hold has the changes that withdrew it, if any did.
    """

    statement: ox.Triple
    holds: bool
    inferred: bool = False
    origins: tuple[Origin, ...] = ()
    withdrawn: tuple[Origin, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The blame as JSON."""
        return {
            "statement": _statement_json(self.statement),
            "holds": self.holds,
            "inferred": self.inferred,
            "origins": [origin.to_json() for origin in self.origins],
            "withdrawn": [origin.to_json() for origin in self.withdrawn],
        }


@dataclass(frozen=True)
class Blaming:
    """Finds origins in the patches of versions; `explain` proves what is inferred."""

    versions: Versions
    queue: Queue
    base_iri: str
    explain: Callable[[Statement], Explanation]

    def blame(self, statement: Statement, version: Version) -> Blame:
        """Who is behind a statement of a version."""
        triple = stored_triple(ox.Triple(*statement))  # type: ignore[arg-type]  # pyoxigraph refuses other kinds itself
        store = self.versions.open(version)
        held = [
            quad.graph_name for quad in store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        ]
        graphs = sorted(graph.value for graph in held if isinstance(graph, ox.NamedNode))
        if graphs:
            origins = (self._origin(triple, graph, version) for graph in graphs)
            return Blame(triple, True, origins=tuple(filter(None, origins)))
        if not held:
            return Blame(triple, False, withdrawn=tuple(self._withdrawn(triple, version)))
        leaves = self.explain(statement).graphs
        found = (self._origin(leaf, graph, version) for leaf, graph in sorted(leaves.items(), key=str))
        return Blame(triple, True, inferred=True, origins=tuple(filter(None, found)))

    def _origin(self, triple: ox.Triple, graph: str, version: Version) -> Origin | None:
        number = publication(self.versions, version.number, triple, graph)
        return None if number is None else self._made(triple, graph, self.versions.record(number))

    def _withdrawn(self, triple: ox.Triple, version: Version) -> Iterator[Origin]:
        row = f"\nD {triple.subject} {triple.predicate} {triple.object} <".encode()
        for number in range(version.number, 0, -1):
            rest = row_after(self.versions, number, row)
            if rest is not None:
                yield self._made(triple, rest.partition(">")[0], self.versions.record(number))
                return

    def _made(self, triple: ox.Triple, graph: str, version: Version) -> Origin:
        if version.submission is None:
            place = SourcePlaces(self.versions, version, base_iri=self.base_iri).of(triple, graph)
            return Origin(triple, graph, version, place=place)
        try:
            submission = self.queue.get(version.submission)
        except SubmissionNotFound:  # the queue is younger than the version
            submission = None
        place = submitted_place(self.versions, version.number, triple)
        return Origin(triple, graph, version, submission, place)


def _statement_json(triple: ox.Triple) -> dict[str, Any]:
    return {
        "subject": term_json(triple.subject),
        "predicate": term_json(triple.predicate),
        "object": term_json(triple.object),
    }
