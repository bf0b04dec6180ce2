from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.errors import StoreDamaged
from cnrs_kg.store import history
from cnrs_kg.store.versions import Versions

from .helpers import Model, content, do, named_quads, quad, quads, steps, triple

histories = st.lists(steps, min_size=1, max_size=4)
on_disk = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def statements(model: Model) -> frozenset[ox.Quad]:
    return frozenset(model.logical())


@on_disk
@given(histories)
def test_versions_patches_and_rebuilt_stores_agree(tmp_path_factory: pytest.TempPathFactory, taken) -> None:
    directory = tmp_path_factory.mktemp("history")
    versions = Versions(directory / "var")
    model, physical, logical = Model(), [set()], [frozenset()]
    for change in taken:
        with versions.writing() as branch:
            do(branch, change)
            number = branch.publish().number
        for step in change:
            model.take(*step)
        if number == len(physical):
            physical.append(model.physical())
            logical.append(statements(model))
        else:
            # Nothing but provenance changed, which is then not kept.
            model.named = {q for q in physical[-1] if q.graph_name != ox.DefaultGraph()}
            model.inferred = {q.triple for q in logical[-1] if q.graph_name == ox.DefaultGraph()}
        model.forget()
    assert versions.verify() == []
    for number in range(1, len(physical)):
        assert content(versions.version(number).path) == physical[number]
        versions.rebuild(number, directory / f"first-{number}", from_first=True)
        versions.rebuild(number, directory / f"near-{number}")
        assert content(directory / f"first-{number}") == physical[number] == content(directory / f"near-{number}")
    for before in range(len(logical)):
        for after in range(len(logical)):
            patch = versions.diff(before, after)
            assert (logical[before] - set(patch.removed)) | set(patch.added) == logical[after]
            assert set(patch.removed) <= logical[before] and not set(patch.added) & logical[before]
    versions.close()


@given(st.lists(st.tuples(st.sets(named_quads), st.sets(named_quads)), max_size=4))
def test_composed_patches_say_the_net_effect(changes) -> None:
    held: set[ox.Quad] = set()
    patches = []
    for added, removed in changes:
        patches.append(history.Patch(tuple(added - held - removed), tuple(removed & held)))
        held = (held - removed) | (added - removed)
    composed = history.composed(patches)
    assert set(composed.added) == held
    assert not composed.removed


def test_a_large_first_patch_is_loaded_in_bulk(
    versions: Versions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with versions.writing() as branch:
        branch.bulk_load(quads(*range(40)))
        branch.bulk_infer([triple(100)])
        branch.publish(message='"quoted"\nA <x> <y> <z> .')
    with versions.writing() as branch:
        branch.apply([quad(200)], [quad(0)])
        second = branch.publish()
    monkeypatch.setattr(history, "BULK_FROM", 30)
    versions.rebuild(2, tmp_path / "made" / "again", from_first=True)
    assert content(tmp_path / "made" / "again") == content(second.path)
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["again"]


@pytest.mark.parametrize("damage", [b"A <x:s> .\nTC .\n", b"TX .\n", b"\xff"], ids=["row", "cut short", "bytes"])
def test_a_damaged_patch_is_named(versions: Versions, damage: bytes) -> None:
    with versions.writing() as branch:
        branch.apply([quad(0)])
        branch.publish()
    versions.patch_file(1).write_bytes(damage)
    with pytest.raises(StoreDamaged, match="versions/1/patch"):
        versions.diff(0, 1)
