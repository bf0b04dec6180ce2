"""`cnrs-kg link` and `cnrs-kg links`: links between two registries that were harvested."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from ..federation.linking.world import LPG, OURS
from .conftest import Run


@pytest.fixture
def data_dir(harvested: Path, tmp_path: Path) -> Path:
    copytree(harvested, tmp_path / "var", symlinks=True)
    return tmp_path / "var"


def test_a_dry_run_prints_proposals_with_their_evidence(run: Run, data_dir: Path) -> None:
    rows = json.loads(run("link", "rnsr", "--dry-run", "--format", "json", data_dir=data_dir).stdout)
    (found,) = [row for row in rows if row["right"] == LPG]
    assert found["outcome"] == "sure" and found["left"] == OURS
    assert found["features"] == {"name": "same", "acronym": "same", "city": "same", "founded": "same"}
    lines = run("link", "ror", "--dry-run", "--sure", "--format", "csv", data_dir=data_dir).stdout.splitlines()
    assert lines[0] == "left,right,outcome,score,features" and lines[1].startswith(LPG)
    assert run("link", "ror", "--to", "ror", data_dir=data_dir).exit_code == 2
    assert json.loads(run("links", "list", "--format", "json", data_dir=data_dir).stdout) == []


def test_links_are_published_and_decided(run: Run, data_dir: Path) -> None:
    done = run("link", "rnsr", data_dir=data_dir)
    assert done.exit_code == 0 and int(done.stdout) > 1 and "1 accepted, 2 review" in done.stderr
    rows = json.loads(run("links", "list", "--standing", "accepted", "--format", "json", data_dir=data_dir).stdout)
    assert [(row["subject"], row["object"], row["match"]) for row in rows] == [(OURS, LPG, "exact")]
    name = rows[0]["name"]
    assert run("links", "reject", name, "--as", "anna", data_dir=data_dir).exit_code != 0
    assert run("users", "add", "anna", "--role", "curator", data_dir=data_dir).exit_code == 0
    rejected = run("links", "reject", name, "--as", "anna", "--reason", "two bodies", data_dir=data_dir)
    assert rejected.exit_code == 0 and int(rejected.stdout) == int(done.stdout) + 1
    told = run("links", "show", name, data_dir=data_dir).stdout
    assert "standing: rejected" in told and "reason: two bodies" in told and "agent/anna" in told
    again = run("link", "rnsr", "--format", "json", data_dir=data_dir)
    assert json.loads(again.stdout)["links"] == {"accepted": 0, "review": 2, "rejected": 1}
    assert run("links", "accept", name, "--as", "anna", "--close", data_dir=data_dir).exit_code == 0
    assert "match: close" in run("links", "show", name, data_dir=data_dir).stdout


def test_what_was_not_harvested_has_no_links(run: Run) -> None:
    found = run("link", "rnsr", "--dry-run", "--format", "json")
    assert found.exit_code == 0 and json.loads(found.stdout) == []


def test_a_link_that_is_not_there(run: Run) -> None:
    assert run("links", "show", "nothing").exit_code != 0
