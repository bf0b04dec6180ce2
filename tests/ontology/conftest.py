"""The ontology's files, once for all tests of this directory."""

from pathlib import Path

import pytest
import rdflib

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "ontology").rglob("*.ttl"))


@pytest.fixture(scope="session")
def ontology() -> rdflib.Graph:
    graph = rdflib.Graph()
    for file in FILES:
        graph.parse(file)
    return graph
