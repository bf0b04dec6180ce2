"""The W3C suites that need no server: syntax and evaluation of queries and updates, and the formats of results."""

import pytest

from .handlers import HANDLERS
from .manifest import Entry, parameters

SERVER = {"ProtocolTest", "GraphStoreProtocolTest", "ServiceDescriptionTest"}


@pytest.mark.usefixtures("own_garbage")
@pytest.mark.parametrize("entry", parameters(lambda entry: entry.kind not in SERVER))
def test_entry(entry: Entry) -> None:
    assert entry.kind in HANDLERS, f"no handler for tests of type {entry.kind}"
    HANDLERS[entry.kind](entry)
