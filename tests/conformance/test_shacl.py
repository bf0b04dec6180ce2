"""The W3C SHACL suite, through the adapter over a store and the judge that publishing uses."""

import os

import pytest

from cnrs_kg.errors import ShapesError

from .known import SHACL_FAILURES
from .manifest import Entry
from .shacl import ROOT, everything, fails, found, messages, rows, wanted

_ENTRIES = everything()


@pytest.mark.skipif(
    not ROOT.is_dir() and os.environ.get("CI") != "true",
    reason=f"the W3C SHACL suite is not at {ROOT} (set CNRS_KG_SHARED)",
)
def test_the_suite_is_read() -> None:
    found = {entry.iri for entry in _ENTRIES}
    assert len(found) == 121
    assert set(SHACL_FAILURES) <= found


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(
            entry,
            id=entry.iri,
            marks=[pytest.mark.xfail(reason=SHACL_FAILURES[entry.iri])] if entry.iri in SHACL_FAILURES else [],
        )
        for entry in _ENTRIES
    ],
)
def test_shacl(entry: Entry) -> None:
    assert entry.kind == "Validate"
    if fails(entry):
        with pytest.raises(ShapesError):
            found(entry)
        return
    results = found(entry)
    assert rows(results) == wanted(entry)
    assert messages(entry) <= {text for result in results for text in result.message.values()}
