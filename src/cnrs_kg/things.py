"""What a version says of a thing: its statements by property, who asserts each, and what points to it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, RDFS, SKOS
from cnrs_kg.rdf.terms import Term, term_of_json

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
class Thing:
    """A thing: its properties, and the labels of all terms that they name, by IRI and language."""

    iri: ox.NamedNode
    properties: tuple[Property, ...]
    labels: Labels
    complete: bool = True


def thing(iri: ox.NamedNode, ask: Ask) -> Thing | None:
    """The thing as `ask` (SPARQL in, results in JSON out) tells it; None if nothing is said of it."""
    here = f"VALUES ?here {{ {iri} }}"
    own = _rows(ask, f"SELECT ?p ?v ?g {{ {here} ?here ?p ?v OPTIONAL {{ GRAPH ?g {{ ?here ?p ?v }} }} }} LIMIT {MOST}")
    pointing = _rows(ask, f"SELECT ?p ?v {{ {here} ?v ?p ?here }} ORDER BY ?p ?v LIMIT {POINTING}")
    if not own and not pointing:
        return None
    properties = (*_properties(own, inverse=False), *_properties(pointing, inverse=True))
    labels = _labels(ask, {iri, *(term for row in (*own, *pointing) for term in (row["p"], row["v"]))})
    return Thing(iri, properties, labels, len(own) < MOST and len(pointing) < POINTING)


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
