"""The suites are where the project's other material lies, and were read."""

import os

import pytest

from .known import FAILURES, NOT_APPLICABLE
from .manifest import ROOT, SUITES, entries

NEEDED = pytest.mark.skipif(
    not ROOT.is_dir() and os.environ.get("CI") != "true",
    reason=f"the W3C suites are not at {ROOT} (set CNRS_KG_SHARED)",
)


@NEEDED
def test_the_suites_are_read() -> None:
    found = {entry.iri for top in SUITES for entry in entries(top)}
    assert len(found) > 800


@NEEDED
def test_what_is_known_names_entries() -> None:
    found = {entry.iri for top in SUITES for entry in entries(top)}
    assert set(FAILURES) | set(NOT_APPLICABLE) <= found
