"""Plans of queries with SERVICE: what is asked where, and what is refused."""

import re

import pytest

from cnrs_kg.engine.service import NESTING, plan_of, written
from cnrs_kg.errors import QuerySyntaxError, QueryTooComplex, ServiceRefused

BASE = "http://base/"


def local(text: str) -> str:
    """The query for values of the last SERVICE, in one line."""
    plan = plan_of(text, BASE)
    return " ".join(written(plan.calls[-1].local, ["[0]", "[1]"]).split())


def test_a_query_without_service_has_no_calls() -> None:
    text = "SELECT ?service { ?s <http://e/SERVICE> 'SERVICE' } # SERVICE"
    plan = plan_of(text, BASE)
    assert (plan.calls, plan.query) == ((), (text,))
    assert plan_of("no query at all", BASE).calls == ()


def test_the_endpoint_is_what_the_parser_takes_it_for() -> None:
    for term in ("<http://x/a/sparql>", "x:sparql", "<sparql>", "<\\u0073parql>"):
        plan = plan_of(f"BASE <http://x/a/> PREFIX x: <../a/> ASK {{ SERVICE {term} {{ ?s ?p ?o }} }}", BASE)
        assert [call.endpoint for call in plan.calls] == ["http://x/a/sparql"]
    assert plan_of("ASK { SERVICE <sparql> { ?s ?p ?o } }", BASE).calls[0].endpoint == "http://base/sparql"


def test_the_answer_takes_the_place_of_the_service() -> None:
    text = (
        "SELECT * { ?s ?p 1 . SERVICE SILENT <http://x/> { ?s ?p ?v } . OPTIONAL { SERVICE <http://y/> { ?v ?q ?w } } }"
    )
    plan = plan_of(text, BASE)
    assert written(plan.query, ["ONE", "TWO"]) == "SELECT * { ?s ?p 1 . ONE . OPTIONAL { TWO } }"
    assert [(call.silent, call.position, call.shared, call.variables) for call in plan.calls] == [
        (True, (1, 22), ("p", "s"), ("p", "s", "v")),
        (False, (1, 75), ("v",), ("q", "v", "w")),
    ]
    assert local(text) == "SELECT DISTINCT ?v { ?s ?p 1 . [0] . { } }"


def test_the_head_holds_the_declarations_that_the_body_needs() -> None:
    text = """PREFIX a: <http://a/> # private
    BASE <http://b/> PREFIX c: <c#>
    ASK { ?s a:p 1 SERVICE <http://x/> { ?s c:p <d> } }"""
    (call,) = plan_of(text, BASE).calls
    assert call.head.splitlines() == ["BASE <http://base/>", "BASE <http://b/>", "PREFIX c: <c#>"]
    assert call.body == "{ ?s c:p <d> }"


def test_nothing_is_asked_here_where_nothing_stands_before() -> None:
    for before in ("", "FILTER(?v > 1) "):
        assert plan_of(f"ASK {{ {before}SERVICE <http://x/> {{ ?s ?p ?v }} }}", BASE).calls[0].local == ()
    assert local("ASK { ?a ?b ?c SERVICE <http://x/> { <x:s> <x:p> <x:o> } }") == (
        "SELECT DISTINCT (1 AS ?found) { ?a ?b ?c }"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("?s ?p ?o FILTER(?o > 1) SERVICE <x:> { ?s ?q ?v }", "FILTER(?o > 1)"),
        ("?s ?p ?o SERVICE <x:> { ?s ?q ?v } FILTER(?o > 1)", "FILTER(?o > 1)"),
        ("?s ?p ?o SERVICE <x:> { ?s ?q ?v } FILTER(?s > 1 && ?o > 1)", "FILTER(?s > 1 && ?o > 1)"),
        ("?s ?p ?o FILTER(?v > 1) SERVICE <x:> { ?s ?q ?v }", ""),
        ("OPTIONAL { ?s ?p ?o } FILTER(?s > 1) SERVICE <x:> { ?s ?q ?v }", ""),
        ("?s ?p ?o FILTER NOT EXISTS { ?o ?r ?v } SERVICE <x:> { ?s ?q ?v }", ""),
        ("?s ?p ?o FILTER(?o<?v&&1>0) SERVICE <x:> { ?s ?q ?v }", ""),
        ("?s ?p ?o SERVICE <x:> { ?s ?q 1 } BIND(2 AS ?v) FILTER(?v > 1)", ""),
    ],
)
def test_a_filter_is_asked_with_what_stands_before_where_it_says_the_same(text: str, kept: str) -> None:
    asked = local(f"SELECT * {{ {text} }}")
    assert re.findall(r"FILTER.*(?= })", asked.replace("FILTER(true)", "")) == ([kept] if kept else [])


