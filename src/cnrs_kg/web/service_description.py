"""The SPARQL service description, made from what is really enabled.

https://www.w3.org/TR/sparql11-service-description/
"""

from typing import TYPE_CHECKING

import pyoxigraph as ox

from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS, rdf_syntax
from cnrs_kg.rdf.namespaces import FORMATS, PREFIXES, RDF, RDFS, SD, VOID

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

OWL_RDF_BASED = ox.NamedNode("http://www.w3.org/ns/entailment/OWL-RDF-Based")
RL_PROFILE = ox.NamedNode("http://www.w3.org/ns/owl-profile/RL")
_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nquads": "N-Quads",
    "n3": "N3",
}
"""https://www.w3.org/ns/formats/"""


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
    syntax = rdf_syntax(media_type)
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if prefix in ("sd", "void", "formats")}
    prefixed = syntax.name in ("turtle", "trig", "n3", "rdfxml", "jsonld")
    order = {triple.subject: place for place, triple in reversed(list(enumerate(triples)))}
    grouped = sorted(triples, key=lambda triple: order[triple.subject])
    written = ox.serialize(grouped, format=syntax.format, prefixes=prefixes if prefixed else None)
    return written or b""


def _formats(*syntaxes: object) -> list[ox.NamedNode]:
    return [FORMATS(_FORMAT_NAMES[getattr(syntax, "name")]) for syntax in syntaxes]  # noqa: B009


def _count(number: int) -> ox.Literal:
    return ox.Literal(number)
