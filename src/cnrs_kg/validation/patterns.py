"""Parts of queries made of paths and terms, and what queries for the nodes that may fail a shape find."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import pyoxigraph as ox
from pyshacl.shape import Shape
from rdflib.term import Node

from cnrs_kg.rdf.rdflib_terms import from_rdflib
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.affected import TYPE
from cnrs_kg.validation.paths import Alternative as AlternativePath
from cnrs_kg.validation.paths import Path, Repeat, Sequence, Step


class NotScreened(Exception):
    """The nodes that may fail a shape cannot be found by queries; the message says why."""


class Failing(NamedTuple):
    """Nodes that may fail a shape; `exact` if all of them do."""

    nodes: frozenset[Term]
    exact: bool


class Finding(NamedTuple):
    """The focus nodes that may fail one constraint component of a shape; `exact` if all of them do."""

    shape: Shape
    parameter: Node
    path: Path | None
    nodes: frozenset[Term]
    exact: bool


class Values(NamedTuple):
    """The nodes of a shape and its value nodes: patterns for both, the variables, and the `path` between them.

    `strict` binds the nodes of the shape alone; `pattern` may bind all nodes of the graph that have the path.
    """

    nodes: str
    node: str
    pattern: str
    strict: str
    value: str
    path: Path | None


def typed(variable: str, kinds: Collection[Term]) -> str:
    """The pattern of what is typed by one of these classes."""
    if len(kinds) == 1:
        return f"{variable} {TYPE} {terms_text(kinds)}"
    return f"VALUES ?kind {{ {terms_text(kinds)} }} {variable} {TYPE} ?kind"


def path_text(path: Path) -> str:
    """A path as SPARQL writes it."""
    match path:
        case Step(predicate, inverse):
            return f"{'^' if inverse else ''}{predicate}"
        case Sequence(parts):
            return f"({'/'.join(map(path_text, parts))})"
        case AlternativePath(parts):
            return f"({'|'.join(map(path_text, parts))})"
        case Repeat():
            raise NotScreened("a path that is repeated")


def term_text(node: Node) -> str:
    """A term as SPARQL writes it; a blank node would be a variable there."""
    found = from_rdflib(node)
    if isinstance(found, ox.BlankNode):
        raise NotScreened("a blank node as a value")
    return str(found)


def terms_text(terms: Iterable[Term]) -> str:
    """Terms as SPARQL writes them after VALUES, in order."""
    found = sorted(map(str, terms))
    if any(term.startswith("_:") for term in found):
        raise NotScreened("a blank node as a target or a class")
    return " ".join(found)
