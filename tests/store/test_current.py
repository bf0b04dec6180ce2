import pytest

from cnrs_kg.store import current
from cnrs_kg.store.current import CurrentVersion
from cnrs_kg.store.meta import Version
from cnrs_kg.store.versions import Versions

from .helpers import quads


def publish(versions: Versions, number: int) -> Version:
    with versions.writing() as branch:
        branch.apply(quads(number))
        return branch.publish()


def test_before_the_first_there_is_none(versions):
    assert CurrentVersion(versions).get() is None


def test_it_is_asked_again_after_a_while(versions, monkeypatch):
    found = CurrentVersion(versions)
    monkeypatch.setattr(current, "FRESH", 3600)
    first = publish(versions, 1)
    assert found.get() == first
    second = publish(versions, 4)
    assert found.get() == first
    monkeypatch.setattr(current, "FRESH", 0)
    assert found.get() == second


def test_what_was_published_here_is_known_at_once(versions, monkeypatch):
    monkeypatch.setattr(current, "FRESH", 3600)
    found = CurrentVersion(versions)
    for number in (1, 4):
        version = publish(versions, number)
        found.forget()
        assert found.get() == version


def test_an_answer_that_was_overtaken_is_not_remembered(versions, monkeypatch):
    monkeypatch.setattr(current, "FRESH", 3600)
    first = publish(versions, 1)
    found = CurrentVersion(versions)

    def slow() -> Version | None:
        monkeypatch.undo()
        monkeypatch.setattr(current, "FRESH", 3600)
        publish(versions, 4)
        found.forget()
        return first

    monkeypatch.setattr(versions, "current", slow)
    assert found.get() == first
    later = found.get()
    assert later is not None and later.number == 2


@pytest.mark.parametrize("fresh", [0, 3600])
def test_the_first_look_is_never_taken_for_fresh(versions, monkeypatch, fresh):
    monkeypatch.setattr(current, "FRESH", fresh)
    first = publish(versions, 1)
    assert CurrentVersion(versions).get() == first
