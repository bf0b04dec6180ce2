import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import StoreDamaged, StoreError, StoreLocked, VersionGone, VersionNotFound
from cnrs_kg.store import head
from cnrs_kg.store.versions import Retention, Version, Versions

from .helpers import OTHER, PROVENANCE, STEWARD, content, merge, quad, quads, triple


def publish(versions: Versions, *numbers: int, removed: tuple[int, ...] = (), **record) -> Version:
    with versions.writing() as branch:
        branch.apply(quads(*numbers), quads(*removed))
        return branch.publish(**record)


def test_nothing_is_published_at_first(versions: Versions) -> None:
    assert versions.current() is None
    assert versions.list() == []
    with pytest.raises(VersionNotFound, match="nothing has been published"):
        versions.at(datetime.now(UTC))
    with pytest.raises(VersionNotFound, match="no version 1") as caught:
        versions.version(1)
    assert "cnrs-kg build" in str(caught.value.advice)


def test_a_change_becomes_the_current_version(versions: Versions) -> None:
    first = publish(versions, 0, 4, message="été", agent="ada", submission=3, as_of=date(2026, 1, 1), inputs="ff")
    assert versions.current() == first == versions.version(1)
    assert content(first.path) == merge(set(quads(0, 4)), set())
    assert (first.statements, first.inferred, first.quads, first.added) == (2, 0, 4, 2)
    assert (first.message, first.agent, first.submission) == ("été", "ada", 3)
    assert versions.patch(1).added == tuple(quads(0, 4))
    assert versions.patch(1).header["submission"] == "3"
    assert versions.verify() == []


def test_past_versions_stay_as_they_were(versions: Versions) -> None:
    for number in range(4):
        publish(versions, number * 4, removed=(number * 4 - 8,))
    expected = [{0}, {0, 4}, {4, 8}, {8, 12}]
    assert [content(version.path) for version in versions.list()] == [
        merge(set(quads(*numbers)), set()) for numbers in expected
    ]
    assert versions.verify() == []


def test_no_change_gives_no_version(versions: Versions) -> None:
    first = publish(versions, 0)
    assert publish(versions, 0) == first
    assert publish(versions, removed=(4,)) == first
    assert [version.number for version in versions.list()] == [1]


def test_a_change_of_provenance_alone_gives_no_version_and_leaves_no_trace(versions: Versions) -> None:
    first = publish(versions, 0)
    with versions.writing() as branch:
        branch.apply([quad(4, PROVENANCE)])
        assert branch.publish() == first
    second = publish(versions, 8)
    assert content(second.path) == merge(set(quads(0, 8)), set())
    assert versions.verify() == []


def test_provenance_is_published_with_a_change(versions: Versions) -> None:
    publish(versions, 0)
    with versions.writing() as branch:
        branch.apply([quad(4, PROVENANCE), quad(8)])
        branch.publish()
    assert quad(4, PROVENANCE) in versions.patch(2).added
    assert versions.verify() == []


def test_another_day_is_a_change_without_statements(versions: Versions) -> None:
    first = publish(versions, 0, as_of=date(2026, 1, 1))
    assert publish(versions, as_of=date(2026, 1, 1)) == first
    second = publish(versions, as_of=date(2026, 1, 2))
    assert (second.number, second.added, second.as_of) == (2, 0, date(2026, 1, 2))
    assert publish(versions, 4).as_of == date(2026, 1, 2)
    assert versions.verify() == []


def test_what_is_not_said_anew_is_kept_from_the_base(versions: Versions) -> None:
    publish(versions, 0, inputs="ff", sources={"g": 1}, message="first")
    second = publish(versions, 4)
    assert (second.inputs, second.sources, second.message) == ("ff", {"g": 1}, None)
    assert publish(versions, 8, sources={}).sources == {}


def test_inferences_are_published_and_counted(versions: Versions) -> None:
    with versions.writing() as branch:
        branch.apply([quad(0)])
        branch.set_inferred([triple(0), triple(4)])
        first = branch.publish()
    assert (first.statements, first.inferred) == (2, 1)
    assert content(first.path) == merge({quad(0)}, {triple(4)})
    with versions.writing() as branch:
        branch.apply([quad(4)])
        second = branch.publish()
    assert (second.statements, second.inferred) == (2, 0)
    assert versions.patch(2).removed == (ox.Quad(*triple(4)),)
    assert versions.verify() == []


def test_a_change_that_is_not_published_is_dropped(versions: Versions) -> None:
    publish(versions, 0)
    with versions.writing() as branch:
        branch.apply(quads(4), quads(0))
    with pytest.raises(ZeroDivisionError):
        with versions.writing() as branch:
            branch.apply(quads(8), quads(0))
            raise ZeroDivisionError
    with versions.writing() as branch:
        branch.bulk_load(quads(12))
    second = publish(versions, 16)
    assert content(second.path) == merge(set(quads(0, 16)), set())
    assert versions.verify() == []


