"""CORDIS: the projects of the European Union's research programmes in which the CNRS takes part, and who else does.

https://data.europa.eu/data/datasets/cordis-eu-research-projects-under-horizon-europe-2021-2027, the archive in CSV: of
its files `organization.csv` and, for titles and dates, `project.csv`. Streets, VAT numbers and contact forms are not
read: the participants may be people.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import HarvestError, Notes, Statements
from cnrs_kg.federation.registry import Origin, Record, Registry
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, SCHEMA, SKOS

ORGANISATION = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/how-to-participate/org-details/{}"
PROJECT = "https://cordis.europa.eu/project/id/{}"
CNRS_PIC = "999997930"
_NUMBER = re.compile(r"[0-9]{1,12}")
_PARTICIPATIONS = (
    "projectID projectAcronym organisationID name shortName activityType postCode city country organizationURL "
    "endOfParticipation"
).split()
_PROJECTS = "id title startDate endDate".split()
_TEXTS = {
    "name": SKOS("prefLabel"),
    "shortName": CNRS("acronym"),
    "activityType": DCTERMS("type"),
    "country": SCHEMA("addressCountry"),
    "city": SCHEMA("addressLocality"),
    "postCode": SCHEMA("postalCode"),
}
Row = dict[str, str]


def _choose(names: Sequence[str]) -> Sequence[str]:
    """Participations first: they say which projects are wanted."""
    ends = ("organization.csv", "project.csv")
    return [name for end in ends for name in names if name.rpartition("/")[2] == end]


def _read(documents: Iterable[Document], notes: Notes) -> Iterator[Record]:
    participations: list[Row] = []
    projects: dict[str, Row] = {}
    for document in documents:
        columns, rows = _table(document)
        if columns is _PARTICIPATIONS:
            participations += rows
        else:
            projects |= {row["id"]: row for row in rows}
    wanted = {row["projectID"] for row in participations if row["organisationID"] == CNRS_PIC}
    if not wanted:
        raise HarvestError("The CNRS takes part in none of the projects", advice=f"Its number there is {CNRS_PIC}.")
    members: dict[str, list[Row]] = {}
    organisations: dict[str, Row] = {}
    for row in participations:
        if row["projectID"] not in wanted:
            continue
        if row["endOfParticipation"].lower() == "true":
            notes.leave_out("participations that ended", f"{row['organisationID']} in {row['projectID']}")
            continue
        members.setdefault(row["projectID"], []).append(row)
        organisations.setdefault(row["organisationID"], row)
    for row in organisations.values():
        yield _organisation(row, notes)
    for number, together in members.items():
        yield _project(number, together, projects.get(number), notes)


def _table(document: Document) -> tuple[list[str], Iterator[Row]]:
    rows = csv.reader(_text(document), delimiter=";")
    try:
        head = next(rows, [])
    except csv.Error as error:
        raise HarvestError(f"{document.name}: not CSV: {error}") from error
    columns = _PROJECTS if "objective" in head or "startDate" in head else _PARTICIPATIONS
    missing = [name for name in columns if name not in head]
    if missing:
        raise HarvestError(
            f"{document.name} lacks the columns {', '.join(missing)}", advice="Take CORDIS's archive in CSV."
        )
    return columns, _rows(rows, head, columns, document.name)


def _rows(rows: "Iterator[list[str]]", head: list[str], columns: list[str], name: str) -> Iterator[Row]:
    places = [(column, head.index(column)) for column in columns]
    line = 1
    try:
        for line, cells in enumerate(rows, 2):
            if len(cells) != len(head):
                raise HarvestError(f"{name}, row {line}: it has {len(cells)} cells for {len(head)} columns")
            row = {column: cells[place].strip() for column, place in places}
            if not all(_NUMBER.fullmatch(row[key]) for key in ("id", "projectID", "organisationID") if key in row):
                raise HarvestError(f"{name}, row {line}: a number is missing or malformed", advice="Fetch it again.")
            yield row
    except csv.Error as error:
        raise HarvestError(f"{name}, row {line + 1}: not CSV: {error}") from error


def _organisation(row: Row, notes: Notes) -> Record:
    found = Statements(ORGANISATION.format(row["organisationID"]), notes)
    found.identifier(row["organisationID"])
    for column, predicate in _TEXTS.items():
        found.text(predicate, row[column])
    found.site(row["organizationURL"])
    return found.node, found.triples


def _project(number: str, rows: list[Row], about: Row | None, notes: Notes) -> Record:
    found = Statements(PROJECT.format(number), notes, ORG("OrganizationalCollaboration"))
    found.identifier(number)
    found.text(CNRS("acronym"), rows[0]["projectAcronym"])
    for other in dict.fromkeys(row["organisationID"] for row in rows):
        found.link(ORG("hasMember"), ORGANISATION.format(other))
    if about is None:
        notes.leave_out("projects of which only the participants are known", number)
    else:
        found.text(SKOS("prefLabel"), about["title"], "en")
        found.date(SCHEMA("startDate"), about["startDate"])
        found.date(SCHEMA("endDate"), about["endDate"])
    return found.node, found.triples


def _text(document: Document) -> Iterator[str]:
    for number, line in enumerate(document, 1):
        if number == 1 and line.lstrip()[:1] == b"<":
            raise HarvestError(f"{document.name} is HTML, not CSV", advice="Take CORDIS's archive in CSV.")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise HarvestError(f"{document.name}, line {number} is not UTF-8 at byte {error.start + 1}") from error


CORDIS = Registry(
    "cordis",
    {"en": "CORDIS: projects with the CNRS", "fr": "CORDIS : projets avec le CNRS"},
    "https://cordis.europa.eu/",
    "https://creativecommons.org/licenses/by/4.0/",
    _read,
    Origin("https://cordis.europa.eu/data/cordis-HORIZONprojects-csv.zip"),
    choose=_choose,
)
