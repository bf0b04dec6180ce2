"""The harvested records of a registry as what is compared."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from cnrs_kg.federation.linking.identifiers import identifiers
from cnrs_kg.federation.linking.records import Place, Record
from cnrs_kg.federation.records import ADMS, STATUS
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, GRAPH, ORG, RDF, SCHEMA, SKOS

_TEAM = "Equipe interne"
Said = dict[ox.NamedNode, list[Any]]


def records(store: ox.Store, graph: ox.NamedNode) -> Iterator[Record]:
    """Each record of a registry's graph; those that the registry withdrew are left out."""
    for quad in store.quads_for_pattern(None, RDF("type"), ORG("Organization"), graph):
        said = _said(store, quad.subject, graph)
        if STATUS("Withdrawn") not in said[ADMS("status")]:
            yield _record(store, quad.subject, said, graph)


def record(store: ox.Store, node: ox.NamedNode, graph: ox.NamedNode) -> Record:
    """One record of a registry's graph."""
    return _record(store, node, _said(store, node, graph), graph)


def _record(store: ox.Store, node: Any, said: Said, graph: ox.NamedNode) -> Record:
    years = [text[:4] for text in _texts(said, SCHEMA("foundingDate"))]
    return Record(
        node.value,
        names=(*_texts(said, SKOS("prefLabel")), *_texts(said, SKOS("altLabel"))),
        acronyms=_texts(said, CNRS("acronym")),
        codes=_texts(said, SKOS("notation")),
        places=tuple(_places(store, said, graph)),
        parents=(*_texts(said, SCHEMA("parentOrganization")), *_parents(store, said, graph)),
        founded=int(years[0]) if years and years[0].isdigit() else None,
        identifiers=frozenset(
            [
                (graph.value.removeprefix(GRAPH.iri), node.value),
                *identifiers(lambda predicate: _texts(said, predicate)),
            ]
        ),
        team=_TEAM in _texts(said, DCTERMS("type")),
        active=STATUS("Deprecated") not in said[ADMS("status")],
    )


def _places(store: ox.Store, said: Said, graph: ox.NamedNode) -> Iterator[Place]:
    yield from map(Place, _texts(said, SCHEMA("addressLocality")))
    for place in said[SCHEMA("location")]:
        about = _said(store, place, graph)
        country = "".join(_texts(about, SCHEMA("addressCountry"))[:1])
        latitude, longitude = (
            next(map(float, _texts(about, SCHEMA(name))), None) for name in ("latitude", "longitude")
        )
        for name in _texts(about, SCHEMA("name")):
            yield Place(name, country, latitude, longitude)


def _parents(store: ox.Store, said: Said, graph: ox.NamedNode) -> Iterator[str]:
    for parent in said[ORG("subOrganizationOf")]:
        # its names alone: some have a thousand children
        names = store.quads_for_pattern(parent, SKOS("prefLabel"), None, graph)
        yield from (quad.object.value for quad in names if isinstance(quad.object, ox.Literal))


def _said(store: ox.Store, node: Any, graph: ox.NamedNode) -> Said:
    found: Said = defaultdict(list)
    for quad in store.quads_for_pattern(node, None, None, graph):
        found[quad.predicate].append(quad.object)
    return found


def _texts(said: Said, predicate: ox.NamedNode) -> tuple[str, ...]:
    return tuple(one.value for one in said[predicate])
