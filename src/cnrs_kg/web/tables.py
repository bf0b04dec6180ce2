"""Rows of text as files for spreadsheets, which take no cell for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767


def comma_separated(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV (https://www.rfc-editor.org/rfc/rfc4180)."""
    file = io.StringIO()
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return file.getvalue()


def workbook(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a workbook (XLSX) of one sheet, the first row its head."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    for column in "ABCDEFG":
        sheet.column_dimensions[column].width = 36
    for number, row in enumerate(rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value="".join(one for one in text if one.isprintable())[:_LONGEST_CELL])
            cell.data_type = "s"  # never a formula
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _harmless(cell: str) -> str:
    """The text such that no spreadsheet takes it for a formula; numbers stay."""
    if not cell.startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell
