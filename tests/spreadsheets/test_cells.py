"""Cells of hostile and of ordinary files."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from cnrs_kg.errors import RdfSyntaxError, UploadTooLarge
from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.spreadsheets import cells
from cnrs_kg.spreadsheets.cells import tables

from .small import saved, workbook


def rows(data: bytes, media_type: str = CSV) -> list[list[object]]:
    return [[cell.value for cell in row] for table in tables(data, media_type) for row in table.rows]


def packed(*members: tuple[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return output.getvalue()


def rewritten(data: bytes, name: str, change: tuple[bytes, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(one, archive.read(one)) for one in archive.namelist()]
    return packed(*((one, text.replace(*change) if one == name else text) for one, text in members))


@pytest.mark.parametrize(
    "data",
    [
        b"id,name\na,\xc3\xa9t\xc3\xa9\n",
        b"\xef\xbb\xbfid;name\r\na;\xc3\xa9t\xc3\xa9\r\n",
        "id\tname\na\tété\n".encode("utf-16"),
        "id;name\ra;été\r".encode("cp1252"),
        b'"id","name"\n"a","\xc3\xa9t\xc3\xa9"\n\n,\n',
    ],
    ids=["UTF-8", "BOM and semicolons", "UTF-16 and tabs", "Windows-1252, old line ends", "quotes and empty rows"],
)
def test_csv_as_programs_write_it(data: bytes) -> None:
    assert rows(data) == [["id", "name"], ["a", "été"]]


def test_csv_cells_know_their_row_and_column() -> None:
    (table,) = tables(b'id,name\n\n"a\nb",c', CSV)
    cell = list(table.rows)[1][1]
    assert (cell.row, cell.letter, cell.value) == (3, "B", "c")


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\xff\xfe\x00", b'a,"' + b"x" * 200_000])
def test_what_is_no_csv(data: bytes) -> None:
    with pytest.raises(RdfSyntaxError):
        rows(data)


def test_workbooks_give_values_and_mark_formulas() -> None:
    table = next(tables(workbook(["id", 3, True], ["=1+1", None, "x"]), XLSX))
    first, second = table.rows
    assert [cell.value for cell in first] == ["id", 3, True]
    assert [(cell.letter, cell.formula) for cell in second] == [("A", True), ("C", False)]


def test_merged_cells_are_found() -> None:
    book = Workbook()
    book.active["A1"], book.active["A2"] = "id", "a"
    book.active.merge_cells("A2:B3")
    (table,) = tables(saved(book), XLSX)
    assert table.merged == ("A2",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a zip"),
        (b"id,name\n", "not a zip"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 100, "Excel 97"),
        (workbook(["id"])[:-200], "not a zip"),
        (packed(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")), "something else"),
        (packed(("[Content_Types].xml", b"<Types/>"), ("xl/vbaProject.bin", b"macro")), "macros"),
        (packed(("[Content_Types].xml", b"<Types/>")), "cannot|be read"),
    ],
    ids=["empty", "CSV", "Excel 97", "cut short", "OpenDocument", "macros", "nothing inside"],
)
def test_what_is_no_workbook(data: bytes, said: str) -> None:
    with pytest.raises(RdfSyntaxError, match=said):
        [list(table.rows) for table in tables(data, XLSX)]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", b"0" * (300 << 20)))
    with pytest.raises(UploadTooLarge, match="unpacks"):
        list(tables(bomb, XLSX))


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entities_are_refused(name: str) -> None:
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><'
    data = workbook(["id"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(name)
    start = text[: text.index(b">") + 1] if text.startswith(b"<?xml") else b""
    bad = rewritten(data, name, (text, start + entity + text[len(start) :].lstrip()[1:]))
    with pytest.raises(RdfSyntaxError, match="entities"):
        [list(table.rows) for table in tables(bad, XLSX)]


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "ROWS", 3)
    with pytest.raises(UploadTooLarge, match="rows"):
        rows(b"id\n" * 5)
    with pytest.raises(UploadTooLarge, match="rows"):
        rows(workbook(*[["id"]] * 5), XLSX)


def row_at(number: int) -> tuple[bytes, bytes]:
    cell = f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>z</t></is></c></row></sheetData>'
    return b"</sheetData>", cell.encode()


def test_rows_that_a_sheet_leaves_out_do_not_count() -> None:
    data = rewritten(workbook(["id"], ["a"]), "xl/worksheets/sheet1.xml", row_at(1_048_576))
    assert rows(data, XLSX) == [["id"], ["a"], ["z"]]


def test_a_row_beyond_the_last_that_a_sheet_can_have_is_refused() -> None:
    data = rewritten(workbook(["id"], ["a"]), "xl/worksheets/sheet1.xml", row_at(99_999_999_999))
    with pytest.raises(UploadTooLarge, match="1,048,576 rows"):
        rows(data, XLSX)


def test_a_dimension_that_is_declared_is_not_believed() -> None:
    data = workbook(["id"], ["a"])
    declared = rewritten(data, "xl/worksheets/sheet1.xml", (b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    assert declared != data and rows(declared, XLSX) == [["id"], ["a"]]


def test_macros_are_named_by_the_kind_of_workbook_too() -> None:
    change = (b"spreadsheetml.sheet.main+xml", b"vnd.ms-excel.sheet.macroEnabled.main+xml")
    with pytest.raises(RdfSyntaxError, match="macros"):
        rows(rewritten(workbook(["id"]), "[Content_Types].xml", change), XLSX)


def test_merged_cells_are_those_of_their_sheet_wherever_it_was_moved() -> None:
    book = Workbook()
    book.active.title = "Plain"
    book.active["A1"] = "id"
    merged = book.create_sheet("Merged")
    merged["A1"] = "id"
    merged.merge_cells("B2:B3")
    data = saved(book)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("xl/workbook.xml").decode()
    sheets = text[text.index("<sheets>") + 8 : text.index("</sheets>")]
    first, second = (part + "/>" for part in sheets.split("/>")[:2])
    moved = rewritten(data, "xl/workbook.xml", (sheets.encode(), (second + first).encode()))
    found = {}
    for table in tables(moved, XLSX):
        found[table.name] = table.merged
        list(table.rows)
    assert found == {"Merged": ("B2",), "Plain": ()}


@pytest.mark.parametrize("text", ['id,name\na,"b\nc,d\ne,f\n', 'id,name\na,"b"c\n'])
def test_a_quotation_mark_that_is_not_closed_is_refused_where_its_row_begins(text: str) -> None:
    with pytest.raises(RdfSyntaxError, match="Not CSV") as caught:
        rows(text.encode())
    assert caught.value.position == (2, 1)


def test_a_workbook_sent_as_csv_is_named() -> None:
    with pytest.raises(RdfSyntaxError, match="zip archive"):
        rows(workbook(["id"]))