def test_a_branch_ends_with_its_block_and_is_published_once(versions: Versions) -> None:
    with versions.writing() as branch:
        branch.apply([quad(0)])
        branch.publish()
        with pytest.raises(StoreError, match="published or dropped"):
            branch.publish()
    with pytest.raises(StoreError, match="published or dropped"):
        branch.apply([quad(4)])


def test_a_bulk_load_onto_a_version_is_a_version(versions: Versions) -> None:
    with versions.writing() as branch:
        branch.apply([quad(0)])
        branch.infer([triple(4)])
        branch.publish()
    with versions.writing() as branch:
        branch.apply([], [quad(0)])
        branch.bulk_load([quad(4), quad(8), quad(8, OTHER), quad(8)])
        branch.bulk_infer([triple(8), triple(12)])
        second = branch.publish()
    assert content(second.path) == merge({quad(4), quad(8), quad(8, OTHER)}, {triple(12)})
    assert (second.statements, second.inferred) == (3, 1)
    assert versions.verify() == []
    assert publish(versions, 16).number == 3


def test_one_writer_at_a_time(versions: Versions) -> None:
    with versions.writing():
        with pytest.raises(StoreLocked):
            with versions.writing(timeout=0):
                pytest.fail("two writers")
        other = Versions(versions.data_dir)
        assert other.current() is None
        other.close()


def test_versions_of_another_process_are_seen_and_built_upon(versions: Versions) -> None:
    other = Versions(versions.data_dir)
    publish(versions, 0)
    publish(other, 4)
    third = publish(versions, 8)
    assert other.current() == third
    assert content(third.path) == merge(set(quads(0, 4, 8)), set())
    other.close()
    assert publish(versions, 12).number == 4
    assert versions.verify() == []


def test_the_writing_store_is_renewed_from_time_to_time(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head, "RENEW_AFTER", 2)
    for number in range(6):
        publish(versions, number * 4)
    working = [path.name for path in versions.scratch().iterdir()]
    assert len([name for name in working if name.startswith("head")]) == 1 == len(working)
    assert versions.verify() == []


def test_a_trial_changes_nothing_and_needs_no_lock(versions: Versions) -> None:
    first = publish(versions, 0)
    with versions.writing(), versions.trial() as branch:
        branch.apply([quad(4)], [quad(0)])
        assert set(branch.store) == merge({quad(4)}, set())
    with versions.trial(first) as branch:
        assert set(branch.store) == content(first.path)
    assert publish(versions, 0) == first


def test_closing_leaves_no_working_files(versions: Versions) -> None:
    publish(versions, 0)
    versions.close()
    assert os.listdir(versions.data_dir / "branches") == []
    assert publish(versions, 4).number == 2


def test_a_forked_child_opens_a_store_of_its_own(versions: Versions) -> None:
    publish(versions, 0)
    parent = versions.scratch()
    versions._process = -1
    assert publish(versions, 4).number == 2
    assert versions.scratch() != parent
    keeper, opened, workshop = versions._inherited
    keeper.drop()
    opened.close()
    workshop.remove()


def test_a_version_stays_open_until_it_is_pruned(tmp_path: Path) -> None:
    versions = Versions(tmp_path, Retention(count=1))
    first = publish(versions, 0)
    was = versions.open(first)
    assert versions.open(first) is was
    publish(versions, 4)
    with pytest.raises(VersionGone):
        versions.open(first)
    assert set(versions.open(versions.restore(1))) == set(was)
    versions.close()


def test_a_time_asks_for_the_version_of_then(versions: Versions) -> None:
    made = [publish(versions, number * 4) for number in range(5)]
    for version in made:
        assert versions.at(version.created) == version
        assert versions.at(version.created + timedelta(days=9)) == made[-1]
    assert versions.at(made[2].created - timedelta(microseconds=1)) == made[1]
    assert versions.at(datetime(1990, 1, 1, tzinfo=UTC)) == made[0]


def test_created_times_grow_even_if_the_clock_does_not(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(versions, 0)

    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):
            return first.created - timedelta(days=1)

    monkeypatch.setattr("cnrs_kg.store.publication.datetime", Yesterday)
    assert publish(versions, 4).created > first.created


def test_pruned_versions_answer_with_their_neighbours(tmp_path: Path) -> None:
    versions = Versions(tmp_path, Retention(count=2))
    for number in range(2):
        publish(versions, number * 4)
    versions.pin(1)
    for number in range(2, 6):
        publish(versions, number * 4)
    assert [version.number for version in versions.list() if version.kept] == [1, 5, 6]
    with pytest.raises(VersionGone, match="version 3 was pruned") as gone:
        versions.version(3)
    assert gone.value.extra["neighbours"] == [1, 5]
    with pytest.raises(VersionGone):
        versions.open(versions.record(3))
    with pytest.raises(VersionGone):
        versions.at(versions.record(4).created)
    assert len(versions.patch(3).added) == 1
    assert versions.verify() == []
    versions.unpin(1)
    assert versions.prune() == [1]
    assert versions.prune() == []
    versions.close()


