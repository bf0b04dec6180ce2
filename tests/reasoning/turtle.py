"""Small graphs for the tests of reasoning, written in Turtle with the prefixes put in."""

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import PREFIXES

HERE = "urn:t:"
PROLOGUE = f"@prefix : <{HERE}> .\n" + "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


def triples(text: str) -> list[ox.Triple]:
    """The statements of a Turtle text; `:name` is `urn:t:name`."""
    return [quad.triple for quad in ox.parse(PROLOGUE + text, format=ox.RdfFormat.TURTLE)]


def triple(text: str) -> ox.Triple:
    """The only statement of a Turtle text, without its full stop."""
    (only,) = triples(f"{text} .")
    return only


def turtle(many: object) -> str:
    """The statements in N-Triples-like lines with prefixes, sorted, for messages and golden files."""
    data = ox.serialize(many, format=ox.RdfFormat.TURTLE, prefixes={"": HERE, **PREFIXES})  # type: ignore[call-overload]
    return data.decode()
