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
        "SELECT (<http://example/function>(1) AS ?unknown) {}",
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


@pytest.mark.parametrize("body", ["?s ?p ?o", "?s ?p"])
def test_what_asks_another_endpoint_is_judged_without_asking_it(browser, body):
    query = f"SELECT * {{\n SERVICE <http://127.0.0.1:1/> {{ {body} }} }}"
    found = check(browser, query)
    assert found["position"]["line"] == 2
    assert found["status"] == (403 if body == "?s ?p ?o" else 400)
    assert found == browser.get("/sparql", query_string={"query": query, "lang": "en"}).get_json()


def test_no_query_is_no_query(browser):
    assert check(browser, "")["title"]


def complete(browser, before, after="", lang="en"):
    return browser.get("/sparql/complete", query_string={"before": before, "after": after, "lang": lang})


def test_what_fits_at_a_place(browser):
    found = complete(browser, "SELECT * { ?x a cnrs:Country ; coun", " ?code }", "fr").get_json()
    assert found["word"] == "coun"
    assert found["suggestions"][0] == {
        "text": "cnrs:countryCode",
        "label": "code de pays",
        "comment": found["suggestions"][0]["comment"],
        "prefix": {"name": "cnrs", "iri": "https://w3id.org/cnrs-kg/ontology#"},
    }


def test_things_are_found_by_their_names(browser):
    found = complete(browser, "SELECT * { ?x org:hasMember cintra", " }").get_json()["suggestions"]
    assert found[0]["text"] == "<https://w3id.org/cnrs-kg/id/unit/cintra>" and "prefix" not in found[0]


def test_nothing_fits_in_nothing(browser):
    assert complete(browser, "").get_json() == {"word": "", "suggestions": []}


def test_a_query_that_is_too_long_to_be_completed(browser):
    reply = complete(browser, "x" * 15_000, "x" * 15_000)
    assert reply.status_code == 400 and "30000 characters" in reply.get_json()["detail"]
