"""The facade over the published graph: reading. Writing is tested in `tests/submissions/test_direct.py`."""

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import StoreError, UnsupportedFormat
from cnrs_kg.knowledge_graph import KnowledgeGraph

POLICY = "https://w3id.org/cnrs-kg/graph/steering-international-policy"
SHAPES = ox.NamedNode("https://w3id.org/cnrs-kg/graph/shapes")


def test_the_default_graph_holds_each_triple_once_and_all_that_graphs_assert(published: ox.Store) -> None:
    default = [quad.triple for quad in published.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    asserted = {quad.triple for quad in published if quad.graph_name not in (ox.DefaultGraph(), SHAPES)}
    assert len(default) == len(set(default))
    assert asserted <= set(default)


def test_no_blank_node_is_published(published: ox.Store) -> None:
    assert not any(isinstance(term, ox.BlankNode) for quad in published for term in (quad.subject, quad.object))


def test_figures_count_what_the_graph_holds(kg: KnowledgeGraph) -> None:
    figures = kg.figures()
    assert list(figures)[:3] == ["units", "institutes", "offices"]
    assert figures["institutes"] == 10
    current = kg.current()
    assert current is not None and figures["statements"] == current.statements


def test_named_graphs_have_sizes_and_roles(kg: KnowledgeGraph, published: ox.Store) -> None:
    graphs = {graph.iri: graph for graph in kg.named_graphs()}
    assert graphs[SHAPES.value].role == "shapes"
    policy = list(published.quads_for_pattern(None, None, None, ox.NamedNode(POLICY)))
    assert graphs[POLICY].statements == len(policy)


def test_a_graph_is_read_alone(kg: KnowledgeGraph, published: ox.Store) -> None:
    answer = kg.graph(POLICY, media_type="application/n-triples")
    assert answer is not None
    found = {
        triple.triple if isinstance(triple, ox.Quad) else triple
        for triple in ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES)
    }
    assert found == {quad.triple for quad in published.quads_for_pattern(None, None, None, ox.NamedNode(POLICY))}


def test_a_graph_that_is_not_there_is_none(kg: KnowledgeGraph) -> None:
    assert kg.graph("https://w3id.org/cnrs-kg/graph/nothing", media_type="text/turtle") is None


def test_examples_ask_in_both_languages_and_answer(kg: KnowledgeGraph) -> None:
    examples = kg.examples()
    assert len(examples) > 25
    assert all({"en", "fr"} <= example.question.keys() for example in examples)
    assert not examples[0].id.endswith("-own")


def test_a_format_that_the_form_cannot_have_is_refused(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnsupportedFormat):
        kg.query("ASK {}", result_format=None)


def test_before_the_first_version_there_is_nothing_to_ask(tmp_path_factory: pytest.TempPathFactory) -> None:
    with KnowledgeGraph(Settings(data_dir=tmp_path_factory.mktemp("empty"))) as empty:
        assert (empty.current(), empty.ready()) == (None, False)
        with pytest.raises(StoreError, match="nothing is published") as caught:
            empty.query("ASK {}")
    assert caught.value.advice and "build" in caught.value.advice
