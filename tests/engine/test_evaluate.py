"""One query in this process: datasets, formats, limits, the graph as a set."""

import json
from dataclasses import replace

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.evaluate import Triples, evaluate
from cnrs_kg.engine.frames import FORMS, NO_FORMAT, Job, Reply, Request, as_extra
from cnrs_kg.engine.spool import Spool
from cnrs_kg.errors import DatasetRefused, QuerySyntaxError, QueryTooComplex, ResultTooLarge, UnsupportedFormat
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS

from .conftest import DATA, LIMITS

CSV = [syntax.name for syntax in RESULT_FORMATS].index("csv")
JSON = [syntax.name for syntax in RESULT_FORMATS].index("json")
TURTLE, N_TRIPLES = 0, 1
NAMES = "PREFIX : <http://example.org/> "


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.load(DATA, format=ox.RdfFormat.TRIG)
    return store


def ask(store: ox.Store, text: str, *, limits=LIMITS, result_format=CSV, graph_format=N_TRIPLES, **extra) -> Reply:
    said = as_extra(extra) if extra else b""
    request = Request(Job.QUERY, "", text.encode(), "http://example.org/", result_format, graph_format, said)
    return evaluate(store, request, limits, lambda limit: Spool("/tmp", 2**16, limit, lambda: None))


def rows(store: ox.Store, text: str, **options) -> list[str]:
    body = ask(store, NAMES + text, **options).body.decode().replace("http://example.org/", ":")
    return sorted(body.split()[1:])


G1, G2 = "http://example.org/g1", "http://example.org/g2"


def test_without_a_dataset_the_default_graph_and_all_named_graphs(store):
    assert rows(store, "SELECT ?s { ?s :knows ?o }") == [":a", ":b", ":c"]
    assert rows(store, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }") == [":g1", ":g2", ":g3"]


@pytest.mark.parametrize(
    ("clause", "extra"),
    [("FROM :g1", {}), ("FROM <g1>", {}), ("", {"default": [G1]}), ("FROM :g2", {"default": [G1], "named": []})],
)
def test_one_default_graph_hides_the_named_ones(store, clause, extra):
    assert rows(store, f"SELECT ?s {clause} {{ ?s :knows ?o }}", **extra) == [":a", ":b"]
    assert rows(store, f"SELECT ?s {clause} {{ GRAPH ?g {{ ?s :knows ?o }} }}", **extra) == []


@pytest.mark.parametrize(
    ("clause", "extra"), [("FROM NAMED :g1", {}), ("", {"named": [G1]}), ("FROM :g3 FROM NAMED :g2", {"named": [G1]})]
)
def test_named_graphs_alone_leave_the_default_graph_empty(store, clause, extra):
    assert rows(store, f"SELECT ?s {clause} {{ ?s ?p ?o }}", **extra) == []
    assert rows(store, f"SELECT ?s {clause} {{ GRAPH ?g {{ ?s :knows ?o }} }}", **extra) == [":a", ":b"]


@pytest.mark.parametrize(("clause", "extra"), [("FROM :g1 FROM :g2", {}), ("", {"default": [G1, G2]})])
def test_several_default_graphs_are_merged_each_triple_once(store, clause, extra):
    assert rows(store, f"SELECT ?s {clause} {{ ?s :knows ?o }}", **extra) == [":a", ":b", ":c"]
    count = f"SELECT (COUNT(*) AS ?n) {clause} {{ ?s :knows ?o . ?s ?p ?x }}"
    assert rows(store, count, **extra) == ["3"]


def test_a_merged_dataset_has_its_named_graphs_too(store):
    text = "SELECT ?s FROM :g1 FROM :g3 FROM NAMED :g3 { ?s :knows ?o GRAPH :g3 { ?s :name ?n } }"
    assert rows(store, text) == [":a"]
    assert rows(store, "SELECT ?g FROM :g1 FROM :g3 FROM NAMED :g3 { GRAPH ?g { ?s ?p ?o } }") == [":g3"]


def test_the_same_default_graph_twice_is_one(store):
    assert rows(store, "SELECT ?s FROM :g1 FROM :g1 { ?s :knows ?o }", limits=replace(LIMITS, merge_triples=0)) == [
        ":a",
        ":b",
    ]


def test_a_merge_over_the_limit_is_refused_by_name(store):
    with pytest.raises(DatasetRefused, match="over 3 triples") as caught:
        rows(store, "SELECT ?s FROM :g1 FROM :g2 { ?s ?p ?o }", limits=replace(LIMITS, merge_triples=3))
    assert caught.value.limit == "merge_triples"


def test_a_dataset_of_no_iri_is_refused(store):
    with pytest.raises(DatasetRefused, match="not an absolute IRI"):
        rows(store, "SELECT ?s { ?s ?p ?o }", default=["no iri"])


