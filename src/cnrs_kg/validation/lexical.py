"""Whether a literal has a value of its datatype, as pySHACL takes it.

https://www.w3.org/TR/shacl/#DatatypeConstraintComponent
"""

from datetime import date, datetime, time
from functools import lru_cache

import pyoxigraph as ox
import rdflib
from rdflib.namespace import XSD
from rdflib.term import XSDToPython

from cnrs_kg.rdf.rdflib_terms import to_rdflib
from cnrs_kg.rdf.terms import Term

_VALUES = {XSD.boolean: bool, XSD.date: date, XSD.time: time, XSD.dateTime: datetime}


def can_be_ill_typed(datatype: Term) -> bool:
    """Whether rdflib looks at how literals of a datatype are written."""
    return XSDToPython.get(rdflib.URIRef(datatype.value)) is not None if isinstance(datatype, ox.NamedNode) else False


@lru_cache(maxsize=65_536)
def is_ill_typed(term: Term) -> bool:
    """Whether the literal is no value of its datatype; other terms never are."""
    if not isinstance(term, ox.Literal):
        return False
    literal = to_rdflib(term)
    assert isinstance(literal, rdflib.Literal)
    kind = _VALUES.get(literal.datatype) if literal.datatype else None
    return literal.ill_typed is True or (kind is not None and not isinstance(literal.value, kind))
