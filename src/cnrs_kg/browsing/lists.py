"""The lists of main things: units, offices, partners, institutes and countries, each with its filters."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pyoxigraph as ox

from cnrs_kg.browsing.names import RANKS, folded
from cnrs_kg.rdf.namespaces import CNRS, RDF, SKOS
from cnrs_kg.store.meta import Version

Ask = Callable[[str, Version], bytes]
"""Answers a SPARQL query on a version with results in JSON."""
_KEPT = 20
_AT_ONCE = 500
_NAMES = (SKOS("prefLabel"), CNRS("acronym"), CNRS("code"), CNRS("countryCode"))


@dataclass(frozen=True)
class Facet:
    """What a list can be filtered by: values of properties, those of a class where one is named."""

    name: str
    properties: tuple[ox.NamedNode, ...]
    of: str | None = None
    many: bool = False
    """Whether it is too long a list to choose from."""


COUNTRY = Facet("country", (CNRS("isLocatedIn"),), "Country")
FIELD = Facet("field", (CNRS("hasField"),))


@dataclass(frozen=True)
class Kind:
    """A list: its name, the SPARQL pattern of `?thing`, and its facets."""

    name: str
    pattern: str
    facets: tuple[Facet, ...]
    columns: tuple[str, ...] = ()
    """Facets that a table shows; the others are only filtered by."""
    dates: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "units",
            f"?thing a {CNRS('InternationalJointUnit')}",
            (
                COUNTRY,
                Facet("institute", (CNRS("hasCnrsSide"),), "Institute"),
                Facet("partner", (CNRS("hasPartner"),)),
                FIELD,
                Facet("type", (CNRS("hasUnitType"),)),
            ),
            ("country", "institute", "partner"),
            dates=True,
        ),
        Kind(
            "offices",
            f"?thing a {CNRS('OfficeAbroad')}",
            (COUNTRY, Facet("covers", (CNRS("coversPlace"),), "Country"), Facet("function", (CNRS("hasFunction"),))),
            ("country", "function"),
            dates=True,
        ),
        Kind(
            "partners",
            f"?unit {CNRS('hasPartner')} ?thing",
            (
                COUNTRY,
                Facet("kind", (RDF("type"),)),
                Facet("unit", (CNRS("participatesIn"),), "InternationalJointUnit", many=True),
            ),
            ("country", "kind", "unit"),
        ),
        Kind("institutes", f"?thing a {CNRS('Institute')}", (FIELD,), ("field",)),
        Kind(
            "countries",
            f"?thing a {CNRS('Country')}",
            (Facet("continent", (CNRS("isIn"),), "Continent"),),
            ("continent",),
        ),
    )
}


@dataclass(frozen=True)
class Named:
    """A thing as a list names it: labels by language, other names, classes, and where it is."""

    iri: str
    labels: Mapping[str, str]
    names: tuple[str, ...] = ()
    classes: frozenset[str] = frozenset()
    place: tuple[float, float] | None = None
    country_code: str | None = None

    @property
    def slug(self) -> str:
        """The last part of the IRI, by which a filter names it."""
        return self.iri.rstrip("/#").replace("#", "/").rpartition("/")[2]

    def label(self, language: str) -> str:
        """What to call it in a language."""
        return self.labels.get(language) or self.labels.get("en") or next(iter(self.labels.values()), self.slug)


@dataclass(frozen=True)
class Item:
    """A row of a list: the thing, the values of each facet, when it began and ended, and where it is."""

    thing: Named
    values: Mapping[str, tuple[Named, ...]]
    founded: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Listing:
    """A whole list of a version, by name."""

    kind: Kind
    items: tuple[Item, ...]

    def options(self, facet: str) -> list[tuple[Named, int]]:
        """The values that a facet has in the list, with how many things have each, in the order of English names."""
        counted: Counter[str] = Counter()
        known: dict[str, Named] = {}
        for item in self.items:
            for value in item.values.get(facet, ()):
                counted[value.iri] += 1
                known[value.iri] = value
        return sorted(((known[iri], count) for iri, count in counted.items()), key=lambda one: one[0].label("en"))

    def resolve(self, facet: str, text: str) -> Named | None:
        """The value of a facet that a text names: by slug, IRI, code, acronym or name in any language; None if none."""
        values = [value for value, _ in self.options(facet)]
        for value in values:
            if text in (value.iri, value.slug):
                return value
        wanted = folded(text)
        for value in values:
            if wanted in map(folded, (*value.labels.values(), *value.names, value.country_code or "")):
                return value
        return None

    def having(self, wanted: Mapping[str, str]) -> list[Item]:
        """The things that have, for each of these facets, the value of that IRI."""
        return [
            item
            for item in self.items
            if all(any(value.iri == iri for value in item.values.get(facet, ())) for facet, iri in wanted.items())
        ]


@dataclass
class Lists:
    """The lists of any version; those asked lately are kept. Threads may share it."""

    ask: Ask
    _kept: dict[tuple[str, int, str], Listing] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def listing(self, name: str, version: Version) -> Listing:
        """A list by its name; a `QueryError` if it cannot be asked for now."""
        key = (name, version.number, version.digest)
        found = self._kept.get(key)
        if found is None:
            found = _listing(KINDS[name], lambda text: self.ask(text, version))
            with self._lock:
                while len(self._kept) >= _KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = found
        return found

    def item(self, iri: str, version: Version) -> tuple[Kind, Item] | None:
        """A thing as the first list says that it is in; None if it is in none."""
        listings = (self.listing(name, version) for name in KINDS)
        found = ((one.kind, item) for one in listings for item in one.items if item.thing.iri == iri)
        return next(found, None)

    def known(self, iris: Iterable[str], version: Version) -> dict[str, Item]:
        """What any things with names are called and where they are, by IRI."""
        return _known(iris, lambda text: self.ask(text, version))


def _known(iris: Iterable[str], ask: Callable[[str], bytes]) -> dict[str, Item]:
    places: dict[str, dict[str, list[str]]] = {iri: {} for iri in iris}
    for row in _values(places, (CNRS("isLocatedIn"),), ask):
        places[row["t"]["value"]].setdefault(CNRS("isLocatedIn").value, []).append(row["v"]["value"])
    named = _named({place for values in places.values() for one in values.values() for place in one} | set(places), ask)
    kind = Kind("known", "", (COUNTRY,))
    return {iri: _item(kind, named[iri], values, named) for iri, values in places.items() if iri in named}


def _listing(kind: Kind, ask: Callable[[str], bytes]) -> Listing:
    facets = {property_.value for facet in kind.facets for property_ in facet.properties}
    dates = [CNRS("foundedOn"), CNRS("closedOn")] if kind.dates else []
    own = [ox.NamedNode(iri) for iri in facets] + dates
    things = {row["thing"]["value"] for row in _rows(ask(f"SELECT DISTINCT ?thing {{ {kind.pattern} }}"))}
    rows = list(_values(things, own, ask))
    iris = things | {row["v"]["value"] for row in rows if row["v"]["type"] == "uri"}
    known = _named(iris, ask)
    values: dict[str, dict[str, list[Any]]] = {iri: {} for iri in things}
    for row in rows:
        values[row["t"]["value"]].setdefault(row["p"]["value"], []).append(row["v"]["value"])
    items = [_item(kind, known[iri], values[iri], known) for iri in things if iri in known]
    return Listing(kind, tuple(sorted(items, key=lambda item: (folded(item.thing.label("en")), item.thing.iri))))


def _named(iris: Iterable[str], ask: Callable[[str], bytes]) -> dict[str, Named]:
    """What is known of things, by IRI; nothing of those without a name."""
    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in _values(iris, (*_NAMES, RDF("type"), CNRS("latitude"), CNRS("longitude")), ask):
        found.setdefault(row["t"]["value"], {}).setdefault(row["p"]["value"], []).append(row["v"])
    named = {iri: _name(iri, values) for iri, values in found.items()}
    missing = [iri for iri in sorted(iris) if iri not in named or not named[iri].labels]
    return named | _labelled(missing, ask)


def _values(
    iris: Iterable[str], properties: Iterable[ox.NamedNode], ask: Callable[[str], bytes]
) -> Iterator[dict[str, dict[str, str]]]:
    """What things have of these properties: `t`, `p`, `v`; asked thing by thing, whatever the size of the graph."""
    wanted, ordered = " ".join(map(str, properties)), sorted(iris)
    for start in range(0, len(ordered), _AT_ONCE):
        terms = " ".join(str(ox.NamedNode(iri)) for iri in ordered[start : start + _AT_ONCE])
        yield from _rows(ask(f"SELECT ?t ?p ?v {{ VALUES ?t {{ {terms} }} VALUES ?p {{ {wanted} }} ?t ?p ?v }}"))


def _labelled(iris: Sequence[str], ask: Callable[[str], bytes]) -> dict[str, Named]:
    """Things that have but an rdfs:label, such as the classes of the ontology."""
    if not iris:
        return {}
    terms = " ".join(str(ox.NamedNode(iri)) for iri in iris)
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    labels: dict[str, dict[str, str]] = {}
    for row in _rows(ask(f"SELECT ?t ?v {{ VALUES ?t {{ {terms} }} ?t {label} ?v }}")):
        labels.setdefault(row["t"]["value"], {})[row["v"].get("xml:lang", "")] = row["v"]["value"]
    return {iri: Named(iri, found) for iri, found in labels.items()}


def _name(iri: str, values: Mapping[str, list[dict[str, str]]]) -> Named:
    def texts(predicate: ox.NamedNode) -> list[str]:
        return [one["value"] for one in values.get(predicate.value, [])]

    labels = {one.get("xml:lang", ""): one["value"] for one in values.get(SKOS("prefLabel").value, [])}
    codes = texts(CNRS("countryCode"))
    names = (*sorted(set(texts(CNRS("acronym")))), *sorted(set(texts(CNRS("code")))))
    classes = frozenset(one.removeprefix(CNRS.iri) for one in texts(RDF("type")) if one.startswith(CNRS.iri))
    try:
        place = (float(texts(CNRS("latitude"))[0]), float(texts(CNRS("longitude"))[0]))
    except (IndexError, ValueError):
        place = None
    return Named(iri, labels, names, classes, place, min(codes) if codes else None)


def _item(kind: Kind, thing: Named, values: Mapping[str, Sequence[str]], known: Mapping[str, Named]) -> Item:
    found: dict[str, tuple[Named, ...]] = {}
    for facet in kind.facets:
        iris = {iri for one in facet.properties for iri in values.get(one.value, ()) if iri in known}
        if facet.name == "kind":
            iris = set(sorted(iris & RANKS.keys(), key=list(RANKS).index)[:1])
        chosen = [known[iri] for iri in iris if facet.of is None or facet.of in known[iri].classes]
        found[facet.name] = tuple(sorted(chosen, key=lambda one: one.label("en")))
    places = [known[iri] for iri in values.get(CNRS("isLocatedIn").value, ()) if iri in known]
    founded, closed = (tuple(sorted(values.get(CNRS(name).value, ()))) for name in ("foundedOn", "closedOn"))
    return Item(thing, found, founded, closed, next((one.place for one in places if one.place), None))


def _rows(body: bytes) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(body)["results"]["bindings"]
    return found
