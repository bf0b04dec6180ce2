"""Spreadsheets as statements: what is said, in which cell, and what is wrong."""

from datetime import datetime
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.rdf.namespaces import CNRS, ID, RDF, SKOS, XSD
from cnrs_kg.spreadsheets.spots import Fault, Spot, read_lines, written
from cnrs_kg.spreadsheets.statements import slug, statements
from cnrs_kg.spreadsheets.template import template_of

from .small import store, workbook

STORE = store()
TEMPLATE = template_of(STORE)
UNIT = TEMPLATE.sheets["Unit"]
HEADERS = {column.header: column for column in UNIT.columns}


def header(start: str) -> str:
    return next(text for text in HEADERS if text.startswith(start))


def read(data: bytes, media_type: str = XLSX) -> tuple[dict[ox.Triple, Spot], list[Fault]]:
    placed, faults = read_lines(b"".join(written(statements(data, media_type, TEMPLATE, STORE))))
    return {quad.triple: spot for quad, spot in placed}, faults


def values(column: str, value: Any) -> list[ox.NamedNode | ox.Literal]:
    """The terms of one cell."""
    found, faults = read(workbook([UNIT.identifier, header(column)], ["new", value]))
    assert not faults, faults
    return [triple.object for triple in found if triple.predicate == HEADERS[header(column)].predicate]  # type: ignore[misc]


def fault(column: str, value: Any) -> Fault:
    """The fault of one cell."""
    _, (found,) = read(workbook([UNIT.identifier, header(column)], ["new", value]))
    assert (found.spot.row, found.spot.column) == (2, "B") and set(found.message) == {"en", "fr"}
    return found


def test_the_template_has_the_columns_of_the_class_and_of_those_above() -> None:
    assert set(TEMPLATE.sheets) == {"Organisation", "Unit"}
    assert UNIT.path == "unit" and "name / nom @fr *" in HEADERS
    kind = HEADERS[header("kind")]
    assert set(kind.options) == {ID("kind/umi"), ID("kind/irl")} and kind.definition["fr"] == "Ce que c'est."


def test_a_row_says_its_class_and_its_values_with_their_cells() -> None:
    found, faults = read(workbook([UNIT.identifier, header("name / nom @en")], ["new", "New"]))
    assert not faults
    new = ID("unit/new")
    assert {triple: (spot.row, spot.column) for triple, spot in found.items()} == {
        ox.Triple(new, RDF("type"), CNRS("Unit")): (2, "A"),
        ox.Triple(new, SKOS("prefLabel"), ox.Literal("New", language="en")): (2, "B"),
    }
    spot = found[ox.Triple(new, RDF("type"), CNRS("Unit"))]
    assert spot.beside(SKOS("prefLabel").value) == Spot("Unit", 2, "B", spot.columns)
    assert spot.place("f.xlsx") == {"file": "f.xlsx", "sheet": "Unit", "row": 2, "column": "A"}


@pytest.mark.parametrize(
    ("column", "value", "terms"),
    [
        ("has partner", "NTU", [ID("organisation/ntu")]),
        ("has partner", "nanyang university", []),
        ("has partner", "organisation/ntu | https://ror.org/02e7b5302", None),
        ("kind", "UMI", [ID("kind/umi")]),
        ("founded", 2019, [ox.Literal("2019", datatype=XSD("gYear"))]),
        ("founded", "2019-03", [ox.Literal("2019-03", datatype=XSD("gYearMonth"))]),
        ("founded", datetime(2019, 3, 12), [ox.Literal("2019-03-12", datatype=XSD("date"))]),
        ("staff", 12.0, [ox.Literal("12", datatype=XSD("integer"))]),
        ("staff", "1 200", [ox.Literal("1200", datatype=XSD("integer"))]),
        ("height", "12,5", [ox.Literal("12.5", datatype=XSD("decimal"))]),
        ("open", "oui", [ox.Literal(True)]),
        ("open", False, [ox.Literal(False)]),
        ("code", 3288, [ox.Literal("3288")]),
        ("code", r"a\|b|c", [ox.Literal("a|b"), ox.Literal("c")]),
        ("page", "https://example.org/a", [ox.NamedNode("https://example.org/a")]),
    ],
)
def test_values(column: str, value: Any, terms: list[Any] | None) -> None:
    if terms == []:
        assert fault(column, value).fixes[0] == "Nanyang University"
    else:
        found = values(column, value)
        assert found == (terms or [ID("organisation/ntu"), ox.NamedNode("https://ror.org/02e7b5302")])


