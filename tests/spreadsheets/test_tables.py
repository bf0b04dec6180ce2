"""Files for spreadsheets: cells are what they were, and never a formula."""

import csv
import io
import zipfile
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from cnrs_kg.errors import ResultTooLarge
from cnrs_kg.rdf.namespaces import XSD
from cnrs_kg.spreadsheets import tables
from cnrs_kg.spreadsheets.tables import Cell, write_csv, write_xlsx, written


def as_csv(*cells: str) -> list[str]:
    text = written(partial(write_csv, [[Cell("head")], *([Cell(cell)] for cell in cells)])).decode()
    return [row[0] for row in csv.reader(io.StringIO(text))][1:]


def as_xlsx(*cells: Cell, title: str = "t") -> list[Any]:
    sheet = load_workbook(io.BytesIO(written(partial(write_xlsx, title, [[Cell("head")], list(cells)])))).active
    assert sheet is not None
    return next(sheet.iter_rows(min_row=2))  # type: ignore[return-value]


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "-1+cmd|'x'", "+33 1 44", "\t=1", "\r=1", "-1_0", "＝1", "-inf"])
def test_no_formula_in_csv(cell: str) -> None:
    assert as_csv(cell) == ["'" + cell]


@pytest.mark.parametrize("cell", ["-77.03", "+5", "-1.5E-3", "a=b", "", "deux\nlignes", 'say "so", he said'])
def test_other_text_and_numbers_stay_in_csv(cell: str) -> None:
    assert as_csv(cell) == [cell]


def test_a_long_cell_is_looked_at_once() -> None:
    assert as_csv("-" + "0" * 120_000 + "!") == ["'-" + "0" * 120_000 + "!"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+cmd|'x'!A0", "@x", "<v>&amp;", " spaces ", "é\n中"])
def test_text_is_text_in_a_workbook(cell: str) -> None:
    (found,) = as_xlsx(Cell(cell))
    assert (found.value, found.data_type) == (cell, "s")


@pytest.mark.parametrize("cell", ["a\x00b", "_x0041_", "\ufffe", "bell\x07_x"])
def test_what_xml_cannot_hold_is_escaped_and_not_lost(cell: str) -> None:
    assert unescape(as_xlsx(Cell(cell))[0].value) == cell


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("42", "integer", 42),
        ("-77.0300", "decimal", -77.03),
        ("1.5E3", "double", 1500),
        ("123456789012345", "long", 123456789012345),
        ("1234567890123456", "integer", "1234567890123456"),
        ("0.1234567890123456", "decimal", "0.1234567890123456"),
        ("INF", "double", "INF"),
        ("1e999", "double", "1e999"),
        ("true", "boolean", True),
        ("perhaps", "boolean", "perhaps"),
        ("1994", "gYear", 1994),
        ("2009-10-01", "date", datetime(2009, 10, 1)),
        ("1899-12-31", "date", "1899-12-31"),
        ("2009-10-01+02:00", "date", "2009-10-01+02:00"),
        ("2024-02-29T12:30:00Z", "dateTime", datetime(2024, 2, 29, 12, 30)),
        ("2024-02-29T12:30:00+02:00", "dateTime", "2024-02-29T12:30:00+02:00"),
        ("never", "dateTime", "never"),
        ("42", "string", "42"),
    ],
)
def test_cells_are_of_their_type_where_nothing_is_lost(text: str, datatype: str, value: object) -> None:
    (found,) = as_xlsx(Cell(text, XSD(datatype).value))
    assert found.value == value and isinstance(found.value, type(value))


def test_empty_cells_keep_their_place() -> None:
    assert [cell.value for cell in as_xlsx(Cell("a"), Cell(""), Cell("b"))] == ["a", None, "b"]


def test_a_workbook_is_the_same_bytes_each_time_and_has_a_sound_title() -> None:
    made = [written(partial(write_xlsx, "a/b: 'c\"<" + "d" * 40, [[Cell("x")]])) for _ in range(2)]
    assert made[0] == made[1]
    assert load_workbook(io.BytesIO(made[0])).sheetnames == ["a b  'c\"<" + "d" * 22]


@pytest.mark.parametrize(("name", "rows"), [("ROWS", [["h"], ["a"], ["b"]]), ("COLUMNS", [["h", "i", "j"]])])
def test_what_a_sheet_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, rows: list[list[str]]) -> None:
    table = [[Cell(text) for text in row] for row in rows]
    monkeypatch.setattr(tables, name, 3)
    assert zipfile.is_zipfile(io.BytesIO(written(partial(write_xlsx, "t", table))))
    monkeypatch.setattr(tables, name, 2)
    with pytest.raises(ResultTooLarge) as caught:
        written(partial(write_xlsx, "t", table))
    assert caught.value.limit == f"xlsx_{name.lower()}"


def test_a_cell_that_is_too_long_is_refused() -> None:
    assert len(as_xlsx(Cell("a" * 32_767))[0].value) == 32_767
    with pytest.raises(ResultTooLarge) as caught:
        as_xlsx(Cell("a" * 32_768))
    assert caught.value.limit == "xlsx_characters"
