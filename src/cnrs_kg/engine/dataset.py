"""The dataset that a query, or the WHERE of an update, reads.

https://www.w3.org/TR/sparql11-query/#specifyingDataset and https://www.w3.org/TR/sparql11-update/#deleteInsert
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.errors import DatasetRefused

_DEFAULT_GRAPH = ox.DefaultGraph()
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


@dataclass(frozen=True)
class Dataset:
    """The graphs that are read; None stands for the store's own."""

    default: list[Graph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None


def named_dataset(default: Sequence[ox.NamedNode], named: Sequence[ox.NamedNode]) -> Dataset:
    """The dataset of USING and USING NAMED, or of the protocol's parameters: nothing but what they name."""
    return Dataset(list(dict.fromkeys(default)), list(dict.fromkeys(named)))


def graph_name(iri: str) -> ox.NamedNode:
    """The graph that a parameter of the protocol names."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise DatasetRefused(f"<{iri}> is not an absolute IRI: it names no graph") from None


def readable(store: ox.Store, dataset: Dataset, limit: int) -> tuple[ox.Store, Dataset]:
    """A store and a dataset of it that pyoxigraph reads as the specification means.

    Several default graphs are put together in memory, up to `limit` statements: pyoxigraph would give a triple once
    for each graph that holds it.
    """
    if dataset.default is None or len(dataset.default) < 2:
        return store, dataset
    merged = ox.Store()
    merged.extend(_quads(store, dataset, limit))  # not bulk_extend, which takes 200 MB for however few quads
    return merged, Dataset([_DEFAULT_GRAPH], dataset.named)


def _quads(store: ox.Store, dataset: Dataset, limit: int) -> Iterator[ox.Quad]:
    count = 0
    places: list[tuple[Graph, Graph]] = [(graph, _DEFAULT_GRAPH) for graph in dataset.default or ()]
    places += [(graph, graph) for graph in dataset.named or ()]
    for source, target in places:
        for quad in store.quads_for_pattern(None, None, None, source):
            count += 1
            if count > limit:
                raise DatasetRefused(
                    f"The default graphs named are to be merged, and hold over {limit:,} triples",
                    limit="merge_triples",
                    advice="Name one default graph, or none: without any the merge of all that is published is read.",
                )
            yield ox.Quad(quad.subject, quad.predicate, quad.object, target)
