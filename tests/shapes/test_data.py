"""The data conform to every shape, warnings included, with what follows from them."""

from collections.abc import Iterator
from datetime import date

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import SH

from cnrs_kg.reasoning.closure import close

from .conftest import ROOT


def triples(directory: str) -> Iterator[ox.Triple]:
    for file in sorted((ROOT / directory).rglob("*.ttl")):
        yield from (q.triple for q in ox.parse(path=file, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))


def test_data_conform(shapes: rdflib.Graph) -> None:
    ontology, data = list(triples("ontology")), list(triples("data"))
    closure = close(ontology, data, as_of=date(2026, 1, 1))
    assert list(closure.inconsistencies) == []
    everything = ox.serialize({*ontology, *data, *closure.inferred}, format=ox.RdfFormat.N_TRIPLES)
    graph = rdflib.Graph().parse(data=everything, format="nt")
    _, report, text = pyshacl.validate(graph, shacl_graph=shapes, inplace=True)
    assert list(report.objects(None, SH.result)) == [], text
