"""How the federation stands: each registry's records and last harvest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.federation.attempts import Attempt
from cnrs_kg.federation.registry import Registry
from cnrs_kg.rdf.namespaces import BASE, DCTERMS, GRAPH, ORG, PROV, RDF
from cnrs_kg.store.graphs import Role, role


@dataclass(frozen=True)
class State:
    """A registry: its titles by language, home and licence, how many records the graph holds, its last harvest."""

    name: str
    title: Mapping[str, str]
    home: str
    licence: str | None
    records: int = 0
    attempt: Attempt | None = None

    def to_json(self) -> dict[str, Any]:
        """The registry as JSON."""
        return {
            "name": self.name,
            "title": dict(self.title),
            "home": self.home,
            "licence": self.licence,
            "graph": GRAPH(self.name).value,
            "records": self.records,
            "lastHarvest": None if self.attempt is None else vars(self.attempt) | {"registry": self.name},
        }


def states(store: ox.Store, known: Iterable[Registry], attempts: Iterable[Attempt]) -> list[State]:
    """The registries of which the graph has records, or that were harvested, and those that can be, by name."""
    last = {one.registry: one for one in attempts}
    graphs = {_name(graph): graph for graph in store.named_graphs() if role(graph) is Role.HARVEST}
    connectors = {one.name: one for one in known}
    found = []
    for name in sorted({*connectors, *graphs, *last}):
        connector, graph = connectors.get(name), GRAPH(name)
        titles = {text.language or "en": text.value for text in _said(store, graph, DCTERMS("title"), ox.Literal)}
        homes = [home.value for home in _said(store, graph, PROV("wasDerivedFrom"), ox.NamedNode)]
        records = sum(1 for _ in store.quads_for_pattern(None, RDF("type"), ORG("Organization"), graph))
        found.append(
            State(
                name,
                (connector.title if connector else titles) or {"en": name},
                next(iter(homes), connector.home if connector else ""),
                connector.licence if connector else None,
                records,
                last.get(name),
            )
        )
    return found


def _name(graph: Any) -> str:
    return str(graph.value).removeprefix(f"{BASE}graph/")


def _said(store: ox.Store, graph: ox.NamedNode, predicate: ox.NamedNode, kind: type) -> list[Any]:
    """What a graph says of itself."""
    objects = (quad.object for quad in store.quads_for_pattern(graph, predicate, None, graph))
    return [one for one in objects if isinstance(one, kind)]
