"""The saved queries of conflicts: what differs only in spelling is no conflict, what has nothing in common is one."""

import pyoxigraph as ox
import pytest

from cnrs_kg.browsing.saved import saved_queries

PREFIXES = """
PREFIX : <urn:t:>
PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
PARENTS = '; org:subOrganizationOf :above . :above skos:prefLabel "{}"'


def conflicts(kind: str, ours: str, theirs: str, *, linked: bool = True) -> list[dict[str, str]]:
    """The conflicts between a thing of ours and a record of a registry, each described by its statements."""
    store = ox.Store()
    said = f"{{}} :thing dcterms:source :page {ours} .".format(":thing skos:exactMatch :other ." if linked else "")
    registry = f":registry a prov:Entity . :other a org:Organization {theirs} ."
    store.update(f"{PREFIXES} INSERT DATA {{ {said} {registry} GRAPH :registry {{ {registry} }} }}")
    answer = store.query(saved_queries()[f"conflicts-{kind}"].text)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [{name: one[name].value.removeprefix("urn:t:") for name in names} for one in answer]


@pytest.mark.parametrize(
    ("kind", "ours", "theirs"),
    [
        ("founded", '; schema:foundingDate "2009-10-07"', '; schema:foundingDate "2009"'),
        ("names", '; skos:prefLabel "Écologie – des Cérèales"', '; skos:prefLabel "ECOLOGIE DES CEREALES"'),
        ("names", '; skos:prefLabel "One"', '; skos:prefLabel "Un" ; skos:altLabel "one"'),
        (
            "places",
            '; schema:addressLocality "NANTES CEDEX 3"',
            '; schema:location :there . :there schema:name "Nantes"',
        ),
        ("places", '; schema:addressLocality "Paris 05"', '; schema:addressLocality "Paris 5e Arrondissement"'),
        ("places", '; cnrs:isLocatedIn :p . :p skos:prefLabel "Singapour"', '; schema:addressLocality "SINGAPOUR"'),
        ("parents", '; schema:parentOrganization "UNIVERSITE DE LORRAINE"', PARENTS.format("Université de Lorraine")),
        ("parents", '; schema:parentOrganization "CNRS", "Other"', PARENTS.format("CNRS")),
        ("parents", "", PARENTS.format("CNRS")),
    ],
)
def test_what_is_the_same_or_not_said_is_no_conflict(kind: str, ours: str, theirs: str) -> None:
    assert conflicts(kind, ours, theirs) == []


@pytest.mark.parametrize(
    ("kind", "ours", "theirs", "said"),
    [
        ("founded", '; schema:foundingDate "2009-10-07"', '; schema:foundingDate "2010"', ("2009-10-07", "2010")),
        ("names", '; skos:prefLabel "One"', '; skos:prefLabel "Two"', ("One", "Two")),
        ("names", '; cnrs:acronym "ONE" ; skos:altLabel "ONE" ; skos:prefLabel "Unité"',
         '; skos:prefLabel "Eins" ; skos:altLabel "One"', ("Unité", "Eins")),
        ("places", '; schema:addressLocality "NANTES"', '; schema:addressLocality "Lyon"', ("NANTES", "Lyon")),
        ("parents", '; schema:parentOrganization "CNRS"', PARENTS.format("Inserm"), ("CNRS", "Inserm")),
    ],
)  # fmt: skip
def test_what_has_nothing_in_common_is_told_with_its_sources(
    kind: str, ours: str, theirs: str, said: tuple[str, str]
) -> None:
    (found,) = conflicts(kind, ours, theirs)
    assert (found["value"], found["otherValue"]) == said
    assert (found["thing"], found["source"], found["other"], found["otherSource"]) == (
        "thing", "page", "other", "registry",
    )  # fmt: skip
    assert conflicts(kind, ours, theirs, linked=False) == []