def test_a_pruned_version_is_restored_from_the_patches(tmp_path: Path) -> None:
    versions = Versions(tmp_path, Retention(count=1))
    for number in range(4):
        publish(versions, number * 4, removed=(number * 4 - 4,))
    restored = versions.restore(2)
    assert restored.kept and content(restored.path) == merge({quad(4)}, set())
    assert versions.restore(2) == restored
    assert versions.verify() == []
    publish(versions, 40)
    assert versions.prune() == [] and versions.version(2).kept, "what somebody brought back stays"
    versions.unpin(2)
    assert versions.prune() == [2]
    versions.close()


def test_trouble_with_old_versions_does_not_fail_a_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    versions = Versions(tmp_path, Retention(count=1))
    publish(versions, 0)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "not now")

    with monkeypatch.context() as patch:
        patch.setattr("cnrs_kg.store.layout.remove_tree", refuse)
        assert publish(versions, 4).number == 2
        assert publish(versions, 8).number == 3
    assert "old versions stay" in caplog.text
    assert publish(versions, 12).number == 4
    assert [version.number for version in versions.list() if version.kept] == [4]
    versions.close()


def test_a_store_that_cannot_be_opened_is_an_error_of_the_store(versions: Versions) -> None:
    first = publish(versions, 0)
    (first.path / "CURRENT").unlink()
    with pytest.raises(StoreError, match="store"):
        versions.open(first)


def test_a_damaged_record_is_named(versions: Versions) -> None:
    first = publish(versions, 0)
    (first.path.parent / "meta.json").write_text("{")
    fresh = Versions(versions.data_dir)
    with pytest.raises(StoreDamaged, match=r"versions/1/meta\.json"):
        fresh.current()
    with pytest.raises(StoreDamaged, match=r"versions/1/meta\.json"):
        with fresh.writing():
            pytest.fail("wrote upon a damaged record")
    fresh.close()


def test_uploads_are_kept(versions: Versions) -> None:
    assert versions.input(versions.keep_input(b"data")) == b"data"


@pytest.mark.parametrize("asked", [0, -1, 2])
def test_a_version_that_never_was_is_not_found(versions: Versions, asked: int) -> None:
    publish(versions, 0)
    for ask in (versions.version, versions.record, versions.patch, versions.verify, versions.pin, versions.unpin):
        if asked or ask is not versions.verify:
            with pytest.raises(VersionNotFound):
                ask(asked)


def test_graphs_of_a_version_are_those_with_statements(versions: Versions) -> None:
    with versions.writing() as branch:
        branch.apply([quad(0), quad(4, OTHER)])
        branch.publish()
    with versions.writing() as branch:
        branch.apply([], [quad(4, OTHER)])
        second = branch.publish()
    assert list(versions.open(second).named_graphs()) == [STEWARD]


def test_an_ordinary_dataset_has_versions_too(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "var", merged=False)
    with versions.writing() as branch:
        branch.apply([quad(0), ox.Quad(*triple(4)), quad(8, PROVENANCE)])
        branch.publish()
    with versions.writing() as branch:
        branch.create_graph(OTHER)
        second = branch.publish()
    assert (second.number, second.empty_graphs) == (2, (OTHER.value,))
    assert set(versions.open(second).named_graphs()) == {STEWARD, PROVENANCE, OTHER}
    assert content(second.path) == {quad(0), ox.Quad(*triple(4)), quad(8, PROVENANCE)}
    with versions.writing() as branch:
        branch.drop_graph(OTHER)
    assert publish(versions, 0) == second
    assert versions.verify() == []
    versions.rebuild(2, tmp_path / "again", from_first=True)
    assert OTHER in ox.Store.read_only(str(tmp_path / "again")).named_graphs()
    versions.close()


def test_where_nothing_can_be_written_versions_are_read_all_the_same(versions: Versions, caplog) -> None:
    published = publish(versions, 0)
    versions.close()
    (versions.data_dir / "lock").unlink()
    (versions.data_dir / "lock").mkdir()  # for a root user, who may write wherever the disk may be written
    reader = Versions(versions.data_dir)
    assert reader.current() == published and quad(0) in reader.open(published)
    assert "nothing can be written" in caplog.text
    for change in (reader.prune, lambda: publish(reader, 1), lambda: reader.restore(1)):
        with pytest.raises(StoreError, match="could not be written"):
            change()
    assert reader.current() == published


def test_a_data_directory_that_cannot_be_is_a_failure_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="could not be written"):
        Versions(tmp_path / "file" / "var")
