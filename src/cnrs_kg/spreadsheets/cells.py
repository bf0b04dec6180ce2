"""The cells of a workbook or a CSV file, as they were typed; nothing in them is computed or run.

XLSX is a zip of XML (ECMA-376): its sizes are checked before it is unpacked, its XML is read without DTD. CSV is
that of https://www.rfc-editor.org/rfc/rfc4180, with comma, semicolon or tab, in UTF-8, UTF-16 or Windows-1252.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from cnrs_kg.errors import RdfSyntaxError, UploadTooLarge
from cnrs_kg.rdf.formats import CSV
from cnrs_kg.rdf.guards import refuse_no_text

ROWS, COLUMNS, SHEETS = 100_000, 200, 100
LAST_ROW = 1_048_576
"""The last row that a sheet can have."""
UNPACKED, RATIO, MEMBERS = 256 << 20, 200, 2_000
"""Bytes of the whole content of a workbook, times that its content may be larger than the file, files in it."""
_SMALL = 1 << 20
_HEAD = 1 << 16
_OLD = bytes.fromhex("D0CF11E0A1B11AE1")
_MERGED = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):')
_CSV_NAME = ""
_CONTENT = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with something in it: the column counts from 0, the row from 1; `formula` says that it is computed."""

    row: int
    column: int
    value: Any
    formula: bool = False

    @property
    def letter(self) -> str:
        """The column's letters."""
        return str(get_column_letter(self.column + 1))


@dataclass(frozen=True)
class Table:
    """A sheet: its name ("" for a CSV file), the rows that have anything, and its merged cells.

    The rows are to be read before the next table is asked for.
    """

    name: str
    rows: Iterator[list[Cell]]
    merged: tuple[str, ...] = ()


def tables(data: bytes, media_type: str) -> Iterator[Table]:
    """The sheets of a file; `RdfSyntaxError` if it cannot be read, `UploadTooLarge` if it unpacks to too much."""
    if media_type == CSV:
        yield Table(_CSV_NAME, _csv_rows(_text(data)))
    else:
        yield from _sheets(data)


def _sheets(data: bytes) -> Iterator[Table]:
    merged = check_workbook(data)
    with _named():
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    for number, sheet in enumerate(book.worksheets):
        if number >= SHEETS:
            raise _too_many("sheets", SHEETS)
        yield Table(sheet.title, _sheet_rows(sheet), merged.get(sheet._worksheet_path.lstrip("/"), ()))
    book.close()


def _sheet_rows(sheet: Any) -> Iterator[list[Cell]]:
    with _named():
        sheet.reset_dimensions()
        blank: Any = None
        filled = 0
        for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS), 1):
            if number > LAST_ROW:
                raise _too_many("rows", LAST_ROW)
            if row is blank:  # the reader gives the same one for each row that a sheet leaves out
                continue
            found = [
                Cell(cell.row, cell.column - 1, cell.value, cell.data_type == "f")
                for cell in row
                if cell.value is not None and str(cell.value).strip()
            ]
            if found:
                filled += 1
                yield found
            else:
                blank = row
            if filled > ROWS:
                raise _too_many("rows", ROWS)


@contextmanager
def _named() -> Iterator[None]:
    """What the reader of workbooks raises, as errors of ours."""
    try:
        yield
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, DefusedXmlException):
            cause = cause.__cause__ or cause.__context__
        damaged = f"a part of it is damaged ({str(error)[:200]})"
        raise _no_workbook("its XML has entities or a document type" if cause else damaged) from error


def check_workbook(data: bytes) -> dict[str, tuple[str, ...]]:
    """Refuse what is no plain workbook or unpacks to too much; the first cells of merged ones, by part."""
    if data.startswith(_OLD):
        raise _no_workbook("it is in the format of Excel 97, or encrypted", "Save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            _check_sizes(members, len(data))
            names = {member.filename for member in members}
            if _CONTENT not in names:
                raise _no_workbook("it is a zip of something else", "Save it as .xlsx.")
            if any("vbaproject" in name.lower() for name in names) or b"macroEnabled" in packed.read(_CONTENT):
                raise _no_workbook("it holds macros", "Save it as .xlsx, without macros.")
            _check_document_types(packed)
            return _merged(packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _no_workbook("it is not a zip archive, or a damaged one", "Save it as .xlsx, or send CSV.") from error


def _check_sizes(members: list[zipfile.ZipInfo], packed: int) -> None:
    whole = sum(member.file_size for member in members)
    if len(members) > MEMBERS or whole > UNPACKED or (whole > _SMALL and whole > RATIO * packed):
        raise UploadTooLarge(
            f"The workbook unpacks to {whole:,} bytes in {len(members):,} parts, from {packed:,}",
            limit="workbook_bytes",
            advice=f"Allowed: {UNPACKED:,} bytes, {RATIO} times the file, {MEMBERS:,} parts. Send several files.",
        )


def _check_document_types(packed: zipfile.ZipFile) -> None:
    """Refuse XML with a document type, which stands before the first element: the reader may follow one."""
    for name in packed.namelist():
        if name.endswith((".xml", ".rels")):
            with _named(), packed.open(name) as member:
                next(iter(iterparse(member, events=("start",), forbid_dtd=True)), None)


def _merged(packed: zipfile.ZipFile) -> dict[str, tuple[str, ...]]:
    """The first cells of merged ones, by the part that holds their sheet."""
    found = {}
    for name in packed.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            with packed.open(name) as member:
                ends = member.read()[-_SMALL:]  # merged cells are listed behind the rows
            found[name] = tuple(f"{column.decode()}{row.decode()}" for column, row in _MERGED.findall(ends)[:100])
    return found


def _text(data: bytes) -> str:
    refuse_no_text(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RdfSyntaxError(
        "Not text in UTF-8, UTF-16 or Windows-1252", limit="encoding", advice="Save the file as CSV in UTF-8."
    )


def _csv_rows(text: str) -> Iterator[list[Cell]]:
    first = text.lstrip("\r\n")[:_HEAD].splitlines()[:1]
    marks = {mark: len(next(csv.reader(first, delimiter=mark), [])) for mark in ",;\t"}
    mark = max(marks, key=lambda mark: marks[mark])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    line = 1
    try:
        for number, row in enumerate(reader, 1):
            line = reader.line_num + 1
            found = [
                Cell(number, column, value, value.startswith("="))
                for column, value in enumerate(row[:COLUMNS])
                if value.strip()
            ]
            if found:
                yield found
            if number > ROWS:
                raise _too_many("rows", ROWS)
    except csv.Error as error:
        raise RdfSyntaxError(
            f"Not CSV: {error}", position=(line, 1), advice="Check the quotation marks of the row that begins here."
        ) from error


def _no_workbook(why: str, advice: str = "Save it again as .xlsx, or send CSV.") -> RdfSyntaxError:
    return RdfSyntaxError(f"Not a workbook that can be read: {why}", advice=advice)


def _too_many(what: str, most: int) -> UploadTooLarge:
    return UploadTooLarge(f"More than {most:,} {what}", limit=f"workbook_{what}", advice="Send several files.")
