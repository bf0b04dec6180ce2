import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS
from cnrs_kg.rdf.namespaces import SD
from cnrs_kg.web import service_description as module

from .fakes import GRAPH


@pytest.fixture
def described(kg):
    return ox.Store(), module.describe(kg, kg.current())


def objects(triples, predicate):
    return {triple.object.value for triple in triples if triple.predicate == SD(predicate)}


def test_the_endpoint_is_named_by_the_public_url(kg):
    kg.settings = type(kg.settings)(public_url="https://kg.example/")
    assert objects(module.describe(kg, kg.current()), "endpoint") == {"https://kg.example/sparql"}


def test_the_endpoint_is_never_taken_from_the_host_header(client):
    assert "evil" not in client.get("/sparql", headers={"Host": "evil.example"}).text


def test_every_format_that_is_written_is_listed(described):
    _, triples = described
    assert len(objects(triples, "resultFormat")) == len(RDF_FORMATS) + len(RESULT_FORMATS)
    assert len(objects(triples, "inputFormat")) == len(RDF_FORMATS)


def test_the_named_graphs_are_listed(described):
    _, triples = described
    assert objects(triples, "name") == {GRAPH}


def test_what_is_not_enabled_is_not_claimed(described, kg):
    _, triples = described
    assert not objects(triples, "feature")
    assert objects(triples, "defaultEntailmentRegime")
    kg.plain = True
    assert not objects(module.describe(kg, kg.current()), "defaultEntailmentRegime")


def evaluates(function: str) -> bool:
    point = '"POINT(1 1)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
    try:
        list(ox.Store().query(f"SELECT (<{function}>({point}, {point}) AS ?value) {{}}"))
    except RuntimeError:
        return False
    return True


def test_the_functions_listed_are_those_that_the_engine_evaluates(described):
    _, triples = described
    listed = objects(triples, "extensionFunction")
    assert len(listed) > 40 and all(map(evaluates, listed))
    others = ("buffer", "boundary", "asWKT", "is3D", "geometryType", "transform", "metricDistance", "nothing")
    assert not any(map(evaluates, (module.GEOSPARQL + name for name in others)))


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda syntax: syntax.name)
def test_every_format_holds_the_same_triples(described, syntax):
    _, triples = described
    written = module.written(triples, syntax.media_type)
    assert {quad.triple for quad in ox.parse(written, syntax.format)} == set(triples)
