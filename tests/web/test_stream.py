"""The event stream over HTTP: formats, caching, pages that are not there."""

from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.publishing.stream import TREE

from .conftest import PUBLIC


def targets(answer: Any) -> list[str]:
    quads = ox.parse(answer.data, format=ox.RdfFormat.TRIG, base_iri=PUBLIC)
    return [quad.object.value.removeprefix(PUBLIC) for quad in quads if quad.predicate == TREE("node")]  # type: ignore[union-attr]


def test_relations_lead_to_all_that_is_asserted(browser: Any, graph: KnowledgeGraph) -> None:
    left, said = ["/ldes"], set()
    while left:
        answer = browser.get(left.pop())
        assert answer.status_code == 200 and answer.content_type.startswith("application/trig")
        left += targets(answer)
        for quad in ox.parse(answer.data, format=ox.RdfFormat.TRIG):
            if quad.graph_name != ox.DefaultGraph():
                said.add(quad.triple)
    current = graph.current()
    assert current is not None
    assert said == {quad.triple for quad in graph.store.open(current) if quad.graph_name != ox.DefaultGraph()}


@pytest.mark.parametrize(
    ("name", "format_"),
    [("trig", ox.RdfFormat.TRIG), ("nquads", ox.RdfFormat.N_QUADS), ("jsonld", ox.RdfFormat.JSON_LD)],
)
def test_every_format_says_the_same(browser: Any, name: str, format_: ox.RdfFormat) -> None:
    wanted = set(ox.parse(browser.get("/ldes/1/2").data, format=ox.RdfFormat.TRIG))
    assert set(ox.parse(browser.get(f"/ldes/1/2?format={name}").data, format=format_)) == wanted


def test_what_is_closed_may_be_kept_for_ever(browser: Any) -> None:
    page, root = browser.get("/ldes/1/1"), browser.get("/ldes", headers={"Accept": "text/turtle"})
    assert "immutable" in page.headers["Cache-Control"] and "no-cache" in root.headers["Cache-Control"]
    assert root.content_type.startswith("text/turtle")
    again = browser.get("/ldes/1/1", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/ldes/1/9999", 404, "Begin with /ldes"),
        ("/ldes/1/0", 404, "Begin with /ldes"),
        ("/ldes/9/1", 404, "no version 9"),
        ("/ldes/from/2", 404, "Begin with /ldes"),
        ("/ldes/from/101", 404, "Begin with /ldes"),
        ("/ldes/1/1?format=turtle", 406, "application/trig"),
        ("/ldes/x/1", 404, "Nothing is here"),
    ],
)
def test_what_is_not_there_is_said(browser: Any, path: str, status: int, said: str) -> None:
    found = browser.get(path)
    assert found.status_code == status and said in found.text
