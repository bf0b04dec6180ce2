import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.store.graphs import PUBLISHED, Role, Roles, role

ROLES = {
    GRAPH("ontology"): Role.ONTOLOGY,
    GRAPH("shapes"): Role.SHAPES,
    GRAPH("provenance"): Role.PROVENANCE,
    GRAPH("steward"): Role.STEWARD,
    GRAPH("ror"): Role.HARVEST,
    GRAPH("harvest/anything"): Role.HARVEST,
    GRAPH("singapore"): Role.SOURCE,
    ox.NamedNode("http://example.org/ontology"): Role.SOURCE,
    ox.BlankNode("b"): Role.SOURCE,
}


@pytest.mark.parametrize(("graph", "expected"), ROLES.items(), ids=str)
def test_a_graph_has_a_role(graph: ox.NamedNode, expected: Role) -> None:
    assert role(graph) is expected


def test_roles_follow_the_base_iri() -> None:
    assert role(ox.NamedNode("http://example.org/graph/shapes"), "http://example.org/") is Role.SHAPES
    assert role(GRAPH("shapes"), "http://example.org/") is Role.SOURCE


def test_all_but_shapes_are_merged() -> None:
    assert [found for found in Role if not found.merged] == [Role.SHAPES]
    assert not PUBLISHED.merged(ox.DefaultGraph())


def test_ontology_shapes_and_provenance_are_protected() -> None:
    assert {found for found in Role if found.protected} == {Role.ONTOLOGY, Role.SHAPES, Role.PROVENANCE}


def test_the_digest_covers_all_but_provenance() -> None:
    assert [found for found in Role if not found.digested] == [Role.PROVENANCE]
    assert PUBLISHED.digested(ox.DefaultGraph()) and not PUBLISHED.digested(GRAPH("provenance"))


def test_an_ordinary_dataset_treats_all_graphs_alike() -> None:
    plain = Roles(merging=False)
    for graph in ROLES:
        assert plain.digested(graph) and not plain.merged(graph)
