"""What a version says of a thing: its statements by property, who asserts each, and what points to it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, RDF, RDFS, SKOS
from cnrs_kg.rdf.terms import Term, term_of_json
from cnrs_kg.reasoning.terms import shown
from cnrs_kg.validation.labels import in_language

MOST, POINTING = 2_000, 200
"""Statements of a thing, and statements about other things that point to it, that are told."""
_NAMES = f"{SKOS('prefLabel')}|{RDFS('label')}"
Ask = Callable[[str], bytes]
Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Value:
    """A value of a property, and the graphs that assert it; without any it is inferred."""

    term: Term
    graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """A property with its values; `inverse` where these are the things that point here by it."""

    predicate: ox.NamedNode
    values: tuple[Value, ...]
    inverse: bool = False


@dataclass(frozen=True)
class Claim:
    """What a source says of a thing for a time: the claim, what it says, from when until when, its rank and sources."""

    iri: Term
    predicate: Term
    value: Term
    start: str | None
    end: str | None
    deprecated: bool
    proposed: bool
    sources: tuple[Term, ...]


@dataclass(frozen=True)
class Topic:
    """Properties of a thing that one module of the ontology defines; None for those of ours that none does."""

    module: ox.NamedNode | None
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Thing:
    """A thing: its properties, and the labels of all terms that they name, by IRI and language.

    `places` are those where it is whose latitude and longitude are known; `countries` the codes of those where it is.
    `modules` tell which module of the ontology defines a property of it or a class that it is in.
    """

    iri: ox.NamedNode
    properties: tuple[Property, ...]
    labels: Labels
    complete: bool = True
    claims: tuple[Claim, ...] = ()
    places: tuple[tuple[str, float, float], ...] = ()
    countries: tuple[str, ...] = ()
    modules: Mapping[Term, ox.NamedNode] = field(default_factory=dict)

    @property
    def classes(self) -> tuple[ox.NamedNode, ...]:
        """The classes of ours that it is in: as asserted, or as inferred if none is."""
        types = (one.values for one in self.properties if one.predicate == RDF("type") and not one.inverse)
        named = ((one.term, one.graphs) for one in next(types, ()) if isinstance(one.term, ox.NamedNode))
        ours = [(term, graphs) for term, graphs in named if term.value.startswith(CNRS.iri)]
        return tuple(term for term, graphs in ours if graphs) or tuple(term for term, _ in ours)

    def topics(self) -> tuple[Topic, ...]:
        """Its properties of ours by topic: first that of its own classes, then those with more properties."""
        found: dict[ox.NamedNode | None, list[Property]] = {}
        for one in self.properties:
            if not one.inverse and one.predicate.value.startswith(CNRS.iri):
                found.setdefault(self.modules.get(one.predicate), []).append(one)
        own = {self.modules.get(class_) for class_ in self.classes}
        order = sorted(found, key=lambda module: (module not in own, -len(found[module]), str(module)))
        return tuple(Topic(module, tuple(found[module])) for module in order)

    def label(self, term: Term, language: str) -> str:
        """What a term is called that the thing's properties name."""
        if isinstance(term, ox.NamedNode):
            return in_language(self.labels.get(term.value, {}), language) or shown(term)
        return term.value if isinstance(term, ox.Literal) else str(term)


def thing(iri: ox.NamedNode, ask: Ask) -> Thing | None:
    """The thing as `ask` (SPARQL in, results in JSON out) tells it; None if nothing is said of it."""
    here = f"VALUES ?here {{ {iri} }}"
    own = _rows(ask, f"SELECT ?p ?v ?g {{ {here} ?here ?p ?v OPTIONAL {{ GRAPH ?g {{ ?here ?p ?v }} }} }} LIMIT {MOST}")
    pointing = _rows(ask, f"SELECT ?p ?v {{ {here} ?v ?p ?here }} LIMIT {POINTING}")
    if not own and not pointing:
        return None
    properties = (*_properties(own, inverse=False), *_properties(pointing, inverse=True))
    claims = _claims(ask, here)
    claimed = (term for claim in claims for term in (claim.predicate, claim.value, *claim.sources))
    classes = {row["v"] for row in own if row["p"] == RDF("type")}
    modules = _modules(ask, {row["p"] for row in (*own, *pointing)} | classes)
    named = {term for row in (*own, *pointing) for term in (row["p"], row["v"])}
    labels = _labels(ask, {iri, *claimed, *named, *modules.values()})
    places, countries = _places(ask, here)
    complete = len(own) < MOST and len(pointing) < POINTING
    return Thing(iri, properties, labels, complete, claims, places, countries, modules)


def known(iri: ox.NamedNode, ask: Ask) -> bool:
    """Whether anything is said of a thing, or points to it."""
    found: dict[str, bool] = json.loads(ask(f"ASK {{ {{ {iri} ?p ?o }} UNION {{ ?s ?p {iri} }} }}"))
    return found["boolean"]


