"""Answers as tables: every form of query, within the limits of any answer."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from openpyxl import load_workbook

from cnrs_kg.engine.evaluate import evaluate
from cnrs_kg.engine.frames import TABLES_FROM, Job, Request
from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import QueryRequest
from cnrs_kg.engine.spool import Spool
from cnrs_kg.errors import ResultTooLarge
from cnrs_kg.rdf.formats import SAFE_CSV, XLSX

from .conftest import DATA, LIMITS

CSV_PLACE, XLSX_PLACE = TABLES_FROM, TABLES_FROM + 1
ROWS = 'SELECT * { VALUES (?x ?y) { (1.5 "=1+1") (UNDEF <urn:a>) } }'


def ask(text: str, place: int, limits: Any = LIMITS) -> bytes:
    store = ox.Store()
    store.load(DATA, format=ox.RdfFormat.TRIG)
    request = Request(Job.QUERY, "", text.encode(), "http://example.org/", place, place)
    return evaluate(store, request, limits, lambda limit: Spool("/tmp", 2**20, limit, lambda: None)).body


def rows_of_csv(data: bytes) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in csv.reader(io.StringIO(data.decode()))]


def rows_of_xlsx(data: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


READERS = pytest.mark.parametrize(
    ("place", "read"), [(CSV_PLACE, rows_of_csv), (XLSX_PLACE, rows_of_xlsx)], ids=["csv", "xlsx"]
)
Read = Callable[[bytes], list[tuple[Any, ...]]]


def test_solutions() -> None:
    assert rows_of_csv(ask(ROWS, CSV_PLACE)) == [("x", "y"), ("1.5", "'=1+1"), ("", "urn:a")]
    assert rows_of_xlsx(ask(ROWS, XLSX_PLACE)) == [("x", "y"), (1.5, "=1+1"), (None, "urn:a")]


@READERS
def test_a_graph_has_three_columns(place: int, read: Read) -> None:
    text = 'CONSTRUCT { <urn:s> <urn:p> ?x , [] } { VALUES ?x { 1 "a"@fr } }'
    head, *table = read(ask(text, place))
    assert head == ("subject", "predicate", "object")
    assert {str(row[2]) for row in table} >= {"1", "a"} and any(str(row[2]).startswith("_:") for row in table)


@READERS
def test_a_boolean(place: int, read: Read) -> None:
    assert str(read(ask("ASK {}", place))[1][0]).lower() == "true"


@READERS
@pytest.mark.parametrize("form", ["SELECT ?x", "CONSTRUCT { ?x a ?x }"])
def test_rows_beyond_the_limit_are_refused(place: int, read: Read, form: str) -> None:
    text = f"{form} {{ VALUES ?x {{ <urn:1> <urn:2> <urn:3> }} }}"
    assert len(read(ask(text, place, replace(LIMITS, result_rows=3)))) == 4
    with pytest.raises(ResultTooLarge) as caught:
        ask(text, place, replace(LIMITS, result_rows=2))
    assert caught.value.limit == "result_limit"


@READERS
def test_bytes_beyond_the_limit_are_refused(place: int, read: Read) -> None:
    with pytest.raises(ResultTooLarge, match="larger than 20 bytes"):
        ask("SELECT * { ?s ?p ?o }", place, replace(LIMITS, result_bytes=20))


@pytest.mark.parametrize(("media_type", "read"), [(SAFE_CSV, rows_of_csv), (XLSX, rows_of_xlsx)])
def test_a_confined_worker_writes_them(store_path: Path, tmp_path: Path, media_type: str, read: Read) -> None:
    with Pool(1, LIMITS, tmp_path) as pool:
        answer = pool.query(QueryRequest(ROWS, store_path, result_format=media_type, graph_format=media_type))
        assert answer.media_type == media_type and len(read(answer.read())) == 3


def test_a_worker_without_descriptors_writes_them(store_path: Path, tmp_path: Path) -> None:
    """The last resort of the sandbox leaves no file to open: nothing may need a temporary one."""
    with Pool(1, LIMITS, tmp_path, sandbox=frozenset()) as pool:
        answer = pool.query(QueryRequest(ROWS, store_path, result_format=XLSX))
        assert len(rows_of_xlsx(answer.read())) == 3
