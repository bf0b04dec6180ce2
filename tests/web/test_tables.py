"""Files for spreadsheets: cells are what they were, and never a formula."""

import csv
import io

import pytest
from openpyxl import load_workbook

from cnrs_kg.web.tables import comma_separated, workbook


@pytest.mark.parametrize(
    ("cell", "written"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-1+cmd|'x'", "'-1+cmd|'x'"), ("-77.03", "-77.03"), ("a=b", "a=b")],
)
def test_no_formula_in_csv_and_numbers_stay(cell: str, written: str) -> None:
    assert list(csv.reader(io.StringIO(comma_separated([["name"], [cell]])))) == [["name"], [written]]


def test_no_formula_in_a_workbook() -> None:
    sheet = load_workbook(io.BytesIO(workbook("a" * 40, [["name"], ["=1+1"], ["a\x00b"]]))).active
    assert sheet is not None
    assert [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows(min_row=2)] == [("=1+1", "s"), ("ab", "s")]
