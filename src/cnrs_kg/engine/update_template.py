"""Quad templates of SPARQL Update: read by pyoxigraph, filled in from solutions.

https://www.w3.org/TR/sparql11-update/#deleteInsert

The WHERE clause is evaluated once for all templates: UUID(), RAND() and NOW() have one value in DELETE and INSERT, and
a blank node of a template is one node in all the graphs that a solution writes. So a template is not a CONSTRUCT
(which knows one graph and would evaluate again): its variables become IRIs of our own, pyoxigraph reads it as an
INSERT DATA into an empty store, and the quads that come out are filled in here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.engine.update_syntax import Span
from cnrs_kg.rdf.sparql_lexer import Kind
from cnrs_kg.rdf.terms import Term

_VARIABLE = "urn:x-cnrs-kg:variable:"
_DEFAULT_GRAPH = ox.DefaultGraph()
Values = Mapping[str, Term | None]
"""By the IRI that stands for a variable in a template, what a solution binds it to."""


@dataclass(frozen=True)
class Template:
    """Quads with places for variables; `variables` names them."""

    quads: tuple[ox.Quad, ...] = ()
    variables: frozenset[str] = frozenset()

    def fill(self, values: Values) -> Iterator[ox.Quad]:
        """The quads for one solution: blank nodes anew, those left incomplete or ill-formed passed over."""
        filling = _Filling(values)
        for quad in self.quads:
            filled = filling.quad(quad)
            if filled is not None:
                yield filled


def read_template(block: Span, prologue: str, *, base_iri: str | None = None) -> Template:
    """The template that a block `{ ... }` of the request holds, blank nodes and collections expanded."""
    pieces, end, variables = [], block.start, set()
    for token in block.tokens:
        if token.kind is Kind.VARIABLE:
            variables.add(token.text[1:])
            pieces += [block.text[end : token.start], f"<{_VARIABLE}{token.text[1:]}>"]
            end = token.end
    pieces.append(block.text[end : block.end])
    quads = read_data("".join(pieces), prologue, base_iri=base_iri)
    return Template(tuple(quads), frozenset(variables))


def read_data(block: str, prologue: str, *, base_iri: str | None = None) -> list[ox.Quad]:
    """The quads of a well-formed block of INSERT DATA or DELETE DATA, as a store keeps them."""
    store = ox.Store()
    store.update(f"{prologue}\nINSERT DATA {block}", base_iri=base_iri)
    return list(store)


class _Filling:
    """One solution applied to a template."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.blanks: dict[str, ox.BlankNode] = {}

    def quad(self, quad: ox.Quad) -> ox.Quad | None:
        subject, predicate, value = map(self.term, (quad.subject, quad.predicate, quad.object))
        graph = _DEFAULT_GRAPH if isinstance(quad.graph_name, ox.DefaultGraph) else self.term(quad.graph_name)
        if (
            isinstance(subject, ox.NamedNode | ox.BlankNode)
            and isinstance(predicate, ox.NamedNode)
            and value is not None
            and isinstance(graph, ox.NamedNode | ox.BlankNode | ox.DefaultGraph)
        ):
            return ox.Quad(subject, predicate, value, graph)
        return None

    def term(self, term: Term) -> Term | None:
        if isinstance(term, ox.NamedNode):
            return self.values.get(term.value, term)
        if isinstance(term, ox.BlankNode):
            return self.blanks.setdefault(term.value, ox.BlankNode())
        if isinstance(term, ox.Triple):
            return self.triple(term)
        return term

    def triple(self, triple: ox.Triple) -> ox.Triple | None:
        subject, predicate, value = map(self.term, (triple.subject, triple.predicate, triple.object))
        if (
            isinstance(subject, ox.NamedNode | ox.BlankNode)
            and isinstance(predicate, ox.NamedNode)
            and value is not None
        ):
            return ox.Triple(subject, predicate, value)
        return None


def solution_values(solution: ox.QuerySolution, names: Iterable[str]) -> Values:
    """The values of these variables, which the query projected; pyoxigraph gives them as a store keeps them."""
    return {_VARIABLE + name: solution[name] for name in names}
