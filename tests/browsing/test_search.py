"""Search follows what is published, in whatever process that happens."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.browsing import search as searching
from cnrs_kg.browsing.index import build, opened, stamp
from cnrs_kg.browsing.search import Search, Task, place, refresh
from cnrs_kg.errors import EngineBusy, StoreError
from cnrs_kg.rdf.namespaces import BASE, GRAPH, RDFS
from cnrs_kg.store.versions import Versions


def publish(versions: Versions, **names: str) -> None:
    with versions.writing() as branch:
        quads = [
            ox.Quad(ox.NamedNode(f"urn:x:{iri}"), RDFS("label"), ox.Literal(name), GRAPH("source"))
            for iri, name in names.items()
        ]
        branch.apply(quads)
        branch.publish(message="test")


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    found = Versions(tmp_path)
    publish(found, one="First name")
    yield found
    found.close()


def test_what_is_published_is_found_by_the_next_search(versions: Versions) -> None:
    found = Search(Task(versions.data_dir, BASE), versions.current)
    try:
        assert [hit.iri for hit in found.find("first").hits.found] == ["urn:x:one"]
        publish(versions, two="Second name")
        refresh(versions, 2)
        answer = found.find("name")
        assert answer.version == 2 and {hit.iri for hit in answer.hits.found} == {"urn:x:one", "urn:x:two"}
    finally:
        found.close()


def test_a_near_version_is_reached_by_its_changes_and_a_far_one_anew(
    versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(versions, 1)
    publish(versions, two="Second name")
    with monkeypatch.context() as patched:
        patched.setattr(searching.index, "build", None)
        refresh(versions, 2)
    publish(versions, three="Third name")
    monkeypatch.setattr(searching, "CHANGED", 0)
    monkeypatch.setattr(searching.index, "update", None)
    refresh(versions, 3)
    assert stamp(opened(place(versions.data_dir)))[0] == 3


def test_a_damaged_index_is_written_anew(versions: Versions) -> None:
    file = place(versions.data_dir)
    file.parent.mkdir()
    file.write_bytes(b"no database" * 1000)
    refresh(versions, 1)
    version = versions.version(1)
    assert stamp(opened(file)) == (1, version.digest)


def test_an_index_of_another_history_is_written_anew(versions: Versions) -> None:
    file = place(versions.data_dir)
    file.parent.mkdir()
    build(file, [], 1, "of another")
    publish(versions, two="Second name")
    refresh(versions, 2)
    assert opened(file).execute("select count(*) from thing").fetchone() == (2,)


def test_without_an_index_or_a_version_a_search_says_so(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "FIRST", 0.0)
    monkeypatch.setattr(searching.Companion, "ask", lambda self, number: None)
    found = Search(Task(versions.data_dir, BASE), versions.current)
    with pytest.raises(EngineBusy):
        found.find("first")
    with pytest.raises(StoreError):
        Search(Task(versions.data_dir, BASE), lambda: None).find("first")


def test_things_by_what_their_iris_begin_with(versions: Versions) -> None:
    found = Search(Task(versions.data_dir, BASE), versions.current)
    try:
        assert found.beginning("urn:x:") == []  # there is no index yet, and none is waited for
        publish(versions, two="Second name", tower="Third name")
        refresh(versions, 2)
        assert [(hit.iri, hit.en) for hit in found.beginning("urn:x:t")] == [
            ("urn:x:tower", "Third name"),
            ("urn:x:two", "Second name"),
        ]
        assert [hit.iri for hit in found.beginning("urn:x:", 1)] == ["urn:x:one"]
        assert found.beginning("urn:y:") == []
    finally:
        found.close()
