"""The ontology as its own statements tell it: modules with their terms, alignments, schemes with their concepts.

https://www.w3.org/TR/owl2-rdf-based-semantics/ and https://www.w3.org/TR/skos-reference/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import BASE, CNRS, DCTERMS, OWL, RDF, RDFS, SKOS
from cnrs_kg.rdf.terms import Term

ONTOLOGY = ox.NamedNode(BASE + "ontology")
CLASS, OBJECT, DATATYPE, ANNOTATION, INDIVIDUAL = "class", "object", "datatype", "annotation", "individual"
KINDS = (CLASS, OBJECT, DATATYPE, ANNOTATION, INDIVIDUAL)
"""The kinds of terms, in the order in which a module tells them."""
_TYPES = {
    OWL("Class"): CLASS,
    OWL("ObjectProperty"): OBJECT,
    OWL("DatatypeProperty"): DATATYPE,
    OWL("AnnotationProperty"): ANNOTATION,
}
_CHARACTERS = {OWL(f"{name}Property"): name.lower() for name in ("Symmetric", "Transitive", "Functional")}
_ABOVE = (RDFS("subClassOf"), RDFS("subPropertyOf"))
_SAME = (OWL("equivalentClass"), OWL("equivalentProperty"))
Texts = Mapping[str, str]
Nodes = tuple[ox.NamedNode, ...]


@dataclass(frozen=True)
class Entry:
    """A term of the ontology with what its axioms say of it; `aligned` are the terms of others that it implies."""

    node: ox.NamedNode
    kind: str
    labels: Texts
    definitions: Texts
    above: Nodes
    below: Nodes
    aligned: Nodes
    inverses: Nodes
    disjoint: Nodes
    domains: Nodes
    ranges: Nodes
    chains: tuple[Nodes, ...]
    characters: tuple[str, ...]
    claimable: bool

    @property
    def name(self) -> str:
        """The fragment of its IRI."""
        return self.node.value.removeprefix(CNRS.iri)


@dataclass(frozen=True)
class Module:
    """A part of the ontology: its terms by kind and name, or the axioms of an alignment."""

    node: ox.NamedNode
    labels: Texts
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """Its IRI below that of the ontology, fit for an anchor; no term has a hyphen in its name."""
        return "module-" + self.node.value.removeprefix(ONTOLOGY.value + "/").replace("/", "-")


@dataclass(frozen=True)
class Concept:
    """A concept of a scheme."""

    node: ox.NamedNode
    labels: Texts
    definitions: Texts
    notation: str | None
    broader: Nodes


@dataclass(frozen=True)
class Scheme:
    """A SKOS concept scheme with its concepts, those that are in no other one first."""

    node: ox.NamedNode
    labels: Texts
    definitions: Texts
    concepts: tuple[Concept, ...]

    @property
    def name(self) -> str:
        """The end of its IRI, fit for an anchor."""
        return "scheme-" + self.node.value.rpartition("/")[2]

    @property
    def names(self) -> Mapping[str, Texts]:
        """What its concepts are called, by IRI."""
        return {concept.node.value: concept.labels for concept in self.concepts}


class Ontology:
    """What the statements of an ontology say, found by subject and by object."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._out: dict[Term, dict[ox.NamedNode, list[Term]]] = {}
        self._in: dict[Term, dict[ox.NamedNode, list[ox.NamedNode]]] = {}
        for subject, predicate, value in triples:
            self._out.setdefault(subject, {}).setdefault(predicate, []).append(value)
            if isinstance(subject, ox.NamedNode):
                self._in.setdefault(value, {}).setdefault(predicate, []).append(subject)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every term by its IRI."""
        own = (node for node in self._out if isinstance(node, ox.NamedNode) and node.value.startswith(CNRS.iri))
        found = [self._entry(node) for node in own if self._out[node].get(RDFS("isDefinedBy"))]
        return {entry.node.value: entry for entry in sorted(found, key=lambda one: (KINDS.index(one.kind), one.name))}

    @cached_property
    def modules(self) -> Sequence[Module]:
        """The modules that define terms."""
        return tuple(module for module in self._modules() if module.entries)

    @cached_property
    def alignments(self) -> Sequence[Module]:
        """The modules that define no term: each adopts axioms about another vocabulary."""
        return tuple(module for module in self._modules() if not module.entries)

    @cached_property
    def schemes(self) -> Sequence[Scheme]:
        """The concept schemes by name."""
        found = (
            Scheme(
                node, self.texts(node, SKOS("prefLabel")), self.texts(node, SKOS("definition")), self._concepts(node)
            )
            for node in self._about(SKOS("ConceptScheme"), RDF("type"))
        )
        return tuple(sorted(found, key=lambda scheme: scheme.name))

    def texts(self, node: Term, *predicates: ox.NamedNode) -> Texts:
        """What a node is called, or what else is said of it in words, by language."""
        found: dict[str, str] = {}
        for predicate in predicates:
            for value in self._out.get(node, {}).get(predicate, ()):
                if isinstance(value, ox.Literal):
                    found.setdefault(value.language or "", value.value)
        return found

    def value(self, predicate: ox.NamedNode) -> str | None:
        """A value that the ontology's header has."""
        found = self._out.get(ONTOLOGY, {}).get(predicate, ())
        return next((value.value for value in found if isinstance(value, ox.Literal | ox.NamedNode)), None)

    def _entry(self, node: ox.NamedNode) -> Entry:
        above = [value for predicate in _ABOVE for value in self._values(node, predicate)]
        same = [value for predicate in _SAME for value in self._values(node, predicate)]
        inverses = {*self._values(node, OWL("inverseOf")), *self._about(node, OWL("inverseOf"))}
        types = self._values(node, RDF("type"))
        return Entry(
            node,
            next((_TYPES[type_] for type_ in types if type_ in _TYPES), INDIVIDUAL),
            self.texts(node, RDFS("label"), SKOS("prefLabel")),
            self.texts(node, SKOS("definition")),
            _own(above),
            _own(below for predicate in _ABOVE for below in self._about(node, predicate)),
            _foreign((*above, *same, *inverses)),
            _own(inverses),
            _own({*self._values(node, OWL("disjointWith")), *self._about(node, OWL("disjointWith"))}),
            tuple(self._values(node, RDFS("domain"))),
            tuple(self._values(node, RDFS("range"))),
            tuple(sorted(self._chains(node), key=str)),
            tuple(_CHARACTERS[type_] for type_ in types if type_ in _CHARACTERS),
            any(
                isinstance(value, ox.Literal) and value.value == "true" for value in self._all(node, CNRS("claimable"))
            ),
        )

    def _chains(self, node: ox.NamedNode) -> Iterator[Nodes]:
        for head in self._all(node, OWL("propertyChainAxiom")):
            steps: list[ox.NamedNode] = []
            place: Term | None = head
            while place in self._out and len(steps) < 100:
                steps += self._values(place, RDF("first"))
                place = next(iter(self._all(place, RDF("rest"))), None)
            yield tuple(steps)

    def _modules(self) -> Iterator[Module]:
        for node in sorted(self._about(ONTOLOGY, DCTERMS("isPartOf")), key=str):
            defined = set(self._about(node, RDFS("isDefinedBy")))
            entries = tuple(entry for entry in self.entries.values() if entry.node in defined)
            yield Module(node, self.texts(node, RDFS("label")), entries)

    def _concepts(self, scheme: ox.NamedNode) -> tuple[Concept, ...]:
        found = (
            Concept(
                node,
                self.texts(node, SKOS("prefLabel")),
                self.texts(node, SKOS("definition")),
                next(iter(self.texts(node, SKOS("notation")).values()), None),
                tuple(self._values(node, SKOS("broader"))),
            )
            for node in self._about(scheme, SKOS("inScheme"))
        )
        return tuple(sorted(found, key=lambda concept: (bool(concept.broader), concept.node.value)))

    def _all(self, node: Term, predicate: ox.NamedNode) -> Sequence[Term]:
        return self._out.get(node, {}).get(predicate, [])

    def _values(self, node: Term, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        return [value for value in self._all(node, predicate) if isinstance(value, ox.NamedNode)]

    def _about(self, node: Term, predicate: ox.NamedNode) -> Sequence[ox.NamedNode]:
        return self._in.get(node, {}).get(predicate, [])


def _own(nodes: Iterable[ox.NamedNode]) -> Nodes:
    return tuple(sorted({node for node in nodes if node.value.startswith(CNRS.iri)}, key=str))


def _foreign(nodes: Iterable[ox.NamedNode]) -> Nodes:
    return tuple(sorted({node for node in nodes if not node.value.startswith(CNRS.iri)}, key=str))
