from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.store.versions import Problem, Versions

from .helpers import PROVENANCE, quad, triple


@pytest.fixture
def published(versions: Versions) -> Iterator[Versions]:
    """Three versions, of which one has inferences and provenance."""
    with versions.writing() as branch:
        branch.apply([quad(0), quad(4, PROVENANCE)])
        branch.infer([triple(8)])
        branch.publish(as_of=date(2026, 1, 1))
    for number in (12, 16):
        with versions.writing() as branch:
            branch.apply([quad(number)])
            branch.publish()
    assert versions.verify() == []
    yield versions


def kinds(problems: list[Problem]) -> list[tuple[int, str]]:
    return [(problem.version, problem.kind) for problem in problems]


def change(path: Path, added: list[ox.Quad] = [], removed: list[ox.Quad] = []) -> None:  # noqa: B006 (read only)
    store = ox.Store(str(path))
    store.extend(added)
    for gone in removed:
        store.remove(gone)
    store.flush()


@pytest.mark.parametrize(
    ("added", "removed", "found"),
    [
        ([quad(0, PROVENANCE)], [], ["count", "digest"]),
        ([ox.Quad(*triple(20))], [], ["count", "count", "count", "digest"]),
        ([], [ox.Quad(*triple(0))], ["count", "count", "merge"]),
        ([quad(20), ox.Quad(*triple(20))], [quad(16), ox.Quad(*triple(16))], ["digest"]),
        ([ox.Quad(*triple(16))], [quad(16)], ["count", "count", "digest"]),
    ],
    ids=["provenance", "inference", "unmerged", "swapped", "assertion lost"],
)
def test_a_store_that_was_tampered_with_is_found(published: Versions, added, removed, found) -> None:
    change(published.version(3).path, added, removed)
    assert kinds(published.verify(3)) == [(3, kind) for kind in found]
    assert published.verify(2) == []


def test_a_store_that_cannot_be_read_is_found(published: Versions) -> None:
    (published.version(2).path / "CURRENT").unlink()
    assert kinds(published.verify()) == [(2, "store")]


def test_a_patch_that_changed_is_found(published: Versions) -> None:
    file = published.patch_file(2)
    file.write_bytes(file.read_bytes() + b"# harmless?\n")
    assert kinds(published.verify()) == [(2, "patch")]
    file.unlink()
    assert kinds(published.verify(2)) == [(2, "patch")]


def test_a_patch_that_leads_elsewhere_is_found(published: Versions) -> None:
    second = published.version(2)
    published._records[2] = replace(second, as_of=date(2027, 1, 1))
    assert kinds(published.verify()) == [(2, "digest"), (2, "patch"), (3, "patch")]


def test_the_order_of_versions_does_not_matter_for_one(published: Versions) -> None:
    assert published.verify(1) == published.verify(2) == []


def test_a_record_that_cannot_be_read_is_a_problem_among_others(published: Versions) -> None:
    (published.data_dir / "versions" / "2" / "meta.json").write_text('{"format": 99}')
    (published.data_dir / "versions" / "1" / "patch").write_bytes(b"")
    again = Versions(published.data_dir)
    assert kinds(again.verify()) == [(2, "meta"), (1, "patch")]
    assert kinds(again.verify(2)) == [(2, "meta")]
    assert again.verify(3) == []
    assert "version 2: meta: " in str(again.verify(2)[0]) and "format 99" in str(again.verify(2)[0])
