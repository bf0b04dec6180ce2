"""The roles of named graphs: which are merged into the default graph, writable, protected, digested.

The default graph physically holds the merge of every merged graph and the inferred statements, each triple once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, GraphName


class Role(Enum):
    """What a named graph is for."""

    ONTOLOGY = "ontology"
    SHAPES = "shapes"
    PROVENANCE = "provenance"
    STEWARD = "steward"
    SOURCE = "source"
    HARVEST = "harvest"

    @property
    def merged(self) -> bool:
        """Whether the default graph holds the graph's statements: all but shapes."""
        return self is not Role.SHAPES

    @property
    def writable(self) -> bool:
        """Whether an update may write the graph; the others change by a build or by the program."""
        return self in _WRITABLE

    @property
    def protected(self) -> bool:
        """The opposite of writable."""
        return not self.writable

    @property
    def digested(self) -> bool:
        """Whether the version's digest covers the graph: all but provenance, so that the same input says the same."""
        return self is not Role.PROVENANCE


_WRITABLE = frozenset({Role.STEWARD, Role.SOURCE, Role.HARVEST})
_BY_NAME = {role.value: role for role in (Role.ONTOLOGY, Role.SHAPES, Role.PROVENANCE, Role.STEWARD)}
HARVESTED = frozenset(
    {"ror", "rnsr", "wikidata", "isni", "funder", "openalex", "hal", "scanr", "cordis", "eurio", "openaire", "rdf"}
)
"""Local names of the graphs that hold a registry's records."""


@lru_cache(maxsize=4096)
def role(graph: GraphName, base_iri: str = BASE) -> Role:
    """The role of a named graph; one whose name says nothing is a source."""
    prefix = f"{base_iri}graph/"
    if not isinstance(graph, ox.NamedNode) or not graph.value.startswith(prefix):
        return Role.SOURCE
    name = graph.value.removeprefix(prefix)
    if name in HARVESTED or name.startswith("harvest/"):
        return Role.HARVEST
    return _BY_NAME.get(name, Role.SOURCE)


def asserting(store: ox.Store, triple: ox.Triple) -> Iterator[ox.NamedNode]:
    """The named graphs that hold a triple."""
    for quad in store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None):
        if isinstance(quad.graph_name, ox.NamedNode):
            yield quad.graph_name


@dataclass(frozen=True)
class Roles:
    """How the graphs of a dataset are treated; without `merging` it is an ordinary dataset, all graphs alike."""

    base_iri: str = BASE
    merging: bool = True

    def merged(self, graph: GraphName) -> bool:
        """Whether the default graph holds the statements of this named graph."""
        return self.merging and graph != DEFAULT_GRAPH and role(graph, self.base_iri).merged

    def digested(self, graph: GraphName) -> bool:
        """Whether the digest covers the graph; the default graph stands for the inferred statements."""
        return not self.merging or graph == DEFAULT_GRAPH or role(graph, self.base_iri).digested


PUBLISHED = Roles()
