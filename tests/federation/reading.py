"""Documents for readers, made of the bytes that a test writes."""

from io import BytesIO

import pyoxigraph as ox

from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import Notes
from cnrs_kg.federation.registry import Registry


def document(data: bytes, name: str = "a file") -> Document:
    return Document(name, lambda: BytesIO(data))


def read(registry: Registry, *documents: bytes) -> tuple[set[ox.Triple], Notes]:
    """Everything that the records of some documents state, and what was left out."""
    notes = Notes()
    found = registry.read([document(data) for data in documents], notes)
    return {triple for _, triples in found for triple in triples}, notes


def values(triples: set[ox.Triple], predicate: ox.NamedNode) -> set[object]:
    """The values of a property."""
    return {triple.object for triple in triples if triple.predicate == predicate}
