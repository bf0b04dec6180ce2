"""The dataset that the WHERE of an update reads."""

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.dataset import Dataset, graph_name, named_dataset, readable
from cnrs_kg.errors import DatasetRefused

G, H = ox.NamedNode("urn:g"), ox.NamedNode("urn:h")


@pytest.fixture
def store() -> ox.Store:
    found = ox.Store()
    found.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } GRAPH <urn:h> { <urn:a> <urn:p> 1, 2 } }")
    return found


def test_several_default_graphs_are_merged_and_the_named_ones_kept(store: ox.Store) -> None:
    merged, dataset = readable(store, named_dataset([G, H], [H]), 5)
    assert merged is not store
    assert sorted(quad.graph_name == H for quad in merged) == [False, False, True, True]
    assert dataset == Dataset([ox.DefaultGraph()], [H])


@pytest.mark.parametrize(
    "dataset", [Dataset(), named_dataset([G], []), named_dataset([], [G]), named_dataset([G, G], [])]
)
def test_one_default_graph_is_read_where_it_is(store: ox.Store, dataset: Dataset) -> None:
    assert readable(store, dataset, 0) == (store, dataset)


def test_merging_is_limited(store: ox.Store) -> None:
    readable(store, named_dataset([G, H], []), 3)
    with pytest.raises(DatasetRefused) as caught:
        readable(store, named_dataset([G, H], []), 2)
    assert caught.value.limit == "merge_triples"


def test_a_graph_has_an_absolute_iri() -> None:
    assert graph_name("urn:g") == G
    with pytest.raises(DatasetRefused):
        graph_name("g")
