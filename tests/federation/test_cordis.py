"""CORDIS's archive as statements: the CNRS's projects, who takes part, and tables that are none."""

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.cordis import CNRS_PIC, CORDIS, ORGANISATION, PROJECT
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.rdf.namespaces import CNRS, ORG, RDF, SCHEMA, SKOS

from . import reading
from .reading import values

PARTICIPATIONS = (
    "projectID;projectAcronym;organisationID;vatNumber;name;shortName;SME;activityType;street;postCode;city;country;"
    "nutsCode;geolocation;organizationURL;contactForm;contentUpdateDate;rcn;order;role;ecContribution;"
    "netEcContribution;totalCost;endOfParticipation;active"
)
PROJECTS = (
    "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;legalBasis;topics;ecSignatureDate;"
    "frameworkProgramme;masterCall;subCall;fundingScheme;nature;objective;contentUpdateDate;rcn;grantDoi"
)


def participation(**cells: str) -> str:
    made = {
        "projectID": "101", "projectAcronym": "ACME", "organisationID": CNRS_PIC, "name": "CNRS", "country": "FR",
        "vatNumber": "FR40180089013", "street": "3 rue Durand", "contactForm": "https://ec.europa.eu/form",
        "activityType": "REC", "city": "PARIS", "endOfParticipation": "false",
    }  # fmt: skip
    return ";".join(f'"{(made | cells).get(name, "")}"' for name in PARTICIPATIONS.split(";"))


def project(**cells: str) -> str:
    made = {"id": "101", "title": "A title; with signs", "startDate": "2021-01-01", "endDate": "2024-12-31"}
    return ";".join(f'"{(made | cells).get(name, "")}"' for name in PROJECTS.split(";"))


def table(head: str, *rows: str) -> bytes:
    return ("\ufeff" + "\n".join([head, *rows]) + "\n").encode()


ROWS = (
    participation(),
    participation(organisationID="1234", name="University", organizationURL="https://uni.example"),
    participation(organisationID="5678", name="Gone", endOfParticipation="true"),
    participation(projectID="202", organisationID="1234", name="University"),
    participation(projectID="303", projectAcronym="X"),
)


def test_our_projects_and_their_participants_become_statements() -> None:
    found, notes = reading.read(CORDIS, table(PARTICIPATIONS, *ROWS), table(PROJECTS, project(), project(id="202")))
    ours, other = ox.NamedNode(PROJECT.format(101)), ox.NamedNode(ORGANISATION.format(1234))
    about = {one for one in found if one.subject == ours}
    assert values(about, RDF("type")) == {ORG("OrganizationalCollaboration")}
    assert values(about, ORG("hasMember")) == {ox.NamedNode(ORGANISATION.format(CNRS_PIC)), other}
    assert values(about, SKOS("prefLabel")) == {ox.Literal("A title; with signs", language="en")}
    assert values(about, CNRS("acronym")) == {ox.Literal("ACME")} and len(values(about, SCHEMA("endDate"))) == 1
    assert values({one for one in found if one.subject == other}, SCHEMA("url"))
    assert not [one for one in found if one.subject == ox.NamedNode(PROJECT.format(202))]
    assert set(notes.counts) == {
        "participations that ended",
        "projects of which only the participants are known",
    }
    said = " ".join(map(str, found)) + " ".join(notes.lines())
    assert not [word for word in ("Durand", "FR4018", "/form", "Gone") if word in said]


def test_of_the_archive_participations_are_read_first() -> None:
    names = ["csv/project.csv", "csv/topics.csv", "csv/organization.csv"]
    assert CORDIS.choose(names) == ["csv/organization.csv", "csv/project.csv"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "lacks the columns projectID"),
        (b"<!doctype html>", "is HTML"),
        (b"a;b\n1;2\n", "lacks the columns projectID, projectAcronym"),
        (table(PARTICIPATIONS, "1;2"), "row 2: it has 2 cells for 25 columns"),
        (table(PARTICIPATIONS, participation(organisationID="")), "row 2: a number is missing"),
        (table(PARTICIPATIONS, participation(organisationID="1/../2")), "row 2: a number is missing or malformed"),
        (table(PARTICIPATIONS, participation(organisationID="1234")), "takes part in none"),
        (table(PARTICIPATIONS, participation(), participation()[:40]), "row 3: it has"),
        (table(PARTICIPATIONS)[:-1] + b"\n\xff;x\n", "line 2 is not UTF-8"),
        (table(PARTICIPATIONS, '"' + "x" * 200_000), "not CSV"),
        (table(PROJECTS.replace("title;", "")), "lacks the columns title"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(HarvestError, match=said):
        reading.read(CORDIS, data)
