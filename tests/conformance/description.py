"""What the service description suite asks, which its manifest says in words only.

https://www.w3.org/TR/sparql11-service-description/
"""

from collections.abc import Callable

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDFS, SD

from .exchange import Endpoint
from .manifest import SHARED

VOCABULARY = SHARED / "conformance" / "vocabularies" / "sparql-service-description.ttl"


def described(endpoint: Endpoint) -> ox.Store:
    response = endpoint.open("/sparql/", "GET", {"Accept": "text/turtle"}, None)
    assert (response.status_code, response.mimetype) == (200, "text/turtle")
    graph = ox.Store()
    graph.load(response.data, format=ox.RdfFormat.TURTLE)
    return graph


def returns_rdf(graph: ox.Store, endpoint: Endpoint) -> None:
    assert len(graph) > 0


def has_endpoint_triple(graph: ox.Store, endpoint: Endpoint) -> None:
    endpoints = {quad.object for quad in graph.quads_for_pattern(None, SD("endpoint"), None)}
    assert endpoints == {ox.NamedNode(endpoint.authority + "/sparql")}


def conforms_to_schema(graph: ox.Store, endpoint: Endpoint) -> None:
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


CHECKS: dict[str, Callable[[ox.Store, Endpoint], None]] = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}
