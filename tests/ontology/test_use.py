"""Each term and concept is used by the data, or follows from what they use, or is meant for what may come."""

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from .conftest import ROOT

CNRS = rdflib.Namespace("https://w3id.org/cnrs-kg/ontology#")
CONCEPT = rdflib.Namespace("https://w3id.org/cnrs-kg/id/concept/")
EVIDENCE = set(rdflib.Graph().parse(ROOT / "ontology/vocabularies/evidence.ttl").subjects(RDF.type, SKOS.Concept))
LINKS = {
    **{
        CNRS[name]: "links are made by `cnrs-kg link`"
        for name in ("Link", "decidedAt", "decidedBy", "hasEvidence", "score")
    },
    CNRS.decisionReason: "curators say why they decide on a link",
    SKOS.closeMatch: "a curator finds that two records are nearly of the same thing",
    CNRS.proposedRank: "a link that somebody has to look at",
    rdflib.URIRef("https://w3id.org/cnrs-kg/id/scheme/evidence"): "what links are made by",
}
MEANT = {
    **LINKS,
    **{concept: "found where records are compared" for concept in EVIDENCE},
    CNRS.deprecatedRank: "a steward withdraws a claim and keeps it for the record",
    CNRS.verified: "a steward confirms what was unverified",
    CONCEPT["unit-type/umr"]: "the label that most units in the register bear",
    CONCEPT[
        "pole/bilateral-europe"
    ]: "the fourth pole of the division on the page of the Rio de Janeiro office; no office is in it",
}


@pytest.fixture(scope="module")
def used(ontology: rdflib.Graph) -> set[Node]:
    """What the data name and what follows from it: classes above, properties above, inverses, heads of chains."""
    data = rdflib.Graph()
    for file in sorted((ROOT / "data").rglob("*.ttl")):
        data.parse(file)
    reached = {term for triple in data for term in triple} | set(ontology.predicates())
    while True:
        above = {o for p in (RDFS.subClassOf, RDFS.subPropertyOf, RDF.type) for s in reached for o in ontology[s:p]}
        inverses = {s for s, o in ontology[: OWL.inverseOf] if o in reached}
        inverses |= {o for s, o in ontology[: OWL.inverseOf] if s in reached}
        heads = {s for s, links in ontology[: OWL.propertyChainAxiom] if reached & set(ontology.items(links))}
        broader = {o for s in reached for o in ontology[s : SKOS.broader]}
        if (following := above | inverses | heads | broader) <= reached:
            return reached
        reached |= following


def test_terms_and_concepts_are_used(ontology: rdflib.Graph, used: set[Node]) -> None:
    defined = set(ontology.subjects(RDFS.isDefinedBy)) | set(ontology.subjects(SKOS.inScheme))
    assert defined - used - MEANT.keys() == set()


def test_what_is_meant_is_not_used_yet(ontology: rdflib.Graph, used: set[Node]) -> None:
    assert MEANT.keys() & used == set()
    assert MEANT.keys() <= set(ontology.subjects())
