"""SPARQL 1.1 Protocol, Graph Store HTTP Protocol and Service Description, against the live application.

The suites speak of an ordinary dataset: an empty instance of the same code, without ontology, shapes and names for
blank nodes.
"""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.namespaces import RDFS, SD
from cnrs_kg.web.app import create_app

from .exchange import Endpoint, run
from .manifest import SHARED, UT, Entry, parameters
from .results import read_quads

AUTHORITY = "http://www.example"
VOCABULARY = SHARED / "conformance" / "vocabularies" / "sparql-service-description.ttl"


@pytest.fixture(scope="module")
def plain_graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("plain"), public_url=AUTHORITY, workers=1)
    with KnowledgeGraph(settings, plain=True) as kg:
        yield kg


@pytest.fixture(scope="module")
def endpoint(plain_graph: KnowledgeGraph) -> Endpoint:
    token = plain_graph.accounts.add("curator", "curator")
    client = create_app(plain_graph).test_client()
    paths = {"/sparql/": "/sparql", "/gsp": "/rdf-graph-store"}
    return Endpoint(client, paths, AUTHORITY, {"Authorization": f"Bearer {token}"})


@pytest.fixture(autouse=True)
def dataset(request: pytest.FixtureRequest, endpoint: Endpoint) -> None:
    """The dataset holds what the entry says, and nothing else."""
    entry: Entry = request.getfixturevalue("entry")
    blocks = []
    for data in entry.manifest.values(entry.node, UT("graphData")):
        label, file = entry.manifest.value(data, RDFS("label")), entry.manifest.value(data, UT("graph"))
        assert label is not None
        assert file is not None
        triples = " ".join(f"{quad} ." for quad in read_quads(file.value))
        blocks.append(f"GRAPH <{label.value}> {{ {triples} }}")
    update = f"DROP ALL ; INSERT DATA {{ {' '.join(blocks)} }}"
    response = endpoint.open("/sparql/", "POST", {"Content-Type": "application/sparql-update"}, update.encode())
    assert response.status_code < 300, response.text


@pytest.mark.parametrize("entry", parameters(lambda entry: entry.kind == "ProtocolTest"))
def test_protocol(entry: Entry, endpoint: Endpoint) -> None:
    run(entry, endpoint)


@pytest.mark.parametrize("entry", parameters(lambda entry: entry.kind == "GraphStoreProtocolTest"))
def test_graph_store(entry: Entry, endpoint: Endpoint) -> None:
    run(entry, endpoint)


def described(endpoint: Endpoint) -> ox.Store:
    response = endpoint.open("/sparql/", "GET", {"Accept": "text/turtle"}, None)
    assert (response.status_code, response.mimetype) == (200, "text/turtle")
    graph = ox.Store()
    graph.load(response.data, format=ox.RdfFormat.TURTLE)
    return graph


def returns_rdf(graph: ox.Store) -> None:
    assert len(graph) > 0


def has_endpoint_triple(graph: ox.Store) -> None:
    endpoints = {quad.object for quad in graph.quads_for_pattern(None, SD("endpoint"), None)}
    assert endpoints == {ox.NamedNode(AUTHORITY + "/sparql")}


def conforms_to_schema(graph: ox.Store) -> None:
    """Every term of the vocabulary is one that it defines; who has a property is of its domain and what it names of
    its range, as far as a type is given."""
    schema = ox.Store()
    schema.load(path=VOCABULARY, format=ox.RdfFormat.TURTLE)
    defined = {quad.subject for quad in schema}
    for quad in graph:
        for term in (quad.predicate, quad.object):
            assert term in defined or not (isinstance(term, ox.NamedNode) and term.value.startswith(SD.iri)), quad
    statements = list(graph)
    graph.extend(schema)
    for quad in statements:
        for node, side in ((quad.subject, RDFS("domain")), (quad.object, RDFS("range"))):
            wanted = {found.object for found in schema.quads_for_pattern(quad.predicate, side, None)}
            types = classes(graph, node)
            fits = not wanted or not types or wanted & (types | {RDFS("Resource")})
            assert fits, f"{quad}: its {side.value} is {wanted}, found {types}"


def classes(graph: ox.Store, node: object) -> set[object]:
    """The classes of a node and those above them."""
    if not isinstance(node, ox.NamedNode):
        return set()
    found = graph.query(f"SELECT ?class {{ {node} a/<{RDFS('subClassOf').value}>* ?class }}")
    assert isinstance(found, ox.QuerySolutions)
    return {solution["class"] for solution in found}


CHECKS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}


@pytest.mark.parametrize("entry", parameters(lambda entry: entry.kind == "ServiceDescriptionTest"))
def test_service_description(entry: Entry, endpoint: Endpoint) -> None:
    CHECKS[entry.iri.rsplit("#", 1)[1]](described(endpoint))
