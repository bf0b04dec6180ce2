import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cnrs_kg.errors import StoreDamaged
from cnrs_kg.store.meta import Version, read_version

WHEN = datetime(2026, 11, 22, 10, 30, 0, 123456, tzinfo=UTC)


def version(directory: Path) -> Version:
    return Version(
        number=int(directory.name),
        created=WHEN,
        path=directory / "store",
        statements=5,
        inferred=2,
        digest="00",
        submission=3,
        as_of=date(2026, 1, 1),
        inputs="ff",
        message="été",
        agent="ada",
        added=4,
        removed=1,
        sources={"g": {"contribution": "ff"}},
        content="01",
        quads=9,
        patch_sha256="ee",
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "7"
    made.mkdir()
    (made / "meta.json").write_bytes(version(made).to_record())
    return made


def test_a_record_comes_back_as_it_was_written(directory: Path) -> None:
    assert read_version(directory) == version(directory)


def test_what_is_optional_may_be_missing(directory: Path) -> None:
    bare = replace(version(directory), submission=None, as_of=None, inputs=None, message=None, agent=None)
    (directory / "meta.json").write_bytes(bare.to_record())
    assert read_version(directory) == bare


def test_programs_read_the_contract_s_members(directory: Path) -> None:
    told = version(directory).to_json()
    assert told["created"] == "2026-11-22T10:30:00.123456Z"
    assert {"number": 7, "statements": 5, "inferred": 2, "submission": 3, "digest": "00"}.items() <= told.items()
    assert "sources" not in told


def test_a_version_is_kept_while_its_store_is_there(directory: Path) -> None:
    assert not read_version(directory).kept
    (directory / "store").mkdir()
    assert read_version(directory).kept


def test_versions_can_be_keys(directory: Path) -> None:
    assert len({version(directory), read_version(directory)}) == 1


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"format": 2}', "\xff"],
    ids=["empty", "half", "list", "null", "no member", "other format", "not UTF-8"],
)
def test_a_damaged_record_is_named(directory: Path, text: str) -> None:
    (directory / "meta.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreDamaged, match="meta.json: ") as damaged:
        read_version(directory)
    assert damaged.value.extra["file"] == str(directory / "meta.json")


def test_a_missing_record_is_named(directory: Path) -> None:
    (directory / "meta.json").unlink()
    with pytest.raises(StoreDamaged, match="meta.json: No such file"):
        read_version(directory)


def test_a_record_of_another_version_is_refused(directory: Path) -> None:
    record = json.loads((directory / "meta.json").read_bytes()) | {"number": 8}
    (directory / "meta.json").write_text(json.dumps(record))
    with pytest.raises(StoreDamaged, match="says it is version 8"):
        read_version(directory)


def test_another_format_asks_for_its_program(directory: Path) -> None:
    record = json.loads((directory / "meta.json").read_bytes())
    (directory / "meta.json").write_text(json.dumps(record | {"format": 2}))
    with pytest.raises(StoreDamaged, match="written in format 2, this program reads format 1") as told:
        read_version(directory)
    assert "release" in str(told.value.advice)