@pytest.mark.parametrize(
    ("column", "value", "fixes"),
    [
        ("has partner", "National University", {ID("organisation/nus").value, ID("organisation/nul").value}),
        ("has partner", "Nanyan Technol. Univ", set()),
        ("kind", "IRLL", {"IRL"}),
        ("founded", "12/03/2019", {"2019-03-12", "2019-12-03", "2019"}),
        ("founded", "long ago", set()),
        ("staff", "12.5", set()),
        ("staff", "many", set()),
        ("height", "1.2.3", set()),
        ("open", "perhaps", set()),
        ("page", "see there", set()),
        ("name / nom @en", "=A1", set()),
    ],
)
def test_faults_of_cells_offer_what_is_near(column: str, value: str, fixes: set[str]) -> None:
    assert set(fault(column, value).fixes) == fixes


def test_rows_name_things_of_other_rows() -> None:
    rows = [["id", header("name / nom @en"), header("has partner")], ["a", "Alpha", "Beta"], ["b", "Beta", None]]
    found, faults = read(workbook(*rows))
    assert not faults and ox.Triple(ID("unit/a"), CNRS("partner"), ID("unit/b")) in found


def test_identifiers() -> None:
    column = header("name / nom @en")
    rows = [
        ["id", column],
        ["unit/a", "A"],
        ["https://example.org/b", "B"],
        ["#c", "not read"],
        [None, "D é"],
        ["E f", "E"],
    ]
    found, faults = read(workbook(*rows))
    assert {triple.subject for triple in found} == {ID("unit/a"), ox.NamedNode("https://example.org/b")}
    assert [(one.spot.row, one.spot.column, one.fixes) for one in faults] == [
        (5, "A", ("unit/d-e",)),
        (6, "A", ("unit/e-f",)),
    ]


@pytest.mark.parametrize(
    ("first", "cell", "fixes"),
    [
        (["id", "has partnr / a pour partenaire"], "B1", (header("has partner"),)),
        (["id", "nonsense"], "B1", ()),
        (["id", "staff", "staff / effectif"], "C1", ()),
        (["staff"], "A1", (UNIT.identifier,)),
    ],
    ids=["near miss", "unknown", "twice", "no identifier"],
)
def test_headers(first: list[str], cell: str, fixes: tuple[str, ...]) -> None:
    _, (found,) = read(workbook(first, ["a"]))
    assert f"{found.spot.column}{found.spot.row}" == cell and found.fixes == fixes


def test_a_sheet_of_nothing_known_is_named_with_the_nearest() -> None:
    _, (found,) = read(workbook(["id"], ["a"], name="Unitt"))
    assert found.spot.sheet == "Unitt" and found.fixes == ("Unit",)


def test_csv_names_its_class_in_the_first_header() -> None:
    data = f'{UNIT.identifier};"has partner / a pour partenaire"\nnew;NTU\n'.encode()
    found, faults = read(data, CSV)
    assert not faults
    spot = found[ox.Triple(ID("unit/new"), CNRS("partner"), ID("organisation/ntu"))]
    assert spot.place("f.csv") == {"file": "f.csv", "sheet": "Unit", "row": 2, "column": "B"}


def test_empty_files_say_nothing() -> None:
    assert read(workbook()) == ({}, []) and read(b"", CSV) == ({}, [])


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@settings(deadline=None, max_examples=50)
@given(
    names=st.lists(TEXTS.filter(lambda text: not text.startswith("=")), min_size=1, max_size=4),
    staff=st.lists(st.integers(0, 10**9), min_size=4, max_size=4),
)
def test_what_is_written_is_read(names: list[str], staff: list[int]) -> None:
    """Texts with any character, `|` escaped as the read-me says."""
    rows = [[f"thing-{n}", name.replace("|", "\\|"), staff[n]] for n, name in enumerate(names)]
    found, faults = read(workbook(["id", header("name / nom @fr"), header("staff")], *rows))
    said = {triple.object.value for triple in found if triple.predicate == SKOS("prefLabel")}  # type: ignore[union-attr]
    assert not faults and said == {ox.Literal(name).value for name in names}
    counts = [triple.object.value for triple in found if triple.predicate == CNRS("staff")]  # type: ignore[union-attr]
    assert sorted(map(int, counts)) == sorted(staff[: len(names)])


def test_slugs() -> None:
    assert slug("Évry — Val d'Essonne 3") == "evry-val-d-essonne-3"


def test_csv_that_names_no_class_is_shown_how() -> None:
    _, (found,) = read(b"a,b\n1,2\n", CSV)
    assert f"“{TEMPLATE.sheets['Organisation'].identifier}”" in found.message["en"]


def test_control_characters_are_faults_of_their_cell() -> None:
    found, faults = read(f"{UNIT.identifier},code\nnew,a\x07b\n".encode(), CSV)
    assert [(one.spot.row, one.spot.column, one.fixes) for one in faults] == [(2, "B", ("ab",))]
