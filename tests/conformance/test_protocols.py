"""SPARQL 1.1 Protocol, Graph Store HTTP Protocol and Service Description, against the live application.

The suites speak of an ordinary dataset: an empty instance of the same code, without ontology, shapes and names for
blank nodes.
"""

from collections.abc import Iterator

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.namespaces import RDFS
from cnrs_kg.web.app import create_app

from .description import CHECKS, described
from .exchange import Endpoint, run
from .manifest import UT, Entry, parameters
from .results import read_quads

AUTHORITY = "http://www.example"


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


@pytest.mark.parametrize("entry", parameters(lambda entry: entry.kind == "ServiceDescriptionTest"))
def test_service_description(entry: Entry, endpoint: Endpoint) -> None:
    CHECKS[entry.iri.rsplit("#", 1)[1]](described(endpoint), endpoint)
