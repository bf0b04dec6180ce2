"""RNSR: the French national directory of research structures, as published by the ministry in CSV
(https://data.enseignementsup-recherche.gouv.fr/, Licence Ouverte 2.0).

Several columns are lists whose items stand for each other by position, with empty items. No column names a person;
web-site cells with anything but one address are left out, since some hold e-mail addresses.
"""

import csv
import re
from collections.abc import Iterator

import pyoxigraph as ox

from cnrs_kg.federation.records import HarvestError, Notes, Statements
from cnrs_kg.federation.registry import Origin, Registry, each
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, SCHEMA, SKOS

RECORD = "https://appliweb.dgri.education.fr/rnsr/PresenteStruct.jsp?numNatStruct={}&PUBLIC=OK"
COLUMNS = (
    "numero_national_de_structure libelle sigle annee_de_creation type_de_structure site_web code_postal commune "
    "label_numero tutelles numero_de_structure_parent numero_de_structure_historique code_panel_erc "
    "domaine_scientifique"
).split()
_NUMBER = re.compile(r"[0-9]{9}[A-Z]")
_CEDEX = re.compile(r" CEDEX( \d+)?$", re.IGNORECASE)


def _records(lines: Iterator[bytes], notes: Notes) -> Iterator[tuple[ox.NamedNode, list[ox.Triple]]]:
    rows = csv.DictReader(_text(lines), delimiter=";")
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise HarvestError(
            f"The file lacks the columns {', '.join(missing)}", advice="Take RNSR's export in CSV with semicolons."
        )
    try:
        for row in rows:
            if None in row or None in row.values():
                raise HarvestError(f"line {rows.line_num}: it has not as many cells as there are columns")
            number = row["numero_national_de_structure"].strip()
            if not _NUMBER.fullmatch(number):
                raise HarvestError(f"line {rows.line_num}: {number[:40]!r} is no number of a structure")
            yield _record(number, row, notes)
    except csv.Error as error:
        raise HarvestError(f"line {rows.line_num}: not CSV: {error}") from error


RNSR = Registry(
    "rnsr",
    {
        "en": "French national directory of research structures (RNSR)",
        "fr": "Répertoire national des structures de recherche (RNSR)",
    },
    "https://appliweb.dgri.education.fr/rnsr/",
    "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    each(_records),
    Origin(
        "https://data.enseignementsup-recherche.gouv.fr/api/explore/v2.1/catalog/datasets/"
        "fr-esr-structures-recherche-publiques-actives/exports/csv?delimiter=%3B&list_separator=%3B&use_labels=false"
    ),
    ours=CNRS("JointUnit"),
)


def _record(number: str, row: dict[str, str], notes: Notes) -> tuple[ox.NamedNode, list[ox.Triple]]:
    found = Statements(RECORD.format(number), notes)
    found.identifier(number)
    found.text(SKOS("prefLabel"), row["libelle"], "fr")
    found.text(CNRS("acronym"), row["sigle"])
    for code in _items(row["label_numero"]):
        found.text(SKOS("notation"), code)
    for name in _items(row["tutelles"]):
        found.text(SCHEMA("parentOrganization"), name)
    found.text(DCTERMS("type"), row["type_de_structure"])
    found.year(SCHEMA("foundingDate"), row["annee_de_creation"])
    found.text(SCHEMA("addressLocality"), _CEDEX.sub("", " ".join(row["commune"].split())))
    found.text(SCHEMA("postalCode"), row["code_postal"])
    for code in _items(row["code_panel_erc"]):
        found.text(DCTERMS("subject"), code)
    found.text(DCTERMS("subject"), row["domaine_scientifique"], "fr")
    found.site(row["site_web"].strip())
    relations = (
        ("numero_de_structure_parent", ORG("subOrganizationOf")),
        ("numero_de_structure_historique", DCTERMS("replaces")),
    )
    for column, predicate in relations:
        for other in _items(row[column]):
            if not _NUMBER.fullmatch(other) or other == number:
                notes.leave_out(f"{column}: no number of another structure", other)
            else:
                found.link(predicate, RECORD.format(other))
    return found.node, found.triples


def _items(cell: str) -> list[str]:
    """The items of a list, each once, without the empty ones."""
    return list(dict.fromkeys(filter(None, (item.strip() for item in cell.split(";")))))


def _text(lines: Iterator[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if number == 1 and line.lstrip()[:1] == b"<":
            raise HarvestError("The file is HTML, not CSV", advice="Take RNSR's export in CSV.")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise HarvestError(f"line {number} is not UTF-8 at byte {error.start + 1}") from error
