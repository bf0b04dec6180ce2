"""Who follows the stream has what the versions assert."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.publishing import stream as module
from cnrs_kg.publishing.history import asserting
from cnrs_kg.publishing.stream import AS, LDES, TIMESTAMP, TREE, VERSION_OF, Node, Stream
from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.rdf.patch import Patch, rows
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.versions import Versions

from ..store.helpers import quads, triple

PUBLIC = "https://kg.example"
Triples = set[ox.Triple]


def node(stream: Stream, url: str) -> Node:
    """The node at a URL, as a client finds it."""
    parts = url.removeprefix(f"{PUBLIC}/ldes").strip("/").split("/")
    if parts == [""]:
        return stream.root(PUBLIC)
    found = (
        stream.block(PUBLIC, int(parts[1])) if parts[0] == "from" else stream.page(PUBLIC, int(parts[0]), int(parts[1]))
    )
    assert found is not None
    return found


def replicate(stream: Stream, states: dict[str, tuple[str, Triples]], seen: set[str]) -> Iterator[str]:
    """Read all that is not seen yet, by the hypermedia alone; the newest state of each subject counts."""
    left = [f"{PUBLIC}/ldes"]
    while left:
        url = left.pop(0)
        if url in seen:
            continue
        found = node(stream, url)
        if found.closed:
            seen.add(url)
        yield url
        store = ox.Store()
        store.extend(found.quads)
        left += [_value(quad.object) for quad in store.quads_for_pattern(None, TREE("node"), None)]
        for member in store.quads_for_pattern(None, TREE("member"), None):
            name = member.object
            assert isinstance(name, ox.NamedNode)
            (subject,), (moment,) = (
                [quad.object for quad in store.quads_for_pattern(name, path, None)] for path in (VERSION_OF, TIMESTAMP)
            )
            said = {quad.triple for quad in store.quads_for_pattern(None, None, None, name)}
            deleted = ox.Quad(name, RDF("type"), AS("Delete")) in store
            assert deleted == (not said) and {one.subject for one in said} <= {subject}
            if states.get(str(subject), ("", set()))[0] <= _value(moment):
                states[str(subject)] = (_value(moment), said)


def _value(term: object) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value


def asserted(versions: Versions) -> Triples:
    current = versions.current()
    assert current is not None
    return {quad.triple for quad in versions.open(current) if quad.graph_name != DEFAULT_GRAPH}


changes = st.lists(
    st.tuples(*[st.frozensets(st.integers(0, 15), max_size=5) for _ in range(3)]), min_size=1, max_size=6
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(changes, st.data())
def test_a_replica_has_what_is_asserted(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, taken: list, data: st.DataObject
) -> None:
    """Also one that comes back after each version, and when the stores of some versions are no longer kept."""
    monkeypatch.setattr(module, "MEMBERS", 2)
    monkeypatch.setattr(module, "BLOCK", 3)
    versions = Versions(tmp_path_factory.mktemp("stream") / "var")
    follower: dict[str, tuple[str, Triples]] = {}
    seen: set[str] = set()
    for added, removed, inferred in taken:
        with versions.writing() as branch:
            branch.apply(quads(*added), quads(*(removed - added)))
            branch.infer(map(triple, inferred))
            branch.publish()
        if versions.current() is None:
            continue
        follow = Stream(versions)
        list(replicate(follow, follower, seen))
        assert {one for _, said in follower.values() for one in said} == asserted(versions)
    newest = versions.current()
    if newest is None:
        return
    for version in versions.list()[:-1]:
        if data.draw(st.booleans()):
            version.path.rename(version.path.with_name("away"))
    late: dict[str, tuple[str, Triples]] = {}
    list(replicate(Stream(versions), late, set()))
    assert late == follower
    versions.close()


TERMS = [
    ox.NamedNode("x:o"),
    ox.Literal("a"),
    ox.Literal('a "b" <c> .', language="en"),
    ox.Literal("a <x:g> .\n"),
    ox.Literal("1", datatype=ox.NamedNode("x:d")),
    ox.Literal("\\"),
]


@given(st.sampled_from(TERMS), st.booleans(), st.booleans())
def test_rows_that_name_a_graph_are_told_from_the_others(value: ox.NamedNode, named: bool, added: bool) -> None:
    graph = ox.NamedNode("x:g") if named else ox.DefaultGraph()
    quad = ox.Quad(ox.NamedNode("x:é"), ox.NamedNode("x:p"), value, graph)
    found = [line.encode() for line in rows(Patch((quad,) if added else (), () if added else (quad,)))]
    assert list(filter(None, map(asserting, found))) == (["<x:é>".encode()] if named else [])


def test_what_is_closed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 2)
    versions = Versions(tmp_path / "var")
    stream, closed = Stream(versions), {}
    for number in range(5):
        with versions.writing() as branch:
            branch.apply(quads(number * 4))
            branch.publish()
        for url in replicate(stream, {}, set()):
            found = node(stream, url)
            assert closed.setdefault(url, found.quads) == found.quads
            if not found.closed:
                del closed[url]
    assert f"{PUBLIC}/ldes/from/1" in closed and f"{PUBLIC}/ldes/5/1" in closed and f"{PUBLIC}/ldes" not in closed
    assert stream.page(PUBLIC, 1, 2) is None and stream.block(PUBLIC, 2) is None and stream.block(PUBLIC, 7) is None
    versions.close()


def test_the_stream_says_what_it_is(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "var")
    store = ox.Store()
    store.extend(Stream(versions).root(PUBLIC).quads)
    view = ox.NamedNode(f"{PUBLIC}/ldes")
    (stream,) = (quad.subject for quad in store.quads_for_pattern(None, TREE("view"), view))
    assert ox.Quad(stream, LDES("timestampPath"), TIMESTAMP) in store  # type: ignore[arg-type]
    assert ox.Quad(stream, LDES("versionOfPath"), VERSION_OF) in store  # type: ignore[arg-type]
    versions.close()
