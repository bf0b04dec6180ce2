from pathlib import Path

import pytest

from ..small_project import DATA, write_project
from .conftest import Run

LABELS = "SELECT ?label { <https://w3id.org/cnrs-kg/id/unit/one> <http://www.w3.org/2000/01/rdf-schema#label> ?label }"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_project(tmp_path))
    return tmp_path


def test_a_build_publishes_and_says_its_number(run: Run, project: Path) -> None:
    result = run("build", data_dir=project / "var")
    assert (result.exit_code, result.stdout) == (0, "1\n")
    assert run("query", "-e", LABELS, data_dir=project / "var").stdout.split() == ["label", "One"]


def test_the_same_input_gives_no_new_version(run: Run, project: Path) -> None:
    outputs = [run("build", data_dir=project / "var").stdout for _ in range(2)]
    assert outputs == ["1\n", "1\n"]


def test_a_fault_is_told_and_nothing_is_published(run: Run, project: Path) -> None:
    run("build", data_dir=project / "var")
    write_project(project, DATA + "<https://w3id.org/cnrs-kg/id/unit/two> a cnrs:Unit .")
    result = run("build", data_dir=project / "var")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "An organisation has a name." in result.stderr
    assert "unit/two" in result.stderr
    assert run("versions", "show", "1", data_dir=project / "var").exit_code == 0
    assert run("versions", "show", "2", data_dir=project / "var").exit_code != 0


def test_other_data_can_be_named(run: Run, project: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "other.ttl").write_text(DATA.replace('"One"', '"Uno"'))
    run("build", "--data", str(tmp_path / "more"), data_dir=project / "var")
    assert "Uno" in run("query", "-e", LABELS, data_dir=project / "var").stdout


def test_a_claim_ends_with_its_day(run: Run, project: Path) -> None:
    dated = """
    @prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <https://w3id.org/cnrs-kg/id/claim/c> a cnrs:Claim ; rdf:subject <https://w3id.org/cnrs-kg/id/unit/one> ;
      rdf:predicate cnrs:name ; rdf:object "Old"@en ; cnrs:validUntil "2020"^^xsd:gYear .
    """
    write_project(project, DATA + dated)
    assert run("build", "--as-of", "2019-12-31", data_dir=project / "var").stdout == "1\n"
    assert "Old" in run("query", "-e", LABELS, data_dir=project / "var").stdout
    assert run("build", "--as-of", "2020-01-01", data_dir=project / "var").stdout == "2\n"
    assert "Old" not in run("query", "-e", LABELS, data_dir=project / "var").stdout
    assert run("build", "--as-of", "2026-01-01", data_dir=project / "var").stdout == "2\n"
