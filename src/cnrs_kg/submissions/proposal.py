"""What somebody sends to change the graph: RDF and spreadsheets add; patches and updates also withdraw."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

import pyoxigraph as ox

from cnrs_kg.errors import RdfError, UnsupportedFormat
from cnrs_kg.rdf.formats import CSV, RDF_FORMATS, XLSX, rdf_syntax, syntax_of_file
from cnrs_kg.rdf.namespaces import GRAPH

STEWARD = GRAPH("steward")
PATCH = "application/rdf-patch"
UPDATE = "application/sparql-update"
SHEETS = (XLSX, CSV)
_GRAPH = "graph/"
_OTHERS = (PATCH, UPDATE, *SHEETS)
_BY_EXTENSION = {".rdfp": PATCH, ".ru": UPDATE, ".xlsx": XLSX, ".csv": CSV}


@dataclass(frozen=True)
class Document:
    """A document that was sent: the name that reports give it, its bytes, its media type."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True)
class Proposal:
    """Documents for a graph (the stewards' one if none is named).

    With `replaces` they become its whole content, and only documents that add may be among them.
    """

    documents: tuple[Document, ...]
    graph: ox.NamedNode | None = None
    replaces: bool = False

    @property
    def target(self) -> ox.NamedNode:
        """The graph that statements without a graph of their own go to."""
        return self.graph or STEWARD


def propose(documents: Iterable[Document], graph: str | None = None, *, replaces: bool = False) -> Proposal:
    """A proposal for the graph of this name: an IRI, or one of ours as `graph/steward`; `RdfError` if it is neither."""
    if graph and graph.startswith(_GRAPH):
        graph = GRAPH.iri + graph.removeprefix(_GRAPH)
    return Proposal(tuple(documents), named(graph) if graph else None, replaces)


def named(text: str) -> ox.NamedNode:
    """The name of a graph; `RdfError` if it is no IRI."""
    try:
        return ox.NamedNode(text)
    except ValueError as error:
        raise RdfError(f"graph: {text[:200]!r} is not an IRI: {error}") from error


def media_type_of(content_type: str) -> str:
    """The media type of a document that can be proposed, parameters dropped; `UnsupportedFormat` otherwise."""
    plain = content_type.split(";")[0].strip().lower()
    if plain in _OTHERS:
        return plain
    try:
        return rdf_syntax(plain).media_type
    except UnsupportedFormat as error:
        known = ", ".join([*(syntax.media_type for syntax in RDF_FORMATS), *_OTHERS])
        raise UnsupportedFormat(f"{content_type!r} is nothing that changes a graph", advice=f"Send {known}.") from error


def media_type_of_file(path: PurePath) -> str:
    """The media type that a file's extension tells; `UnsupportedFormat` otherwise."""
    return _BY_EXTENSION.get(path.suffix.lower()) or syntax_of_file(path).media_type
