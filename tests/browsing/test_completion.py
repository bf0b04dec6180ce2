"""What fits at a place in a query, over the project's own graph."""

import pyoxigraph as ox
import pytest

from cnrs_kg.browsing.completion import Completion, sampling
from cnrs_kg.browsing.index import Hit
from cnrs_kg.browsing.patterns import Pattern
from cnrs_kg.errors import QueryCancelled
from cnrs_kg.rdf.namespaces import CNRS, ID, ORG

CINTRA = Hit(ID("unit/cintra").value, CNRS("InternationalJointUnit").value, "CINTRA", "CINTRA", "CINTRA")


@pytest.fixture
def completion(published):
    def ask(query, cancelled, client):
        return published.query(query).serialize(format=ox.QueryResultsFormat.JSON)

    return Completion(ask, lambda words: [CINTRA] if words == "cin" else [])


def texts(completion, query, language="en"):
    before, _, after = query.rpartition("@")
    return [one.text for one in completion.at(before, after, language)[1]]


def test_properties_are_those_that_the_things_have(completion):
    found = texts(completion, "SELECT * { ?x a cnrs:InternationalJointUnit ; @ }")
    assert found[0] == "a" and {"cnrs:hasMember", "cnrs:isLocatedIn"} <= set(found)
    assert "cnrs:capitalOf" not in found and "cnrs:countryCode" not in found
    assert "cnrs:countryCode" in texts(completion, "SELECT * { ?x a cnrs:Country ; @ }")


def test_properties_follow_the_pattern(completion):
    found = texts(completion, "SELECT * { ?x cnrs:isLocatedIn ?y . ?y @ }")
    assert "cnrs:countryCode" in found and "cnrs:hasMember" not in found
    assert "cnrs:countryCode" in texts(completion, f"SELECT * {{ {ID('place/singapore')} @ }}")


def test_classes_are_those_of_the_things(completion):
    found = texts(completion, "SELECT * { ?u cnrs:isLocatedIn ?x . ?x a @ }")
    assert "cnrs:Country" in found and "cnrs:Person" not in found
    assert "cnrs:Person" in texts(completion, "SELECT * { ?x a @ }")


def test_values_are_those_that_the_property_leads_to(completion):
    found = completion.at("SELECT * { ?x a cnrs:InternationalJointUnit ; cnrs:isLocatedIn ", " }", "fr")[1]
    assert (str(ID("place/singapore")), "Singapour") in [(one.text, one.label) for one in found]
    assert '"UMI 3288"' in texts(completion, "SELECT * { ?x skos:notation UMI@ }")


@pytest.mark.parametrize("word", ["mixte", "cnrs:Joi", "joint", "unité", "JOINTUNIT"])
def test_terms_are_found_by_any_word_of_their_names(completion, word):
    assert "cnrs:JointUnit" in texts(completion, f"SELECT * {{ ?x a {word}@ }}")


def test_a_prefix_comes_with_a_term_that_needs_it(completion):
    (found,) = [one for one in completion.at("SELECT * { ?x org:hasMem", " }", "en")[1] if one.text == "org:hasMember"]
    assert found.prefix == ("org", ORG.iri)
    known = f"PREFIX o: <{ORG.iri}> SELECT * {{ ?x org:hasMem"
    (found,) = [one for one in completion.at(known, " }", "en")[1] if one.text == "o:hasMember"]
    assert found.prefix is None


def test_things_variables_and_keywords(completion):
    assert str(ID("unit/cintra")) in texts(completion, "SELECT * { cin@ }")
    assert texts(completion, "SELECT ?name { ?name ?place ?na@ }") == ["?name"]
    assert "OPTIONAL" in texts(completion, "SELECT * { opt@ }")
    assert texts(completion, "PREFIX sko@") == ["skos: <http://www.w3.org/2004/02/skos/core#>"]
    assert texts(completion, "SELECT * { ?x a 'cnrs@") == []


def test_what_takes_too_long_is_not_waited_for_and_not_tried_again(published, monkeypatch):
    monkeypatch.setattr("cnrs_kg.browsing.completion.PATIENCE", 0.1)
    asked = []

    def ask(query, cancelled, client):
        if "SELECT ?found" in query:
            asked.append(client)
            assert cancelled.wait(60)
            raise QueryCancelled("given up")
        return published.query(query).serialize(format=ox.QueryResultsFormat.JSON)

    completion = Completion(ask, lambda words: [])
    for word in ("", "has"):
        found = completion.at(f"SELECT * {{ ?x a cnrs:Country ; {word}", "}", "en", "192.0.2.1")[1]
        assert "cnrs:hasMember" in [one.text for one in found]
    assert asked == ["192.0.2.1"]


def test_a_sample_has_no_name_from_outside():
    secret = ox.Variable("secret")
    query = sampling(secret, "?subject ?found ?value", [Pattern(secret, ORG("hasMember"), ox.Variable("found"))])
    assert "secret" not in query and query.count("?found") == 4