def test_the_dataset_is_that_of_the_query() -> None:
    asked = local("SELECT (1 AS ?n) FROM <x:g> WHERE { ?s ?p ?o SERVICE <x:> { ?s ?q ?v } }")
    assert asked == "SELECT DISTINCT ?s FROM <x:g> { ?s ?p ?o }"


def test_in_an_optional_only_what_the_body_surely_binds_is_sent() -> None:
    body = "{ ?s ?q ?v OPTIONAL { ?s ?r ?o } }"
    (call,) = plan_of(f"SELECT * {{ ?s ?p ?o OPTIONAL {{ ?o ?x ?y SERVICE <x:> {body} }} }}", BASE).calls
    assert call.shared == ("s",)
    assert plan_of(f"SELECT * {{ ?s ?p ?o SERVICE <x:> {body} }}", BASE).calls[0].shared == ("o", "s")


SERVICE = "SERVICE <http://x/> { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        ("SERVICE ?x { ?s ?p ?o }", "with a variable"),
        (f"{{ {SERVICE} }}", "in a group of its own or a UNION"),
        (f"{{ ?s ?p 1 }} UNION {{ {SERVICE} }}", "in a group of its own or a UNION"),
        (f"GRAPH <x:g> {{ {SERVICE} }}", "in GRAPH"),
        (f"?s ?p 1 MINUS {{ {SERVICE} }}", "in MINUS"),
        (f"LATERAL {{ {SERVICE} }}", "in LATERAL"),
        (f"SERVICE <http://y/> {{ ?s ?p 1 {SERVICE} }}", "inside another SERVICE"),
        (f"OPTIONAL {{ ?s ?p 1 OPTIONAL {{ {SERVICE} }} }}", "in an OPTIONAL inside an OPTIONAL"),
        (f"OPTIONAL {{ {{ {SERVICE} }} }}", "in a group of its own or a UNION"),
        (f"{{ SELECT * {{ {SERVICE} }} }}", "in a sub-select"),
        (f"SELECT * {{ {SERVICE} }}", "in a sub-select"),
        (f"FILTER EXISTS {{ {SERVICE} }}", "in an expression"),
        (f"BIND(EXISTS {{ {SERVICE} }} AS ?x)", "in an expression"),
        (f"BIND(UUID() AS ?s) {SERVICE}", "after a function that gives another value"),
    ],
)
def test_what_cannot_be_asked_is_refused_where_it_stands(group: str, reason: str) -> None:
    text = f"SELECT *\n{{ {group} }}"
    with pytest.raises(ServiceRefused, match=reason) as caught:
        plan_of(text, BASE)
    place = [place for place in range(len(text)) if text.startswith(("SERVICE <http://x/>", "SERVICE ?"), place)]
    assert caught.value.position == (2, place[0] - len("SELECT *\n") + 1)
    assert caught.value.limit == "service_allow"
    assert caught.value.advice


def test_the_projection_and_having_are_expressions_too() -> None:
    for text in (
        f"SELECT (EXISTS {{ {SERVICE} }} AS ?x) {{}}",
        f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING EXISTS {{ {SERVICE} }}",
    ):
        with pytest.raises(ServiceRefused, match="in an expression"):
            plan_of(text, BASE)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("SELECT * {\n SERVICE <http://x/> { ?s ?p } }", (2, 30)),
        ("SELECT * {\n SERVICE SILENT x:y { ?s ?p ?o } }", (2, 17)),
        ("SELECT * {\n SERVICE { ?s ?p ?o } }", (2, 10)),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } UNION { ?s ?p ?o } }", (1, 45)),
        ("SELECT * { ?s ?p ?o SERVICE <http://x/> { BIND(1 AS ?s) } BIND(2 AS ?s) }", (1, 70)),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://x/> { ?s ?p ?o } }", (1, 1)),
    ],
)
def test_what_is_no_query_is_told_before_anything_is_asked(text: str, position: tuple[int, int]) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        plan_of(text, BASE)
    assert caught.value.position is not None
    assert caught.value.position[0] == position[0]


def test_nesting_is_limited_more_than_in_other_queries() -> None:
    deep = "{" * (NESTING + 1) + "}" * (NESTING + 1)
    with pytest.raises(QueryTooComplex) as caught:
        plan_of(f"SELECT * {{ {deep} SERVICE <http://x/> {{ ?s ?p ?o }} }}", BASE)
    assert caught.value.limit == "query_nesting"
    inner = "{" * (NESTING - 2) + "?s ?p ?o" + "}" * (NESTING - 2)
    assert plan_of(f"SELECT * {{ {inner} SERVICE <http://x/> {{ ?s ?p ?o }} }}", BASE).calls
