"""What a query names: a change that can affect it is never missed."""

import pytest

from cnrs_kg.reviewing.mentions import mentions
from cnrs_kg.reviewing.watched import watched

EX = "http://example.org/"
PREFIX = f"PREFIX ex: <{EX}>\n"
OTHER = [f"{EX}other"]


@pytest.mark.parametrize(
    "query",
    ["SELECT * { ?s ex:p ?o }", f"SELECT ?s {{ ?s <{EX}p> ?o }}", "ASK { ?s ex:p/ex:q* ?o }", "ASK { ?s ^ex:p ?o }",
     "SELECT ?a ?b ?c { ?a ex:p ?b ; ex:q ?c . ?b ex:q ?c } GROUP BY ?a ?b ?c ORDER BY ?a ?b ?c",
     'SELECT ?s { VALUES (?s ?t ?u) { (ex:a ex:b ex:c) } ?s ex:p "x"@en , 5 }',
     "SELECT ?s { { SELECT ?s ?t ?u { ?s ex:p ?t } } FILTER (?s = ?t && !(?t = ?s)) }"],
)  # fmt: skip
def test_a_query_is_touched_by_what_it_names_alone(query: str) -> None:
    found = mentions(PREFIX + query)
    assert found.touched_by([f"{EX}p"]) and not found.touched_by(OTHER) and not found.touched_by([])


@pytest.mark.parametrize(
    "query",
    ["SELECT * { ?s ?p ?o }", "SELECT * { ex:s ?p true }", "SELECT * { ?s a ex:C ; ?p ?o }", "SELECT * { [ ?p ?o ] }",
     "SELECT * { [] ?p 5 }", "SELECT * { (1 2) ?p ?o }", "SELECT * { ?s ?p [ ex:q 1 ] }", "DESCRIBE ex:s",
     "SELECT * { ?s !ex:p ?o }", "SELECT * { ?s !(ex:p|ex:q) ?o }", "SELECT * { ?s !a ?o }",
     "CONSTRUCT { ?s ex:p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"],
)  # fmt: skip
def test_one_that_asks_for_any_predicate_is_touched_by_all(query: str) -> None:
    assert mentions(PREFIX + query).touched_by(OTHER)


def test_a_is_a_type() -> None:
    assert mentions("ASK { ?s a ?c }").touched_by(["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"])


def test_our_own_questions_name_their_predicates() -> None:
    texts = [one.text for one in watched()]
    assert texts and not any(mentions(text).touched_by(OTHER) for text in texts)
