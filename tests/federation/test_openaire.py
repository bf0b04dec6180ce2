"""A CRIS's organisations and projects as statements: OpenAIRE's own samples, and records that are none."""

import os
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.openaire import NAMESPACE, OPENAIRE
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.rdf.namespaces import CNRS, ORG, RDF, SCHEMA, SKOS

from . import reading
from .reading import values
from .test_oaipmh import oai

PROJECT = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("CNRS_KG_SHARED") or PROJECT.parent / "shared") / "conformance" / "cerif" / "samples"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir() and os.environ.get("CI") != "true", reason=f"no samples at {SAMPLES} (set CNRS_KG_SHARED)"
)
BASE = "oai:cris.example.org:"


def record(body: str, name: str = "OrgUnits/1", status: str = "") -> str:
    header = f"<header {status}><identifier>{BASE}{name}</identifier></header>"
    return f'<record>{header}<metadata xmlns:c="{NAMESPACE}">{body}</metadata></record>'


def page(*records: str) -> bytes:
    return oai(f"<ListRecords>{''.join(records)}</ListRecords>")


def unit(body: str, name: str = "OrgUnits/1") -> str:
    return record(f'<OrgUnit xmlns="{NAMESPACE}" id="{name}">{body}</OrgUnit>', name)


@needs_samples
def test_openaires_samples_become_statements() -> None:
    data = [(SAMPLES / f"openaire_cerif_xml_example_{name}.xml").read_bytes() for name in ("orgunits", "projects")]
    found, notes = reading.read(OPENAIRE, *data)
    kinds = [one.object for one in found if one.predicate == RDF("type")]
    assert kinds.count(ORG("Organization")) >= 10 and kinds.count(ORG("OrganizationalCollaboration")) >= 1
    athens = {one for one in found if one.subject == ox.NamedNode(f"{BASE}OrgUnits/312345")}
    assert ox.Literal("NATIONAL AND KAPODISTRIAN UNIVERSITY OF ATHENS", language="en") in values(
        athens, SKOS("prefLabel")
    )
    assert values(athens, CNRS("acronym")) == {ox.Literal("NKUA")}
    project = {one for one in found if one.subject == ox.NamedNode(f"{BASE}Projects/112348")}
    members = {f"{BASE}OrgUnits/{number}" for number in (312345, 312346, 350001)}
    assert {one.value for one in values(project, ORG("hasMember"))} >= members  # type: ignore[attr-defined]
    assert len(values(project, SCHEMA("startDate"))) == 1


@needs_samples
@pytest.mark.parametrize("name", ["persons", "publications", "fundings", "events", "equipments", "patents", "products"])
def test_nothing_else_is_read_least_of_all_persons(name: str) -> None:
    found, notes = reading.read(OPENAIRE, (SAMPLES / f"openaire_cerif_xml_example_{name}.xml").read_bytes())
    assert not found and notes.counts["records that are no organisations or projects"]


def test_identifiers_sites_and_parents() -> None:
    body = """<Name xml:lang="fr">Labo</Name><RORID>https://ror.org/02feahw73</RORID><ISNI>0000000122597504</ISNI>
      <FundRefID>https://doi.org/10.13039/501100004794</FundRefID><GRID>grid.1</GRID>
      <ElectronicAddress>mailto:marie.martin@x.fr</ElectronicAddress><ElectronicAddress>https://x.fr</ElectronicAddress>
      <PartOf><OrgUnit id="OrgUnits/2"/></PartOf><PartOf><OrgUnit id="OrgUnits/1"/></PartOf>"""
    found, notes = reading.read(OPENAIRE, page(unit(body)))
    assert values(found, CNRS("hasRorRecord")) == {ox.NamedNode("https://ror.org/02feahw73")}
    assert values(found, CNRS("hasFunderRecord")) == {ox.NamedNode("https://doi.org/10.13039/501100004794")}
    assert values(found, ORG("subOrganizationOf")) == {ox.NamedNode(f"{BASE}OrgUnits/2")}
    assert values(found, SCHEMA("url")) == {ox.NamedNode("https://x.fr")}
    assert sum(notes.counts.values()) == 3 and "martin" not in " ".join(map(str, found)) + " ".join(notes.lines())


def test_deleted_records_are_counted() -> None:
    found, notes = reading.read(OPENAIRE, page(record("", status='status="deleted"'), unit("<Name>X</Name>")))
    assert len(values(found, SKOS("prefLabel"))) == 1 and notes.counts["records that were deleted"] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (page(record(f'<OrgUnit xmlns="{NAMESPACE}" id="OrgUnits/9"/>')), "does not end in the id"),
        (page(record(f'<OrgUnit xmlns="{NAMESPACE}"/>')), "does not end in the id ''"),
        (page(record('<OrgUnit xmlns="https://www.openaire.eu/cerif-profile/9/" id="OrgUnits/1"/>')), "is nothing of"),
        (page(record('<dc xmlns="http://purl.org/dc/" id="OrgUnits/1"/>')), "is nothing of the CERIF profile"),
    ],
)
def test_another_schema_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(HarvestError, match=said):
        reading.read(OPENAIRE, data)
