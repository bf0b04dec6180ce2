import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import StoreError, VersionMoved
from cnrs_kg.submissions.change import Change
from cnrs_kg.submissions.writer import Task, Writer

G = ox.NamedNode("http://example.org/graph")


def quad(number: int) -> ox.Quad:
    return ox.Quad(ox.NamedNode("http://example.org/s"), ox.NamedNode("http://example.org/p"), ox.Literal(number), G)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    found = Writer(Task(tmp_path))
    yield found
    found.close()


def test_changes_are_published_one_after_the_other(writer: Writer, tmp_path: Path) -> None:
    for number in (1, 2):
        outcome = writer.publish(Change(frozenset({quad(number)})))
        assert outcome.version is not None and outcome.version.number == number
    versions = Task(tmp_path).versions()
    current = versions.current()
    assert current is not None
    assert set(versions.open(current).quads_for_pattern(None, None, None, G)) == {quad(1), quad(2)}


def test_a_change_of_an_older_version_is_refused(writer: Writer) -> None:
    writer.publish(Change(frozenset({quad(1)})))
    with pytest.raises(VersionMoved):
        writer.publish(Change(frozenset({quad(2)}), based_on=7))


def test_nothing_to_change_gives_no_version(writer: Writer) -> None:
    writer.publish(Change(frozenset({quad(1)})))
    outcome = writer.publish(Change(frozenset({quad(1)})))
    assert outcome.version is not None
    assert (outcome.changed, outcome.version.number) == (False, 1)


def test_a_process_that_is_killed_at_work_is_told_and_replaced(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.publish(Change(frozenset({quad(1)})))
    running = writer.companion._running

    def killed() -> "subprocess.Popen[bytes]":
        process = running()
        process.kill()
        return process

    with monkeypatch.context() as patched, pytest.raises(StoreError, match="ended"):
        patched.setattr(writer.companion, "_running", killed)
        writer.publish(Change(frozenset({quad(2)})))
    outcome = writer.publish(Change(frozenset({quad(2)})))
    assert outcome.version is not None and outcome.version.number == 2


def test_a_process_that_ended_while_nothing_was_asked_is_replaced(writer: Writer) -> None:
    writer.publish(Change(frozenset({quad(1)})))
    assert writer.companion.process is not None
    writer.companion.process.kill()
    writer.companion.process.wait()
    outcome = writer.publish(Change(frozenset({quad(2)})))
    assert outcome.version is not None and outcome.version.number == 2
