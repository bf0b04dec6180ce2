"""Workbooks to fill in, and filled ones with their faults marked.

A template has a sheet for each class with drop-down lists, comments and an example, and says in both languages how to
fill it in. A marked copy keeps what was filled in: faulty cells are coloured, the first thousand commented, and a sheet
lists every fault with a link to its cell.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import pyoxigraph as ox
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from cnrs_kg.errors import RdfError
from cnrs_kg.rdf.namespaces import ID, RDF
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.spreadsheets.cells import check_workbook
from cnrs_kg.spreadsheets.marks import Mark
from cnrs_kg.spreadsheets.spots import Text
from cnrs_kg.spreadsheets.statements import FAULTS, LISTS, README
from cnrs_kg.spreadsheets.template import Column, Kind, Sheet, Template
from cnrs_kg.spreadsheets.things import Things

CREATOR = "cnrs-kg template"
"""By which a workbook is known to be filled in from a template of ours."""
COMMENTED, COLOURED, LISTED = 1_000, 100_000, 100_000
_ROWS = 2_000
_CHOICES = 500
_HEAD = PatternFill("solid", fgColor="DDE6F0")
_BAD = PatternFill("solid", fgColor="F6C6C6")
_WARNED = PatternFill("solid", fgColor="FBE7B5")
_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_HOW = (
    ("One sheet for each class, one row for each thing.", "Une feuille par classe, une ligne par chose."),
    (
        "The first column identifies the thing: the end of its IRI (cintra), type/slug (unit/cintra), or a whole IRI.",
        "La première colonne identifie la chose : la fin de son IRI (cintra), type/nom (unit/cintra) ou un IRI entier.",
    ),
    (
        "Other things are named by IRI, type/slug, label, acronym or code, also those of other rows of this file.",
        "Les autres choses sont désignées par IRI, type/nom, libellé, sigle ou code, y compris celles d'autres lignes.",
    ),
    (
        "Several values of one cell stand with | between them; \\| is the character itself.",
        "Plusieurs valeurs d'une cellule sont séparées par | ; \\| est le caractère lui-même.",
    ),
    (
        "Dates are years, months or days: 2019, 2019-03, 2019-03-12.",
        "Les dates sont des années, des mois ou des jours : 2019, 2019-03, 2019-03-12.",
    ),
    ("A column with * asks for a value.", "Une colonne avec * demande une valeur."),
    (
        "Rows that begin with # are not read: each sheet begins with an example from the published graph.",
        "Les lignes qui commencent par # ne sont pas lues : chaque feuille commence par un exemple tiré du graphe.",
    ),
    ("Formulas are not computed: paste values.", "Les formules ne sont pas calculées : coller les valeurs."),
)


def template_workbook(template: Template, store: ox.Store, names: Sequence[str] = ()) -> bytes:
    """A workbook with the sheets of these names, or all."""
    book = Workbook()
    book.properties.creator = CREATOR
    _read_me(book.active)
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    things = Things(store)
    for name in names or template.sheets:
        _fill(book.create_sheet(name), template.sheets[name], things, lists)
    book.move_sheet(lists, len(book.sheetnames))
    return _saved(book)


def template_csv(template: Template, store: ox.Store, name: str) -> bytes:
    """The headers of one sheet and its example, as CSV in UTF-8 with a byte order mark, which spreadsheets ask for."""
    sheet = template.sheets[name]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([sheet.identifier, *(column.header for column in sheet.columns)])
    example = _example(sheet, Things(store))
    if example:
        writer.writerow(example)
    return text.getvalue().encode("utf-8-sig")


def _read_me(page: Worksheet) -> None:
    page.title = README
    for number, (english, french) in enumerate(_HOW, 1):
        page.cell(number, 1, english).alignment = _WRAPPED
        page.cell(number, 2, french).alignment = _WRAPPED
    page.column_dimensions["A"].width = page.column_dimensions["B"].width = 70


def _fill(page: Worksheet, sheet: Sheet, things: Things, lists: Worksheet) -> None:
    headers: list[tuple[str, Text]] = [(sheet.identifier, {"en": f"id/{sheet.path}/…", "fr": f"id/{sheet.path}/…"})]
    headers += [(column.header, column.definition) for column in sheet.columns]
    for place, (header, definition) in enumerate(headers, 1):
        cell = page.cell(1, place, header)
        cell.font, cell.fill, cell.alignment = _BOLD, _HEAD, _WRAPPED
        text = "\n\n".join(dict.fromkeys(said for said in definition.values() if said))
        if text:
            cell.comment = Comment(text, CREATOR, width=320, height=160)
        page.column_dimensions[get_column_letter(place)].width = 24
    for place, value in enumerate(_example(sheet, things), 1):
        if value:
            page.cell(2, place).value = value
            page.cell(2, place).data_type = "s"
    for place, column in enumerate(sheet.columns, 2):
        _drop_down(page, get_column_letter(place), column, things, lists)
    page.freeze_panes = "B2"


def _drop_down(page: Worksheet, letter: str, column: Column, things: Things, lists: Worksheet) -> None:
    """A list to choose from; a cell may still say something else, such as several values."""
    if column.kind is not Kind.THING or not column.options:
        return
    choices = sorted({*things.labels(column.options, "en"), *things.labels(column.options, "fr")})[:_CHOICES]
    place = lists.max_column + 1 if lists["A1"].value else 1
    for row, choice in enumerate(choices, 1):
        lists.cell(row, place, choice)
    where = f"'{LISTS}'!${get_column_letter(place)}$1:${get_column_letter(place)}${len(choices)}"
    rule = DataValidation(type="list", formula1=where, allow_blank=True, errorStyle="warning", showErrorMessage=True)
    rule.add(f"{letter}2:{letter}{_ROWS}")
    page.add_data_validation(rule)


def _example(sheet: Sheet, things: Things) -> list[str]:
    """A row that shows a published thing of the class as it would be written, and that is not read."""
    store = things.store
    for quad in islice(store.quads_for_pattern(None, RDF("type"), sheet.kind, DEFAULT_GRAPH), 50):
        thing = quad.subject
        start = f"{ID.iri}{sheet.path}/"
        if isinstance(thing, ox.NamedNode) and thing.value.startswith(start):
            return [
                f"#{thing.value.removeprefix(start)}",
                *(_written(store, thing, column) for column in sheet.columns),
            ]
    return []


def _written(store: ox.Store, thing: ox.NamedNode, column: Column) -> str:
    """The asserted values of a property as a cell writes them."""
    asserted = {
        quad.object
        for quad in store.quads_for_pattern(thing, column.predicate, None, None)
        if quad.graph_name != DEFAULT_GRAPH
    }
    texts = []
    for value in sorted(asserted, key=str)[:5]:
        if isinstance(value, ox.NamedNode):
            texts.append(value.value.removeprefix(ID.iri))
        elif isinstance(value, ox.Literal) and (column.language or "") == (value.language or ""):
            texts.append(value.value.replace("|", "\\|"))
    return " | ".join(texts)


def marked(data: bytes, marks: Sequence[Mark], lang: str) -> bytes:
    """The workbook with its faults marked; a workbook of faults alone where it was no template of ours."""
    book = _ours(data)
    if book is None:
        book = Workbook()
        book.remove(book.active)
        _list(book, marks, lang, linked=False)
        return _saved(book)
    if FAULTS in book.sheetnames:
        book.remove(book[FAULTS])
    by_cell: dict[tuple[str, int, str], list[Mark]] = {}
    for mark in marks:
        by_cell.setdefault((mark.sheet, mark.row, mark.column), []).append(mark)
    for number, ((sheet, row, column), found) in enumerate(islice(by_cell.items(), COLOURED)):
        if sheet in book.sheetnames:
            cell = book[sheet][f"{column}{row}"]
            cell.fill = _BAD if any(mark.severity == "Violation" for mark in found) else _WARNED
            if number < COMMENTED:
                text = "\n".join(dict.fromkeys(_sentence(mark, lang) for mark in found))
                cell.comment = Comment(text[:2_000], CREATOR, width=320, height=120)
    _list(book, marks, lang, linked=True)
    return _saved(book)


def _ours(data: bytes) -> Workbook | None:
    """The workbook if it was filled in from a template of ours; None for another one, or for CSV."""
    try:
        check_workbook(data)
        book = load_workbook(io.BytesIO(data))
    except (RdfError, InvalidFileException, KeyError, ValueError, OSError, SyntaxError):
        return None
    return book if book.properties.creator == CREATOR else None


def _list(book: Workbook, marks: Iterable[Mark], lang: str, *, linked: bool) -> None:
    page = book.create_sheet(FAULTS, 0)
    heads: Mapping[str, Sequence[str]] = {
        "en": ("sheet", "cell", "severity", "what is wrong", "what could stand there"),
        "fr": ("feuille", "cellule", "gravité", "ce qui ne va pas", "ce qui pourrait y figurer"),
    }
    page.append(heads[lang])
    for at, width in enumerate((20, 10, 12, 80, 50), 1):
        page.column_dimensions[get_column_letter(at)].width = width
        page.cell(1, at).font = _BOLD
    for number, mark in enumerate(islice(marks, LISTED), 2):
        place = f"{mark.column}{mark.row}"
        texts = (mark.sheet, place, mark.severity, _message(mark, lang), " · ".join(mark.fixes))
        for at, text in enumerate(texts, 1):
            cell = page.cell(number, at)
            cell.value, cell.data_type = _plain(text), "s"  # a text that begins with = is no formula
        if linked and mark.sheet in book.sheetnames:
            page.cell(number, 2).hyperlink = Hyperlink(ref=f"B{number}", location=f"'{mark.sheet}'!{place}")
    page.freeze_panes = "A2"


def _message(mark: Mark, lang: str) -> str:
    return mark.message.get(lang) or next(iter(mark.message.values()), "")


def _sentence(mark: Mark, lang: str) -> str:
    return f"{_message(mark, lang)}{' → ' if mark.fixes else ''}{' · '.join(mark.fixes)}"


def _plain(text: str) -> str:
    """The text without the control characters that XML cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n")[:32_000]


def _saved(book: Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()
