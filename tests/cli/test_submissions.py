"""`cnrs-kg submit` and `cnrs-kg submissions`, on the data directory itself."""

import getpass
import json
from pathlib import Path

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import CnrsKgError, IllegalTransition, PermissionRefused, SubmissionNotFound
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ..validated_project import write_validated_project
from .conftest import Run

PROLOGUE = "@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .\n"
GOOD = PROLOGUE + '<https://w3id.org/cnrs-kg/id/unit/two> a cnrs:Unit ; cnrs:name "Two"@en .\n'
BAD = PROLOGUE + '<https://w3id.org/cnrs-kg/id/unit/two> a cnrs:Unit ;\n  cnrs:name "Two" .\n'
ONE, NAME = "<https://w3id.org/cnrs-kg/id/unit/one>", "<https://w3id.org/cnrs-kg/ontology#name>"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A published graph, with a curator."""
    with KnowledgeGraph(Settings(data_dir=tmp_path / "var"), project=write_validated_project(tmp_path)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        kg.accounts.add("anna", "curator")
    return tmp_path / "var"


def written(directory: Path, text: str, name: str = "new.ttl") -> str:
    path = directory / name
    path.write_text(text)
    return str(path)


def rename(directory: Path, name: str) -> str:
    return written(directory, f'D {ONE} {NAME} "One"@en .\nA {ONE} {NAME} "{name}"@en .\n', f"{name}.rdfp")


def test_the_whole_story(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    sent = run("submit", file, "--title", "Two", "--message", "new", "--source", "https://x.org/", data_dir=data_dir)
    assert (sent.exit_code, sent.stdout) == (0, "1\n")
    shown = json.loads(run("submissions", "show", "1", "--format", "json", data_dir=data_dir).stdout)
    assert (shown["title"], shown["submitter"], shown["state"]) == ("Two", getpass.getuser(), "open")
    assert shown["impact"]["exports"]["graphs"][0]["added"] > 0
    assert "Exports qui changent" in run("submissions", "show", "1", "--lang", "fr", data_dir=data_dir).stdout
    done = run("submissions", "accept", "1", "--reason", "sourced", "--as", "anna", data_dir=data_dir)
    assert (done.exit_code, done.stdout) == (0, "2\n")
    version = json.loads(run("versions", "show", "2", "--format", "json", data_dir=data_dir).stdout)
    assert (version["submission"], version["agent"], version["message"]) == (1, "anna", "Two")
    text = run("submissions", "show", "1", data_dir=data_dir).stdout
    assert "state: accepted" in text and "accept by anna: sourced" in text


def test_what_does_not_conform_is_kept_and_exits_1(run: Run, data_dir: Path, tmp_path: Path) -> None:
    sent = run("submit", written(tmp_path, BAD), "--format", "json", "--as", "stella", data_dir=data_dir)
    found = json.loads(sent.stdout)
    assert (sent.exit_code, found["submitter"], found["verdict"]["conforms"]) == (1, "stella", False)
    assert "A name has a language." in sent.stderr
    refused = run("submissions", "accept", "1", "--as", "anna", data_dir=data_dir)
    assert refused.exit_code == 1 and "A name has a language." in refused.stderr
    amended = run("submissions", "amend", "1", written(tmp_path, GOOD), "--as", "stella", data_dir=data_dir)
    assert (amended.exit_code, amended.stdout) == (0, "1\n")


def test_a_conflict_is_named_and_exits_1(run: Run, data_dir: Path, tmp_path: Path) -> None:
    for name in ("Uno", "Eins"):
        assert run("submit", rename(tmp_path, name), data_dir=data_dir).exit_code == 0
    assert run("submissions", "accept", "1", "--as", "anna", data_dir=data_dir).exit_code == 0
    done = run("submissions", "accept", "2", "--as", "anna", data_dir=data_dir)
    assert done.exit_code == 1 and '"One"@en, in version 2' in done.stderr


@pytest.mark.parametrize(
    ("format_", "part"), [("text", '  - rdf:object: "One"@en'), ("patch", "TX ."), ("json", '"things"')]
)
def test_the_diff(run: Run, data_dir: Path, tmp_path: Path, format_: str, part: str) -> None:
    run("submit", rename(tmp_path, "Uno"), data_dir=data_dir)
    shown = run("submissions", "diff", "1", "--format", format_, data_dir=data_dir)
    assert shown.exit_code == 0 and part in shown.stdout
    assert "Uno" in shown.stdout


def test_the_list_and_its_states(run: Run, data_dir: Path, tmp_path: Path) -> None:
    for _ in range(3):
        run("submit", written(tmp_path, GOOD), "--as", "stella", data_dir=data_dir)
    assert run("submissions", "reject", "1", "--reason", "no", "--as", "anna", data_dir=data_dir).stdout == "rejected\n"
    assert run("submissions", "withdraw", "2", "--as", "stella", data_dir=data_dir).stdout == "withdrawn\n"
    asked = run("submissions", "request-changes", "3", "--as", "anna", data_dir=data_dir)
    assert asked.stdout == "changes-requested\n"
    shown = run("submissions", "list", "--state", "rejected", "--format", "json", data_dir=data_dir)
    assert [one["number"] for one in json.loads(shown.stdout)] == [1]
    title = "a title that no line of a pipe breaks, however long it is, since programs read it; " * 2
    run("submit", written(tmp_path, GOOD), "--title", title.strip(), data_dir=data_dir)
    listed = run("submissions", "list", data_dir=data_dir).stdout
    assert "changes-requested" in listed and title.strip() in listed


def test_a_role_that_is_not_enough_and_a_step_that_is_none(run: Run, data_dir: Path, tmp_path: Path) -> None:
    run("submit", written(tmp_path, GOOD), "--as", "stella", data_dir=data_dir)
    for who in ((), ("--as", "stella"), ("--as", "nobody known")):
        done = run("submissions", "accept", "1", *who, data_dir=data_dir)
        assert isinstance(done.exception, PermissionRefused)
    run("submissions", "withdraw", "1", "--as", "stella", data_dir=data_dir)
    assert isinstance(run("submissions", "reject", "1", "--as", "anna", data_dir=data_dir).exception, IllegalTransition)
    assert isinstance(run("submissions", "show", "9", data_dir=data_dir).exception, SubmissionNotFound)
    assert isinstance(run("submit", str(tmp_path / "none.ttl"), data_dir=data_dir).exception, CnrsKgError)


def test_a_curator_accepts_their_own_where_the_setting_says_so(run: Run, data_dir: Path, tmp_path: Path) -> None:
    run("submit", written(tmp_path, GOOD), "--as", "anna", data_dir=data_dir)
    refused = run("submissions", "accept", "1", "--as", "anna", data_dir=data_dir)
    assert isinstance(refused.exception, PermissionRefused)
    assert run("submissions", "accept", "1", "--as", "anna", data_dir=data_dir, accept_own="on").exit_code == 0


def test_blame_and_revert(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    run("submit", file, "--as", "stella", data_dir=data_dir)
    run("submissions", "accept", "1", "--as", "anna", "--reason", "sourced", data_dir=data_dir)
    statement = ("id:unit/two", "a", "cnrs:Unit")
    shown = run("blame", *statement, data_dir=data_dir)
    assert shown.exit_code == 0 and "\n  new.ttl:2:42\n" in shown.stdout
    assert shown.stdout.startswith("id:unit/two  rdf:type  cnrs:Unit  [graph:steward]\n")
    assert "submission 1 by stella" in shown.stdout and "accepted by anna: sourced" in shown.stdout
    assert json.loads(run("blame", *statement, "--format", "json", data_dir=data_dir).stdout)["holds"] is True
    done = run("submissions", "revert", "1", "--reason", "a mistake", data_dir=data_dir)
    assert (done.exit_code, done.stdout) == (0, "2\n")
    run("submissions", "accept", "2", "--as", "anna", data_dir=data_dir)
    gone = run("blame", *statement, data_dir=data_dir)
    assert gone.exit_code == 1 and "withdrawn:" in gone.stdout and "version 3" in gone.stdout
