"""RDF terms as the store keeps them.

The store rewrites some literals: `"01"^^xsd:integer` comes back as `"1"`, `"1"^^xsd:boolean` as `"true"`,
`+00:00` as `Z`, `xsd:int` as `xsd:integer`. Deltas, digests and positions compare stored forms only;
reports quote what was written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, XSD

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""The characters that RDF allows in a text and XML 1.0 does not (section 2.2)."""
DEFAULT_GRAPH = ox.DefaultGraph()
_KEPT = {XSD("string").value, RDF("langString").value, RDF("dirLangString").value, XSD("anyURI").value}
_PROBE = ox.NamedNode("urn:x-cnrs-kg:probe")


def date_time(moment: datetime, precision: str = "auto") -> ox.Literal:
    """A moment in UTC as `xsd:dateTime`; `precision` as in `datetime.isoformat`."""
    text = moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
    return ox.Literal(text, datatype=XSD("dateTime"))


@lru_cache(maxsize=65_536)
def _stored_literal(literal: ox.Literal) -> ox.Literal:
    # A store of its own for each: one in memory still walks over all that was ever removed from it.
    store = ox.Store()
    store.add(ox.Quad(_PROBE, _PROBE, literal))
    (stored,) = store
    assert isinstance(stored.object, ox.Literal)
    return stored.object


def stored_term(term: Term) -> Term:
    """The term that comes back after `term` was written to the store."""
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        return _stored_literal(term) if datatype.startswith(XSD.iri) and datatype not in _KEPT else term
    if isinstance(term, ox.Triple):
        return ox.Triple(term.subject, term.predicate, stored_term(term.object))
    return term


def stored_triple(triple: ox.Triple) -> ox.Triple:
    """The triple that comes back after `triple` was written to the store."""
    return ox.Triple(triple.subject, triple.predicate, stored_term(triple.object))


def stored_quad(quad: ox.Quad) -> ox.Quad:
    """The quad that comes back after `quad` was written to the store."""
    return ox.Quad(quad.subject, quad.predicate, stored_term(quad.object), quad.graph_name)


def in_graph(triples: Iterable[ox.Triple], graph: GraphName) -> Iterator[ox.Quad]:
    """The triples as quads of one graph."""
    return (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


def term_json(term: Term) -> dict[str, Any]:
    """A term as in SPARQL 1.1 Query Results JSON, section 3.2.2."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Literal):
        found: dict[str, Any] = {"type": "literal", "value": term.value}
        if term.language:
            found["xml:lang"] = term.language
        elif term.datatype.value != XSD("string").value:
            found["datatype"] = term.datatype.value
        return found
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return {"type": "triple", "value": {name: term_json(part) for name, part in parts.items()}}


def term_of_json(found: Mapping[str, Any]) -> Term:
    """The term that `term_json` wrote; `ValueError` or `KeyError` if it wrote none of this form."""
    kind, value = found["type"], found["value"]
    if kind == "uri":
        return ox.NamedNode(value)
    if kind == "bnode":
        return ox.BlankNode(value)
    if kind == "triple":
        return triple_of_json(value)
    datatype = found.get("datatype")
    return ox.Literal(
        value, language=found.get("xml:lang"), datatype=None if datatype is None else ox.NamedNode(datatype)
    )


def triple_of_json(found: Mapping[str, Any]) -> ox.Triple:
    """The triple with these members `subject`, `predicate` and `object`, each as `term_json` wrote it."""
    subject, predicate, value = (term_of_json(found[name]) for name in ("subject", "predicate", "object"))
    return ox.Triple(subject, predicate, value)  # type: ignore[arg-type]  # pyoxigraph refuses other kinds itself
