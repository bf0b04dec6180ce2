"""Whatever happens to a document on its way, it is read or refused as a `HarvestError`: nothing else comes out."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnrs_kg.federation.harvest import REGISTRIES
from cnrs_kg.federation.records import HarvestError

from . import reading
from .test_contract import SAMPLES

JUNK = st.sampled_from(
    [b"", b"\x00", b"\xff", b'"', b";", b"\n", b"<", b">", b"{", b"]", b"null", b"[]", b"1e999", b"@", b" "]
)


@st.composite
def damage(draw: st.DrawFn) -> tuple[float, int, bytes]:
    return draw(st.floats(0, 1)), draw(st.integers(0, 30)), draw(JUNK)


@pytest.mark.parametrize("name", REGISTRIES)
@settings(max_examples=60, deadline=None)
@example(damages=[(0.634765625, 0, b"<")])  # in the IRI of a record of EURIO
@given(damages=st.lists(damage(), min_size=1, max_size=3))
def test_a_damaged_document_is_read_or_refused(name: str, damages: list[tuple[float, int, bytes]]) -> None:
    data = SAMPLES[name]
    for place, length, junk in damages:
        at = int(place * len(data))
        data = data[:at] + junk + data[at + length :]
    try:
        reading.read(REGISTRIES[name], data)
    except HarvestError as error:
        assert error.detail


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def replaced(value: object, path: list[int], new: object) -> object:
    """The value with the part that a path of numbers leads to replaced by another one."""
    if not path or not isinstance(value, dict | list) or not value:
        return new
    step, *rest = path
    if isinstance(value, list):
        at = step % len(value)
        return [replaced(item, rest, new) if place == at else item for place, item in enumerate(value)]
    key = sorted(value)[step % len(value)]
    return {name: replaced(item, rest, new) if name == key else item for name, item in value.items()}


@pytest.mark.parametrize("name", ["ror", "hal", "wikidata", "eurio"])
@settings(max_examples=100, deadline=None)
@given(path=st.lists(st.integers(0, 20), max_size=6), new=VALUES)
def test_another_schema_is_read_or_refused(name: str, path: list[int], new: object) -> None:
    answer = json.loads(SAMPLES[name].splitlines()[0] if name == "ror" else SAMPLES[name])
    try:
        reading.read(REGISTRIES[name], json.dumps(replaced(answer, path, new)).encode())
    except HarvestError as error:
        assert error.detail
