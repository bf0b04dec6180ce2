import json
from pathlib import Path

import pytest
from click.testing import Result

from cnrs_kg.errors import VersionGone

from ..small_project import DATA, write_project
from .conftest import Run


@pytest.fixture
def two(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Two versions: the second one has a unit more."""
    monkeypatch.chdir(write_project(tmp_path))
    run("build", data_dir=tmp_path / "var")
    write_project(tmp_path, DATA + '<https://w3id.org/cnrs-kg/id/unit/two> a cnrs:Unit ; cnrs:name "Two"@en .')
    run("build", data_dir=tmp_path / "var")
    return lambda *arguments: run("versions", *arguments, data_dir=tmp_path / "var")


def test_versions_are_listed_oldest_first(two: Run) -> None:
    listed = json.loads(two("list", "--format", "json").stdout)
    assert [version["number"] for version in listed] == [1, 2]
    assert listed[0]["statements"] < listed[1]["statements"]
    assert "current" in two("list").stdout


def test_a_version_is_shown(two: Run) -> None:
    shown = json.loads(two("show", "2", "--format", "json").stdout)
    assert shown["number"] == 2 and shown["created"].endswith("Z")
    assert "digest: " in two("show", "2").stdout


def test_a_difference_is_a_patch(two: Run) -> None:
    forward, back = two("diff", "1", "2").stdout, two("diff", "2", "1").stdout
    assert '"Two"@en' in forward
    assert sorted(row[2:] for row in forward.splitlines() if row[:2] == "A ") == sorted(
        row[2:] for row in back.splitlines() if row[:2] == "D "
    )


def test_a_rollback_is_a_new_version_that_says_what_the_old_one_said(two: Run) -> None:
    assert two("rollback", "1").stdout == "3\n"
    first, _, third = json.loads(two("list", "--format", "json").stdout)
    assert first["digest"] == third["digest"]


def test_all_agree_with_their_records(two: Run) -> None:
    assert two("verify").exit_code == 0


def test_a_damaged_patch_is_found(two: Run, tmp_path: Path) -> None:
    patch = tmp_path / "var" / "versions" / "2" / "patch"
    patch.chmod(0o644)
    patch.write_bytes(patch.read_bytes().replace(b"Two", b"Six"))
    result = two("verify")
    assert result.exit_code == 1
    assert result.stdout.startswith("version 2: patch: ")


def test_a_version_can_be_pinned_and_let_go(two: Run) -> None:
    assert two("pin", "1").exit_code == 0
    assert two("pin", "1", "--undo").exit_code == 0


def test_a_pruned_version_is_gone_until_it_is_restored(two: Run, run: Run, tmp_path: Path) -> None:
    def ask() -> Result:
        return run("query", "-e", "ASK {}", "--version", "1", data_dir=tmp_path / "var")

    assert run("versions", "prune", data_dir=tmp_path / "var", keep_versions="1").stdout == "1\n"
    assert isinstance(ask().exception, VersionGone)
    restored = two("restore", "1")
    assert restored.exit_code == 0 and "pin 1 --undo" in restored.stderr
    assert run("versions", "prune", data_dir=tmp_path / "var", keep_versions="1").stdout == ""
    assert ask().exit_code == 0
    two("pin", "1", "--undo")
    assert run("versions", "prune", data_dir=tmp_path / "var", keep_versions="1").stdout == "1\n"


def test_the_list_tells_which_stores_are_kept(two: Run, run: Run, tmp_path: Path) -> None:
    def states() -> list[bool]:
        rows = two("list").stdout.splitlines()
        return [
            word in row for word in ("pinned", "pruned", "current") for row in rows if row.startswith(("│ 1", "│ 2"))
        ]

    assert states() == [False, False, False, False, False, True]
    two("pin", "1")
    assert states() == [True, False, False, False, False, True]
    two("pin", "1", "--undo")
    run("versions", "prune", data_dir=tmp_path / "var", keep_versions="1")
    assert states() == [False, False, True, False, False, True]
