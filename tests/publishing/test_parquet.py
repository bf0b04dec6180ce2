"""The statements as columns are those of the N-Quads, in groups that bound the memory."""

from pathlib import Path

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.publishing import parquet
from cnrs_kg.publishing.dumps import Dumps
from cnrs_kg.publishing.parquet import COLUMNS, write
from cnrs_kg.rdf.namespaces import RDF, XSD
from cnrs_kg.store.versions import Versions

from ..store.helpers import quads, triple

X = ox.NamedNode
TERMS = st.one_of(
    st.sampled_from([X("x:a"), X("x:é")]),
    st.builds(ox.Literal, st.text(st.characters(blacklist_categories=["Cs"]), max_size=5)),
    st.builds(lambda text: ox.Literal(text, language="fr"), st.text('ab <>"\\\n', max_size=4)),
    st.builds(lambda value: ox.Literal(str(value), datatype=XSD("integer")), st.integers(0, 99)),
)
QUADS = st.builds(
    ox.Quad,
    st.sampled_from([X("x:a"), X("x:b")]),
    st.sampled_from([X("x:p"), RDF("type")]),
    TERMS,
    st.sampled_from([ox.DefaultGraph(), X("x:g"), X("x:h")]),
)


def read(path: Path) -> list[tuple[ox.Quad, bool]]:
    """The rows as quads, by the columns' own rules."""
    found = []
    for row in pq.read_table(path).to_pylist():
        if row["language"] is not None:
            term: ox.NamedNode | ox.Literal = ox.Literal(row["object"], language=row["language"])
        elif row["datatype"] is not None:
            term = ox.Literal(row["object"], datatype=X(row["datatype"]))
        else:
            term = X(row["object"])
        graph = ox.DefaultGraph() if row["graph"] is None else X(row["graph"])
        found.append((ox.Quad(X(row["subject"]), X(row["predicate"]), term, graph), row["inferred"]))
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.frozensets(QUADS, max_size=12))
def test_it_reads_back_as_what_the_store_holds(tmp_path: Path, statements: frozenset[ox.Quad]) -> None:
    store = ox.Store()
    store.extend(statements)
    write(store, tmp_path / "t.parquet", {})
    found = read(tmp_path / "t.parquet")
    assert len(found) == len(statements) and {quad for quad, _ in found} == set(store)
    asserted = {quad.triple for quad in statements if quad.graph_name != ox.DefaultGraph()}
    for quad, inferred in found:
        assert inferred is (quad.graph_name == ox.DefaultGraph() and quad.triple not in asserted)


def test_rows_come_in_groups_and_the_file_says_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 3)
    store = ox.Store()
    store.extend(ox.Quad(X(f"x:{number}"), X("x:p"), X("x:o"), X("x:g")) for number in range(8))
    write(store, tmp_path / "t.parquet", {"version": "7"})
    file = pq.ParquetFile(tmp_path / "t.parquet")
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [3, 3, 2]
    assert tuple(file.schema_arrow.names) == COLUMNS and file.schema_arrow.metadata == {b"version": b"7"}


def test_it_is_a_dump_only_where_the_library_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = Versions(tmp_path / "var")
    with versions.writing() as branch:
        branch.apply(quads(0, 4), ())
        branch.infer([triple(8)], ())
        branch.publish()
    dumps, version = Dumps(tmp_path / "dumps", versions), versions.list()[0]
    made = dumps.made(version, "cnrs-kg.parquet")
    assert made is not None and sum(inferred for _, inferred in read(made[1])) == 1
    assert made[0].compression is None and len(made[0].sha256 or "") == 64
    monkeypatch.setattr(parquet, "available", lambda: False)
    assert dumps.made(version, "cnrs-kg.parquet") is None
    assert [dump.name for dump in dumps.of(version)] == ["cnrs-kg.nq.gz", "cnrs-kg.ttl.gz"]
    versions.close()
