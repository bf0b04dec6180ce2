"""A federated query answers what the same query answers over all the data in one place."""

from pathlib import Path

import pyoxigraph as ox
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cnrs_kg.engine.requests import QueryRequest

from .places import URL, Remote, rows, services

NAMES = st.sampled_from("ab")
TERMS = st.one_of(NAMES.map(lambda name: f"<http://e/{name}>"), st.sampled_from(['"y\\n"@en', "1"]))
VARIABLES = st.sampled_from(["?s", "?v", "?w"])
PREDICATES = st.sampled_from(["p", "q"]).map(lambda name: f"<http://e/{name}>")
TRIPLES = st.builds(lambda s, p, o: f"<http://e/{s}> {p} {o} .", NAMES, PREDICATES, TERMS)


def _pattern(subject: str, predicate: str, value: str) -> str:
    return f"{subject} {predicate} {value} . "


PATTERNS = st.builds(_pattern, VARIABLES, PREDICATES, st.one_of(VARIABLES, TERMS))
FILTERS = st.one_of(
    st.builds(lambda a, b: f"FILTER({a} = {b}) ", VARIABLES, st.one_of(VARIABLES, TERMS)),
    st.builds(lambda a, b: f"FILTER({a}<?zz||!bound({b})) ", VARIABLES, VARIABLES),
    st.builds(lambda a, b, c: f"FILTER({a}<{b}&&{c}>0) ", VARIABLES, VARIABLES, VARIABLES),
    st.builds(lambda a: f"FILTER bound({a}) ", VARIABLES),
    st.builds(lambda a: f"FILTER NOT EXISTS {{ {a}}} ", PATTERNS),
)
VALUES = st.builds(lambda a, b: f"VALUES {a} {{ {b} UNDEF }} ", VARIABLES, TERMS)
JOINED = st.one_of(
    PATTERNS,
    PATTERNS,
    FILTERS,
    VALUES,
    st.builds(lambda a, b: f"{{ {a}}} UNION {{ {b}}} ", PATTERNS, PATTERNS),
    st.builds(lambda a, b: f"OPTIONAL {{ {a}{b}}} ", PATTERNS, st.one_of(PATTERNS, FILTERS)),
    st.builds(lambda a: f"MINUS {{ {a}}} ", PATTERNS),
    st.builds(lambda a, b: f"{{ SELECT {a} {{ {b}}} }} ", VARIABLES, PATTERNS),
)
PARTS = st.lists(JOINED, max_size=3).map("".join)
BIND = st.one_of(st.just(""), VARIABLES.map(lambda name: f"BIND(str({name}) AS ?made) "))


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query with one or two SERVICE, each in the group or in an OPTIONAL."""
    text = ""
    for _ in range(draw(st.integers(1, 2))):
        body = f"{draw(PATTERNS)}{draw(PARTS)}"
        service = f"SERVICE <{URL}> {{ {body}}} "
        if draw(st.booleans()):
            service = f"OPTIONAL {{ {draw(PARTS)}{service}{draw(PARTS)}}} "
        text += f"{draw(PARTS)}{service}"
    return f"SELECT * {{ {text}{draw(PARTS)}{draw(BIND)}}}"


TWO = ["<http://e/a> <http://e/p> 1 .", "<http://e/a> <http://e/q> 2 ."]


@example(  # a variable that the body may leave unbound must not be bound by what is sent, where something comes after
    local=TWO[:1],
    remote=["<http://e/a> <http://e/q> 1 ."],
    query=f"SELECT * {{ ?s <http://e/p> ?w OPTIONAL {{ SERVICE <{URL}> {{ ?s <http://e/q> ?v "
    "OPTIONAL { ?s <http://e/r> ?w } } BIND(str(?w) AS ?made) } }",
)
@example(  # what reads as an IRI in this filter is a comparison with what the body binds
    local=TWO,
    remote=["<http://e/a> <http://e/q> 2 ."],
    query=f"SELECT * {{ ?s <http://e/p> ?w FILTER(?w<?v&&?v>0) SERVICE <{URL}> {{ ?s <http://e/q> ?v }} }}",
)
@example(  # a row that lacks a shared variable joins with all that the endpoint has
    local=TWO,
    remote=[*TWO, "<http://e/b> <http://e/p> 1 ."],
    query="SELECT * { ?s <http://e/p> ?w OPTIONAL { ?s <http://e/r> ?v } "
    f"SERVICE <{URL}> {{ ?v <http://e/p> ?w }} }}",
)
@given(
    local=st.lists(TRIPLES, min_size=2, max_size=9), remote=st.lists(TRIPLES, min_size=2, max_size=9), query=queries()
)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_equals_the_query_over_merged_data(tmp_path: Path, local: list[str], remote: list[str], query: str) -> None:
    here, there, merged = ox.Store(), ox.Store(), ox.Store()
    here.load("".join(local), format=ox.RdfFormat.TURTLE)
    there.load("".join(remote), format=ox.RdfFormat.TURTLE)
    merged.load("".join(local), format=ox.RdfFormat.TURTLE)
    merged.load("".join(remote), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(URL))
    found, _ = services(here, Remote({URL: there}), tmp_path)
    whole, oracle = services(merged, Remote({}), tmp_path)
    request = QueryRequest(query, Path("store"))
    try:
        expected = oracle.query(request._replace(text=query.replace("SERVICE", "GRAPH")))
    finally:
        whole.close()
    try:
        assert rows(found.query(request, 1)) == rows(expected), query
    finally:
        found.close()
