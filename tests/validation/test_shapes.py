import pytest

from cnrs_kg.errors import ShapesError
from cnrs_kg.validation.judge import judge
from cnrs_kg.validation.shapes import compile_shapes

from .features import triples

_SPARQL = 'e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:sparql [ sh:select "%s" ] .'


def test_the_same_shapes_are_compiled_once() -> None:
    text = "e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:nodeKind sh:IRI ."
    assert compile_shapes(triples(text)) is compile_shapes(triples(text))


@pytest.mark.parametrize(
    "text",
    [
        "e:S sh:targetClass e:Thing ; sh:node e:S .",
        "e:S sh:targetClass e:Thing ; sh:property e:P . e:P sh:path e:p ; sh:node e:S .",
        "e:S sh:targetClass e:Thing ; sh:or ( e:T [ sh:not e:S ] ) . e:T sh:nodeKind sh:IRI .",
    ],
)
def test_recursive_shapes_are_refused(text: str) -> None:
    with pytest.raises(ShapesError, match="circle") as refused:
        compile_shapes(triples(text))
    assert "http://example.org/S" in refused.value.detail


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("SELECT $this WHERE { GRAPH ?g { $this ?p ?o } }", "GRAPH"),
        ("SELECT $this WHERE { FILTER EXISTS { GRAPH <http://e/g> { $this ?p ?o } } }", "GRAPH"),
        ("SELECT $this WHERE { SERVICE <http://e/s> { $this ?p ?o } }", "SERVICE"),
        ("SELECT $this FROM <http://e/g> WHERE { $this ?p ?o }", "FROM"),
        ("SELECT $this FROM NAMED <http://e/g> WHERE { $this ?p ?o }", "FROM"),
        ("SELECT $this WHERE { $this ?p ", "SPARQL constraint"),
        ("SELECT $this WHERE { $this no:prefix ?o }", "prefix"),
    ],
)
def test_queries_of_shapes_read_the_data_graph_alone(query: str, named: str) -> None:
    with pytest.raises(ShapesError, match=named):
        compile_shapes(triples(_SPARQL % query))


def test_declared_paths_name_what_the_query_follows() -> None:
    declared = _SPARQL.replace("[ ", "[ ours:reads e:p ; ")
    compile_shapes(triples(declared % "SELECT $this WHERE { $this <http://example.org/p> ?o }"))
    for query in ("SELECT $this WHERE { $this <http://example.org/q> ?o }", "SELECT $this WHERE { $this ?any ?o }"):
        with pytest.raises(ShapesError, match="declares"):
            compile_shapes(triples(declared % query))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("e:S sh:targetClass e:Thing ; sh:property e:P .", "e:P|example.org/P"),
        ("e:S a sh:PropertyShape ; sh:targetClass e:Thing ; sh:path [ e:x e:y ] .", "path"),
        ("e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:target [ a e:Odd ] .", "target"),
    ],
)
def test_malformed_shapes_are_named(text: str, named: str) -> None:
    with pytest.raises(ShapesError, match=named):
        judge(triples("e:a a e:Thing ; e:p e:b ."), triples(text))


def test_messages_of_queries_keep_their_languages() -> None:
    shapes = """e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:sparql [
        sh:message "{?value} is wrong."@en , "{?value} est faux."@fr ;
        sh:select "SELECT $this ?value WHERE { $this <http://example.org/p> ?value }" ] ."""
    (found,) = judge(triples("e:a a e:Thing ; e:p 1 ."), triples(shapes))
    assert found.message == {"en": "1 is wrong.", "fr": "1 est faux."}


QUERY = (
    "SELECT $this ?value WHERE { $this <http://example.org/p> ?value . "
    "GRAPH $shapesGraph { $currentShape <http://example.org/most> ?most } FILTER (?value > ?most) }"
)
_LIMITED = 'e:S a sh:NodeShape ; sh:targetClass e:Thing ; e:most 3 ; sh:sparql [ ours:reads e:p ; sh:select "%s" ] .'


def test_a_constraint_may_ask_what_its_shapes_say() -> None:
    data = triples("e:a a e:Thing ; e:p 2 . e:b a e:Thing ; e:p 4 .")
    found = judge(data, triples(_LIMITED % QUERY))
    assert [str(result.focus_node) for result in found] == ["<http://example.org/b>"]


@pytest.mark.parametrize(
    "shape",
    [
        _LIMITED % QUERY.replace("$shapesGraph", "<https://w3id.org/cnrs-kg/graph/shapes>"),
        f'e:S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select "{QUERY}" ] .',
    ],
    ids=["by another name", "by a target"],
)
def test_the_shapes_are_asked_by_no_other_name_and_nowhere_else(shape: str) -> None:
    with pytest.raises(ShapesError, match="GRAPH"):
        compile_shapes(triples(shape))
