"""Verdicts in the forms that other tools read."""

import csv
import io

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import RDFS, SH
from cnrs_kg.validation.forms import to_csv, to_rdf, to_sarif
from cnrs_kg.validation.report import Result, Verdict

NOTE = "a.ttl: there is no statement in it"
TOLD = "a.ttl : aucun énoncé n’y figure"
FIX = {"message": {"en": "Write it.", "fr": "L'écrire."}, "replacement": '"x"@fr'}
BESIDE = {
    "path": "<urn:q>",
    "value": {"type": "literal", "value": "y"},
    "replacement": '"z"',
    "place": {"file": "a b.ttl", "line": 9, "column": 2, "endColumn": 5},
}
RESULTS = (
    Result(
        "Violation",
        "shape",
        {"en": "A name has a language.", "fr": "Un nom a une langue."},
        ox.NamedNode("urn:s"),
        "urn:shape",
        "sh:DatatypeConstraintComponent",
        "<urn:p>",
        ox.Literal("=x"),
        places=({"file": "a b.ttl", "line": 3, "column": 5, "endColumn": 8}, {"file": "a b.ttl", "line": 4}),
        fixes=(FIX | {"beside": BESIDE},),
        expected={"en": "a language", "fr": "une langue"},
        found="=x",
    ),
    Result(
        "Warning",
        "syntax",
        {"en": "A formula.", "fr": "Une formule."},
        places=({"file": "é.xlsx", "sheet": "Unit", "row": 4, "column": "C"},),
        fixes=(FIX,),
    ),
    Result("Info", "inconsistency", {"en": "Nothing."}, constraint="cax-dw"),
)
VERDICT = Verdict(RESULTS, 3, 1, 0, 7, (NOTE,))


@pytest.mark.parametrize(("lang", "note"), [("en", NOTE), ("fr", TOLD)])
def test_notes_are_in_every_form(lang: str, note: str) -> None:
    assert [row["message"] for row in csv.DictReader(io.StringIO(to_csv(VERDICT, lang)))][-1] == note
    (run,) = to_sarif(VERDICT, lang)["runs"]
    (invocation,) = run["invocations"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == note
    comments = {triple.object for triple in to_rdf(VERDICT) if triple.predicate == RDFS("comment")}
    assert ox.Literal(note, language=lang) in comments
    assert {"en": NOTE, "fr": TOLD} in VERDICT.to_json()["notes"]


def test_csv_has_a_line_for_each_place_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(VERDICT, "fr"))))
    assert [(row["file"], row["sheet"], row["line"], row["column"]) for row in rows[:3]] == [
        ("a b.ttl", "", "3", "5"),
        ("a b.ttl", "", "4", ""),
        ("é.xlsx", "Unit", "4", "C"),
    ]
    assert rows[0]["found"] == "'=x" and rows[0]["expected"] == "une langue"


def test_the_report_in_rdf_has_a_result_for_each() -> None:
    found = list(to_rdf(VERDICT))
    assert sum(triple.predicate == SH("result") for triple in found) == len(RESULTS)


def test_sarif_names_files_by_uri_and_corrects_every_place() -> None:
    """https://docs.oasis-open.org/sarif/sarif/v2.1.0/, sections 3.4.3, 3.14.17 and 3.55"""
    (run,) = to_sarif(VERDICT, "fr")["runs"]
    first, second, third = run["results"]
    assert run["columnKind"] == "unicodeCodePoints" and run["language"] == "fr"
    locations = [place["physicalLocation"]["artifactLocation"]["uri"] for place in first["locations"]]
    assert locations == ["a%20b.ttl", "a%20b.ttl"]
    (fix,) = first["fixes"]
    changes = [change["replacements"][0] for change in fix["artifactChanges"]]
    assert [(one["deletedRegion"]["startLine"], one["insertedContent"]["text"]) for one in changes] == [
        (3, '"x"@fr'),
        (9, '"z"'),
    ]
    assert second["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "Unit!C4"
    assert second["properties"]["fixes"] == ['"x"@fr'] and "fixes" not in second and "locations" not in third
    assert {"id": "urn:shape", "helpUri": "urn:shape"} in run["tool"]["driver"]["rules"]
