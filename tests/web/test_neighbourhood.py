"""The drawing of what is around a thing: bounded, each neighbour once, nothing on top of another."""

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, SKOS
from cnrs_kg.things import Property, Thing, Value
from cnrs_kg.web.neighbourhood import MOST, NODE, WIDTH, drawn

HERE = ox.NamedNode("x:here")


def thing(*properties: Property, name: str = "Here") -> Thing:
    terms = [value.term for one in properties for value in one.values]
    labels = {term.value: {"en": f"Name of {term.value}"} for term in terms if isinstance(term, ox.NamedNode)}
    return Thing(HERE, properties, labels | {HERE.value: {"en": name}})


def relates(name: str, *values: str, inverse: bool = False) -> Property:
    return Property(CNRS(name), tuple(Value(ox.NamedNode(f"x:{value}")) for value in values), inverse)


def test_each_neighbour_is_there_once_and_each_property_has_its_turn() -> None:
    many = relates("hasMember", *(f"m{number}" for number in range(40)))
    found = drawn(thing(many, relates("isIn", "place", "m0"), relates("isMemberOf", "body", inverse=True)), "en")
    assert found is not None and (len(found.neighbours), found.total) == (MOST, 42)
    names = [one.name for one in found.neighbours]
    assert len(set(names)) == MOST and names[:3] == ["Name of x:m0", "Name of x:place", "Name of x:body"]
    assert [one.inverse for one in found.neighbours[:3]] == [False, False, True]


def test_nodes_do_not_overlap_and_stay_inside() -> None:
    for count in range(1, MOST + 1):
        found = drawn(thing(relates("hasMember", *map(str, range(count)))), "en")
        assert found is not None
        for left in (True, False):
            places = sorted(one.y for one in found.neighbours if one.left is left)
            assert all(below - above >= 46 for above, below in zip(places, places[1:], strict=False))
            assert all(23 <= y <= found.height - 23 for y in places)
        assert {one.x for one in found.neighbours} <= {4, WIDTH - NODE - 4}


def test_long_names_are_cut_in_the_drawing_and_told_whole() -> None:
    long = "An institute whose name is longer than any node of a drawing could ever be"
    found = drawn(thing(relates("hasMember", "a"), name=long), "en")
    assert found is not None and len(found.lines) == 3 and found.lines[-1].endswith("…") and found.name == long
    neighbour = drawn(Thing(HERE, (relates("hasMember", "a"),), {"x:a": {"en": long}}), "en")
    assert neighbour is not None and neighbour.neighbours[0].name == long
    assert len(neighbour.neighbours[0].short) <= 25 and neighbour.neighbours[0].short.endswith("…")


def test_what_has_no_name_and_what_is_no_thing_is_not_drawn() -> None:
    text = Property(CNRS("acronym"), (Value(ox.Literal("CNRS")),))
    standard = Property(SKOS("exactMatch"), (Value(ox.NamedNode("x:a")),))
    nameless = Thing(HERE, (relates("hasMember", "a"),), {})
    assert drawn(thing(text, standard, relates("isPartOf", "here")), "en") is None and drawn(nameless, "en") is None
