"""What a connector says of its registry: what it is, where its records are fetched, how they are read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from cnrs_kg.federation.documents import Choose, Document, every
from cnrs_kg.federation.records import Notes
from cnrs_kg.rdf.namespaces import CNRS

ORGANISATION = CNRS("Organisation")
Record = tuple[ox.NamedNode, list[ox.Triple]]
"""The IRI of a record, and its statements, which may be about places too."""
Read = Callable[[Iterable[Document], Notes], Iterator[Record]]


@dataclass(frozen=True)
class Page:
    """What one page of a listing holds: the identifiers of its records, and where the next page is."""

    records: frozenset[str]
    following: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where a registry's records are fetched if nobody says otherwise, and how.

    A listing comes in pages: `starts` gives the first requests for its URL, `look` says what a page holds. Anything
    else is one file; where its address changes, `locate` finds it in what the URL gives. `hosts` are those that the URL
    may lead to, besides its own.
    """

    url: str | None = None
    accept: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    interval: float = 1.0
    starts: Callable[[str], Sequence[str]] | None = None
    look: Callable[[bytes, str], Page] | None = None
    locate: Callable[[bytes], str] | None = None


@dataclass(frozen=True)
class Registry:
    """A registry: its name and title, whose its records are, their licence, how they are fetched and read."""

    name: str
    title: Mapping[str, str]
    home: str
    licence: str | None
    read: Read
    origin: Origin = field(default_factory=Origin)
    choose: Choose = every
    ours: ox.NamedNode = ORGANISATION
    """The class of what it has records of, among our things: nothing else is compared with it."""


def each(read: Callable[[Iterator[bytes], Notes], Iterator[Record]]) -> Read:
    """Read documents one after the other, each by its lines."""

    def reader(documents: Iterable[Document], notes: Notes) -> Iterator[Record]:
        for document in documents:
            yield from read(iter(document), notes)

    return reader
