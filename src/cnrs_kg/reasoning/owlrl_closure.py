"""The closure that the package owlrl computes: for comparison, on small files.

Its faults: it compares all but the last property of an `owl:hasKey`, and knows no AllDifferent and no
AllDisjointProperties. The reflexive statements that it adds, and we do not, are kept. It gives no proofs.
"""

import time

import owlrl
import pyoxigraph as ox
from rdflib import Graph

from cnrs_kg.rdf.documents import Documents
from cnrs_kg.rdf.namespaces import OWL, Namespace
from cnrs_kg.rdf.rdflib_terms import from_rdflib, graph_of
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.files import Closed, Progress

_SAID = Namespace("err", "http://www.daml.org/2002/03/agents/agent-ont#")


def reason_with_owlrl(documents: Documents, progress: Progress) -> Closed:
    """What owlrl infers from the statements; its error messages are the inconsistencies."""
    started = time.monotonic()
    progress("reasoning with owlrl")
    stated = documents.statements
    graph = graph_of(stated)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    found = [triple for triple in _triples(graph) if triple not in stated]
    messages = [triple.object.value for triple in found if triple.predicate == _SAID("error")]  # type: ignore[union-attr]
    told = {triple.subject for triple in found if triple.predicate == _SAID("error")}
    inferred = [triple for triple in found if triple.subject not in told]
    return Closed(
        len(stated),
        len(inferred),
        lambda: iter(inferred),
        tuple(Inconsistency("owlrl", (), {"en": said, "fr": said}, OWL("Nothing")) for said in messages),
        took=time.monotonic() - started,
    )


def _triples(graph: Graph) -> list[ox.Triple]:
    found = []
    for s, p, o in graph:
        try:
            found.append(ox.Triple(from_rdflib(s), from_rdflib(p), from_rdflib(o)))  # type: ignore[arg-type]
        except (TypeError, ValueError):  # statements about literals are no RDF
            continue
    return found
