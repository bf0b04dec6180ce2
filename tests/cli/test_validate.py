"""`cnrs-kg validate`"""

import json
from pathlib import Path

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import CnrsKgError
from cnrs_kg.knowledge_graph import KnowledgeGraph

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


def test_a_missing_file_is_named(run: Run, data_dir: Path, tmp_path: Path) -> None:
    done = run("validate", str(tmp_path / "none.ttl"), data_dir=data_dir)
    assert isinstance(done.exception, CnrsKgError) and "none.ttl" in done.exception.detail
