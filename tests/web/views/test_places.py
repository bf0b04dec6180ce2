import pytest

from cnrs_kg.browsing import maps
from cnrs_kg.rdf.namespaces import BASE, ID
from cnrs_kg.web.views.places import drawn, fits

from .tables import table

WKT = "^^<http://www.opengis.net/ont/geosparql#wktLiteral>"


def nobody(iris):
    raise AssertionError("nothing need be known")


@pytest.mark.parametrize(
    "answer",
    [
        table("name lat long", '"Singapore" | 1.35 | 103.8'),
        table("longitude name latitude", '103.8 | "Singapore" | 1.35'),
        table("name where", f'"Singapore" | "POINT(103.8 1.35)"{WKT}'),
        table("where name", f'"<http://www.opengis.net/def/crs/OGC/1.3/CRS84> Point (103.8 1.35)"{WKT} | "Singapore"'),
    ],
)
def test_rows_that_say_where_they_are(answer):
    assert fits(answer, BASE)
    (mark,) = drawn(answer, BASE, nobody, "en").marks
    assert (mark.x, mark.y) == pytest.approx(maps.project(1.35, 103.8), abs=0.1)
    assert (mark.label, mark.href) == ("Singapore", "#row-1")


@pytest.mark.parametrize("row", ["| 103.8", "91 | 0", "0 | 181", '"north" | "east"', '"nan" | 0'])
def test_rows_that_do_not(row):
    assert not fits(table("lat long", row), BASE)


def test_rows_at_one_place_are_one_mark():
    (mark,) = drawn(table("name lat lng", '"A" | 1 | 2', '"B" | 1 | 2'), BASE, nobody, "en").marks
    assert mark.label == "A, B" and mark.href == "#row-1"


def test_things_are_where_the_graph_says(graph):
    answer = table("thing", f"{ID('unit/cintra')}", f"{ID('place/japan')}", f"{ID('source/nowhere')}")
    assert fits(answer, BASE)
    found = drawn(answer, BASE, lambda iris: graph.lists.known(iris, graph.current()), "fr")
    assert {mark.href for mark in found.marks} == {"/doc/unit/cintra", "/doc/place/japan"}
    assert "Japon" in [mark.label for mark in found.marks] and "SG" in found.countries


def test_things_of_others_have_no_place_here():
    assert not fits(table("thing", "<https://ror.org/02feahw73>"), BASE)
    assert drawn(table("thing", f"{ID('unit/none')}"), BASE, lambda iris: {}, "en") is None