def _claims(ask: Ask, here: str) -> tuple[Claim, ...]:
    """The claims about a thing by what they say, the earlier first."""
    said = f"?claim {RDF('subject')} ?here ; {RDF('predicate')} ?p ; {RDF('object')} ?v"
    options = " ".join(
        f"OPTIONAL {{ ?claim {CNRS(name)} ?{variable} }}"
        for name, variable in (("validFrom", "start"), ("validUntil", "end"), ("rank", "rank"), ("statedIn", "source"))
    )
    rows = _rows(ask, f"SELECT ?claim ?p ?v ?start ?end ?rank ?source {{ {here} {said} {options} }} LIMIT {MOST}")
    found: dict[Term, list[dict[str, Term]]] = {}
    for row in rows:
        found.setdefault(row["claim"], []).append(row)
    claims = [
        Claim(
            iri,
            same[0]["p"],
            same[0]["v"],
            _day(same[0].get("start")),
            _day(same[0].get("end")),
            any(row.get("rank") == CNRS("deprecatedRank") for row in same),
            any(row.get("rank") == CNRS("proposedRank") for row in same),
            tuple(sorted({row["source"] for row in same if "source" in row}, key=str)),
        )
        for iri, same in found.items()
    ]
    return tuple(sorted(claims, key=lambda one: (str(one.predicate), one.start or "", str(one.value), str(one.iri))))


def _day(term: Term | None) -> str | None:
    return term.value if isinstance(term, ox.Literal) else None


def _places(ask: Ask, here: str) -> tuple[tuple[tuple[str, float, float], ...], tuple[str, ...]]:
    """Where a thing is, as far as a map can show it."""
    where = f"?here ({CNRS('isLocatedIn')}|{CNRS('isIn')})? ?v"
    wanted = " ".join(str(CNRS(name)) for name in ("latitude", "longitude", "countryCode"))
    told: dict[str, dict[str, str]] = {}
    for row in _rows(
        ask, f"SELECT DISTINCT ?v ?p ?o {{ {here} {where} . VALUES ?p {{ {wanted} }} ?v ?p ?o }} LIMIT 50"
    ):
        place, property_, value = row["v"], row["p"], row["o"]
        if isinstance(place, ox.NamedNode) and isinstance(property_, ox.NamedNode) and isinstance(value, ox.Literal):
            told.setdefault(place.value, {})[property_.value.removeprefix(CNRS.iri)] = value.value
    points = []
    for place_iri, known in sorted(told.items()):
        try:
            points.append((place_iri, float(known["latitude"]), float(known["longitude"])))
        except (KeyError, ValueError):
            continue
    return tuple(points), tuple(sorted({known["countryCode"] for known in told.values() if "countryCode" in known}))


def _modules(ask: Ask, terms: Iterable[Term]) -> dict[Term, ox.NamedNode]:
    """The module of the ontology that defines each of these terms."""
    iris = " ".join(sorted(str(term) for term in terms if isinstance(term, ox.NamedNode)))
    found: dict[Term, ox.NamedNode] = {}
    for row in _rows(ask, f"SELECT ?t ?m {{ VALUES ?t {{ {iris} }} ?t {RDFS('isDefinedBy')} ?m }} ORDER BY ?t ?m"):
        if isinstance(row["m"], ox.NamedNode):
            found.setdefault(row["t"], row["m"])
    return found


def _labels(ask: Ask, terms: Iterable[Term]) -> dict[str, dict[str, str]]:
    iris = " ".join(sorted(str(term) for term in terms if isinstance(term, ox.NamedNode)))
    found: dict[str, dict[str, str]] = {}
    for row in _rows(ask, f"SELECT ?t ?l {{ VALUES ?t {{ {iris} }} ?t {_NAMES} ?l }}"):
        term, label = row["t"], row["l"]
        if isinstance(term, ox.NamedNode) and isinstance(label, ox.Literal):
            found.setdefault(term.value, {}).setdefault(label.language or "", label.value)
    return found


def _rows(ask: Ask, query: str) -> list[dict[str, Term]]:
    found: dict[str, Any] = json.loads(ask(query))
    return [{name: term_of_json(term) for name, term in row.items()} for row in found["results"]["bindings"]]


def _properties(rows: Iterable[Mapping[str, Term]], *, inverse: bool) -> list[Property]:
    """The rows by property and value: properties of ours first, then in the order of their names."""
    found: dict[ox.NamedNode, dict[Term, list[str]]] = {}
    for row in rows:
        predicate = row["p"]
        assert isinstance(predicate, ox.NamedNode)
        graphs = found.setdefault(predicate, {}).setdefault(row["v"], [])
        graph = row.get("g")
        if isinstance(graph, ox.NamedNode):
            graphs.append(graph.value)
    return [
        Property(predicate, tuple(Value(term, tuple(sorted(graphs))) for term, graphs in _sorted(values)), inverse)
        for predicate, values in sorted(found.items(), key=_ours_first)
    ]


def _ours_first(item: tuple[ox.NamedNode, object]) -> tuple[bool, str]:
    return not item[0].value.startswith(CNRS.iri), item[0].value


def _sorted(values: Mapping[Term, list[str]]) -> list[tuple[Term, list[str]]]:
    return sorted(values.items(), key=lambda item: (not item[1], str(item[0])))
