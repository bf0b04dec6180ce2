"""The closure that the package owlrl computes: for comparison, on small files.

Its faults: it compares all but the last property of an `owl:hasKey`, and knows no AllDifferent and no
AllDisjointProperties. The reflexive statements that it adds, and we do not, are kept.
"""

import owlrl
import pyoxigraph as ox

from cnrs_kg.rdf.rdflib_terms import from_rdflib, graph_of
from cnrs_kg.reasoning.files import Closed, Progress


def reason_with_owlrl(stated: dict[ox.Triple, str], progress: Progress) -> Closed:
    """What owlrl infers from the statements."""
    progress("reasoning with owlrl")
    graph = graph_of(stated)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    found = []
    for s, p, o in graph:
        try:
            triple = ox.Triple(from_rdflib(s), from_rdflib(p), from_rdflib(o))  # type: ignore[arg-type]
        except (TypeError, ValueError):  # statements about literals are no RDF
            continue
        if triple not in stated:
            found.append(triple)
    return Closed(len(stated), len(found), lambda: iter(found))
