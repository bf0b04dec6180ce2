"""The elements of a query's groups and their variables, with the parser's own projection as the judge."""

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.groups import Unreadable, What, read_query

from ..conformance.manifest import ROOT

QUERIES = sorted(ROOT.rglob("*.rq"))


def projected(text: str) -> set[str]:
    found = ox.Store().query(text, base_iri="http://e/")
    assert isinstance(found, ox.QuerySolutions)
    return {variable.value for variable in found.variables}


@pytest.mark.skipif(not QUERIES, reason="the W3C suites are not there")
def test_visible_variables_are_what_select_all_gives() -> None:
    seen = 0
    for file in QUERIES:
        text = file.read_text(encoding="utf-8")
        try:
            ox.Store().query(text, base_iri="http://e/")
        except SyntaxError:
            continue
        except (RuntimeError, ValueError):
            pass  # it is a query, if one that cannot be evaluated
        query = read_query(text)
        prologue = " ".join(token.text for token in query.prologue)
        every = projected(f"{prologue} SELECT * {text[query.group.start : query.group.end]}")
        assert query.group.visible == every, file
        assert query.group.certain <= every, file
        seen += 1
    assert seen > 500


@pytest.mark.parametrize(
    ("group", "visible", "certain"),
    [
        ("?s ?p ?o", "s p o", "s p o"),
        ("?s ?p [ ?q ( ?o ) ]", "s p q o", "s p q o"),
        ("?s <http://e/p>* ?o FILTER(?x > 1)", "s o", "s o"),
        ("OPTIONAL { ?s ?p ?o }", "s p o", ""),
        ("?s ?p ?o MINUS { ?s ?q ?o }", "s p o", "s p o"),
        ("{ ?s ?p ?o } UNION { ?s ?q ?o }", "s p q o", "s o"),
        ("{ ?s ?p ?o OPTIONAL { ?s ?p ?q } }", "s p o q", "s p o"),
        ("BIND(1 / ?z AS ?x)", "x", ""),
        ("VALUES ?x { 1 2 } VALUES (?y ?z) { (1 UNDEF) }", "x y z", "x"),
        ("GRAPH ?g { ?s ?p ?o }", "g s p o", "s p o"),
        ("SERVICE ?e { ?s ?p ?o }", "e s p o", "s p o"),
        ("LATERAL { ?s ?p ?o }", "s p o", ""),
        ("{ SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(*) > 1) }", "s n", "s"),
        ("{ SELECT * { ?s ?p ?o FILTER EXISTS { ?o ?q ?r } } LIMIT 1 VALUES ?v { 1 } }", "s p o v", "s p o"),
        ("?s ?p <<( ?a ?b ?c )>> . ?s ?q ?r ~ ?t {| ?u ?v |} .", "s p a b c q r t u v", "s p a b c q r t u v"),
        ("FILTER NOT EXISTS { ?s ?p ?o }", "", ""),
    ],
)
def test_variables(group: str, visible: str, certain: str) -> None:
    found = read_query(f"SELECT * {{ {group} }}").group
    assert found.visible == set(visible.split())
    assert found.certain == set(certain.split())


def test_elements_have_their_places() -> None:
    text = "SELECT * WHERE { ?s ?p ?o . . FILTER(?o > 3) . ?o ?q 'a } b' OPTIONAL { ?a ?b ?c } # }\n BIND(1 AS ?x) }"
    text = text.replace(" . . ", " . ")
    found = [(one.what, text[one.start : one.end]) for one in read_query(text).group.elements]
    assert found == [
        (What.TRIPLES, "?s ?p ?o"),
        (What.FILTER, "FILTER(?o > 3)"),
        (What.TRIPLES, "?o ?q 'a } b'"),
        (What.OPTIONAL, "OPTIONAL { ?a ?b ?c }"),
        (What.BIND, "BIND(1 AS ?x)"),
    ]


@pytest.mark.parametrize(
    ("head", "dataset"),
    [
        ("SELECT (COUNT(?s) AS ?n) FROM <http://e/g> FROM NAMED <http://e/h> WHERE", "FROM <http://e/g> FROM NAMED <http://e/h>"),
        ("CONSTRUCT { ?s ?p ?o } FROM <http://e/g>", "FROM <http://e/g>"),
        ("DESCRIBE ?s <http://e/x> WHERE", ""),
        ("ASK", ""),
    ],
)  # fmt: skip
def test_the_dataset_and_the_group_of_every_form(head: str, dataset: str) -> None:
    text = f"BASE <http://e/> PREFIX : <select> {head} {{ ?s ?p ?o }} LIMIT 5"
    found = read_query(text)
    assert text[slice(*found.dataset)] == dataset
    assert text[found.group.start : found.group.end] == "{ ?s ?p ?o }"
    assert [token.text for token in found.prologue] == ["BASE", "<http://e/>", "PREFIX", ":", "<select>"]


@pytest.mark.parametrize(
    "text", ["", "SELECT", "SELECT * {", "SELECT * { ) }", "SELECT * { ?s \\ ?o }", "DESCRIBE <x:y>"]
)
def test_what_is_no_query_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_query(text)
