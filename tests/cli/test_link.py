"""`cnrs-kg link`: proposals between two registries that were harvested."""

import json
from pathlib import Path

from ..federation.test_rnsr import HEAD
from ..federation.test_ror import record
from .conftest import Run

COLUMNS = HEAD.split(";")


def test_proposals_carry_their_evidence(run: Run, tmp_path: Path) -> None:
    data_dir, ror, rnsr = tmp_path / "var", tmp_path / "ror.jsonl", tmp_path / "rnsr.csv"
    details = {"name": "Nantes", "country_code": "FR", "country_subdivision_name": None, "lat": 47.2, "lng": -1.5}
    names = [
        {"lang": "fr", "types": ["ror_display", "label"], "value": "Laboratoire de planétologie et géosciences"},
        {"lang": None, "types": ["acronym"], "value": "LPG"},
    ]
    places = [{"geonames_id": 2990969, "geonames_details": details}]
    ror.write_text(json.dumps(record(names=names, locations=places)) + "\n")
    cells = {
        "numero_national_de_structure": "201220316A",
        "libelle": "Laboratoire de planetologie et geosciences",
        "sigle": "LPG",
        "commune": "NANTES CEDEX 3",
    }
    rnsr.write_text(HEAD + "\n" + ";".join(cells.get(name, "") for name in COLUMNS) + "\n")
    assert run("build", data_dir=data_dir).exit_code == 0
    for name, file in (("ror", ror), ("rnsr", rnsr)):
        assert run("harvest", name, "--from", str(file), data_dir=data_dir).exit_code == 0
    (found,) = json.loads(run("link", "rnsr", "--format", "json", data_dir=data_dir).stdout)
    assert found["outcome"] == "sure" and found["right"] == record()["id"] and "201220316A" in found["left"]
    assert found["features"] == {"name": "same", "acronym": "same", "city": "same"}
    lines = run("link", "ror", "--format", "csv", data_dir=data_dir).stdout.splitlines()
    assert lines[0] == "left,right,outcome,score,features" and lines[1].startswith(record()["id"])
    assert run("link", "ror", "--to", "ror", data_dir=data_dir).exit_code == 2


def test_what_was_not_harvested_has_no_links(run: Run) -> None:
    found = run("link", "rnsr", "--format", "json")
    assert found.exit_code == 0 and json.loads(found.stdout) == []
