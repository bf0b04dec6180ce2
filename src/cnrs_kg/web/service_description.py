"""The SPARQL service description, made from what is really enabled.

https://www.w3.org/TR/sparql11-service-description/
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cnrs_kg.rdf.formats import FORMAT_NAMES, RDF_FORMATS, RESULT_FORMATS, RdfSyntax, ResultSyntax
from cnrs_kg.rdf.namespaces import DCTERMS, FORMATS, RDF, RDFS, SD, VOID
from cnrs_kg.rdf.writing import grouped, serialised

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

OWL_RDF_BASED = ox.NamedNode("http://www.w3.org/ns/entailment/OWL-RDF-Based")
RL_PROFILE = ox.NamedNode("http://www.w3.org/ns/owl-profile/RL")
GEOSPARQL = "http://www.opengis.net/def/function/geosparql/"
FUNCTIONS = (
    "sfEquals sfDisjoint sfIntersects sfTouches sfCrosses sfWithin sfContains sfOverlaps "
    "ehEquals ehDisjoint ehMeet ehOverlap ehCovers ehCoveredBy ehInside ehContains "
    "rcc8eq rcc8dc rcc8ec rcc8po rcc8tppi rcc8tpp rcc8ntpp rcc8ntppi "
    "distance convexHull intersection union difference symDifference envelope getSRID area length perimeter centroid "
    "asGeoJSON isEmpty isSimple dimension coordinateDimension spatialDimension relate"
).split()
"""The functions of GeoSPARQL that the engine evaluates, which does not list them itself."""


def public_url(kg: "KnowledgeGraph") -> str:
    """The URL under which the world reaches the server, without a slash at its end; never from the Host header."""
    settings = kg.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (settings.public_url or f"http://{host}:{settings.port}").rstrip("/")


def describe(kg: "KnowledgeGraph", version: "Version") -> list[ox.Triple]:
    """The triples that describe the service and its dataset in a version."""
    endpoint = f"{public_url(kg)}/sparql"
    service, dataset, default = (ox.NamedNode(f"{endpoint}#{name}") for name in ("service", "dataset", "default-graph"))
    triples = [
        ox.Triple(service, RDF("type"), SD("Service")),
        ox.Triple(service, SD("endpoint"), ox.NamedNode(endpoint)),
        ox.Triple(service, SD("supportedLanguage"), SD("SPARQL10Query")),
        ox.Triple(service, SD("supportedLanguage"), SD("SPARQL11Query")),
        ox.Triple(service, SD("supportedLanguage"), SD("SPARQL11Update")),
        ox.Triple(service, SD("defaultDataset"), dataset),
        ox.Triple(dataset, RDF("type"), SD("Dataset")),
        ox.Triple(dataset, SD("defaultGraph"), default),
        ox.Triple(default, RDF("type"), SD("Graph")),
        ox.Triple(default, VOID("triples"), _count(version.statements)),
        ox.Triple(service, RDFS("seeAlso"), ox.NamedNode(f"{public_url(kg)}/.well-known/void")),
        ox.Triple(service, RDFS("seeAlso"), ox.NamedNode(f"{public_url(kg)}/catalog")),
    ]
    triples += [ox.Triple(service, SD("resultFormat"), name) for name in _formats(*RESULT_FORMATS, *RDF_FORMATS)]
    triples += [ox.Triple(service, SD("inputFormat"), name) for name in _formats(*RDF_FORMATS)]
    for function in (ox.NamedNode(GEOSPARQL + name) for name in FUNCTIONS):
        triples += [
            ox.Triple(service, SD("extensionFunction"), function),
            ox.Triple(function, RDF("type"), SD("Function")),
        ]
    triples += _services(kg, service, endpoint)
    if not kg.plain:
        triples += [
            ox.Triple(service, SD("defaultEntailmentRegime"), OWL_RDF_BASED),
            ox.Triple(service, SD("defaultSupportedEntailmentProfile"), RL_PROFILE),
        ]
    for number, graph in enumerate(kg.named_graphs(version), 1):
        named, content = ox.NamedNode(f"{endpoint}#graph-{number}"), ox.NamedNode(f"{endpoint}#graph-{number}-content")
        triples += [
            ox.Triple(dataset, SD("namedGraph"), named),
            ox.Triple(named, RDF("type"), SD("NamedGraph")),
            ox.Triple(named, SD("name"), ox.NamedNode(graph.iri)),
            ox.Triple(named, SD("graph"), content),
            ox.Triple(content, RDF("type"), SD("Graph")),
            ox.Triple(content, VOID("triples"), _count(graph.statements)),
        ]
    return triples


def written(triples: list[ox.Triple], media_type: str) -> bytes:
    """The triples in an RDF format."""
    return serialised(grouped(triples), media_type, (SD, VOID, FORMATS, DCTERMS))


def _services(kg: "KnowledgeGraph", service: ox.NamedNode, endpoint: str) -> Iterator[ox.Triple]:
    """The other endpoints that a query may ask."""
    if kg.services.endpoints:
        yield ox.Triple(service, SD("feature"), SD("BasicFederatedQuery"))
    for number, (name, other) in enumerate(kg.services.endpoints.items(), 1):
        node = ox.NamedNode(f"{endpoint}#service-{number}")
        yield ox.Triple(service, DCTERMS("relation"), node)
        yield ox.Triple(node, RDF("type"), SD("Service"))
        yield ox.Triple(node, SD("endpoint"), ox.NamedNode(other.url))
        yield ox.Triple(node, RDFS("label"), ox.Literal(name))


def _formats(*syntaxes: RdfSyntax | ResultSyntax) -> list[ox.NamedNode]:
    return [FORMATS(FORMAT_NAMES[syntax.name]) for syntax in syntaxes]


def _count(number: int) -> ox.Literal:
    return ox.Literal(number)
