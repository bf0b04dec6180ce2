"""Proofs as RDF 1.2: each statement reified, with what it was derived from, and by which rule.

https://www.w3.org/TR/rdf12-concepts/#section-triple-terms-reification and https://www.w3.org/TR/prov-o/
"""

from collections.abc import Iterator
from hashlib import blake2b

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import DCTERMS, PROV, RDF
from cnrs_kg.reasoning.proof import ASSERTED, Proof

SPECIFICATION = ox.NamedNode("https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules")


def to_rdf(proof: Proof) -> Iterator[ox.Triple]:
    """The proof as triples: a reifier for each statement, `prov:wasDerivedFrom` those of its premises.

    The activity that generated an inferred one is named by the rule's id; an asserted one names the graph that holds
    it. Statements about literals, which are no RDF, are left out.
    """
    waiting, seen = [proof], set()
    while waiting:
        step = waiting.pop()
        reifier = _reifier(step)
        if reifier is None or (step.repeated and reifier in seen):
            continue
        yield from _own(step, reifier)
        seen.add(reifier)
        for premise in step.premises:
            source = _reifier(premise)
            if source is not None:
                yield ox.Triple(reifier, PROV("wasDerivedFrom"), source)
        waiting += step.premises


def _own(step: Proof, reifier: ox.BlankNode) -> Iterator[ox.Triple]:
    yield ox.Triple(reifier, RDF("reifies"), ox.Triple(*step.statement))  # type: ignore[arg-type]
    if step.rule == ASSERTED:
        if step.graph is not None:
            yield ox.Triple(reifier, PROV("hadPrimarySource"), ox.NamedNode(step.graph))
        return
    activity = ox.BlankNode(f"by{reifier.value}")
    yield ox.Triple(reifier, PROV("wasGeneratedBy"), activity)
    yield ox.Triple(activity, RDF("type"), PROV("Activity"))
    yield ox.Triple(activity, DCTERMS("identifier"), ox.Literal(step.rule))
    yield ox.Triple(activity, DCTERMS("conformsTo"), SPECIFICATION)
    if step.axiom is not None:
        yield ox.Triple(activity, DCTERMS("description"), ox.Literal(step.axiom))


def _reifier(step: Proof) -> ox.BlankNode | None:
    """A name for the statement, the same wherever it stands in the proof."""
    if isinstance(step.subject, ox.Literal):
        return None
    return ox.BlankNode("s" + blake2b(" ".join(map(str, step.statement)).encode(), digest_size=8).hexdigest())
