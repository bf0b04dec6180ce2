"""Terms as small integers, and what the engine must know about literals."""

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, XSD, short
from cnrs_kg.reasoning.values import ILL_TYPED, SUPPORTED, Value, differ, lies_in, value

Node = ox.NamedNode | ox.BlankNode | ox.Literal
Fact = tuple[int, int, int]
_FIRST, _REST = RDF("first"), RDF("rest")
_PLAIN = frozenset([XSD("string"), RDF("langString")])


class Terms:
    """A numbering of terms. `canonical` maps a literal to the first of equal value, where there are several."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.ids: dict[Node, int] = {}
        self.literals: set[int] = set()
        self.ill_typed: set[int] = set()
        self.canonical: dict[int, int] = {}
        self._by_value: dict[Value, int] = {}

    def id(self, node: Node) -> int:
        """The number of a term, given at its first use."""
        known = self.ids.get(node)
        if known is None:
            known = self.ids[node] = len(self.nodes)
            self.nodes.append(node)
            if isinstance(node, ox.Literal):
                self._enter_literal(known, node)
        return known

    def _enter_literal(self, number: int, literal: ox.Literal) -> None:
        self.literals.add(number)
        if literal.language or literal.datatype in _PLAIN:
            return
        known = value(literal)
        if known is None:
            return
        if known == ILL_TYPED:
            self.ill_typed.add(number)
            return
        if known[0] == "text":
            first = self.id(ox.Literal(literal.value))
        else:
            first = self._by_value.setdefault(known, number)
        if first != number:
            self.canonical[first] = self.canonical[number] = first

    def facts(self, triples: Iterable[ox.Triple]) -> list[Fact]:
        """The triples by number; those with a triple term as object (RDF 1.2) are left out."""
        number = self.id
        return [
            (number(triple.subject), number(triple.predicate), number(triple.object))
            for triple in triples
            if not isinstance(triple.subject, ox.Triple) and not isinstance(triple.object, ox.Triple)
        ]

    def values_differ(self, first: int, second: int) -> bool | None:
        """Whether two literals have different values; None when a datatype is unknown (or a value missing)."""
        one, two = self.nodes[first], self.nodes[second]
        assert isinstance(one, ox.Literal) and isinstance(two, ox.Literal)
        return differ(one, two)

    def is_datatype(self, number: int) -> bool:
        """Whether the term is a datatype whose values are known."""
        return self.nodes[number] in SUPPORTED

    def belongs(self, literal: int, datatype: int) -> bool | None:
        """Whether the literal's value lies in the datatype's value space; None when either is unknown."""
        return lies_in(self.nodes[literal], self.nodes[datatype])

    def datatype(self, literal: int) -> int:
        """The datatype of a literal, as a term."""
        node = self.nodes[literal]
        assert isinstance(node, ox.Literal)
        return self.id(node.datatype)

    def rank(self, number: int) -> int:
        """Which of several equal terms should stand for all: an IRI before a blank node before a literal."""
        node = self.nodes[number]
        return 2 if isinstance(node, ox.NamedNode) else 1 if isinstance(node, ox.BlankNode) else 0

    def name(self, number: int) -> str:
        """The term as a reader sees it."""
        return shown(self.nodes[number])

    def statement(self, fact: Fact) -> str:
        """The fact as a reader sees it."""
        return " ".join(map(self.name, fact))


def shown(node: Node) -> str:
    """The term as a reader sees it: prefixed where a prefix of the project's is known."""
    if isinstance(node, ox.Literal) and not node.language and node.datatype not in _PLAIN:
        return f"{ox.Literal(node.value)}^^{_iri(node.datatype)}"
    return _iri(node) if isinstance(node, ox.NamedNode) else str(node)


def told(statements: Iterable[tuple[Node, ox.NamedNode, Node]]) -> Mapping[tuple[Node, ox.NamedNode, Node], str]:
    """Each statement as a reader sees it; the cells of a list are told where the list stands."""
    given = list(statements)
    next_cell = {s: o for s, p, o in given if p == _REST}
    value = {s: o for s, p, o in given if p == _FIRST}

    def name(node: Node) -> str:
        if node not in value:
            return shown(node)
        members: dict[Node, str] = {}
        while node in value and node not in members:
            members[node] = shown(value[node])
            node = next_cell[node]
        return f"( {' '.join(members.values())} )"

    return {one: " ".join(map(name, one)) for one in given if one[1] not in (_FIRST, _REST)}


def _iri(node: ox.NamedNode) -> str:
    return short(node.value) or str(node)
