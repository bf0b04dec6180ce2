"""`cnrs-kg harvest`: what it prints, and how it ends."""

import json
from pathlib import Path

from cnrs_kg.errors import OutboundRefused
from cnrs_kg.federation.records import HarvestError

from ..federation.test_ror import record
from .conftest import Run


def test_a_registry_is_harvested(run: Run, tmp_path: Path) -> None:
    data_dir, file = tmp_path / "var", tmp_path / "ror.jsonl"
    file.write_text(json.dumps(record()) + "\n")
    assert run("build", data_dir=data_dir).exit_code == 0
    first = run("harvest", "ror", "--from", str(file), data_dir=data_dir)
    assert first.exit_code == 0 and first.stdout == "2\n"
    told = run("harvest", "ror", "--from", str(file), "--format", "json", data_dir=data_dir)
    again = json.loads(told.stdout)
    (attempt,) = json.loads(run("harvests", "--format", "json", data_dir=data_dir).stdout)
    assert (attempt["registry"], attempt["outcome"], attempt["version"]) == ("ror", "unchanged", 2)
    assert "unchanged" in run("harvests", data_dir=data_dir).stdout
    assert again["conforms"] and not again["changed"] and again["records"] == 1
    file.write_text("<html>")
    refused = run("harvest", "ror", "--from", str(file), data_dir=data_dir)
    assert isinstance(refused.exception, HarvestError) and refused.stdout == ""


def test_what_it_needs_is_said(run: Run) -> None:
    assert run("harvest", "nothing", "--from", "x").exit_code == 2
    assert run("harvest", "ror", "--from", "no-such-file").exit_code == 2
    refused = run("harvest", "ror", "--from", "http://127.0.0.1:1/ror.json")
    assert isinstance(refused.exception, OutboundRefused) and "http is not used" in str(refused.exception)
