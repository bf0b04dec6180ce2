"""Random shapes, graphs and changes, small enough that shapes meet them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from hypothesis import strategies as st

from cnrs_kg.rdf.namespaces import RDF, RDFS, XSD, Namespace
from cnrs_kg.rdf.terms import DEFAULT_GRAPH

E = Namespace("e", "http://example.org/")
SH = Namespace("sh", "http://www.w3.org/ns/shacl#")
READS = ox.NamedNode("https://w3id.org/cnrs-kg/shapes#reads")
GRAPH = E("graph")
NODES = [E(name) for name in "abc"]
PREDICATES = [E(name) for name in "pq"]
CLASSES = [E(name) for name in ("Thing", "Part")]
TREE = (ox.Triple(CLASSES[1], RDFS("subClassOf"), CLASSES[0]),)
LITERALS = [
    ox.Literal("x"),
    ox.Literal("x", language="en"),
    ox.Literal("y", language="en"),
    ox.Literal("1", datatype=XSD("integer")),
    ox.Literal("7", datatype=XSD("integer")),
]
TRUE = ox.Literal("true", datatype=XSD("boolean"))

Build = Callable[["Writer"], ox.NamedNode | ox.BlankNode]


@dataclass
class Writer:
    """Collects the statements of a shapes graph, naming its nodes."""

    triples: list[ox.Triple] = field(default_factory=list)
    count: int = 0

    def node(self) -> ox.BlankNode:
        self.count += 1
        return ox.BlankNode(f"b{self.count}")

    def say(self, subject: Any, predicate: ox.NamedNode, value: Any) -> None:
        self.triples.append(ox.Triple(subject, predicate, value))

    def items(self, values: list[Any]) -> Any:
        head: Any = RDF("nil")
        for value in reversed(values):
            node = self.node()
            self.say(node, RDF("first"), value)
            self.say(node, RDF("rest"), head)
            head = node
        return head


def number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=XSD("integer"))


def _path_of(predicate: str, inner: Any) -> Build:
    def build(writer: Writer) -> ox.BlankNode:
        node = writer.node()
        writer.say(node, SH(predicate), inner(writer))
        return node

    return build


def _listed(parts: list[Any], predicate: str | None) -> Build:
    def build(writer: Writer) -> Any:
        head = writer.items([part(writer) for part in parts])
        if predicate is None:
            return head
        node = writer.node()
        writer.say(node, SH(predicate), head)
        return node

    return build


def _extend_path(inner: st.SearchStrategy[Build]) -> st.SearchStrategy[Build]:
    marks = st.sampled_from(["inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"])
    parts = st.lists(inner, min_size=2, max_size=2)
    return st.one_of(
        st.builds(_path_of, marks, inner),
        st.builds(_listed, parts, st.sampled_from([None, "alternativePath"])),
    )


def _named(predicate: ox.NamedNode) -> Build:
    return lambda writer: predicate


predicates = st.sampled_from(PREDICATES)
paths: st.SearchStrategy[Build] = st.recursive(st.builds(_named, predicates), _extend_path, max_leaves=3)

_COUNTS = [("minCount", number(1)), ("minCount", number(2)), ("maxCount", number(0)), ("maxCount", number(1))]
_OF_VALUES: list[tuple[str, Any]] = [
    *(("class", kind) for kind in CLASSES),
    ("datatype", XSD("integer")),
    ("nodeKind", SH("IRI")),
    ("maxInclusive", number(5)),
    ("hasValue", NODES[0]),
    *((pair, predicate) for pair in ("equals", "disjoint") for predicate in PREDICATES),
]
_OF_PROPERTIES: list[tuple[str, Any]] = [*_COUNTS, ("uniqueLang", TRUE), ("lessThan", PREDICATES[1])]


def _shape(said: list[tuple[str, Any]], path: Build | None, inside: list[tuple[str, list[Any]]], closed: bool) -> Build:
    def build(writer: Writer) -> ox.BlankNode:
        node = writer.node()
        writer.say(node, RDF("type"), SH("NodeShape" if path is None else "PropertyShape"))
        if path is not None:
            writer.say(node, SH("path"), path(writer))
        for predicate, value in dict(said).items():
            writer.say(node, SH(predicate), value)
        for predicate, others in inside:
            _refer(writer, node, predicate, [other(writer) for other in others], is_property=path is not None)
        if closed:
            writer.say(node, SH("closed"), TRUE)
        return node

    return build


def _refer(writer: Writer, node: Any, predicate: str, others: list[Any], *, is_property: bool) -> None:
    if predicate in ("and", "or", "xone"):
        writer.say(node, SH(predicate), writer.items(others))
    elif predicate == "qualifiedValueShape":
        if is_property:
            writer.say(node, SH(predicate), others[0])
            writer.say(node, SH("qualifiedMinCount"), number(1))
            writer.say(node, SH("qualifiedValueShapesDisjoint"), TRUE)
    else:
        for other in others:
            writer.say(node, SH(predicate), other)


def _shapes(inner_nodes: Any, inner_properties: Any, path: Any) -> st.SearchStrategy[Build]:
    references = st.one_of(
        st.tuples(
            st.sampled_from(["node", "not", "qualifiedValueShape"]), st.lists(inner_nodes, min_size=1, max_size=1)
        ),
        st.tuples(st.sampled_from(["and", "or", "xone"]), st.lists(inner_nodes, min_size=1, max_size=2)),
        st.tuples(st.just("property"), st.lists(inner_properties, min_size=1, max_size=2)),
    )
    said = st.lists(st.sampled_from(_OF_VALUES), max_size=2)
    if path is not None:
        said = st.lists(st.sampled_from(_OF_VALUES + _OF_PROPERTIES), max_size=2)
    closed = st.booleans() if path is None else st.just(False)
    return st.builds(_shape, said, st.none() if path is None else path, st.lists(references, max_size=2), closed)


_LEAVES = st.builds(
    _shape, st.lists(st.sampled_from(_OF_VALUES), min_size=1, max_size=1), st.none(), st.just([]), st.just(False)
)
_PROPERTY_LEAVES = st.builds(
    _shape,
    st.lists(st.sampled_from(_OF_VALUES + _OF_PROPERTIES), min_size=1, max_size=2),
    paths,
    st.just([]),
    st.just(False),
)
_MIDDLE = _shapes(_LEAVES, _PROPERTY_LEAVES, None)
_MIDDLE_PROPERTIES = _shapes(_LEAVES, _PROPERTY_LEAVES, paths)
node_shapes = _shapes(_MIDDLE, _MIDDLE_PROPERTIES, None)
property_shapes = _shapes(_MIDDLE, _MIDDLE_PROPERTIES, paths)

targets = st.one_of(
    st.tuples(st.just("targetClass"), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(["targetSubjectsOf", "targetObjectsOf"]), predicates),
    st.tuples(st.just("targetNode"), st.sampled_from(NODES)),
)


@st.composite
def shapes_graphs(draw: st.DrawFn) -> tuple[ox.Triple, ...]:
    """One or two shapes with targets."""
    writer = Writer()
    for build in draw(st.lists(st.one_of(node_shapes, property_shapes), min_size=1, max_size=2)):
        node = build(writer)
        for predicate, value in draw(st.lists(targets, min_size=1, max_size=2)):
            writer.say(node, SH(predicate), value)
    return tuple(writer.triples)


_types = st.builds(ox.Triple, st.sampled_from(NODES), st.just(RDF("type")), st.sampled_from(CLASSES))
_links = st.builds(ox.Triple, st.sampled_from(NODES), predicates, st.sampled_from([*NODES, *LITERALS]))
statements = st.one_of(_types, _links, _links)
graphs = st.dictionaries(statements, st.sampled_from(["asserted", "inferred"]), max_size=14)


@st.composite
def changes(draw: st.DrawFn) -> tuple[frozenset[ox.Quad], frozenset[ox.Quad]]:
    """The quads of a store before and after a change."""
    before = draw(graphs)
    after = {triple: how for triple, how in before.items() if draw(st.integers(0, 3))}
    after |= draw(st.dictionaries(statements, st.sampled_from(["asserted", "inferred"]), max_size=4))
    return frozenset(quads(before)), frozenset(quads(after))


EVERY = [
    *(ox.Triple(node, RDF("type"), kind) for node in NODES for kind in CLASSES),
    *(ox.Triple(node, predicate, value) for node in NODES for predicate in PREDICATES for value in NODES),
    *(ox.Triple(NODES[0], predicate, value) for predicate in PREDICATES for value in LITERALS),
]
"""What a graph over so few terms can hold, or nearly."""
DENSE, SPARSE = EVERY[::2], EVERY[::3]


def quads(graph: dict[ox.Triple, str]) -> Iterator[ox.Quad]:
    """The quads by which a store holds the statements, with the class tree."""
    for triple, how in {**graph, **dict.fromkeys(TREE, "asserted")}.items():
        yield ox.Quad(*triple, DEFAULT_GRAPH)
        if how == "asserted":
            yield ox.Quad(*triple, GRAPH)
