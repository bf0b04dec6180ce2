"""Statements written for others to read."""

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.namespaces import Namespace


def grouped(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples with those of a subject together, subjects in the order in which they come."""
    found = list(triples)
    order: dict[object, int] = {}
    for triple in found:
        order.setdefault(triple.subject, len(order))
    return sorted(found, key=lambda triple: order[triple.subject])


def serialised(
    statements: Sequence[ox.Triple] | Sequence[ox.Quad], media_type: str, prefixes: Iterable[Namespace]
) -> bytes:
    """The statements in an RDF format, with prefixes where it has them; one that holds no graphs leaves those out."""
    syntax = rdf_syntax(media_type)
    if not syntax.datasets:
        statements = [one.triple if isinstance(one, ox.Quad) else one for one in statements]
    names = {one.prefix: one.iri for one in prefixes} if syntax.prefixes else None
    return ox.serialize(statements, format=syntax.format, prefixes=names) or b""
