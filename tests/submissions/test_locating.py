"""Corrections as the place of a fault would have them."""

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.positions_text import Span
from cnrs_kg.rdf.terms import term_json
from cnrs_kg.spreadsheets.conversion import cell_text
from cnrs_kg.spreadsheets.spots import Spot
from cnrs_kg.submissions.locating import Places
from cnrs_kg.validation.report import Result

S, LATITUDE, LONGITUDE = ox.NamedNode("urn:s"), ox.NamedNode("urn:latitude"), ox.NamedNode("urn:longitude")
EAST, NORTH = ox.Literal("103.8"), ox.Literal("1.3")
SWAP = {
    "message": {"en": 'Write "1.3".', "fr": 'Écrire "1.3".'},
    "replacement": '"1.3"',
    "beside": {"path": str(LONGITUDE), "value": term_json(NORTH), "replacement": '"103.8"'},
}
SWAPPED = Result("Violation", "shape", {"en": "no"}, S, path=str(LATITUDE), value=EAST, fixes=(SWAP,))


def located(latitude: Span | Spot, longitude: Span | Spot) -> Result:
    places = Places()
    places.add("a", {ox.Triple(S, LATITUDE, EAST): latitude, ox.Triple(S, LONGITUDE, NORTH): longitude})
    return places.located(SWAPPED)


def test_what_is_replaced_beside_has_its_place() -> None:
    found = located(Span(1, 5, 1, 9), Span(2, 5, 2, 9))
    (fix,) = found.fixes
    assert found.places[0]["line"] == 1 and fix["replacement"] == '"1.3"'
    assert fix["beside"]["place"] == {"file": "a", "line": 2, "column": 5, "endColumn": 9}


def test_a_cell_is_offered_what_it_can_say() -> None:
    (fix,) = located(Spot("Place", 4, "C"), Spot("Place", 4, "D")).fixes
    assert fix["replacement"] == "1.3" and fix["message"] == {"en": "Write 1.3.", "fr": "Écrire 1.3."}
    assert fix["beside"]["replacement"] == "103.8" and fix["beside"]["place"]["column"] == "D"


@pytest.mark.parametrize(
    ("turtle", "cell"),
    [
        ("<https://w3id.org/cnrs-kg/id/unit/cintra>", "unit/cintra"),
        ("<https://ror.org/1>", "https://ror.org/1"),
        ('"x \\"y\\""@fr', 'x "y"'),
        ('"3.5"^^<http://www.w3.org/2001/XMLSchema#decimal>', "3.5"),
        ("unit/cintra", "unit/cintra"),
    ],
)
def test_terms_as_cells_say_them(turtle: str, cell: str) -> None:
    assert cell_text(turtle) == cell
