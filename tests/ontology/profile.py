"""A checker of the OWL 2 RL profile for the constructs that this ontology uses.

Whatever it does not know is a finding, so a new construct is looked up in OWL 2 Profiles (section 4) and in the global
restrictions of the OWL 2 Structural Specification (section 11) before it is admitted here.
"""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from rdflib import OWL, RDF, RDFS, BNode, Graph
from rdflib.collection import Collection
from rdflib.term import Node

KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
TYPES = KINDS | {OWL.Ontology, OWL.TransitiveProperty, OWL.SymmetricProperty}
AXIOMS = {
    RDFS.subClassOf: {OWL.Class},
    OWL.disjointWith: {OWL.Class},
    RDFS.subPropertyOf: KINDS - {OWL.Class},
    OWL.inverseOf: {OWL.ObjectProperty},
    OWL.propertyChainAxiom: {OWL.ObjectProperty},
}
ANNOTATIONS = {RDFS.label, RDFS.isDefinedBy, OWL.imports, OWL.versionIRI, OWL.versionInfo}
STRUCTURE = {RDF.type, RDF.first, RDF.rest}
LANGUAGE = (str(RDF), str(RDFS), str(OWL))


def findings(graph: Graph) -> Iterator[str]:
    """What is not OWL 2 RL, or not known to be, in a sentence each."""
    yield from constructs(graph)
    yield from kinds(graph)
    yield from chains(graph)
    yield from order(graph)


def constructs(graph: Graph) -> Iterator[str]:
    lists = set(graph.objects(None, OWL.propertyChainAxiom)) | set(graph.objects(None, RDF.rest))
    for subject, predicate, object_ in graph:
        if predicate == RDF.type and str(object_).startswith(LANGUAGE) and object_ not in TYPES:
            yield f"{subject} has the type {object_}"
        if str(predicate).startswith(LANGUAGE) and predicate not in AXIOMS.keys() | ANNOTATIONS | STRUCTURE:
            yield f"{subject} uses {predicate}"
        if isinstance(subject, BNode) and subject not in lists:
            yield f"an anonymous expression uses {predicate}"


def kinds(graph: Graph) -> Iterator[str]:
    """A term is of one kind, and axioms join kinds that they may join; foreign terms are taken as they are used."""
    kind = {term: KINDS & set(graph.objects(term, RDF.type)) for term in graph.subjects(RDF.type)}
    yield from (f"{term} is of several kinds" for term, found in kind.items() if len(found) > 1)
    for predicate, allowed in AXIOMS.items():
        for subject, object_ in graph.subject_objects(predicate):
            ends = [kind.get(end, set()) for end in (subject, object_)]
            if any(end and not end <= allowed for end in ends):
                yield f"{predicate} does not fit {subject}"
            if predicate == RDFS.subPropertyOf and all(ends) and ends[0] != ends[1]:
                yield f"{subject} and {object_} are of different kinds"


def chains(graph: Graph) -> Iterator[str]:
    for subject, head in graph.subject_objects(OWL.propertyChainAxiom):
        links = list(Collection(graph, head))
        if len(links) < 2 or any(OWL.ObjectProperty not in graph.objects(link, RDF.type) for link in links):
            yield f"a chain of {subject} is not one of two or more object properties"


def order(graph: Graph) -> Iterator[str]:
    """Chains must be regular: some order puts what a property is made of before it, its inverse beside it."""
    inverse = {a: min(a, b) for a, b in graph.subject_objects(OWL.inverseOf)}
    inverse |= {b: min(a, b) for a, b in graph.subject_objects(OWL.inverseOf)}
    made_of: dict[Node, set[Node]] = {}
    for property_, head in graph.subject_objects(OWL.propertyChainAxiom):
        links = list(Collection(graph, head))
        if property_ in links[1:-1] or links == [property_] * len(links):
            yield f"{property_} stands inside its own chain"
        made_of.setdefault(inverse.get(property_, property_), set()).update(
            inverse.get(link, link) for link in links if link != property_
        )
    for part, property_ in graph.subject_objects(RDFS.subPropertyOf):
        made_of.setdefault(inverse.get(property_, property_), set()).add(inverse.get(part, part))
    try:
        TopologicalSorter(made_of).prepare()
    except CycleError as error:
        yield f"chains and sub-properties go in a circle: {' '.join(str(term) for term in error.args[1])}"
