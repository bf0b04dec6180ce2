"""A spreadsheet as statements, each with its cell, and what its cells say wrongly.

Rows are read twice: once for the things that they are about, so that cells may name them, and once for what is said.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox
from openpyxl.utils import get_column_letter
from rapidfuzz import fuzz, process

from cnrs_kg.rdf.namespaces import RDF, SKOS
from cnrs_kg.spreadsheets.cells import Cell, Table, tables
from cnrs_kg.spreadsheets.conversion import Text, Wrong, iri_of, terms
from cnrs_kg.spreadsheets.spots import Fault, Spot
from cnrs_kg.spreadsheets.template import LANGUAGES, Column, Sheet, Template
from cnrs_kg.spreadsheets.things import Things

README = "Read me · Lisez-moi"
FAULTS = "Errors · Erreurs"
LISTS = "Lists · Listes"
_OWN_SHEETS = (README, FAULTS, LISTS)
_COMMENT = "#"
_TYPE = RDF("type")
_CLASS = re.compile(r"\[(\w+)\]")
_NEAR = 80.0
_MOST_FAULTS = 20_000


@dataclass(frozen=True)
class _Read:
    """A table with the sheet of the template that it is, its columns by their place, and its rows."""

    name: str
    sheet: Sheet
    columns: Mapping[int, Column | None]
    rows: list[list[Cell]]

    def spot(self, row: int, column: int) -> Spot:
        return Spot(self.name, row, get_column_letter(column + 1), self._letters)

    @property
    def _letters(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for place, column in self.columns.items():
            found.setdefault(column.predicate.value if column else _TYPE.value, get_column_letter(place + 1))
        return found


def statements(
    data: bytes, media_type: str, template: Template, store: ox.Store
) -> Iterator[tuple[ox.Quad, Spot] | Fault]:
    """What a file says: each statement with its cell, and each fault; `RdfError` if it cannot be read at all."""
    reading = _Reading(template, Things(store))
    for table in tables(data, media_type):
        if table.name not in _OWN_SHEETS:
            reading.take(table)
    yield from reading.found()


class _Reading:
    def __init__(self, template: Template, things: Things) -> None:
        self._template, self._things = template, things
        self._faults: list[Fault] = []
        self._tables: list[_Read] = []

    def take(self, table: Table) -> None:
        """Read a table's headers, keep its rows."""
        rows = iter(table.rows)
        first = next(rows, None)
        if first is None:
            return
        sheet = self._sheet(table.name, first)
        if sheet is None:
            self._stranger(table.name, first)
            return
        name = table.name or sheet.name
        columns = self._columns(name, sheet, first)
        letters = _Read(name, sheet, columns, [])
        kept = _Read(name, sheet, columns, [row for row in rows if not str(row[0].value).startswith(_COMMENT)])
        for reference in table.merged:
            letter, row = re.sub(r"\d", "", reference), int(re.sub(r"\D", "", reference))
            self._fault(Spot(name, row, letter, letters._letters), _MERGED)
        self._tables.append(kept)

    def found(self) -> Iterator[tuple[ox.Quad, Spot] | Fault]:
        """All statements and faults."""
        subjects = [self._subjects(read) for read in self._tables]
        said = (self._statements(read, named) for read, named in zip(self._tables, subjects, strict=True))
        yield from chain.from_iterable(said)
        yield from self._faults

    def _fault(self, spot: Spot, message: Text, fixes: tuple[str, ...] = ()) -> None:
        if len(self._faults) < _MOST_FAULTS:
            self._faults.append(Fault(spot, message, fixes))

    def _sheet(self, name: str, header: list[Cell]) -> Sheet | None:
        named = _CLASS.search(str(header[0].value))
        return self._template.sheets.get(named[1] if named else name)

    def _stranger(self, name: str, header: list[Cell]) -> None:
        known = list(self._template.sheets)
        near = tuple(match for match, _, _ in process.extract(name, known, scorer=fuzz.ratio, score_cutoff=60, limit=2))
        said = (
            _said(_STRANGER, name) if name else _said(_NO_CLASS, next(iter(self._template.sheets.values())).identifier)
        )
        self._fault(Spot(name, header[0].row, header[0].letter), said, near)

    def _columns(self, name: str, sheet: Sheet, header: list[Cell]) -> dict[int, Column | None]:
        """The column of the template for each place of a header; None for the identifier."""
        known = _headers(sheet)
        found: dict[int, Column | None] = {}
        for cell in header:
            spot = Spot(name, cell.row, cell.letter)
            text = _plain(str(cell.value))
            if text not in known:
                near = process.extract(text, known.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=1)
                headers = tuple((known[match].header if known[match] else sheet.identifier) for match, _, _ in near)  # type: ignore[union-attr]
                self._fault(spot, _said(_UNKNOWN_HEADER, str(cell.value)), headers)
            elif known[text] in found.values():
                self._fault(spot, _said(_TWICE, str(cell.value)))
            else:
                found[cell.column] = known[text]
        if None not in found.values():
            self._fault(Spot(name, header[0].row, "A"), _said(_NO_IDENTIFIER, sheet.identifier), (sheet.identifier,))
        return found

    def _subjects(self, read: _Read) -> dict[int, ox.NamedNode]:
        """The thing that each row is about, made known by its names."""
        place = next((place for place, column in read.columns.items() if column is None), None)
        found: dict[int, ox.NamedNode] = {}
        for row in read.rows if place is not None else ():
            cells = {cell.column: cell for cell in row}
            subject = self._subject(read, cells, place)  # type: ignore[arg-type]
            if subject is not None:
                found[row[0].row] = subject
                self._things.own_classes[subject] = read.sheet.kind
                for name in _names(cells, read.columns):
                    self._things.own_names.setdefault(name.casefold(), []).append(subject)
        return found

    def _subject(self, read: _Read, cells: Mapping[int, Cell], place: int) -> ox.NamedNode | None:
        cell = cells.get(place)
        row = next(iter(cells.values())).row
        if cell is None:
            names = list(_names(cells, read.columns))
            fixes = (f"{read.sheet.path}/{slug(names[0])}",) if names else ()
            self._fault(read.spot(row, place), _NO_SUBJECT, fixes)
            return None
        if cell.formula:
            self._fault(read.spot(row, place), _FORMULA)
            return None
        text = str(cell.value).strip()
        found = iri_of(text) or iri_of(f"{read.sheet.path}/{text}")
        if found is None:
            wanted = f"{read.sheet.path}/{slug(text)}"
            self._fault(read.spot(row, place), _said(_BAD_SUBJECT, text), (wanted,) if slug(text) else ())
        return found

    def _statements(self, read: _Read, subjects: Mapping[int, ox.NamedNode]) -> Iterator[tuple[ox.Quad, Spot]]:
        letters = read._letters
        for row in read.rows:
            subject = subjects.get(row[0].row)
            if subject is None:
                continue
            for cell in row:
                if cell.column not in read.columns:
                    continue
                column, spot = read.columns[cell.column], Spot(read.name, cell.row, cell.letter, letters)
                if column is None:
                    yield ox.Quad(subject, _TYPE, read.sheet.kind), spot
                elif cell.formula:
                    self._fault(spot, _FORMULA)
                else:
                    yield from self._cell(subject, cell, column, spot)

    def _cell(self, subject: ox.NamedNode, cell: Cell, column: Column, spot: Spot) -> Iterator[tuple[ox.Quad, Spot]]:
        try:
            for term in terms(cell.value, column, self._things):
                yield ox.Quad(subject, column.predicate, term), spot
        except Wrong as wrong:
            self._fault(spot, wrong.message, wrong.fixes)


