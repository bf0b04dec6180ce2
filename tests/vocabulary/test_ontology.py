import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, ORG
from cnrs_kg.vocabulary.ontology import Ontology

PREFIXES = """
PREFIX : <https://w3id.org/cnrs-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
BASE <https://w3id.org/cnrs-kg/>
"""
TEXT = """
<ontology/work> dcterms:isPartOf <ontology> ; rdfs:label "Work"@en, "Travail"@fr .
<ontology/alignments/org> dcterms:isPartOf <ontology> ; rdfs:label "ORG"@en .
:Unit a owl:Class ; rdfs:isDefinedBy <ontology/work> ; rdfs:label "unit"@en, "unité"@fr ; skos:definition "Works."@en ;
    rdfs:subClassOf org:OrganizationalUnit .
:Team a owl:Class ; rdfs:isDefinedBy <ontology/work> ; rdfs:subClassOf :Unit ; owl:disjointWith :Site .
:Site a owl:Class ; rdfs:isDefinedBy <ontology/work> .
:isIn a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:isDefinedBy <ontology/work> ; :claimable true ;
    rdfs:domain :Unit ; rdfs:range :Site ; owl:propertyChainAxiom ( :holds :isIn ) .
:holds a owl:ObjectProperty ; rdfs:isDefinedBy <ontology/work> ; owl:inverseOf :isIn .
:best a :Rank ; rdfs:isDefinedBy <ontology/work> .
<id/scheme/size> a skos:ConceptScheme ; skos:prefLabel "Sizes"@en .
<id/concept/big> skos:inScheme <id/scheme/size> ; skos:prefLabel "big"@en ; skos:notation "B" .
<id/concept/huge> skos:inScheme <id/scheme/size> ; skos:broader <id/concept/big> .
"""
ONTOLOGY = Ontology(quad.triple for quad in ox.parse(PREFIXES + TEXT, ox.RdfFormat.TURTLE))


def test_a_class_with_what_is_above_below_and_beside_it():
    unit, site = ONTOLOGY.entries[CNRS("Unit").value], ONTOLOGY.entries[CNRS("Site").value]
    assert (unit.name, unit.kind, dict(unit.labels)) == ("Unit", "class", {"en": "unit", "fr": "unité"})
    assert unit.definitions == {"en": "Works."}
    assert (unit.above, unit.below, unit.aligned) == ((), (CNRS("Team"),), (ORG("OrganizationalUnit"),))
    assert site.disjoint == (CNRS("Team"),) and not unit.claimable


def test_a_property_with_its_axioms():
    found = ONTOLOGY.entries[CNRS("isIn").value]
    assert (found.kind, found.claimable, found.characters) == ("object", True, ("transitive",))
    assert (found.domains, found.ranges, found.inverses) == ((CNRS("Unit"),), (CNRS("Site"),), (CNRS("holds"),))
    assert found.chains == ((CNRS("holds"), CNRS("isIn")),)


def test_modules_define_terms_and_alignments_do_not():
    (module,), (alignment,) = ONTOLOGY.modules, ONTOLOGY.alignments
    assert (module.name, module.labels["fr"]) == ("module-work", "Travail")
    assert [entry.name for entry in module.entries] == ["Site", "Team", "Unit", "holds", "isIn", "best"]
    assert alignment.name == "module-alignments-org"


def test_schemes_tell_their_concepts_those_on_top_first():
    (scheme,) = ONTOLOGY.schemes
    assert scheme.name == "scheme-size" and [one.notation for one in scheme.concepts] == ["B", None]
    assert scheme.concepts[1].broader == (scheme.concepts[0].node,)


def test_a_chain_that_is_a_circle_ends():
    text = ":p a owl:ObjectProperty ; rdfs:isDefinedBy <m> ; owl:propertyChainAxiom <l> . "
    text += "<l> rdf:first :p ; rdf:rest <l> ."
    prefixes = PREFIXES + "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
    found = Ontology(quad.triple for quad in ox.parse(prefixes + text, ox.RdfFormat.TURTLE))
    assert len(found.entries[CNRS("p").value].chains[0]) == 100
