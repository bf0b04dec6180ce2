"""Who is affected by a change: the exports of the graph that say something else once it is published."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import SKOS
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.store.graphs import role
from cnrs_kg.submissions.patches import said

LISTED = 100
"""Registry records, and links, that are told."""
_LINK = SKOS("exactMatch")


@dataclass(frozen=True)
class GraphChange:
    """A named graph with how many statements it gains and loses: its dump and its file change."""

    graph: str
    role: str
    added: int
    withdrawn: int

    def to_json(self) -> dict[str, Any]:
        """The graph as JSON."""
        return {"graph": self.graph, "role": self.role, "added": self.added, "withdrawn": self.withdrawn}


@dataclass(frozen=True)
class Record:
    """A registry's record of a thing that changes; `link` is `+` or `-` where the link to it is what changes."""

    thing: str
    record: str
    link: str | None = None

    @property
    def registry(self) -> str:
        """The registry, by its host."""
        return urlsplit(self.record).hostname or self.record

    def to_json(self) -> dict[str, Any]:
        """The record as JSON."""
        return {"thing": self.thing, "registry": self.registry, "record": self.record, "link": self.link}


@dataclass(frozen=True)
class Downstream:
    """What is exported otherwise: graphs, members of the event stream, whole dumps by name, records of registries."""

    graphs: tuple[GraphChange, ...] = ()
    members: int = 0
    dumps: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The exports as JSON."""
        return {
            "graphs": [graph.to_json() for graph in self.graphs],
            "members": self.members,
            "dumps": list(self.dumps),
            "records": [record.to_json() for record in self.records[:LISTED]],
            "recordsTotal": len(self.records),
        }


def downstream(asserted: Patch, inferred: Patch, published: Statements, dumps: Iterable[str]) -> Downstream:
    """What a change of asserted statements, and what it implies, changes in the exports; `dumps` hold everything."""
    if not asserted:
        return Downstream()
    changed = (*asserted.added, *asserted.removed)
    return Downstream(
        tuple(_graphs(asserted)),
        len({quad.subject for quad in changed}),
        tuple(dumps),
        tuple(_records(asserted, inferred, published)),
    )


def _graphs(patch: Patch) -> Iterator[GraphChange]:
    added, removed = (Counter(quad.graph_name for quad in quads) for quads in (patch.added, patch.removed))
    for graph in sorted({*added, *removed}, key=str):
        if isinstance(graph, ox.NamedNode):
            yield GraphChange(graph.value, role(graph).value, added[graph], removed[graph])


def _records(asserted: Patch, inferred: Patch, published: Statements) -> Iterator[Record]:
    """The records that things which change are linked to, and the links that come and go, each once."""
    links: dict[ox.Triple, str | None] = {}
    for sign, quads in (("-", (*asserted.removed, *inferred.removed)), ("+", (*asserted.added, *inferred.added))):
        links |= {quad.triple: sign for quad in quads if quad.predicate == _LINK}
    things = {quad.subject for quad in said((*asserted.added, *asserted.removed))}
    found: dict[ox.Triple, str | None] = dict.fromkeys(
        triple for thing in things for triple in published.match(thing, _LINK, None)
    )
    for triple, link in sorted((found | links).items(), key=str):
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode):
            yield Record(triple.subject.value, triple.object.value, link)
