"""A small world of statements, and strategies over it."""

from pathlib import Path

import pyoxigraph as ox
from hypothesis import strategies as st

from cnrs_kg.rdf.namespaces import GRAPH, XSD
from cnrs_kg.rdf.terms import stored_quad
from cnrs_kg.store.graphs import PUBLISHED

STEWARD, SOURCE, OTHER = GRAPH("steward"), GRAPH("curated"), GRAPH("ror")
ONTOLOGY, SHAPES, PROVENANCE = GRAPH("ontology"), GRAPH("shapes"), GRAPH("provenance")
GRAPHS = (STEWARD, SOURCE, OTHER, ONTOLOGY, SHAPES, PROVENANCE)
OBJECTS = (
    ox.NamedNode("x:o"),
    ox.Literal("01", datatype=XSD("integer")),
    ox.Literal("1", datatype=XSD("integer")),
    ox.Literal("a\nb", language="en-GB"),
)


def triple(number: int) -> ox.Triple:
    """One of many triples."""
    return ox.Triple(ox.NamedNode(f"x:s{number // 4}"), ox.NamedNode("x:p"), OBJECTS[number % 4])


def quad(number: int, graph: ox.NamedNode = STEWARD) -> ox.Quad:
    """The same triple in a graph."""
    return ox.Quad(*triple(number), graph)


def quads(*numbers: int, graph: ox.NamedNode = STEWARD) -> list[ox.Quad]:
    return [quad(number, graph) for number in numbers]


def merge(named: set[ox.Quad], inferred: set[ox.Triple]) -> set[ox.Quad]:
    """What the store must hold: the named graphs, and each merged or inferred triple once in the default graph."""
    merged_in = {ox.Quad(*quad.triple) for quad in named if PUBLISHED.merged(quad.graph_name)}
    return named | merged_in | {ox.Quad(*triple) for triple in inferred}


def content(path: Path) -> set[ox.Quad]:
    return set(ox.Store.read_only(str(path)))


triples = st.integers(0, 15).map(triple)
named_quads = st.builds(quad, st.integers(0, 15), st.sampled_from(GRAPHS))
some_quads = st.lists(named_quads, max_size=6)
some_triples = st.lists(triples, max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("apply"), some_quads, some_quads),
        st.tuples(st.just("infer"), some_triples, some_triples),
        st.tuples(st.just("set"), some_triples, st.just([])),
    ),
    max_size=8,
)


class Model:
    """The same operations on plain sets."""

    def __init__(self) -> None:
        self.named: set[ox.Quad] = set()
        self.inferred: set[ox.Triple] = set()

    def take(self, kind: str, added: list, removed: list) -> None:
        if kind == "apply":
            self.named -= set(map(stored_quad, removed))
            self.named |= set(map(stored_quad, added))
            return
        plus, minus = ({stored_quad(ox.Quad(*t)).triple for t in side} for side in (added, removed))
        self.inferred = plus if kind == "set" else (self.inferred - minus) | plus

    def physical(self) -> set[ox.Quad]:
        return merge(self.named, self.inferred)

    def logical(self) -> set[ox.Quad]:
        """The statements that a patch and the digest speak of."""
        held = {quad.triple for quad in self.named if PUBLISHED.merged(quad.graph_name)}
        return self.named | {ox.Quad(*triple) for triple in self.inferred - held}

    def forget(self) -> None:
        """A published version does not say which asserted triples are inferred too."""
        self.inferred -= {quad.triple for quad in self.named if PUBLISHED.merged(quad.graph_name)}


def do(branch, steps_taken) -> None:
    """Take the steps on a branch."""
    for kind, added, removed in steps_taken:
        if kind == "apply":
            branch.apply(added, removed)
        elif kind == "infer":
            branch.infer(added, removed)
        else:
            branch.set_inferred(added)
