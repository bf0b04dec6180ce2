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

COUNTED = 100_000
"""Statements of a thing, and statements that point to it, that are looked at to count them by property."""
FEW, MOST = 50, 2_000
"""Values of a property that are told with all others, and with none; also claims of a thing."""
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
    """A property with its values; `inverse` where these are the things that point here by it.

    `total` counts the values that there are, of which some are told.
    """

    predicate: ox.NamedNode
    values: tuple[Value, ...]
    inverse: bool = False
    total: int = 0


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
    `modules` tell which module of the ontology defines a property of it or a class that it is in. Unless `complete`,
    it has more properties than those that were counted.
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
    counts = [_counts(ask, iri, inverse=inverse) for inverse in (False, True)]
    if not any(counts):
        return None
    own, pointing = (_properties(ask, iri, *one) for one in zip(counts, (False, True), strict=True))
    claims = _claims(ask, here)
    told = [(one.predicate, value.term) for one in (*own, *pointing) for value in one.values]
    classes = {value for predicate, value in told if predicate == RDF("type")}
    modules = _modules(ask, {one.predicate for one in (*own, *pointing)} | classes)
    claimed = (term for claim in claims for term in (claim.predicate, claim.value, *claim.sources))
    labels = _labels(ask, {iri, *claimed, *(term for pair in told for term in pair), *modules.values()})
    places, countries = _places(ask, here)
    complete = all(sum(one.values()) < COUNTED for one in counts)
    return Thing(iri, (*own, *pointing), labels, complete, claims, places, countries, modules)


def facts(iri: ox.NamedNode, predicate: ox.NamedNode, ask: Ask, *, inverse: bool = False) -> Thing | None:
    """A thing with one property and up to `MOST` of its values; None if it has none."""
    counted = f"SELECT ?p {{ VALUES ?p {{ {predicate} }} {_pattern(iri, inverse=inverse)} }} LIMIT {COUNTED}"
    total = _counted(ask, counted).get(predicate)
    if total is None:
        return None
    found = _properties(ask, iri, {predicate: total}, inverse, most=MOST, sourced=True)
    terms = {value.term for one in found for value in one.values}
    return Thing(iri, tuple(found), _labels(ask, {iri, predicate, *terms}), complete=total <= MOST)


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


def _pattern(iri: ox.NamedNode, *, inverse: bool) -> str:
    return f"?v ?p {iri}" if inverse else f"{iri} ?p ?v"


def _counts(ask: Ask, iri: ox.NamedNode, *, inverse: bool) -> dict[ox.NamedNode, int]:
    """How many values each property of a thing has: counted up to a limit, so that a hub takes no longer."""
    return _counted(ask, f"SELECT ?p {{ {_pattern(iri, inverse=inverse)} }} LIMIT {COUNTED}")


def _counted(ask: Ask, selected: str) -> dict[ox.NamedNode, int]:
    rows = _rows(ask, f"SELECT ?p (COUNT(*) AS ?n) {{ {{ {selected} }} }} GROUP BY ?p")
    terms = [(row["p"], row["n"]) for row in rows]
    return {p: int(n.value) for p, n in terms if isinstance(p, ox.NamedNode) and isinstance(n, ox.Literal)}


def _properties(
    ask: Ask,
    iri: ox.NamedNode,
    counts: Mapping[ox.NamedNode, int],
    inverse: bool,
    *,
    most: int = FEW,
    sourced: bool = False,
) -> list[Property]:
    """These properties with some values of each: properties of ours first, then in the order of their names.

    Which graphs assert it is told of its own, and, if `sourced`, of those that point to it.
    """
    pattern = _pattern(iri, inverse=inverse)
    each = " UNION ".join(
        f"{{ SELECT ?p ?v {{ VALUES ?p {{ {predicate} }} {pattern} }} LIMIT {most} }}" for predicate in counts
    )
    graphs = "" if inverse and not sourced else f"OPTIONAL {{ GRAPH ?g {{ {pattern} }} }}"
    found: dict[ox.NamedNode, dict[Term, list[str]]] = {predicate: {} for predicate in counts}
    for row in _rows(ask, f"SELECT ?p ?v ?g {{ {each} {graphs} }}") if counts else ():
        predicate, graph = row["p"], row.get("g")
        assert isinstance(predicate, ox.NamedNode)
        asserting = found[predicate].setdefault(row["v"], [])
        if isinstance(graph, ox.NamedNode):
            asserting.append(graph.value)
    return [
        Property(
            predicate,
            tuple(Value(term, tuple(sorted(graphs))) for term, graphs in _sorted(values)),
            inverse,
            counts[predicate],
        )
        for predicate, values in sorted(found.items(), key=_ours_first)
    ]


def _ours_first(item: tuple[ox.NamedNode, object]) -> tuple[bool, str]:
    return not item[0].value.startswith(CNRS.iri), item[0].value


def _sorted(values: Mapping[Term, list[str]]) -> list[tuple[Term, list[str]]]:
    return sorted(values.items(), key=lambda item: (not item[1], str(item[0])))
