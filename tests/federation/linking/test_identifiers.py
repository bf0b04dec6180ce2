"""What two sources call the same record by."""

from collections.abc import Mapping

import pyoxigraph as ox

from cnrs_kg.federation.linking.harvested import record
from cnrs_kg.federation.linking.identifiers import identifiers
from cnrs_kg.rdf.namespaces import CNRS, GRAPH, ORG, RDF, SKOS

from .world import OURS, ROR


def told(said: Mapping[ox.NamedNode, str]) -> set[tuple[str, str]]:
    return set(identifiers(lambda predicate: [said[predicate]] if predicate in said else []))


def test_a_record_named_elsewhere_is_that_record() -> None:
    assert told({CNRS("hasRorRecord"): ROR + "01aaaaa01"}) == {("ror", ROR + "01aaaaa01")}
    assert told({CNRS("rnsrNumber"): "201220316A"}) == {("rnsr", OURS)}
    assert told({SKOS("prefLabel"): "Nothing"}) == set()


def test_records_of_two_registries_share_what_one_says_of_the_other() -> None:
    store, hal, rnsr = ox.Store(), GRAPH("hal"), GRAPH("rnsr")
    there, here = ox.NamedNode("https://aurehal.archives-ouvertes.fr/structure/1"), ox.NamedNode(OURS)
    for node, graph in ((there, hal), (here, rnsr)):
        store.add(ox.Quad(node, RDF("type"), ORG("Organization"), graph))
    store.add(ox.Quad(there, CNRS("rnsrNumber"), ox.Literal("201220316A"), hal))
    assert record(store, there, hal).identifiers & record(store, here, rnsr).identifiers == {("rnsr", OURS)}
