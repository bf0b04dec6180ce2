"""What helps to write a query."""

import pytest


def check(browser, query, lang="en"):
    reply = browser.post("/sparql/check", query_string={"lang": lang}, data={"query": query})
    return reply.get_json()["problem"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT (MD5(?name) AS ?sum) { ?s ?p ?name }",
        "SELECT * { <<( ?s ?p ?o )>> ?q ?r }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "ASK {}",
    ],
)
def test_a_query_that_the_engine_takes(browser, query):
    assert check(browser, query) is None


def test_a_fault_is_told_as_the_endpoint_tells_it(browser):
    query = "SELECT * {\n  ?s a ; ?b }"
    found = check(browser, query, lang="fr")
    assert found["position"]["line"] == 2 and found["title"] == "Requête mal formée"
    assert found == browser.get("/sparql", query_string={"query": query, "lang": "fr"}).get_json()


def test_nothing_is_looked_up(browser):
    assert check(browser, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?l") is None


def test_what_asks_another_endpoint_is_not_judged(browser):
    assert check(browser, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }") is None


def test_no_query_is_no_query(browser):
    assert check(browser, "")["title"]
