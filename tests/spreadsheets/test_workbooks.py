"""Templates to fill in, and filled ones with their faults marked."""

import csv
import io

import pytest
from openpyxl import load_workbook

from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.rdf.namespaces import CNRS
from cnrs_kg.spreadsheets import workbooks
from cnrs_kg.spreadsheets.marks import Mark, read_marks, with_marks
from cnrs_kg.spreadsheets.statements import FAULTS, LISTS, README, statements
from cnrs_kg.spreadsheets.template import template_of
from cnrs_kg.spreadsheets.workbooks import marked, template_csv, template_workbook

from .small import saved, store, workbook

STORE = store()
TEMPLATE = template_of(STORE)
BLANK = template_workbook(TEMPLATE, STORE)


def mark(row: int, column: str = "B", severity: str = "Violation") -> Mark:
    return Mark("Unit", row, column, severity, {"en": "Wrong.", "fr": "Faux."}, ("right",))


def test_a_template_has_headers_definitions_lists_and_an_example() -> None:
    book = load_workbook(io.BytesIO(BLANK))
    assert book.sheetnames == [README, "Organisation", "Unit", LISTS] and book[LISTS].sheet_state == "hidden"
    page = book["Unit"]
    headers = {cell.value: cell for cell in page[1]}
    assert page["A1"].value == TEMPLATE.sheets["Unit"].identifier
    assert "Ce que c'est." in headers["kind / genre"].comment.text
    assert page["A2"].value == "#one" and r"a\|b" in [cell.value for cell in page[2]]
    (rule,) = page.data_validations.dataValidation
    letter = headers["kind / genre"].column_letter
    assert str(rule.sqref).startswith(f"{letter}2") and LISTS in rule.formula1
    assert {cell.value for cell in book[LISTS]["A"]} == {"UMI", "IRL"}


def test_a_template_leaves_out_what_shapes_hide() -> None:
    paths = {column.predicate for column in TEMPLATE.sheets["Unit"].columns}
    assert CNRS("page") in paths and CNRS("beside") not in paths


def test_a_template_as_it_is_says_nothing_and_has_no_fault() -> None:
    assert list(statements(BLANK, XLSX, TEMPLATE, STORE)) == []
    text = template_csv(TEMPLATE, STORE, "Unit")
    assert list(statements(text, CSV, TEMPLATE, STORE)) == []
    assert len(list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))) == 2


def test_an_example_is_read_once_its_mark_is_taken_off() -> None:
    text = template_csv(TEMPLATE, STORE, "Unit").replace(b"#one", b"one")
    placed = [one[0] for one in statements(text, CSV, TEMPLATE, STORE)]  # type: ignore[index]
    assert placed and all(quad in STORE for quad in placed)


def test_only_the_classes_that_are_asked_for() -> None:
    book = load_workbook(io.BytesIO(template_workbook(TEMPLATE, STORE, ["Unit"])))
    assert book.sheetnames == [README, "Unit", LISTS]


def test_a_marked_copy_keeps_the_cells_and_lists_the_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "COMMENTED", 1)
    book = load_workbook(io.BytesIO(BLANK))
    book["Unit"]["A3"], book["Unit"]["B3"] = "new", "=1+1"
    copy = load_workbook(io.BytesIO(marked(saved(book), [mark(3), mark(3), mark(4, severity="Warning")], "fr")))
    page = copy["Unit"]
    assert page["A3"].value == "new" and page["B3"].comment.text == "Faux. → right"
    assert page["B4"].comment is None and page["B4"].fill.fgColor.rgb != page["B3"].fill.fgColor.rgb
    listed = [[cell.value for cell in row] for row in copy[FAULTS].iter_rows()]
    assert listed[1] == ["Unit", "B3", "Violation", "Faux.", "right"] and len(listed) == 4
    assert copy[FAULTS]["B2"].hyperlink.location == "'Unit'!B3"
    again = load_workbook(io.BytesIO(marked(saved(copy), [mark(3)], "en")))
    assert again.sheetnames.count(FAULTS) == 1


@pytest.mark.parametrize("data", [workbook(["id"]), b"id,name\n", b"PK\x03\x04 damaged"])
def test_what_is_no_template_of_ours_gets_a_list_alone(data: bytes) -> None:
    evil = Mark("Unit", 2, "A", "Violation", {"en": "=HYPERLINK(1)\x00"})
    book = load_workbook(io.BytesIO(marked(data, [evil], "en")))
    assert book.sheetnames == [FAULTS]
    cell = book[FAULTS]["D2"]
    assert cell.value == "=HYPERLINK(1)" and cell.data_type == "s"


def test_marks_travel_with_their_workbook() -> None:
    assert read_marks(with_marks(b"book", [mark(2)])) == (b"book", [mark(2)])
