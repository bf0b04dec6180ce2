"""The reference of a version: its ontology, its shapes, and an example from its data for each term."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import BASE, GRAPH, ID, RDF
from cnrs_kg.rdf.skolem import blank_again
from cnrs_kg.rdf.statements import Stored
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Term
from cnrs_kg.store.versions import Version
from cnrs_kg.validation.labels import labels
from cnrs_kg.vocabulary.ontology import CLASS, Entry, Ontology
from cnrs_kg.vocabulary.shapes import Rule, Shape, judging, read_shapes

KEPT = 4
"""Versions whose references are remembered."""
_LOOKED_AT = 100
"""Statements among which an example is chosen."""


@dataclass(frozen=True)
class Example:
    """A statement of the data with a term, and what its ends are called."""

    subject: ox.NamedNode
    predicate: ox.NamedNode
    value: Term
    labels: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Reference:
    """What ontology and shapes say; by the IRI of a term the shapes that judge it, and an example if there is one.

    `documents` has the statements of both, in order, for others to read.
    """

    documents: Mapping[str, Sequence[ox.Triple]]
    ontology: Ontology
    shapes: Sequence[Shape]
    judging: Mapping[str, Sequence[tuple[Shape, Rule | None]]]
    examples: Mapping[str, Example]


def read(store: ox.Store, examples: Path) -> Reference:
    """The reference of a store; `examples` is where those of the shapes are."""
    stated = {name: _triples(store, name) for name in ("ontology", "shapes")}
    ontology = Ontology(stated["ontology"])
    shapes = read_shapes(stated["shapes"], Stored(store), examples)
    found = ((iri, _example(store, entry)) for iri, entry in ontology.entries.items())
    known = {iri: example for iri, example in found if example is not None}
    documents = {name: sorted(blank_again(triples), key=_in_order) for name, triples in stated.items()}
    return Reference(documents, ontology, shapes, judging(shapes), known)


def _triples(store: ox.Store, name: str) -> list[ox.Triple]:
    return [quad.triple for quad in store.quads_for_pattern(None, None, None, GRAPH(name))]


def _in_order(triple: ox.Triple) -> tuple[bool, bool, str, bool, str]:
    """By subject: ours, those of others, anonymous ones; with what it is first."""
    subject = str(triple.subject)
    anonymous, ours = isinstance(triple.subject, ox.BlankNode), subject.startswith(f"<{BASE}")
    return anonymous, not ours, subject, triple.predicate != RDF("type"), str(triple)


def _example(store: ox.Store, entry: Entry) -> Example | None:
    """The first by name of those that are looked at: things of ours before others."""
    predicate, value = (RDF("type"), entry.node) if entry.kind == CLASS else (entry.node, None)
    found = list(islice(store.quads_for_pattern(None, predicate, value, DEFAULT_GRAPH), _LOOKED_AT))
    for quad in sorted(found, key=lambda quad: (not str(quad.subject).startswith(f"<{ID.iri}"), str(quad))):
        if isinstance(quad.subject, ox.NamedNode):
            ends = (end for end in (quad.subject, quad.object) if isinstance(end, ox.NamedNode))
            named = {end.value: labels(Stored(store), end) for end in ends}
            return Example(quad.subject, quad.predicate, quad.object, named)
    return None


class References:
    """References of versions; those of the `KEPT` that were asked last are remembered."""

    def __init__(self, opened: Callable[[Version], ox.Store], examples: Path) -> None:
        self._opened, self._examples = opened, examples
        self._lock = Lock()
        self._known: OrderedDict[tuple[int, str], Reference] = OrderedDict()

    def of(self, version: Version) -> Reference:
        """The reference of a version; `VersionGone` if its store is no longer kept."""
        key = (version.number, version.digest)
        with self._lock:
            if key not in self._known:
                self._known[key] = read(self._opened(version), self._examples)
                if len(self._known) > KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            return self._known[key]
