from cnrs_kg.store import head
from cnrs_kg.store.versions import Versions

from .helpers import quad


def publish(versions: Versions, number: int) -> None:
    with versions.writing() as branch:
        branch.apply([quad(number)])
        branch.publish()


def test_the_store_stays_open_between_changes(versions: Versions) -> None:
    publish(versions, 0)
    first = versions._keeper._head
    publish(versions, 4)
    assert versions._keeper._head is first is not None
    assert (first.number, first.published) == (2, 2)


def test_a_head_that_another_process_left_behind_is_made_again(versions: Versions) -> None:
    publish(versions, 0)
    first = versions._keeper._head
    other = Versions(versions.data_dir)
    publish(other, 4)
    other.close()
    publish(versions, 8)
    second = versions._keeper._head
    assert second is not None and second is not first and second.number == 3
    assert first is not None and not first.path.exists()


def test_dropping_twice_is_dropping_once(versions: Versions) -> None:
    publish(versions, 0)
    versions._keeper.drop()
    versions._keeper.drop()
    assert head.HeadKeeper().drop() is None
