"""The ontology stays inside OWL 2 RL, and no axiom makes a contradiction of a disagreement between sources."""

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Namespace

from .profile import findings

CNRS = Namespace("https://w3id.org/cnrs-kg/ontology#")
PREFIXES = """
@prefix : <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:A a owl:Class . :B a owl:Class . :p a owl:ObjectProperty . :q a owl:ObjectProperty . :d a owl:DatatypeProperty .
"""
OUTSIDE = {
    "reflexive property": ":p a owl:ReflexiveProperty .",
    "cardinality": ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:cardinality 1 ] .",
    "existential above": ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] .",
    "disjoint union": ":A owl:disjointUnionOf ( :B ) .",
    "literal property in a chain": ":p owl:propertyChainAxiom ( :q :d ) .",
    "chain of one": ":p owl:propertyChainAxiom ( :q ) .",
    "several kinds": ":p a owl:Class .",
    "inverse of a literal property": ":d owl:inverseOf :p .",
    "object below literal property": ":p rdfs:subPropertyOf :d .",
    "circle of chains": ":p owl:propertyChainAxiom ( :q :q ) . :q owl:propertyChainAxiom ( :p :p ) .",
    "circle through an inverse": ":p owl:inverseOf :r . :r a owl:ObjectProperty ; rdfs:subPropertyOf :p .",
}


def test_ontology_is_owl_2_rl(ontology: Graph) -> None:
    assert list(findings(ontology)) == []


def test_plain_axioms_are_inside() -> None:
    axioms = ":A rdfs:subClassOf :B . :p owl:propertyChainAxiom ( :q :p ) . :q a owl:TransitiveProperty ."
    assert list(findings(Graph().parse(data=PREFIXES + axioms))) == []


@pytest.mark.parametrize("axioms", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_what_lies_outside_is_found(axioms: str) -> None:
    assert list(findings(Graph().parse(data=PREFIXES + axioms)))


def test_disagreement_is_no_contradiction(ontology: Graph) -> None:
    """No functional property and no key; the only disjoint classes are persons and what is no person."""
    for construct in (OWL.FunctionalProperty, OWL.InverseFunctionalProperty):
        assert list(ontology.subjects(RDF.type, construct)) == []
    for construct in (OWL.hasKey, OWL.propertyDisjointWith, RDFS.domain, RDFS.range, OWL.sameAs):
        assert list(ontology.subject_objects(construct)) == []
    assert {a for a, _ in ontology.subject_objects(OWL.disjointWith)} == {CNRS.Person}


def test_symmetric_properties_stay_out_of_chains(ontology: Graph) -> None:
    """Else a chain would run back to where it came from and multiply."""
    symmetric = set(ontology.subjects(RDF.type, OWL.SymmetricProperty))
    assert symmetric.isdisjoint(ontology.objects(None, RDF.first))
