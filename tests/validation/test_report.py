"""Verdicts as JSON and back."""

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.validation.report import Result, Verdict, verdict_of_json

TEXT = st.text(max_size=5)
TERMS = st.one_of(
    st.just(ox.NamedNode("urn:a")),
    TEXT.map(ox.Literal),
    TEXT.map(lambda text: ox.Literal(text, language="fr")),
    st.integers().map(ox.Literal),
)
LABELS = st.dictionaries(st.sampled_from(["en", "fr"]), TEXT)
RESULTS = st.builds(
    Result,
    st.sampled_from(["Violation", "Warning", "Info"]),
    st.sampled_from(["shape", "inconsistency", "syntax"]),
    LABELS,
    focus_node=st.none() | TERMS,
    shape=st.none() | TEXT,
    path=st.none() | TEXT,
    value=st.none() | TERMS,
    places=st.lists(st.fixed_dictionaries({"file": TEXT, "line": st.integers(1, 9)}), max_size=2).map(tuple),
    label=LABELS,
    expected=st.none() | LABELS,
    found=st.none() | TEXT,
    fixes=st.lists(st.fixed_dictionaries({"message": LABELS, "replacement": TEXT}), max_size=1).map(tuple),
)
VERDICTS = st.builds(
    Verdict,
    st.lists(RESULTS, max_size=2).map(tuple),
    st.none() | st.integers(1, 9),
    st.integers(0, 9),
    notes=st.lists(TEXT, max_size=2).map(tuple),
    background=st.lists(RESULTS, max_size=1).map(tuple),
)


@given(VERDICTS)
def test_a_verdict_is_read_as_it_was_written(verdict: Verdict) -> None:
    assert verdict_of_json(verdict.to_json()) == verdict
