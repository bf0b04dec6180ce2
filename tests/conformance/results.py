"""Answers of queries, ours and those that the suites expect, in one comparable shape."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, Namespace

from .compare import Cell, Row, same_bag, same_sequence
from .manifest import Manifest, Node, local_path

RS = Namespace("rs", "http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
RESULTS = {
    "srx": ox.QueryResultsFormat.XML,
    "srj": ox.QueryResultsFormat.JSON,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}


@dataclass(frozen=True)
class Table:
    """Solutions; `ordered` when their sequence counts."""

    variables: tuple[str, ...]
    rows: list[Row]
    ordered: bool = False


@dataclass(frozen=True)
class Graph:
    triples: list[Row]


Answer = bool | Table | Graph


def read_quads(iri: str) -> Iterable[ox.Quad]:
    """The statements of a file of the suites."""
    return ox.parse(path=local_path(iri), format=GRAPHS[iri.rsplit(".", 1)[1]], base_iri=iri)


def of_body(form: str, body: bytes, *, ordered: bool) -> Answer:
    """An answer of ours, as JSON results or N-Triples."""
    if form in ("SELECT", "ASK"):
        return _of_native(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON), ordered=ordered)
    found = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
    return Graph([(one.subject, one.predicate, one.object) for one in found])


def _of_native(found: ox.QuerySolutions | ox.QueryBoolean, *, ordered: bool = False) -> Answer:
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    variables = tuple(variable.value for variable in found.variables)
    return Table(variables, [tuple(row[name] for name in variables) for row in found], ordered)


def expected(iri: str) -> Answer:
    """What the suite says that the answer is."""
    path, extension = local_path(iri), iri.rsplit(".", 1)[1]
    if extension == "csv":
        return of_csv(path.read_bytes())
    if extension in RESULTS:
        return _of_native(ox.parse_query_results(path=path, format=RESULTS[extension]))
    graph = ox.Store()
    graph.extend(read_quads(iri))
    for subject, kind in Manifest(graph).pairs(RDF("type")):
        if kind == RS("ResultSet"):
            return _of_result_set(Manifest(graph), subject)
    return Graph([(quad.subject, quad.predicate, quad.object) for quad in graph])


def of_csv(body: bytes) -> Table:
    """CSV says of a term no more than its text (SPARQL 1.1 Results CSV and TSV, section 3)."""
    header, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
    rows: list[Row] = [
        tuple(ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell) for cell in line) for line in lines
    ]
    return Table(tuple(header), rows)


def same(found: Answer, wanted: Answer) -> bool:
    if isinstance(found, Table) and isinstance(wanted, Table):
        if set(found.variables) != set(wanted.variables):
            return False
        columns = [found.variables.index(name) for name in wanted.variables]
        rows = [tuple(row[column] for column in columns) for row in found.rows]
        compare = same_sequence if found.ordered or wanted.ordered else same_bag
        return compare(rows, wanted.rows)
    if isinstance(found, Graph) and isinstance(wanted, Graph):
        return same_bag(set(found.triples), set(wanted.triples))
    return found is wanted


def _of_result_set(graph: Manifest, head: Node) -> Answer:
    """The RDF form of a result set, older than SRX, in which some suites still give theirs."""
    boolean = graph.value(head, RS("boolean"))
    if boolean is not None:
        return boolean.value == "true"
    variables = tuple(value.value for value in graph.values(head, RS("resultVariable")))
    numbered: list[tuple[int, Row]] = []
    for solution in graph.values(head, RS("solution")):
        index = graph.value(solution, RS("index"))
        bound: dict[str, Cell] = {}
        for binding in graph.values(solution, RS("binding")):
            name = graph.value(binding, RS("variable"))
            assert name is not None
            bound[name.value] = graph.value(binding, RS("value"))
        numbered.append((int(index.value) if index else -1, tuple(bound.get(name) for name in variables)))
    ordered = bool(numbered) and all(index >= 0 for index, _ in numbered)
    return Table(variables, [row for _, row in sorted(numbered, key=lambda one: one[0])], ordered)
