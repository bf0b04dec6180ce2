"""`cnrs-kg validate`"""

import json
from pathlib import Path

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import CnrsKgError
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ..test_schemas import undescribed
from ..validated_project import write_validated_project
from .conftest import Run

PROLOGUE = "@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .\n"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("validated")
    with KnowledgeGraph(Settings(data_dir=directory / "var"), project=write_validated_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
    return directory / "var"


def written(directory: Path, text: str) -> str:
    path = directory / "new.ttl"
    path.write_text(PROLOGUE + text)
    return str(path)


def test_the_terminal_shows_the_line_and_marks_the_column(run: Run, data_dir: Path, tmp_path: Path) -> None:
    done = run("validate", written(tmp_path, "<urn:u> a cnrs:Unit ;\n  cnrs:name 'No language' ."), data_dir=data_dir)
    assert done.exit_code == 1
    shown = done.stdout.replace("\n", "")
    assert "does not conform" in shown and "^^^^" in shown and "A name has a language." in shown and ":3:13" in shown


def test_a_contradiction_has_its_proof_with_places(run: Run, data_dir: Path, tmp_path: Path) -> None:
    text = "<urn:u> a cnrs:Unit ;\n cnrs:name 'U'@en ;\n a cnrs:Place ."
    done = run("validate", written(tmp_path, text), "--format", "json", "--lang", "fr", data_dir=data_dir)
    found = json.loads(done.stdout)
    (clash,) = [one for one in found["results"] if one["kind"] == "inconsistency"]
    assert clash["constraint"] == "cax-dw" and clash["proof"]["premises"]
    assert {place["line"] for place in clash["places"]} == {2, 4}


def test_alone_judges_beside_ontology_and_shapes_only(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = written(
        tmp_path, "<urn:u> a cnrs:Unit ; cnrs:name 'U'@en ; cnrs:partner <https://w3id.org/cnrs-kg/id/unit/one> ."
    )
    assert run("validate", file, "--format", "json", data_dir=data_dir).exit_code == 0
    assert run("validate", file, "--alone", "--format", "json", data_dir=data_dir).exit_code == 1


def test_replacing_a_graph_withdraws_what_it_held(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "<urn:u> a cnrs:Unit ; cnrs:name 'U'@en .")
    page = "https://w3id.org/cnrs-kg/graph/page"
    done = run("validate", file, "--replace", "--graph", page, "--format", "json", data_dir=data_dir)
    assert json.loads(done.stdout)["withdrawn"] > 0


@pytest.mark.parametrize("form", ["csv", "sarif", "turtle", "html"])
def test_other_forms(run: Run, data_dir: Path, tmp_path: Path, form: str) -> None:
    file = written(tmp_path, "<urn:u> a cnrs:Unit .")
    done = run("validate", file, "--format", form, data_dir=data_dir)
    assert done.exit_code == 1 and "has a name" in done.stdout


@pytest.mark.parametrize(("lang", "said"), [("en", "It does not conform."), ("fr", "Non conforme.")])
def test_html_is_a_page_with_the_places_and_proofs_of_the_json(
    run: Run, data_dir: Path, tmp_path: Path, lang: str, said: str
) -> None:
    file = written(tmp_path, "<urn:u> a cnrs:Unit ;\n cnrs:name 'U'@en ;\n a cnrs:Place .")
    done = run("validate", file, "--format", "html", "--lang", lang, data_dir=data_dir)
    assert done.exit_code == 1 and done.stdout.startswith("<!doctype html>")
    assert f'<html lang="{lang}">' in done.stdout and said in done.stdout
    assert f"{file}:4:4" in done.stdout and "cax-dw" in done.stdout


def test_a_verdict_has_no_member_that_its_schema_does_not_describe(run: Run, data_dir: Path, tmp_path: Path) -> None:
    text = "<urn:u> a cnrs:Unit, cnrs:Place ;\n cnrs:name 'U' ; cnrs:nam 'V'@en ."
    done = run("validate", written(tmp_path, text), "--format", "json", data_dir=data_dir)
    found = json.loads(done.stdout)
    assert undescribed("verdict", found) == []
    assert {one["kind"] for one in found["results"]} == {"shape", "inconsistency"}
    assert any(one["fixes"] for one in found["results"]) and any(one["proof"] for one in found["results"])


def test_a_french_reader_is_told_in_french(run: Run, data_dir: Path, tmp_path: Path) -> None:
    wrong = run("validate", written(tmp_path, "<urn:u> a cnrs:Unit"), "--lang", "fr", data_dir=data_dir)
    shown = " ".join(wrong.stdout.split())
    assert "un point" in shown and "non conforme" in shown and "Parser" not in shown
    fault = run("validate", written(tmp_path, "<urn:u> a cnrs:Unit ."), "--lang", "fr", data_dir=data_dir)
    assert "selon :" in fault.stdout and "on:" not in fault.stdout


def test_the_column_stays_marked_on_a_long_line(run: Run, data_dir: Path, tmp_path: Path) -> None:
    line = f"<urn:u> a cnrs:Unit ; cnrs:name 'é{'x' * 200}'@en, 'No language', '{'y' * 90}'@fr ."
    done = run("validate", written(tmp_path, line), data_dir=data_dir)
    rows = done.stdout.splitlines()
    marks = next(at for at, row in enumerate(rows) if row.strip().startswith("^"))
    start = rows[marks].index("^")
    assert rows[marks - 1][start : len(rows[marks])] == "'No language'"
    assert len(rows[marks - 1]) <= 80


def test_what_a_file_says_does_not_reach_the_terminal_as_commands(run: Run, data_dir: Path, tmp_path: Path) -> None:
    done = run("validate", written(tmp_path, "<urn:u> a cnrs:Unit ; cnrs:name 'a\x1b[2Jb\x07' ."), data_dir=data_dir)
    assert done.exit_code == 1 and "\x1b[2J" not in done.stdout and "\x07" not in done.stdout


def test_notes_are_shown(run: Run, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "w.rdfp").write_text("TX .\nD <urn:a> <urn:b> <urn:c> .\nTC .\n")
    done = run("validate", str(tmp_path / "w.rdfp"), "--lang", "fr", data_dir=data_dir)
    assert done.exit_code == 0
    assert "note : " in done.stdout and "rien à retirer" in " ".join(done.stdout.split())


def test_a_missing_file_is_named(run: Run, data_dir: Path, tmp_path: Path) -> None:
    done = run("validate", str(tmp_path / "none.ttl"), data_dir=data_dir)
    assert isinstance(done.exception, CnrsKgError) and "none.ttl" in done.exception.detail
    (tmp_path / "none.docx").write_text("PK")
    told = run("validate", str(tmp_path / "none.docx"), "--lang", "fr", data_dir=data_dir)
    assert isinstance(told.exception, CnrsKgError) and "aucun format RDF" in told.exception.detail
