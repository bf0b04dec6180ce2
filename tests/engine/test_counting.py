import csv
import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.engine.counting import UNKNOWN, count_across, count_csv_rows, count_json_rows, count_rows
from cnrs_kg.engine.spool import Spool
from cnrs_kg.rdf.formats import RESULT_FORMATS

FORMATS = {syntax.name: syntax.format for syntax in RESULT_FORMATS}
AWKWARD = ['[{"', ",{", "},{", '"', "\\", '\\"', "\n", "\r\n", "<result>", "a,b", "[", "]"]


def spooled(directory, name: str, values: list[str | None], threshold: int) -> Spool:
    rows = " ".join("(UNDEF 1)" if value is None else f"({ox.Literal(value)} UNDEF)" for value in values)
    results = ox.Store().query(f"SELECT * {{ VALUES (?x ?y) {{ {rows} }} }}")
    spool = Spool(str(directory), threshold, 2**30, lambda: None)
    assert isinstance(results, ox.QuerySolutions)
    results.serialize(output=spool.file, format=FORMATS[name])
    return spool


@pytest.mark.parametrize("threshold", [0, 2**20], ids=["file", "memory"])
@pytest.mark.parametrize("name", FORMATS)
@given(values=st.lists(st.none() | st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=["Cs"]))))
@settings(max_examples=40, deadline=None)
def test_counts_are_exact_where_it_matters(tmp_path_factory, name, threshold, values):
    spool = spooled(tmp_path_factory.getbasetemp(), name, values, threshold)
    try:
        for limit in (max(0, len(values) - 1), len(values), len(values) + 1):
            found = count_rows(name, spool, limit)
            assert found == len(values) or (found == UNKNOWN and len(values) <= limit)
    finally:
        spool.close()


@pytest.mark.parametrize("name", FORMATS)
def test_many_rows_straddle_blocks(tmp_path, name):
    values = [AWKWARD[i % len(AWKWARD)] * (i % 50) for i in range(30_000)]
    spool = spooled(tmp_path, name, values, 0)
    try:
        assert spool.size > 2**20
        assert count_rows(name, spool, 100) == 30_000
    finally:
        spool.close()


def test_the_awkward_values_are_really_read_back(tmp_path):
    """What the counts are compared with: a JSON and a CSV reader."""
    spool = spooled(tmp_path, "json", [*AWKWARD], 2**20)
    assert len(json.loads(spool.body())["results"]["bindings"]) == len(AWKWARD)
    spool = spooled(tmp_path, "csv", [*AWKWARD], 2**20)
    assert len(list(csv.reader(io.StringIO(spool.body().decode(), newline="")))) == len(AWKWARD) + 1


def test_occurrences_across_blocks():
    assert count_across([b"<resu", b"lt><result><res", b"ult>"], b"<result>") == 3
    assert count_across([b"<result", b">", b""], b"<result>") == 1


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_blocks_may_end_anywhere(tmp_path, length):
    def blocks(name: str) -> list[bytes]:
        body = spooled(tmp_path, name, AWKWARD, 2**20).body()
        return [body[at : at + length] for at in range(0, len(body), length)]

    assert count_json_rows(blocks("json")) == len(AWKWARD)
    assert count_csv_rows(blocks("csv")) == len(AWKWARD)
