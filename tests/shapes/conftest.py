"""The shapes and the ontology's files, once for all tests of this directory."""

from pathlib import Path

import pytest
import rdflib

ROOT = Path(__file__).parents[2]


def read(directory: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for file in sorted((ROOT / directory).rglob("*.ttl")):
        graph.parse(file)
    return graph


@pytest.fixture(scope="session")
def ontology() -> rdflib.Graph:
    return read("ontology")


@pytest.fixture(scope="session")
def shapes() -> rdflib.Graph:
    return read("shapes")
