"""Deterministic IRIs in place of blank nodes (RDF 1.1 Concepts, section 3.5).

A blank node has no identity over loads and withdrawals: a file loaded twice would double it. A tree-shaped one is
named by its place (owner, predicate) and its whole content, so the same file always gives the same names, and a
change elsewhere in the file renames nothing. One that several statements share, or that lies on a cycle, has no such
name and is refused.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import pyoxigraph as ox

from cnrs_kg.errors import BlankNodeRefused
from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.rdf.terms import stored_term

GENID = BASE + ".well-known/genid/"


def _digest(*parts: str) -> str:
    return blake2b("\x00".join(parts).encode(), digest_size=16).hexdigest()


@dataclass
class _Tree:
    """The statements below each blank node, and the one that points at it."""

    below: dict[ox.BlankNode, list[ox.Quad]]
    above: dict[ox.BlankNode, ox.Quad]

    def children(self, node: ox.BlankNode) -> list[ox.BlankNode]:
        return [quad.object for quad in self.below.get(node, ()) if isinstance(quad.object, ox.BlankNode)]

    def downward(self) -> list[ox.BlankNode]:
        """Every blank node after the one above it; `BlankNodeRefused` if some lie on a cycle."""
        nodes = self.below.keys() | self.above.keys()
        order = [
            node for node in nodes if node not in self.above or not isinstance(self.above[node].subject, ox.BlankNode)
        ]
        for node in order:  # grows while it is walked
            order.extend(self.children(node))
        if len(order) < len(nodes):
            node = min(nodes - set(order), key=str)
            raise _refused(node, "lies on a cycle of blank nodes", self.above[node])
        return order


def _refused(node: ox.BlankNode, why: str, quad: ox.Quad) -> BlankNodeRefused:
    suggestion = f"{BASE}id/thing/{node.value}"
    return BlankNodeRefused(
        f"the blank node {node} {why}, so it has no name that would survive a second load "
        f"(in: {quad.subject} {quad.predicate} {quad.object})",
        advice=f"Give it an IRI of its own, for example <{suggestion}>.",
        node=str(node),
        suggestion=suggestion,
    )


def _tree(quads: Iterable[ox.Quad]) -> _Tree:
    below: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    above: dict[ox.BlankNode, ox.Quad] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode):
            below[quad.subject].append(quad)
        if isinstance(quad.object, ox.BlankNode):
            if quad.object in above:
                raise _refused(quad.object, "is shared by several statements", quad)
            above[quad.object] = quad
    return _Tree(below, above)


def names(quads: Sequence[ox.Quad]) -> dict[ox.BlankNode, ox.NamedNode]:
    """The IRI of each blank node of one document; `BlankNodeRefused` for one that cannot have any."""
    tree = _tree(quads)
    order = tree.downward()
    content: dict[ox.BlankNode, str] = {}
    for node in reversed(order):
        rows = (
            f"{quad.predicate} "
            + (content[quad.object] if isinstance(quad.object, ox.BlankNode) else str(stored_term(quad.object)))
            for quad in tree.below.get(node, ())
        )
        content[node] = _digest(*sorted(rows))
    named: dict[ox.BlankNode, ox.NamedNode] = {}
    for node in order:
        quad = tree.above.get(node)
        if quad is None:
            place: tuple[str, ...] = ()
        else:
            owner = named[quad.subject] if isinstance(quad.subject, ox.BlankNode) else quad.subject
            place = (str(owner), str(quad.predicate))
        named[node] = ox.NamedNode(GENID + _digest(*place, content[node]))
    return named


def skolemise(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads of one document with an IRI in place of each blank node; `BlankNodeRefused` otherwise."""
    document = list(quads)
    named = names(document)
    if not named:
        return document

    def iri(term: object) -> object:
        return named[term] if isinstance(term, ox.BlankNode) else term

    return [
        ox.Quad(iri(quad.subject), quad.predicate, iri(quad.object), quad.graph_name)  # type: ignore[arg-type]
        for quad in document
    ]


def blank_again(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples with a blank node in place of each such IRI, as others read OWL's lists and SHACL's paths."""

    def node(term: object) -> object:
        own = isinstance(term, ox.NamedNode) and term.value.startswith(GENID)
        # A name in RDF/XML begins with a letter.
        return ox.BlankNode("b" + term.value.removeprefix(GENID)) if own else term  # type: ignore[attr-defined]

    return [ox.Triple(node(one.subject), one.predicate, node(one.object)) for one in triples]  # type: ignore[arg-type]
