"""CORDIS's projects and participants as statements, asked by the queries themselves."""

import json

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.eurio import CNRS_NAME, EURIO_CORDIS, RESOURCE
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, RDF, SCHEMA, SKOS

from . import reading
from .endpoint import Endpoint
from .reading import values

DATA = f"""
@prefix e: <http://data.europa.eu/s66#> .  @prefix r: <{RESOURCE}> .
r:cnrs a e:ResearchOrganisation, e:Organisation ; e:legalName "{CNRS_NAME}" ; e:identifier "999997930" ;
    e:hasAcronym [ e:shortForm "CNRS" ] ; e:url "https://www.cnrs.fr" ;
    e:hasSite [ e:hasAddress [ e:addressCountry "FR" ; e:addressLocality "PARIS" ; e:streetAddress "3 rue X" ] ] .
r:uni a e:HigherEducation ; e:legalName "UNIVERSITY" ; e:url "jane@uni.example" ;
    e:hasSite [ e:hasGeographicalLocation [ a e:Country ; e:name "Greece" ] ] .
r:other a e:Organisation ; e:legalName "NOT WITH US" .
r:project a e:Project ; e:title "A title" ; e:identifier "101" ; e:startDate "2021-01-01" ; e:endDate "soon" ;
    e:hasAcronym [ e:shortForm "ACME" ] ; e:hasInvolvedParty r:one, r:two, r:three .
r:one e:isRoleOf r:cnrs ; e:isInvolvedIn r:project .
r:two e:isRoleOf r:uni .
r:three e:isRoleOf r:jane .
r:jane a e:Person ; e:familyName "Doe" ; e:email "jane@uni.example" .
r:elsewhere a e:Project ; e:title "Not ours" ; e:hasInvolvedParty r:four .
r:four e:isRoleOf r:other .
"""


def about(triples: set[ox.Triple], name: str) -> set[ox.Triple]:
    return {one for one in triples if one.subject == ox.NamedNode(RESOURCE + name)}


def test_projects_and_participants_become_statements_and_persons_do_not() -> None:
    found, notes = reading.read(EURIO_CORDIS, *Endpoint(DATA).pages(EURIO_CORDIS))
    assert {one.subject.value.removeprefix(RESOURCE) for one in found} == {"cnrs", "uni", "project"}  # type: ignore[union-attr]
    cnrs, project = about(found, "cnrs"), about(found, "project")
    assert values(cnrs, RDF("type")) == {ORG("Organization")} and values(cnrs, CNRS("acronym")) == {ox.Literal("CNRS")}
    assert values(cnrs, DCTERMS("identifier")) == {ox.Literal("999997930")}
    assert values(cnrs, SCHEMA("addressLocality")) == {ox.Literal("PARIS")}
    assert values(about(found, "uni"), SCHEMA("addressCountry")) == {ox.Literal("Greece")}
    assert values(project, RDF("type")) == {ORG("OrganizationalCollaboration")}
    assert values(project, ORG("hasMember")) == {ox.NamedNode(RESOURCE + name) for name in ("cnrs", "uni")}
    assert values(project, SKOS("prefLabel")) == {ox.Literal("A title")}
    assert len(values(project, SCHEMA("startDate"))) == 1 and not values(project, SCHEMA("endDate"))
    said = " ".join(map(str, found)) + " ".join(notes.lines())
    assert not [word for word in ("jane", "Doe", "rue X", "NOT WITH US", "Not ours") if word in said]


@pytest.mark.parametrize("type_", ["^^<http://www.w3.org/2000/01/rdf-schema#Literal>", "@en"])
def test_the_cnrs_is_found_however_its_name_is_typed(type_: str) -> None:
    data = DATA.replace(f'"{CNRS_NAME}"', f'"{CNRS_NAME}"{type_}')
    found, _ = reading.read(EURIO_CORDIS, *Endpoint(data).pages(EURIO_CORDIS))
    (name,) = values(about(found, "cnrs"), SKOS("prefLabel"))
    assert name in (ox.Literal(CNRS_NAME), ox.Literal(CNRS_NAME, language="en"))


def test_what_is_no_thing_of_cordis_is_refused() -> None:
    row = {name: {"type": "uri", "value": "https://x.example/"} for name in ("item", "p", "v")}
    with pytest.raises(HarvestError, match="is no"):
        reading.read(EURIO_CORDIS, json.dumps({"results": {"bindings": [row]}}).encode())
