"""The W3C suites that need no server: syntax and evaluation of queries and updates, result formats."""

import pytest

from .handlers import HANDLERS
from .manifest import ROOT, Entry, entries

SERVER = {"ProtocolTest", "GraphStoreProtocolTest", "ServiceDescriptionTest"}
ENTRIES = [
    e for t in ("sparql11/manifest-all.ttl", "sparql12/manifest.ttl") for e in entries(t) if e.kind not in SERVER
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.iri)
def test_entry(entry: Entry) -> None:
    HANDLERS[entry.kind](entry)
