import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH

from .conftest import Run


def test_an_export_is_the_version_whole(run: Run, published: ox.Store) -> None:
    result = run("export")
    assert result.exit_code == 0
    assert set(ox.parse(result.stdout_bytes, ox.RdfFormat.N_QUADS)) == set(published)


def test_one_graph_alone(run: Run, published: ox.Store) -> None:
    graph = ox.NamedNode("https://w3id.org/cnrs-kg/graph/steering-international-policy")
    result = run("export", "--format", "turtle", "--graph", graph.value)
    found = {quad.triple for quad in ox.parse(result.stdout_bytes, ox.RdfFormat.TURTLE)}
    assert found == {quad.triple for quad in published.quads_for_pattern(None, None, None, graph)}


def test_the_default_graph_alone(run: Run, published: ox.Store) -> None:
    result = run("export", "--format", "nt", "--graph", "default")
    assert len(result.stdout_bytes.splitlines()) == len(
        list(published.quads_for_pattern(None, None, None, DEFAULT_GRAPH))
    )


def test_a_format_of_one_graph_has_the_default_graph(run: Run, published: ox.Store) -> None:
    result = run("export", "--format", "turtle")
    found = {quad.triple for quad in ox.parse(result.stdout_bytes, ox.RdfFormat.TURTLE)}
    assert found == {quad.triple for quad in published.quads_for_pattern(None, None, None, DEFAULT_GRAPH)}
