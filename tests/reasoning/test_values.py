"""Values of literals: which are equal, which are ill-typed, and what datatypes they belong to."""

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import RDF, RDFS, XSD
from cnrs_kg.reasoning.values import ILL_TYPED, SUPPORTED, belongs, first_day, value


def literal(text: str) -> ox.Literal:
    """`lexical^^name` as a literal of an XSD datatype."""
    lexical, _, name = text.rpartition("^^")
    return ox.Literal(lexical, datatype=XSD(name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1^^integer", "01^^integer"),
        ("1^^integer", "1.0^^decimal"),
        ("1^^int", "+1^^unsignedByte"),
        ("1^^boolean", "true^^boolean"),
        ("0a^^hexBinary", "0A^^hexBinary"),
        ("a^^token", "a^^string"),
        ("1.0^^float", "1e0^^float"),
        ("NaN^^double", "NaN^^double"),
        ("2010-01-01T24:00:00^^dateTime", "2010-01-02T00:00:00^^dateTime"),
        ("2010-12-31T24:00:00Z^^dateTime", "2011-01-01T00:00:00+00:00^^dateTime"),
        ("2010Z^^gYear", "2010+00:00^^gYear"),
    ],
)
def test_equal(one: str, other: str) -> None:
    assert value(literal(one)) == value(literal(other)) != ILL_TYPED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1^^integer", "1^^float"),
        ("1^^float", "1^^double"),
        ("0.0^^float", "-0.0^^float"),
        ("1^^integer", "1^^string"),
        ("a^^string", "a^^anyURI"),
        ("2010^^gYear", "2010Z^^gYear"),
        ("2010^^gYear", "2010-01^^gYearMonth"),
        ("00^^hexBinary", "AA==^^base64Binary"),
    ],
)
def test_different(one: str, other: str) -> None:
    assert value(literal(one)) != value(literal(other))
    assert ILL_TYPED not in (value(literal(one)), value(literal(other)))


@pytest.mark.parametrize(
    "text",
    [
        "one^^integer",
        "^^integer",
        "1.0^^integer",
        "256^^unsignedByte",
        "-1^^nonNegativeInteger",
        "0^^positiveInteger",
        "1e0^^decimal",
        "1.0.0^^float",
        "yes^^boolean",
        "0^^hexBinary",
        "A^^base64Binary",
        "a\tb^^normalizedString",
        " a^^token",
        "a b^^NCName",
        "2010-13^^gYearMonth",
        "2010-02-29^^date",
        "0000-02-30^^date",
        "10^^gYear",
        "2010-01-01T25:00:00^^dateTime",
        "2010-01-01T00:00:00^^dateTimeStamp",
    ],
)
def test_ill_typed(text: str) -> None:
    assert value(literal(text)) == ILL_TYPED


@pytest.mark.parametrize(
    "unknown",
    [
        ox.Literal("x", datatype=ox.NamedNode("urn:t:mine")),
        literal("9" * 5_000 + "^^integer"),
        literal("9" * 5_000 + "^^gYear"),
    ],
    ids=["datatype", "huge number", "huge year"],
)
def test_what_cannot_be_read_has_no_known_value(unknown: ox.Literal) -> None:
    assert value(unknown) is None


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1^^integer", "byte short decimal nonNegativeInteger positiveInteger", "negativeInteger float string"),
        ("1.5^^decimal", "decimal", "integer double"),
        ("-200^^integer", "integer short nonPositiveInteger", "byte unsignedInt"),
        ("a b^^string", "string token normalizedString", "NCName language NMTOKEN anyURI"),
        ("1^^float", "float", "double decimal"),
        ("true^^boolean", "boolean", "string"),
        ("2010-01-01T00:00:00Z^^dateTime", "dateTime dateTimeStamp", "date"),
        ("2010-01-01T00:00:00^^dateTime", "dateTime", "dateTimeStamp"),
    ],
)
def test_value_spaces(text: str, inside: str, outside: str) -> None:
    known = value(literal(text))
    assert known is not None
    assert [name for name in inside.split() if not belongs(known, XSD(name))] == []
    assert [name for name in outside.split() if belongs(known, XSD(name))] == []
    assert belongs(known, RDFS("Literal"))


def test_texts_with_a_language() -> None:
    known = value(ox.Literal("a", language="fr"))
    assert known is not None and known != value(ox.Literal("a"))
    assert belongs(known, RDF("langString")) and belongs(known, RDF("PlainLiteral"))
    assert not belongs(known, XSD("string"))


@pytest.mark.parametrize("datatype", sorted(SUPPORTED, key=str), ids=lambda datatype: datatype.value.split("#")[1])
def test_nothing_ill_typed_belongs_anywhere(datatype: ox.NamedNode) -> None:
    assert not belongs(ILL_TYPED, datatype)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2010^^gYear", (2010, 1, 1)),
        ("2010-07^^gYearMonth", (2010, 7, 1)),
        ("2010-07-14^^date", (2010, 7, 14)),
        ("2010-07-14T00:00:00^^dateTime", None),
        ("2010-02-30^^date", None),
        ("2010^^integer", None),
    ],
)
def test_first_days(text: str, day: tuple[int, int, int] | None) -> None:
    assert first_day(literal(text)) == day
