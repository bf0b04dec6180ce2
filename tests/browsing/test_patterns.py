"""What stands around a place in a query."""

import pyoxigraph as ox
import pytest

from cnrs_kg.browsing.patterns import Pattern, connected, place
from cnrs_kg.rdf.namespaces import CNRS, ORG, RDF, SKOS

X, Y = ox.Variable("x"), ox.Variable("y")
UNIT = Pattern(X, RDF("type"), CNRS("Unit"))


def at(query):
    """The place that `|` marks; two of them where one stands for itself."""
    before, _, after = query.rpartition("@")
    return place(before, after)


@pytest.mark.parametrize(
    ("query", "kind", "word"),
    [
        ("@", "name", ""),
        ("SEL@", "name", "SEL"),
        ("PREFIX sk@", "prefix", "sk"),
        ("SELECT ?@", "name", "?"),
        ("SELECT * { @ }", "subject", ""),
        ("SELECT * { ?x @ }", "predicate", ""),
        ("SELECT * { ?x org:ha@ ?y }", "predicate", "org:ha"),
        ("SELECT * { ?x <http://www.w3.org/ns/o@ }", "predicate", "<http://www.w3.org/ns/o"),
        ("SELECT * { ?x a @ }", "object", ""),
        ("SELECT * { ?x a cnrs:Unit ; @ }", "predicate", ""),
        ("SELECT * { ?x a cnrs:Unit , @ }", "object", ""),
        ("SELECT * { ?x a cnrs:Unit . @ }", "subject", ""),
        ("SELECT * { ?x org:hasMember/@ }", "predicate", ""),
        ("SELECT * { ?x (org:hasMember|@) ?y }", "predicate", ""),
        ("SELECT * { ?x org:hasMember [ @ ] }", "predicate", ""),
        ("SELECT * { ?x org:hasMember [ a cnrs:Unit ] ; @ }", "predicate", ""),
        ("SELECT * { ?x org:hasMember ( @ ) }", "name", ""),
        ("SELECT * { FILTER (?n@) }", "name", "?n"),
        ("SELECT * { FILTER NOT EXISTS { ?x @ } }", "predicate", ""),
        ("SELECT * { GRAPH ?g { ?x @ } }", "predicate", ""),
        ("SELECT * { VALUES ?x { @ } }", "object", ""),
        ("SELECT * { VALUES (?x ?y) { (1 2) } ?x @ }", "predicate", ""),
        ("SELECT * { ?x rdfs:label 'CNRS' ; @ }", "predicate", ""),
        ("SELECT * { << ?x ?p ?o >> @ }", "predicate", ""),
        ("SELECT * { ?x rdfs:label 'it is @", "none", ""),
        ("SELECT * { # a comm@", "none", ""),
        ("SELECT * { ?x a # a comment\n @ }", "object", ""),
        ("} ) ] @", "name", ""),
    ],
)
def test_what_may_stand_there(query, kind, word):
    found = at(query)
    assert (found.kind, found.word) == (kind, word)


@pytest.mark.parametrize(
    ("query", "patterns"),
    [
        ("SELECT * { ?x a cnrs:Unit ; @ }", [UNIT]),
        ("SELECT * { ?x @ . ?x a cnrs:Unit }", [UNIT]),
        ("SELECT * { ?x a cnrs:Unit ; @ ; org:hasMember ?y }", [UNIT, (X, ORG("hasMember"), Y)]),
        ("SELECT * { ?x a cnrs:Unit OPTIONAL { ?x org:hasMember ?y . ?y @ } }", [(X, ORG("hasMember"), Y), UNIT]),
        ("SELECT * { ?x a cnrs:Unit OPTIONAL { ?x org:hasMember ?y } ?x @ }", [UNIT]),
        ("SELECT * { { ?x org:hasMember ?y } UNION { ?x a cnrs:Unit ; @ } }", [UNIT]),
        ("SELECT * { ?x a cnrs:Unit ; org:hasMember+ ?y ; skos:notation 'UMI' ; @ }", [UNIT]),
        ("SELECT * { ?x a cnrs:Unit FILTER (?x = ?y) FILTER EXISTS { ?y ?p ?o } ?x @ }", [UNIT]),
        ("PREFIX o: <http://www.w3.org/ns/org#> SELECT * { ?x o:hasMember ?y . ?y @ }", [(X, ORG("hasMember"), Y)]),
        ("SELECT * { ?x nobody:knows ?y . ?y @ }", []),
    ],
)
def test_the_patterns_around(query, patterns):
    assert set(at(query).patterns) == {Pattern(*one) for one in patterns}


def test_the_triple_that_is_being_written():
    found = at("SELECT * { ?x a cnrs:Unit ; skos:notation @ }")
    assert (found.subject, found.predicate) == (X, SKOS("notation"))
    assert at("SELECT * { ?x org:hasMember/skos:notation @ }").predicate is None
    assert at("SELECT * { ?x a cnrs:Unit ; @ }").predicate is None


def test_a_bracket_is_the_object_of_what_it_stands_in():
    found = at("SELECT * { ?x org:hasMember [ @ ] }")
    assert found.patterns == (Pattern(X, ORG("hasMember"), found.subject),)


def test_variables_of_the_whole_query():
    assert at("SELECT ?x { ?x @ ?y . ?y ?z 1 }").variables == ("x", "y", "z")


def test_what_is_connected():
    other = Pattern(ox.Variable("a"), ORG("hasMember"), ox.Variable("b"))
    member = Pattern(X, ORG("hasMember"), Y)
    assert connected(Y, (other, UNIT, member)) == [member, UNIT]
    assert connected(Y, (other, UNIT, member), most=1) == [member]
    assert connected(ox.Variable("z"), (other, UNIT, member)) == []


@pytest.mark.parametrize("text", ["{" * 9000, "[" * 9000, "((" * 4500, "?x ?y ?z ." * 900, "<" * 9000, "'" * 9000])
def test_hostile_texts_are_read(text):
    assert place(text).kind


def test_a_long_text_is_looked_at_once():
    """A search that began anew at each character would hold up the server for seconds, and this test for hours."""
    assert place("a" * 2_000_000 + " ").word == ""
    assert len(place("a" * 2_000_000).word) == 500
