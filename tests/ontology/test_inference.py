"""What the project's terms must answer in the standard terms of the contract, by OWL 2 RL (owlrl is the oracle)."""

from pathlib import Path

import owlrl
import pytest
import rdflib
from rdflib.namespace import DCTERMS, ORG, OWL, PROV, RDF, RDFS, SKOS
from rdflib.term import Node

CNRS = rdflib.Namespace("https://w3id.org/cnrs-kg/ontology#")
EX = rdflib.Namespace("https://example.org/")
SCHEMA = rdflib.Namespace("https://schema.org/")
WORLD = Path(__file__).with_name("inference.ttl")


@pytest.fixture(scope="module")
def closed(ontology: rdflib.Graph) -> rdflib.Graph:
    graph = rdflib.Graph()
    for triple in ontology:
        graph.add(triple)
    graph.parse(WORLD)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def answers(graph: rdflib.Graph, subject: Node | None, predicate: Node, object_: Node | None) -> set[str]:
    """Local names in the small world that fill the one open place."""
    found = graph.subjects(predicate, object_) if subject is None else graph.objects(subject, predicate)
    return {str(term).removeprefix(EX) for term in found if str(term).startswith(EX)}


OBJECTS = [
    (EX.insis, ORG.unitOf, "cnrs"),
    (EX.cnrs, ORG.hasUnit, "insis ins2i insmi derci research-office office"),
    (EX.insis, ORG.subOrganizationOf, "cnrs"),
    (EX.nice, ORG.subOrganizationOf, "cote-d-azur"),
    (EX.cell, ORG.transitiveSubOrganizationOf, "derci cnrs"),
    (EX.cintra, ORG.hasMember, "insis ntu thales"),
    (EX.thales, ORG.memberOf, "cintra"),
    (EX.cnrs, ORG.memberOf, "europe-science ipal lost"),
    (EX["europe-science"], ORG.hasMember, "cnrs"),
    (EX.office, ORG.hasSite, "campus"),
    (EX.office, ORG.purpose, "support"),
    (EX.derci, ORG.purpose, "dialogue"),
    (EX.antoine, ORG.holds, "president"),
    (EX.president, ORG.heldBy, "antoine"),
    (EX.president, ORG.postIn, "cnrs"),
    (EX.campus, SCHEMA.containedInPlace, "singapore asean asia"),
    (EX.cintra, SCHEMA.containedInPlace, "singapore asean asia"),
    (EX.office, SCHEMA.containedInPlace, "singapore asean asia"),
    (EX.ntu, SCHEMA.containedInPlace, "singapore asean asia"),
    (EX.ntu, SCHEMA.knowsAbout, "robotics"),
    (EX.thales, SCHEMA.knowsAbout, "electronics"),
    (EX.cnrs, SKOS.exactMatch, "ror-cnrs wikidata-cnrs isni-cnrs funder-cnrs"),
    (EX.claim, DCTERMS.source, "page"),
    (EX.insis, PROV.wasDerivedFrom, "page"),
    (EX.cnrs, CNRS.cooperatesWith, "ntu thales nus nice"),
    (EX.insis, CNRS.cooperatesWith, "ntu thales"),
    (EX.ins2i, CNRS.cooperatesWith, "nus"),
    (EX.thales, CNRS.cooperatesWith, "insis cnrs"),
    (EX.majulab, ORG.hasMember, "nice"),
    (EX["cote-d-azur"], CNRS.cooperatesWith, ""),
    (EX["tokyo-university"], CNRS.cooperatesWith, ""),
    (EX.office, CNRS.cooperatesWith, ""),
    (EX.cnrs, ORG.linkedTo, "ntu thales nus nice"),
    (EX.cnrs, CNRS.participatesIn, "cintra ipal lost majulab europe-science"),
    (EX.ins2i, CNRS.participatesIn, "ipal"),
    (EX.office, CNRS.coversPlace, "asean singapore campus"),
]


@pytest.mark.parametrize(("subject", "predicate", "expected"), OBJECTS, ids=lambda v: str(v).split("/")[-1])
def test_objects(closed: rdflib.Graph, subject: Node, predicate: Node, expected: str) -> None:
    assert answers(closed, subject, predicate, None) == set(expected.split())


CLASSES = [
    (CNRS.Institute, "insis ins2i insmi"),
    (CNRS.Place, "campus singapore asean asia"),
    (ORG.OrganizationalUnit, "insis ins2i insmi derci cell research-office office assembly"),
    (ORG.OrganizationalCollaboration, "cintra ipal lost majulab"),
    (ORG.Post, "president"),
    (ORG.Site, "campus"),
    (SKOS.Concept, "dialogue"),
    (PROV.Entity, "page claim"),
    (SCHEMA.Place, "campus singapore asean asia"),
]


@pytest.mark.parametrize(("class_", "expected"), CLASSES, ids=lambda v: str(v).split("/")[-1])
def test_instances(closed: rdflib.Graph, class_: Node, expected: str) -> None:
    assert answers(closed, None, RDF.type, class_) == set(expected.split())


@pytest.mark.parametrize(
    "class_", [CNRS.Organisation, ORG.Organization, SCHEMA.Organization], ids=["cnrs", "org", "schema"]
)
def test_every_organisation_is_one(closed: rdflib.Graph, class_: Node) -> None:
    """Offices, units, departments and bodies too; nothing else."""
    expected = """
        cnrs insis ins2i insmi derci cell research-office office thales ntu nus tokyo-university ministry sections
        nice cote-d-azur cintra ipal majulab lost europe-science assembly
    """
    assert answers(closed, None, RDF.type, class_) == set(expected.split())


@pytest.mark.parametrize("label", [SKOS.prefLabel, RDFS.label], ids=["prefLabel", "label"])
def test_labels_in_both_languages(closed: rdflib.Graph, label: Node) -> None:
    assert set(closed.objects(EX.cnrs, label)) == {
        rdflib.Literal("National Centre", "en"),
        rdflib.Literal("Centre national", "fr"),
    }
    assert len(set(closed.objects(EX.page, label))) == 2


def test_acronyms_and_codes(closed: rdflib.Graph) -> None:
    assert set(closed.objects(EX.cnrs, SKOS.altLabel)) == {rdflib.Literal("CNRS")}
    assert set(closed.objects(EX.cintra, SKOS.notation)) == {rdflib.Literal("UMI 3288")}


def test_cnrs_does_not_cooperate_with_itself(closed: rdflib.Graph) -> None:
    """Not even where it and an institute are both members of one unit."""
    ours = {EX[name] for name in "cnrs insis ins2i insmi derci cell research-office office".split()}
    assert not [(a, b) for a, b in closed.subject_objects(CNRS.cooperatesWith) if a in ours and b in ours]


def test_nothing_becomes_the_same(closed: rdflib.Graph) -> None:
    assert not [(a, b) for a, b in closed.subject_objects(OWL.sameAs) if a != b]
