"""Spreadsheets sent as proposals: judged like any other, each result at its cell, and marked."""

import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from cnrs_kg.config import Settings
from cnrs_kg.errors import RdfError
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.spreadsheets.statements import FAULTS
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import Document, propose

from ..spreadsheets.small import saved
from ..validated_project import write_validated_project


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    directory = tmp_path_factory.mktemp("sheets")
    settings = Settings(data_dir=directory / "var", workers=1)
    with KnowledgeGraph(settings, project=write_validated_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        yield kg


def filled(kg: KnowledgeGraph, *rows: list[str | None]) -> Document:
    """The template with these rows of organisations: identifier, name (en), name (fr), partner."""
    book = load_workbook(io.BytesIO(kg.sheets.template(XLSX)))
    headers = [cell.value for cell in book["Organisation"][1]]
    places = [0, *(next(n for n, head in enumerate(headers) if part in head) for part in ("@en", "@fr", "partner"))]
    for number, row in enumerate(rows, 3):
        for place, value in zip(places, row, strict=False):
            book["Organisation"].cell(number, place + 1, value)
    return Document("book.xlsx", saved(book), XLSX)


def test_what_conforms_is_added(kg: KnowledgeGraph) -> None:
    verdict = kg.validate(propose([filled(kg, ["new", "New", "Neuf"])]))
    assert verdict.conforms and verdict.added == 3


def test_a_missing_value_is_told_at_its_empty_cell(kg: KnowledgeGraph) -> None:
    (nameless,) = kg.validate(propose([filled(kg, ["new"])])).results
    assert nameless.constraint == "sh:MinCountConstraintComponent"
    assert nameless.places == ({"file": "book.xlsx", "sheet": "Organisation", "row": 3, "column": "B"},)


def test_a_faulty_cell_is_told_and_marked(kg: KnowledgeGraph) -> None:
    document = filled(kg, ["new", "New", "Neuf", "Onne"])
    verdict = kg.validate(propose([document]))
    (fault,) = verdict.results
    assert fault.kind == "syntax" and fault.places[0]["row"] == 3
    assert [fix["replacement"] for fix in fault.fixes] == ["One"]
    book = load_workbook(io.BytesIO(kg.sheets.marked(verdict, document, "fr")))
    cell = book["Organisation"][f"{fault.places[0]['column']}3"]
    assert "Onne" in cell.comment.text and cell.value == "Onne" and book.sheetnames[0] == FAULTS


def test_csv_of_one_class(kg: KnowledgeGraph) -> None:
    text = kg.sheets.template(CSV, ["Organisation"]).decode("utf-8-sig")
    document = Document("o.csv", f"{text}new,New,Neuf\n".encode(), CSV)
    assert kg.validate(propose([document])).added == 3
    with pytest.raises(RdfError, match="one class"):
        kg.sheets.template(CSV)
    with pytest.raises(RdfError, match="Nothing"):
        kg.sheets.template(XLSX, ["Nothing"])


def test_hostile_bytes_are_a_result(kg: KnowledgeGraph) -> None:
    (fault,) = kg.validate(propose([Document("bad.xlsx", b"PK\x03\x04", XLSX)])).results
    assert fault.kind == "syntax" and fault.places[0]["file"] == "bad.xlsx"


def test_an_empty_cell_is_told_when_what_was_submitted_is_judged_again(kg: KnowledgeGraph) -> None:
    kg.accounts.add("anna", "curator")
    stella, anna = kg.accounts.agent("stella"), kg.accounts.agent("anna")
    number = kg.stewards.submit(propose([filled(kg, ["new"])]), About(), stella).number
    other = Document("x.ttl", b"<urn:x> <urn:p> <urn:y> .", "text/turtle")
    kg.stewards.accept(kg.stewards.submit(propose([other]), About(), stella).number, anna)
    judged = kg.stewards.judged(number).content.verdict
    assert judged["version"] == 2
    places = [place for result in judged["results"] for place in result["places"]]
    assert places == [{"file": "book.xlsx", "sheet": "Organisation", "row": 3, "column": "B"}]
