"""Terms and graphs for rdflib, for the libraries that read nothing else (pySHACL)."""

from collections.abc import Generator, Iterable, Iterator
from functools import lru_cache
from typing import Any, NoReturn

import pyoxigraph as ox
import rdflib
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from cnrs_kg.errors import RdfError
from cnrs_kg.rdf.skolem import GENID
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term


class PreparedGraph(rdflib.Graph):
    """A graph that parses a query once: a SHACL-SPARQL constraint is asked once for each focus node."""

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> Result:
        """As `rdflib.Graph.query`."""
        if isinstance(query_object, str):
            namespaces = tuple(sorted((options.get("initNs") or {}).items()))
            query_object = _prepared(query_object, namespaces)
        return super().query(query_object, *args, **options)


class StatementsGraph(PreparedGraph):
    """Statements as a graph of rdflib that is read only: terms converted when asked for, literals as they are written.

    It is one graph, no dataset: a query finds no named graph in it. Reading raises `RdfError` at a triple term.
    """

    def __init__(self, statements: Statements) -> None:
        super().__init__(bind_namespaces="none")
        self._statements = statements
        self._above: dict[Node, list[Any]] = {}

    @property
    def asserted(self) -> "StatementsGraph":
        """The statements without what was inferred."""
        return StatementsGraph(self._statements.asserted)

    def triples(self, triple: Any) -> Iterator[Any]:  # type: ignore[override]
        """As `rdflib.Graph.triples`."""
        subject, predicate, value = triple
        if isinstance(predicate, Path):
            for start, end in predicate.eval(self, subject, value):
                yield start, predicate, end
            return
        if isinstance(subject, rdflib.Literal) or not (predicate is None or isinstance(predicate, rdflib.URIRef)):
            return
        pattern = [None if node is None else from_rdflib(node) for node in triple]
        for found in self._statements.match(*pattern):  # type: ignore[arg-type]
            yield to_rdflib(found.subject), to_rdflib(found.predicate), to_rdflib(found.object)

    def transitive_objects(self, subject: Any, predicate: Any, remember: Any = None) -> Generator[Any, None, None]:
        """As `rdflib.Graph.transitive_objects`; what is above a class, which each `sh:class` asks for, is kept."""
        if predicate != rdflib.RDFS.subClassOf or remember is not None:
            yield from super().transitive_objects(subject, predicate, remember)
            return
        if subject not in self._above:
            self._above[subject] = list(super().transitive_objects(subject, predicate))
        yield from self._above[subject]

    def __contains__(self, triple: object) -> bool:
        return next(self.triples(triple), None) is not None

    def __bool__(self) -> bool:
        # Without this, whoever writes `graph or other` has every statement counted.
        return True

    def __len__(self) -> int:
        return sum(1 for _ in self._statements.match(None, None, None))

    def add(self, triple: Any) -> NoReturn:
        """Refused."""
        raise TypeError("this graph is read only")

    def addN(self, quads: Any) -> NoReturn:
        """Refused."""
        raise TypeError("this graph is read only")

    def remove(self, triple: Any) -> NoReturn:
        """Refused."""
        raise TypeError("this graph is read only")


@lru_cache(maxsize=256)
def _prepared(text: str, namespaces: tuple[tuple[str, Any], ...]) -> Query:
    return prepareQuery(text, initNs=dict(namespaces))


@lru_cache(maxsize=65_536)
def to_rdflib(term: Term) -> Node:
    """The rdflib term; `RdfError` for a triple term, which rdflib does not have."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        return rdflib.Literal(
            term.value,
            datatype=None if datatype == str(rdflib.XSD.string) else rdflib.URIRef(datatype),
            normalize=False,
        )
    raise RdfError(f"the triple term {term} cannot be judged by a shape", advice="Write RDF 1.1.")


def from_rdflib(node: Node) -> Term:
    """The pyoxigraph term of an rdflib term."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return (
            ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype))) if node.datatype else ox.Literal(str(node))
        )
    return ox.BlankNode(str(node))


def graph_of(triples: Iterable[ox.Triple], *, blank: bool = False) -> rdflib.Graph:
    """The triples as a graph in memory; `RdfError` for triple terms.

    With `blank`, IRIs that intake gave to blank nodes are blank again: a property path of SHACL must be.
    """
    graph = PreparedGraph(bind_namespaces="none")
    seen: dict[Term, Node] = {}

    def node(term: Term) -> Node:
        found = seen.get(term)
        if found is None:
            if blank and isinstance(term, ox.NamedNode) and term.value.startswith(GENID):
                found = rdflib.BNode(term.value.removeprefix(GENID))
            else:
                found = to_rdflib(term)
            seen[term] = found
        return found

    graph.addN((node(triple.subject), node(triple.predicate), node(triple.object), graph) for triple in triples)
    return graph