_MERGED = {
    "en": "Merged cells: which row the value belongs to cannot be told. Separate them.",
    "fr": "Cellules fusionnées : impossible de dire à quelle ligne revient la valeur. Les séparer.",
}
_FORMULA = {
    "en": "A formula: nothing is computed here. Paste its value instead.",
    "fr": "Une formule : rien n'est calculé ici. Coller sa valeur à la place.",
}
_NO_SUBJECT = {
    "en": "The identifier of the thing that this row is about is missing.",
    "fr": "Il manque l'identifiant de la chose dont parle cette ligne.",
}
_BAD_SUBJECT = {
    "en": "“{}” is no identifier: write an IRI, or small letters, digits and hyphens.",
    "fr": "« {} » n'est pas un identifiant : écrire un IRI, ou des minuscules, des chiffres et des tirets.",
}
_STRANGER = {
    "en": "The sheet “{}” is none of the template's: name it after a class, or take a template.",
    "fr": "La feuille « {} » n'est pas du modèle : la nommer d'après une classe, ou prendre un modèle.",
}
_NO_CLASS = {
    "en": "The first header names no class: begin it as a template does, for example with “{}”.",
    "fr": "Le premier en-tête ne nomme aucune classe : le commencer comme un modèle, par exemple par « {} ».",
}
_UNKNOWN_HEADER = {
    "en": "No column of the template is called “{}”.",
    "fr": "Aucune colonne du modèle ne s'appelle « {} ».",
}
_TWICE = {"en": "The column “{}” is there twice.", "fr": "La colonne « {} » figure deux fois."}
_NO_IDENTIFIER = {"en": "The column “{}” is missing.", "fr": "Il manque la colonne « {} »."}


def _said(message: Text, text: str) -> Text:
    return {lang: said.format(text[:200]) for lang, said in message.items()}


def _headers(sheet: Sheet) -> dict[str, Column | None]:
    """The columns by what a header may say: as the template writes it, in one language, or the property's name."""
    found: dict[str, Column | None] = {}
    for column in sheet.columns:
        tag = f" @{column.language}" if column.language else ""
        local = re.split(r"[/#]", column.predicate.value)[-1]
        for text in (column.header, *(f"{column.label[lang]}{tag}" for lang in LANGUAGES), f"{local}{tag}"):
            found.setdefault(_plain(text), column)
    for text in (sheet.identifier, "identifier", "identifiant", "id", "iri"):
        found[_plain(text)] = None
    return found


def _plain(header: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", header).replace("*", "")).strip().casefold()


def _names(cells: Mapping[int, Cell], columns: Mapping[int, Column | None]) -> Iterator[str]:
    for place, cell in cells.items():
        column = columns.get(place)
        if column is not None and column.predicate == SKOS("prefLabel") and not cell.formula:
            yield str(cell.value).strip()


def slug(text: str) -> str:
    """The text as the end of an IRI: letters without accents, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