def test_from_in_a_comment_or_string_is_no_dataset(store):
    assert rows(store, "SELECT ?s { ?s :knows :b FILTER('FROM <g2>' != '') } # FROM <g2>") == [":a"]


def test_a_graph_is_a_set(store):
    """pyoxigraph repeats triples with blank nodes, and all of them after a million."""
    triple = ox.Triple(ox.BlankNode("b"), ox.NamedNode("urn:p"), ox.Literal("1"))
    counted = Triples([triple, triple, triple], 1)
    assert list(counted.distinct()) == [triple]
    assert counted.count == 1


def test_graph_answers_count_their_triples(store):
    reply = ask(store, NAMES + "CONSTRUCT { ?o :of :x } WHERE { ?s :knows ?o }")
    assert (reply.form, reply.rows) == (FORMS.index("CONSTRUCT"), 3)
    reply = ask(store, NAMES + "DESCRIBE :a", graph_format=TURTLE)
    assert (reply.form, reply.rows) == (FORMS.index("DESCRIBE"), 2)
    assert b"@prefix : <http://example.org/>" in reply.body


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda syntax: syntax.name)
def test_every_rdf_format(store, syntax):
    reply = ask(store, NAMES + "CONSTRUCT WHERE { ?s :knows ?o }", graph_format=RDF_FORMATS.index(syntax))
    assert len(list(ox.parse(reply.body, syntax.format))) == 3


@pytest.mark.parametrize("syntax", RESULT_FORMATS, ids=lambda syntax: syntax.name)
def test_every_format_of_results(store, syntax):
    place = RESULT_FORMATS.index(syntax)
    assert ask(store, "SELECT * { ?s ?p ?o }", result_format=place).size > 50
    assert b"true" in ask(store, "ASK { ?s ?p ?o }", result_format=place).body
    assert b"false" in ask(store, "ASK { ?s ?p 9 }", result_format=place).body


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p ?o }", "ASK {}"])
def test_a_form_whose_formats_are_not_accepted(store, text):
    with pytest.raises(UnsupportedFormat, match="SPARQL results"):
        ask(store, text, result_format=NO_FORMAT)


@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <http://example.org/a>"])
def test_a_graph_whose_formats_are_not_accepted(store, text):
    with pytest.raises(UnsupportedFormat, match="RDF"):
        ask(store, text, graph_format=NO_FORMAT)


@pytest.mark.parametrize("name", [syntax.name for syntax in RESULT_FORMATS])
def test_rows_beyond_the_limit_are_refused_and_not_cut(store, name):
    place = [syntax.name for syntax in RESULT_FORMATS].index(name)
    text = "SELECT ?x { VALUES ?x { 1 2 3 4 5 } }"
    assert ask(store, text, limits=replace(LIMITS, result_rows=5), result_format=place).size
    with pytest.raises(ResultTooLarge, match="more than 4 rows") as caught:
        ask(store, text, limits=replace(LIMITS, result_rows=4), result_format=place)
    assert caught.value.limit == "result_limit"


def test_triples_beyond_the_limit_are_refused(store):
    text = "CONSTRUCT { ?x a ?x } { VALUES ?x { <urn:1> <urn:2> <urn:3> } }"
    assert ask(store, text, limits=replace(LIMITS, result_rows=3)).rows == 3
    with pytest.raises(ResultTooLarge, match="more than 2 triples"):
        ask(store, text, limits=replace(LIMITS, result_rows=2))


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_bytes_beyond_the_limit_are_refused(store, text):
    with pytest.raises(ResultTooLarge, match="larger than 100 bytes") as caught:
        ask(store, text, limits=replace(LIMITS, result_bytes=100))
    assert caught.value.limit == "result_bytes"


def test_a_large_answer_goes_to_a_file(store):
    reply = ask(store, "SELECT * { VALUES ?x { " + "1 " * 3000 + "} }", result_format=JSON)
    assert reply.file is not None
    with open(reply.file, "rb") as file:
        file.seek(0)
        assert len(json.load(file)["results"]["bindings"]) == 3000


def test_a_request_beyond_its_bytes(store):
    with pytest.raises(QueryTooComplex) as caught:
        ask(store, "ASK {} #" + "é" * 50, limits=replace(LIMITS, query_bytes=100))
    assert caught.value.limit == "query_bytes"


def test_an_update_is_no_query(store):
    with pytest.raises(QuerySyntaxError, match="SPARQL update"):
        ask(store, "INSERT DATA { <urn:a> <urn:b> 1 }")


def test_a_wrong_base_is_a_syntax_error(store):
    request = Request(Job.QUERY, "", b"ASK {}", "no base", CSV, N_TRIPLES)
    with pytest.raises(QuerySyntaxError, match="base"):
        evaluate(store, request, LIMITS, lambda limit: Spool("/tmp", 2**16, limit, lambda: None))
