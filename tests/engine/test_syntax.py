import pyoxigraph as ox
import pytest

from cnrs_kg.engine.syntax import PADDING, read_syntax_error

WRONG = {
    "SELECT * { ?s ?p ?o OPTINAL { ?s ?p 1 } }": (
        (1, 21),
        "'OPTINAL' cannot stand after '?o'; did you mean OPTIONAL?",
    ),
    "SELECT *\n{ ?s ?p": ((2, 8), "the request ends too early after '?p'"),
    "SELECT * { ?s é:p ?o }": ((1, 15), "the prefix é: of 'é:p' is not declared"),
    "PREFIX a: <urn:a> SELECT * { ?s a:p 1 ; b:p 2 }": ((1, 41), "the prefix b: of 'b:p' is not declared"),
    "SELECT * { ?s ?p ?o } LIMIT x": ((1, 29), "'x' cannot stand after 'LIMIT'"),
    "SELECT * { ?s ?p ?o } ORDER ?s": ((1, 29), "'?s' cannot stand after 'ORDER'"),
    "SELECT * { FILTER(?s = ) }": ((1, 24), "')' cannot stand after '='"),
    "SELECT * { ?s ?p ?o } }": ((1, 23), "'}' cannot stand after '}'"),
    "": ((1, 1), "the request ends too early"),
    "foo bar": ((1, 1), "'foo' cannot stand there"),
    "SELECT ?x (SUM(?y) AS ?z) { ?x ?p ?y }": (None, "The SELECT contains a variable that is unbound"),
}


@pytest.mark.parametrize("text", WRONG, ids=WRONG)
def test_the_message_names_the_place_and_the_token(text):
    position, sentence = WRONG[text]
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(text + PADDING)
    error = read_syntax_error(str(caught.value.args[0]), text)
    assert sentence in error.detail
    if position is not None:
        assert error.position == position
        assert f"line {position[0]}, column {position[1]}" in error.detail


def test_another_message_is_kept():
    assert read_syntax_error("Something else", "ASK {}").detail == "Not SPARQL: Something else"
