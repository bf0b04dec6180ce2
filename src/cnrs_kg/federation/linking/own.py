"""Our own organisations as what is compared: what the published graph says of them, inferences included."""

from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from cnrs_kg.federation.linking.identifiers import identifiers
from cnrs_kg.federation.linking.records import Place, Record
from cnrs_kg.rdf.namespaces import CNRS, ID, ORG, RDF, SCHEMA, SKOS
from cnrs_kg.rdf.terms import DEFAULT_GRAPH

NAME = "own"
"""How our things are called where registries are."""
_PARENTS = (ORG("hasMember"), ORG("subOrganizationOf"), CNRS("hasSupervisoryBody"))


def records(store: ox.Store, kind: ox.NamedNode) -> Iterator[Record]:
    """Each organisation of ours of a class."""
    for quad in store.quads_for_pattern(None, RDF("type"), kind, DEFAULT_GRAPH):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ID.iri):
            yield record(store, quad.subject)


def record(store: ox.Store, node: ox.NamedNode) -> Record:
    """An organisation of ours."""
    acronyms = _texts(store, node, CNRS("acronym"))
    names = (*_texts(store, node, SKOS("prefLabel")), *_texts(store, node, SKOS("altLabel")))
    years = sorted(text[:4] for text in _texts(store, node, SCHEMA("foundingDate")))
    return Record(
        node.value,
        names=tuple(dict.fromkeys(name for name in names if name not in acronyms)),
        acronyms=acronyms,
        codes=_texts(store, node, SKOS("notation")),
        places=tuple(_places(store, node)),
        parents=tuple(_parents(store, node)),
        founded=int(years[0]) if years and years[0].isdigit() else None,
        identifiers=frozenset(identifiers(lambda predicate: _texts(store, node, predicate))),
        active=not _texts(store, node, CNRS("closedOn")),
    )


def _values(store: ox.Store, node: Any, predicate: ox.NamedNode) -> list[Any]:
    return [quad.object for quad in store.quads_for_pattern(node, predicate, None, DEFAULT_GRAPH)]


def _texts(store: ox.Store, node: Any, predicate: ox.NamedNode) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.value for value in _values(store, node, predicate)))


def _parents(store: ox.Store, node: ox.NamedNode) -> Iterable[str]:
    above = (parent for predicate in _PARENTS for parent in _values(store, node, predicate))
    return dict.fromkeys(name for parent in above for name in _texts(store, parent, SKOS("prefLabel")))


def _places(store: ox.Store, node: ox.NamedNode) -> Iterator[Place]:
    """The cities where it is, by their names in both languages; the countries of an organisation without a city."""
    around = _values(store, node, CNRS("isLocatedIn"))
    kinds = {place: _values(store, place, RDF("type")) for place in around}
    countries = [place for place in around if CNRS("Country") in kinds[place]]
    code = next((text for place in countries for text in _texts(store, place, CNRS("countryCode"))), "")
    for place in [place for place in around if CNRS("City") in kinds[place]] or countries:
        latitude, longitude = (
            next(map(float, _texts(store, place, CNRS(name))), None) for name in ("latitude", "longitude")
        )
        for name in _texts(store, place, SKOS("prefLabel")):
            yield Place(name, code, latitude, longitude)
