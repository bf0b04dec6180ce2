"""A store as it is while a change is reasoned about: statements gained and lost, kept in memory."""

from collections.abc import Collection, Iterator

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH, GraphName
from cnrs_kg.reasoning.program import Program
from cnrs_kg.reasoning.reasons import Statement
from cnrs_kg.reasoning.rules.model import Atom
from cnrs_kg.reasoning.terms import Node
from cnrs_kg.reasoning.view import Assertions, View


class Gained:
    """Statements in memory, found by their terms."""

    def __init__(self) -> None:
        self.statements: dict[Statement, None] = {}
        self._objects: dict[tuple[Node, Node], list[Node]] = {}
        self._subjects: dict[tuple[Node, Node], list[Node]] = {}
        self._of: dict[Node, list[Statement]] = {}

    def add(self, statement: Statement) -> None:
        """Enter a statement that is not there yet."""
        s, p, o = statement
        self.statements[statement] = None
        self._objects.setdefault((s, p), []).append(o)
        self._subjects.setdefault((p, o), []).append(s)
        for node in {s, o}:
            self._of.setdefault(node, []).append(statement)

    def objects(self, subject: Node, predicate: Node) -> list[Node]:
        """The values of a subject's property: a copy, since reasoning adds to it."""
        return list(self._objects.get((subject, predicate), ()))

    def subjects(self, predicate: Node, value: Node) -> list[Node]:
        """The subjects that have the value."""
        return list(self._subjects.get((predicate, value), ()))

    def of(self, node: Node) -> list[Statement]:
        """The statements in which a term stands as subject or object."""
        return list(self._of.get(node, ()))


class Overlay:
    """The default graph of a store, with what a change adds and without what it takes away."""

    def __init__(self, store: ox.Store, base: View) -> None:
        self._store, self._base = store, base
        self.new = Gained()
        self.gone: set[Statement] = set()

    def add(self, statement: Statement) -> None:
        """Let a statement hold that did not."""
        if statement in self.gone:
            self.gone.discard(statement)
        else:
            self.new.add(statement)

    def has(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether the statement holds now."""
        statement = subject, predicate, value
        if statement in self.new.statements:
            return True
        return statement not in self.gone and self._base.has(subject, predicate, value)

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values of a subject's property."""
        yield from self.new.objects(subject, predicate)
        for value in self._base.objects(subject, predicate):
            if (subject, predicate, value) not in self.gone:
                yield value

    def subjects(self, predicate: ox.NamedNode, value: Node) -> Iterator[Node]:
        """The subjects that have the value."""
        yield from self.new.subjects(predicate, value)
        for subject in self._base.subjects(predicate, value):
            if (subject, predicate, value) not in self.gone:
                yield subject

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every subject and value of a property."""
        yield from [(s, o) for s, p, o in self.new.statements if p == predicate]
        for subject, value in self._base.pairs(predicate):
            if (subject, predicate, value) not in self.gone:
                yield subject, value

    def around(self, node: Node) -> Iterator[Statement]:
        """The statements in which a term stands as subject or object."""
        yield from self.new.of(node)
        match = self._store.quads_for_pattern
        if not isinstance(node, ox.Literal):
            for quad in match(node, None, None, DEFAULT_GRAPH):
                statement = quad.subject, quad.predicate, quad.object
                if statement not in self.gone:
                    yield statement  # type: ignore[misc]
        for quad in match(None, None, node, DEFAULT_GRAPH):
            statement = quad.subject, quad.predicate, quad.object
            if statement not in self.gone:
                yield statement  # type: ignore[misc]


class Asserted:
    """What is asserted after a change, and what follows from the ontology alone: it needs no proof."""

    def __init__(
        self, program: Program, before: Assertions, added: Collection[ox.Quad], removed: Collection[ox.Quad]
    ) -> None:
        self._given, self._before = program.given, before
        self._changed: dict[Statement, bool] = {}
        self._known: dict[Statement, bool] = {}
        self._new = Gained()
        self.gained: list[Statement] = []
        self.lost: list[Statement] = []
        graphs: dict[Statement, tuple[set[GraphName], set[GraphName]]] = {}
        for quad in (*removed, *added):
            statement: Statement = (quad.subject, quad.predicate, quad.object)  # type: ignore[assignment]
            if statement not in graphs:
                held = set(before.graphs(Atom(*statement)))
                graphs[statement] = held, set(held)
        for quad in removed:
            graphs[quad.subject, quad.predicate, quad.object][1].discard(quad.graph_name)  # type: ignore[index]
        for quad in added:
            graphs[quad.subject, quad.predicate, quad.object][1].add(quad.graph_name)  # type: ignore[index]
        for statement, (held, holds) in graphs.items():
            self._note(statement, bool(held), bool(holds))

    def _note(self, statement: Statement, held: bool, holds: bool) -> None:
        self._changed[statement] = holds
        if holds and not held:
            self.gained.append(statement)
            self._new.add(statement)
        elif held and not holds:
            self.lost.append(statement)

    def stated(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether any graph asserts the statement now."""
        statement = subject, predicate, value
        known = self._changed.get(statement)
        if known is None:
            known = self._known.get(statement)
        if known is None:
            known = self._known[statement] = self._before.has(subject, predicate, value)
        return known

    def has(self, subject: Node, predicate: ox.NamedNode, value: Node) -> bool:
        """Whether the statement needs no proof."""
        if isinstance(subject, ox.Literal):
            return False
        return ox.Triple(subject, predicate, value) in self._given or self.stated(subject, predicate, value)

    def objects(self, subject: Node, predicate: ox.NamedNode) -> Iterator[Node]:
        """The values that are asserted now."""
        yield from self._new.objects(subject, predicate)
        for value in self._before.objects(subject, predicate):
            if self._changed.get((subject, predicate, value), True):
                yield value

    def subjects(self, predicate: ox.NamedNode, value: Node) -> Iterator[Node]:
        """The subjects of which the value is asserted now."""
        yield from self._new.subjects(predicate, value)
        for subject in self._before.subjects(predicate, value):
            if self._changed.get((subject, predicate, value), True):
                yield subject

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Node, Node]]:
        """Every subject and value that is asserted now."""
        yield from [(s, o) for s, p, o in self._new.statements if p == predicate]
        for subject, value in self._before.pairs(predicate):
            if self._changed.get((subject, predicate, value), True):
                yield subject, value

    def speaks_of(self, node: Node) -> bool:
        """Whether anything that is asserted has the term as subject or object."""
        if self._new.of(node):
            return True
        return any(self._changed.get(statement, True) for statement in self._before.around(node))
