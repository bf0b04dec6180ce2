"""JSON-LD with a context of ours: terms by their names, texts by language (https://www.w3.org/TR/json-ld11/)."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import ALIGNED, ALL, CNRS, RDF, RDFS, SKOS, XSD
from cnrs_kg.vocabulary.ontology import CLASS, INDIVIDUAL, OBJECT, Ontology

Context = Mapping[str, Any]
_TEXTS = {"prefLabel": SKOS, "altLabel": SKOS, "label": RDFS, "comment": RDFS, "definition": SKOS}
_PREFIXES = {one.prefix: one.iri for one in (*ALL, *ALIGNED)}


def context(ontology: Ontology) -> Context:
    """Every term of the ontology and the usual properties of names, by their own names; standard terms by prefix."""
    found: dict[str, Any] = dict(_PREFIXES)
    for name, namespace in _TEXTS.items():
        found[name] = {"@id": f"{namespace.prefix}:{name}", "@container": "@language"}
    for entry in ontology.entries.values():
        if entry.kind == OBJECT:
            found[entry.name] = {"@id": f"{CNRS.prefix}:{entry.name}", "@type": "@id"}
        elif entry.kind in (CLASS, INDIVIDUAL):
            found[entry.name] = f"{CNRS.prefix}:{entry.name}"
        else:
            found[entry.name] = {"@id": f"{CNRS.prefix}:{entry.name}"}
    return found


def compact(triples: Iterable[ox.Triple], known: Context) -> dict[str, Any]:
    """A document of the statements with as much of a context as it uses, so that it is read without the network."""
    writer = _Writer(known)
    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        node = nodes.setdefault(_name(triple.subject), {"@id": _name(triple.subject)})
        if triple.predicate == RDF("type") and isinstance(triple.object, ox.NamedNode):
            node.setdefault("@type", []).append(writer.term(triple.object))
        else:
            writer.add(node, triple.predicate, triple.object)
    graph = list(nodes.values())
    used = {name: known[name] for name in known if name in writer.used}
    return {"@context": used, **graph[0]} if len(graph) == 1 else {"@context": used, "@graph": graph}


class _Writer:
    """Writes values by a context, and remembers which of its names were used."""

    def __init__(self, known: Context) -> None:
        self._known = known
        self._names = {_expanded(_id(told)): name for name, told in known.items() if name not in _PREFIXES}
        self.used: set[str] = set()

    def term(self, node: ox.NamedNode) -> str:
        """An IRI by its name, or with a prefix where the rest is plain; else whole."""
        if name := self._names.get(node.value):
            self._use(name)
            return name
        for prefix, iri in _PREFIXES.items():
            rest = node.value.removeprefix(iri)
            if rest != node.value and rest and not rest.startswith("//") and "/" not in rest and "#" not in rest:
                self.used.add(prefix)
                return f"{prefix}:{rest}"
        return node.value

    def add(self, node: dict[str, Any], predicate: ox.NamedNode, value: Any) -> None:
        """Put a value under its property."""
        key = self.term(predicate)
        told = self._known.get(key)
        told = told if isinstance(told, dict) else {}
        if told.get("@container") == "@language":
            if isinstance(value, ox.Literal) and value.language:
                node.setdefault(key, {}).setdefault(value.language, []).append(value.value)
                return
            key = _id(told)  # a name for texts by language takes nothing else
            self.used.add(key.partition(":")[0])
            told = {}
        node.setdefault(key, []).append(self._value(value, told))

    def _value(self, value: Any, told: Context) -> Any:
        if isinstance(value, ox.NamedNode | ox.BlankNode):
            return _name(value) if told.get("@type") == "@id" else {"@id": _name(value)}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype == XSD("string"):
            return value.value if told.get("@type") != "@id" else {"@value": value.value}
        return {"@value": value.value, "@type": self.term(value.datatype)}

    def _use(self, name: str) -> None:
        self.used |= {name, _id(self._known[name]).partition(":")[0]}


def _id(told: Any) -> str:
    return str(told["@id"] if isinstance(told, dict) else told)


def _expanded(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return _PREFIXES.get(prefix, f"{prefix}:") + rest


def _name(node: Any) -> str:
    return node.value if isinstance(node, ox.NamedNode) else f"_:{node.value}"
