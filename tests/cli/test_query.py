import io
import json
from pathlib import Path

from openpyxl import load_workbook

from cnrs_kg.errors import PinNotFound, QuerySyntaxError, ResultTooLarge, ServiceRefused, VersionNotFound
from cnrs_kg.federation.services.pins import Pinned, Pins

from .conftest import Run

MEMBERS = (
    "PREFIX org: <http://www.w3.org/ns/org#> "
    "SELECT ?member { <https://w3id.org/cnrs-kg/id/unit/cintra> org:hasMember ?member } ORDER BY ?member"
)
IRIS = [
    f"https://w3id.org/cnrs-kg/id/{name}" for name in ("institute/insis", "organisation/ntu", "organisation/thales")
]


def test_rows_come_as_csv_where_nobody_looks(run: Run) -> None:
    result = run("query", "-e", MEMBERS)
    assert result.exit_code == 0
    assert result.stdout.split() == ["member", *IRIS]


def test_the_format_can_be_a_name_or_a_media_type(run: Run) -> None:
    for name in ("json", "application/sparql-results+json"):
        found = json.loads(run("query", "-e", MEMBERS, "--format", name).stdout)
        assert [row["member"]["value"] for row in found["results"]["bindings"]] == IRIS


def test_any_answer_can_be_a_workbook(run: Run) -> None:
    for query in (MEMBERS, "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 3"):
        result = run("query", "-e", query, "--format", "xlsx")
        sheet = load_workbook(io.BytesIO(result.stdout_bytes)).active
        assert sheet is not None and sheet.max_row == 4


def test_a_table_shows_every_row(run: Run) -> None:
    table = run("query", "-e", MEMBERS, "--format", "table").stdout
    assert all(iri in table for iri in IRIS)


def test_a_graph_comes_as_turtle(run: Run) -> None:
    result = run("query", "-e", "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 3")
    assert result.stdout.count(" .") == 3


def test_a_query_comes_from_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ask.rq"
    file.write_text("ASK { ?s ?p ?o }")
    assert json.loads(run("query", str(file), "--format", "json").stdout)["boolean"] is True


def test_an_answer_of_one_word_is_a_line(run: Run) -> None:
    assert run("query", "-e", "ASK { ?s ?p ?o }").stdout == "true\n"


def test_what_is_not_utf_8_is_told_by_its_place(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "latin.rq"
    file.write_bytes(b"ASK {} # caf\xe9")
    error = run("query", str(file)).exception
    assert isinstance(error, QuerySyntaxError) and "byte 13" in str(error)


def test_a_file_or_a_text_but_not_both(run: Run) -> None:
    assert run("query").exit_code == 2


def test_what_goes_wrong_is_an_error_of_its_kind(run: Run) -> None:
    assert isinstance(run("query", "-e", "SELECT ?s { ?s ?p").exception, QuerySyntaxError)
    assert isinstance(run("query", "-e", "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }").exception, ServiceRefused)
    assert isinstance(run("query", "-e", MEMBERS, result_limit="2").exception, ResultTooLarge)
    assert isinstance(run("query", "-e", MEMBERS, "--version", "99").exception, VersionNotFound)


def test_a_pinned_query_is_asked_as_it_was(run: Run, built: Path) -> None:
    pin = Pins(built / "pins").keep(Pinned('SELECT ?x { VALUES ?x { "kept" } ?s ?p ?o } LIMIT 1', 1))
    assert run("query", "--pin", pin).stdout.split() == ["x", "kept"]
    assert run("query", "--pin", pin, "-e", "ASK {}").exit_code == 2
    assert isinstance(run("query", "--pin", "0" * 64).exception, PinNotFound)
