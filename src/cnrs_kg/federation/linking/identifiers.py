"""Identifiers in registries, as pairs that are equal where two things share one: (scheme, value)."""

from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from cnrs_kg.federation.rnsr import RECORD as RNSR
from cnrs_kg.rdf.namespaces import CNRS

RNSR_NUMBER = CNRS("rnsrNumber")
SCHEMES = {
    CNRS("hasRorRecord"): "ror",
    **{CNRS(f"has{name}"): CNRS(f"has{name}").value for name in
       ("IsniRecord", "FunderRecord", "GridRecord", "WikidataItem")},
}  # fmt: skip
"""Properties that name a record elsewhere. A harvested registry's scheme is its graph's name, the value its IRI."""


def identifiers(texts: Callable[[ox.NamedNode], Iterable[str]]) -> Iterator[tuple[str, str]]:
    """The identifiers of a thing of which `texts` gives the values of a property."""
    for predicate, scheme in SCHEMES.items():
        yield from ((scheme, text) for text in texts(predicate))
    yield from (("rnsr", RNSR.format(number)) for number in texts(RNSR_NUMBER))
