"""Rows of terms as CSV and XLSX: numbers and dates as such, text as text, and no cell that a spreadsheet would run.

https://www.rfc-editor.org/rfc/rfc4180 and ECMA-376 (SpreadsheetML); a workbook is written as its rows come, so a
million of them takes no more memory than one. What a workbook cannot hold is refused by name, never cut.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cnrs_kg.errors import ResultTooLarge
from cnrs_kg.rdf.namespaces import XSD

ROWS, COLUMNS, CHARACTERS = 1_048_576, 16_384, 32_767
"""What a sheet can hold: rows (its head included), columns, characters in a cell."""


class Cell(NamedTuple):
    """What is written, and the datatype (IRI) that says how to take it; "" for text."""

    text: str
    datatype: str = ""


EMPTY = Cell("")
Row = Sequence[Cell]

_NUMBER = re.compile(r"[+-]?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d++)?", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_DIGITS = 15
"""Significant digits that a number of a spreadsheet keeps."""
_FLUSH = 500
_BOLD, _DAY, _MOMENT = 1, 2, 3
_FIRST_DAY = date(1899, 12, 30)
_FIRST_SOUND = date(1900, 3, 1)
"""Spreadsheets take 1900 for a leap year, and know no day before it."""
_INTEGERS = (
    "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger "
    "unsignedLong unsignedInt unsignedShort unsignedByte"
)


def write_csv(rows: Iterable[Row], file: IO[bytes]) -> None:
    """The rows as CSV in UTF-8; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for number, row in enumerate(rows, 1):
        writer.writerow([_harmless(cell.text) for cell in row])
        if number % _FLUSH == 0:
            _flush(buffer, file)
    _flush(buffer, file)


def written(write: Callable[[IO[bytes]], None]) -> bytes:
    """What is written, in memory."""
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def _flush(buffer: io.StringIO, file: IO[bytes]) -> None:
    file.write(buffer.getvalue().encode())
    buffer.seek(0)
    buffer.truncate()


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def write_xlsx(title: str, rows: Iterable[Row], file: IO[bytes]) -> None:
    """The rows as a workbook of one sheet, the first row its head; the same bytes for the same rows.

    `ResultTooLarge` with the limit `xlsx_rows`, `xlsx_columns` or `xlsx_characters` if they do not fit.
    """
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(_part(name), text)
        name = escape(re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("' ") or "1", {'"': "&quot;"})
        book.writestr(_part("xl/workbook.xml"), _WORKBOOK.format(name=name))
        with book.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            for block in _sheet(iter(rows)):
                sheet.write(block.encode())


def _part(name: str) -> ZipInfo:
    part = ZipInfo(name)
    part.compress_type = ZIP_DEFLATED
    return part


def _sheet(rows: Iterator[Row]) -> Iterator[str]:
    head = next(rows, ())
    if len(head) > COLUMNS:
        raise _too_large("xlsx_columns", len(head), COLUMNS, "columns")
    yield _SHEET_HEAD
    if head:
        yield f'<cols><col min="1" max="{len(head)}" width="28" customWidth="1"/></cols>'
    yield "<sheetData>"
    yield f"<row>{''.join(_string(cell.text, _BOLD) for cell in head)}</row>"
    lines: list[str] = []
    for number, row in enumerate(rows, 2):
        if number > ROWS:
            raise _too_large("xlsx_rows", None, ROWS - 1, "rows")
        lines.append(f"<row>{''.join(map(_cell, row))}</row>")
        if number % _FLUSH == 0:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)
    yield "</sheetData></worksheet>"


def _cell(cell: Cell) -> str:
    text, datatype = cell
    if not text:
        return "<c/>"
    if datatype and (write := _TYPED.get(datatype)) and (written := write(text)):
        return written
    return _string(text, 0)


def _string(text: str, style: int) -> str:
    if len(text) > CHARACTERS:
        raise _too_large("xlsx_characters", len(text), CHARACTERS, "characters in a cell")
    if not text.isprintable() or "_x" in text:
        text = _NO_CHARACTER.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    marked = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{marked}><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _number(text: str) -> str | None:
    """A number as such, if a spreadsheet keeps all its digits."""
    if not _NUMBER.fullmatch(text):
        return None
    mantissa = re.split("[eE]", text)[0].lstrip("+-").replace(".", "").strip("0")
    value = float(text)
    return f"<c><v>{value:.15g}</v></c>" if len(mantissa) <= _DIGITS and abs(value) < 1e308 else None


def _boolean(text: str) -> str | None:
    value = {"true": 1, "1": 1, "false": 0, "0": 0}.get(text)
    return None if value is None else f'<c t="b"><v>{value}</v></c>'


def _day(text: str) -> str | None:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    if found is None or found < _FIRST_SOUND:
        return None
    return f'<c s="{_DAY}"><v>{(found - _FIRST_DAY).days}</v></c>'


def _moment(text: str) -> str | None:
    """A moment without an offset, or in UTC: spreadsheets know no time zones."""
    try:
        found = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return None
    if found.tzinfo is not None or found.date() < _FIRST_SOUND:
        return None
    seconds = (found - datetime(_FIRST_DAY.year, _FIRST_DAY.month, _FIRST_DAY.day)).total_seconds()
    return f'<c s="{_MOMENT}"><v>{seconds / 86_400!r}</v></c>'


_TYPED: dict[str, Callable[[str], str | None]] = {
    **{XSD(name).value: _number for name in (*_INTEGERS.split(), "decimal", "double", "float", "gYear")},
    XSD("boolean").value: _boolean,
    XSD("date").value: _day,
    XSD("dateTime").value: _moment,
}


def _too_large(limit: str, found: int | None, most: int, what: str) -> ResultTooLarge:
    has = f"{found:,}" if found else "more"
    return ResultTooLarge(
        f"The complete answer has {has} {what}; a sheet of a workbook holds {most:,}",
        limit=limit,
        advice="Take it as CSV, or ask for less.",
    )


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKBOOK = (
    f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets><sheet name="{{name}}" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>"
)
_SHEET_HEAD = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
