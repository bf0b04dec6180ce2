"""Saved queries say what they are, and their parameters are read as what they are meant to be."""

import pyoxigraph as ox
import pytest

from cnrs_kg.browsing.saved import SavedQuery, saved_queries
from cnrs_kg.errors import BadParameter

QUERIES = list(saved_queries().values())
MEMBERS, NAMED, CLAIMS = (saved_queries()[name] for name in ("members", "named", "claims"))


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_each_says_what_it_answers_and_projects_its_parameters(query: SavedQuery) -> None:
    assert set(query.title) == {"en", "fr"}
    bound = query.bind({one.name: one.example for one in query.parameters})
    assert set(bound) == {one.name for one in query.parameters}
    assert all(set(one.description) == {"en", "fr"} for one in query.parameters)
    store = ox.Store()
    store.query(query.text, substitutions={ox.Variable(name): value for name, value in bound.items()})
    assert query.text.count("# param:") == len(query.parameters)


@pytest.mark.parametrize(
    "text", ["unit/cintra", "id:unit/cintra", "https://w3id.org/cnrs-kg/id/unit/cintra", " unit/cintra "]
)
def test_a_thing_is_named_in_any_way(text: str) -> None:
    wanted = ox.NamedNode("https://w3id.org/cnrs-kg/id/unit/cintra")
    assert MEMBERS.bind({"body": text}) == {"body": wanted, "lang": ox.Literal("en")}


def test_a_text_stays_a_text() -> None:
    hostile = '"} DROP ALL #'
    assert NAMED.bind({"name": hostile}) == {"name": ox.Literal(hostile)}


def test_what_may_be_left_out_is_not_bound() -> None:
    assert set(CLAIMS.bind({"thing": "unit/ipal", "property": ""})) == {"thing"}
    assert CLAIMS.bind({"thing": "unit/ipal", "property": "ontology#foundedOn"})["property"] == ox.NamedNode(
        "https://w3id.org/cnrs-kg/ontology#foundedOn"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "body was not given"),
        ({"body": "unit/cintra", "colour": "red"}, "'colour' is no parameter of members"),
        ({"body": '"text"'}, "is a literal"),
        ({"body": "> } DROP ALL {"}, "names no thing"),
        ({"body": "unit/cintra", "lang": "de"}, "is no language"),
        ({"body": "x" * 2000}, "too many"),
    ],
)
def test_what_is_not_right_is_said(given: dict[str, str], said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        MEMBERS.bind(given)
