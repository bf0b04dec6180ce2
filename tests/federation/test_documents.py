"""Files as documents: plain, gzip, members of a zip archive; what is broken or too large is told."""

import gzip
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from cnrs_kg.federation import documents as module
from cnrs_kg.federation.documents import documents
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.ror import ROR


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("_DOT_", "."), data)
    return path


def test_a_file_is_one_document_packed_or_not(tmp_path: Path) -> None:
    for name, data in {"plain": b"a\nb\n", "packed.gz": gzip.compress(b"a\nb\n")}.items():
        file = tmp_path / name
        file.write_bytes(data)
        (found,) = documents(file)
        assert (found.name, list(found), found.digest) == (name, [b"a\n", b"b\n"], sha256(b"a\nb\n").hexdigest())


def test_of_an_archive_the_chosen_members_are_read(tmp_path: Path) -> None:
    file = archive(tmp_path / "x.zip", b_DOT_csv=b"2", a_DOT_csv=b"1", notes=b"3")
    found = documents(file, lambda names: [name for name in names if name.endswith(".csv")])
    assert {one.name: one.whole() for one in found} == {"a.csv": b"1", "b.csv": b"2"}


def test_of_rors_archive_the_newer_schema_is_taken(tmp_path: Path) -> None:
    names = {"v1-ror-data_DOT_json": b"1", "v1-ror-data_schema_v2_DOT_json": b"2", "v1-ror-data_DOT_csv": b"3"}
    (found,) = documents(archive(tmp_path / "x.zip", **names), ROR.choose)
    assert found.name == "v1-ror-data_schema_v2.json"
    with pytest.raises(HarvestError, match="none of the files looked for"):
        documents(archive(tmp_path / "y.zip", readme=b""), ROR.choose)


def test_bombs_and_long_lines_end_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 10_000)
    bomb = archive(tmp_path / "x.zip", bomb=b"x\n" * 1_000_000)
    with pytest.raises(HarvestError, match="more than 10,000 bytes"):
        list(documents(bomb)[0])
    monkeypatch.setattr(module, "LONGEST", 100)
    for data in (b"x" * 101, b"x\n" * 51):
        file = tmp_path / "long"
        file.write_bytes(data)
        with pytest.raises(HarvestError, match="more than") as found:
            documents(file)[0].whole()
        assert found.value.advice


@pytest.mark.parametrize("cut", [20, 60, -1])
def test_an_archive_cut_short_is_told(tmp_path: Path, cut: int) -> None:
    file = archive(tmp_path / "x.zip", member=bytes(range(256)) * 10)
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(HarvestError, match="cannot be read"):
        documents(file)


def test_a_damaged_member_is_told(tmp_path: Path) -> None:
    file = archive(tmp_path / "x.zip", member=bytes(range(256)) * 10)
    data = bytearray(file.read_bytes())
    data[60:70] = b"\xff" * 10
    file.write_bytes(data)
    with pytest.raises(HarvestError, match="cannot be read"):
        list(documents(file)[0])
