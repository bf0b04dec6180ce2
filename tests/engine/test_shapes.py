"""What is expected of a query, from others that are written like it."""

from cnrs_kg.engine.shapes import LONGEST, Shapes

LOOK_UP = b"SELECT ?p ?o { <http://x/%d> ?p ?o FILTER(?o != 'it %d' && ?o != \"%d\") } LIMIT %d # %d"


def look_up(number: int) -> bytes:
    return LOOK_UP.replace(b"%d", b"%d" % number)


def test_names_and_values_make_no_difference():
    shapes = Shapes(sample=1)
    shapes.light(look_up(1))
    assert shapes.is_light(look_up(20_000))
    assert not shapes.is_light(look_up(1).replace(b"?p ?o", b"?p ?o . ?o ?q ?r", 1))


def test_what_is_not_known_is_not_light():
    shapes = Shapes(sample=1)
    assert not shapes.is_light(b"ASK {}")
    shapes.heavy(b"ASK {}")
    assert not shapes.is_light(b"ASK {}")


def test_one_that_is_heavy_speaks_against_many_that_are_light():
    shapes = Shapes(sample=1)
    for number in range(100):
        shapes.light(look_up(number))
    shapes.heavy(look_up(1))
    for number in range(7):
        shapes.light(look_up(number))
        assert not shapes.is_light(look_up(3))
    for number in range(100):
        shapes.light(look_up(number))
    assert shapes.is_light(look_up(3))


def test_some_of_many_are_enough():
    shapes = Shapes(sample=8)
    for number in range(8):
        assert not shapes.is_light(look_up(0))
        shapes.light(look_up(number))
    assert shapes.is_light(look_up(0))


def test_as_many_shapes_as_anybody_likes():
    shapes = Shapes(sample=1)
    for number in range(10_000):
        shapes.light(b"ASK { ?s " + b"?x" * (number % 97) + b"a" * (number // 97) + b" }")
    assert len(shapes._known) < 5_000


def test_a_long_text_is_not_even_read():
    shapes = Shapes(sample=1)
    long = b"ASK {}" + b" " * LONGEST
    shapes.light(long)
    shapes.heavy(long)
    assert not shapes.is_light(long)
    assert not shapes._known
