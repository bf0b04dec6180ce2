"""The values of literals: when two are equal, and which datatypes they belong to.

https://www.w3.org/TR/owl2-syntax/#Datatype_Maps and https://www.w3.org/TR/xmlschema11-2/; `xsd:date`, `xsd:gYear` and
`xsd:gYearMonth` are supported beyond the profile, since the project's claims are dated by them.
"""

import base64
import binascii
import calendar
import re
import struct
from collections.abc import Callable, Hashable
from fractions import Fraction

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, RDFS, XSD

Value = tuple[str, Hashable]
ILL_TYPED: Value = ("ill-typed", None)

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_INTEGER = re.compile(r"[+-]?\d+")
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN")
_ZONE = r"(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_YEAR = r"(-?(?:[1-9]\d{4,}|\d{4}))"
_G_YEAR = re.compile(_YEAR + _ZONE)
_G_YEAR_MONTH = re.compile(_YEAR + r"-(0[1-9]|1[0-2])" + _ZONE)
_DATE = re.compile(_YEAR + r"-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])" + _ZONE)
_TIME = r"T([01]\d|2[0-3]):([0-5]\d):([0-5]\d(?:\.\d+)?)"
_DATE_TIME = re.compile(_DATE.pattern.removesuffix(_ZONE) + _TIME + _ZONE)
_MIDNIGHT = re.compile(r"T24:00:00(\.0+)?")

_RANGES: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
_NAME_START = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
)
_NAME_CHAR = _NAME_START + r"\-.0-9\u00b7\u0300-\u036f\u203f\u2040"
_STRINGS: dict[str, re.Pattern[str]] = {
    "string": re.compile(r"(?s).*"),
    "normalizedString": re.compile(r"[^\t\n\r]*"),
    "token": re.compile(r"([^\t\n\r ]+( [^\t\n\r ]+)*)?"),
    "language": re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*"),
    "NMTOKEN": re.compile(f"[:{_NAME_CHAR}]+"),
    "Name": re.compile(f"[:{_NAME_START}][:{_NAME_CHAR}]*"),
    "NCName": re.compile(f"[{_NAME_START}][{_NAME_CHAR}]*"),
}


def _local(datatype: ox.NamedNode) -> str:
    return datatype.value.removeprefix(XSD.iri)


def _zone(text: str | None) -> int | None:
    if not text:
        return None
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def _days(year: int, month: int) -> int:
    """Days of the month in the proleptic Gregorian calendar, whatever the year."""
    return calendar.monthrange(2000 + year % 400, month)[1]


def _integer(text: str, datatype: str) -> Value:
    if not _INTEGER.fullmatch(text):
        return ILL_TYPED
    low, high = _RANGES[datatype]
    number = Fraction(text)
    inside = (low is None or number >= low) and (high is None or number <= high)
    return ("number", number) if inside else ILL_TYPED


def _decimal(text: str, datatype: str) -> Value:
    return ("number", Fraction(text)) if _DECIMAL.fullmatch(text) else ILL_TYPED


def _floating(text: str, datatype: str) -> Value:
    if not _FLOAT.fullmatch(text):
        return ILL_TYPED
    number = float(text.replace("INF", "inf"))
    if datatype == "float" and abs(number) > 3.4028235677973366e38:
        number = float("inf") if number > 0 else float("-inf")
    return (datatype, "NaN" if number != number else struct.pack("f" if datatype == "float" else "d", number))


def _boolean(text: str, datatype: str) -> Value:
    value = {"true": True, "1": True, "false": False, "0": False}.get(text)
    return ILL_TYPED if value is None else ("boolean", value)


def _hex(text: str, datatype: str) -> Value:
    return ("hexBinary", bytes.fromhex(text)) if re.fullmatch("([0-9a-fA-F]{2})*", text) else ILL_TYPED


def _base64(text: str, datatype: str) -> Value:
    try:
        return ("base64Binary", base64.b64decode(text.replace(" ", ""), validate=True))
    except binascii.Error:
        return ILL_TYPED


def _uri(text: str, datatype: str) -> Value:
    return ("anyURI", text)


def _xml(text: str, datatype: str) -> Value:
    return ("XMLLiteral", text)


def _year(text: str, datatype: str) -> Value:
    match = _G_YEAR.fullmatch(text)
    return ("gYear", (int(match[1]), _zone(match[2]))) if match else ILL_TYPED


def _year_month(text: str, datatype: str) -> Value:
    match = _G_YEAR_MONTH.fullmatch(text)
    return ("gYearMonth", (int(match[1]), int(match[2]), _zone(match[3]))) if match else ILL_TYPED


def _date(text: str, datatype: str) -> Value:
    match = _DATE.fullmatch(text)
    if not match or int(match[3]) > _days(int(match[1]), int(match[2])):
        return ILL_TYPED
    return ("date", (int(match[1]), int(match[2]), int(match[3]), _zone(match[4])))


def _next_day(year: int, month: int, day: int) -> tuple[int, int, int]:
    if day < _days(year, month):
        return year, month, day + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def _date_time(text: str, datatype: str) -> Value:
    midnight = _MIDNIGHT.search(text)
    match = _DATE_TIME.fullmatch(_MIDNIGHT.sub("T00:00:00", text))
    if not match or int(match[3]) > _days(int(match[1]), int(match[2])):
        return ILL_TYPED
    zone = _zone(match[7])
    if datatype == "dateTimeStamp" and zone is None:
        return ILL_TYPED
    day = int(match[1]), int(match[2]), int(match[3])
    clock = int(match[4]), int(match[5]), Fraction(match[6])
    return ("dateTime", (_next_day(*day) if midnight else day, clock, zone))


_READERS: dict[ox.NamedNode, Callable[[str, str], Value]] = {
    **{XSD(name): _integer for name in _RANGES},
    XSD("decimal"): _decimal,
    XSD("float"): _floating,
    XSD("double"): _floating,
    XSD("boolean"): _boolean,
    XSD("hexBinary"): _hex,
    XSD("base64Binary"): _base64,
    XSD("anyURI"): _uri,
    RDF("XMLLiteral"): _xml,
    XSD("gYear"): _year,
    XSD("gYearMonth"): _year_month,
    XSD("date"): _date,
    XSD("dateTime"): _date_time,
    XSD("dateTimeStamp"): _date_time,
}
_STRING_TYPES = {XSD(name): name for name in _STRINGS}
LITERAL, PLAIN_LITERAL, LANG_STRING = RDFS("Literal"), RDF("PlainLiteral"), RDF("langString")
SUPPORTED = frozenset([*_READERS, *_STRING_TYPES, LITERAL, PLAIN_LITERAL, LANG_STRING])


def value(literal: ox.Literal) -> Value | None:
    """The value of a literal: equal iff the literals are; `ILL_TYPED` if it has none; None where that is not known."""
    datatype = literal.datatype
    if literal.language:
        return ("text", (literal.value, literal.language.lower()))
    name = _STRING_TYPES.get(datatype)
    if name is not None:
        return ("text", literal.value) if _STRINGS[name].fullmatch(literal.value) else ILL_TYPED
    reader = _READERS.get(datatype)
    if reader is None:
        return None
    try:
        return reader(literal.value.strip(" \t\n\r"), _local(datatype))
    except ValueError:  # thousands of digits, which Python refuses to read as one number
        return None


def belongs(known: Value, datatype: ox.NamedNode) -> bool:
    """Whether the value lies in the value space of a supported datatype."""
    kind, content = known
    if datatype == LITERAL:
        return known != ILL_TYPED
    if datatype in (PLAIN_LITERAL, LANG_STRING) or datatype in _STRING_TYPES:
        return kind == "text" and _is_text(content, datatype)
    name = _local(datatype)
    if name in _RANGES:
        return (
            isinstance(content, Fraction)
            and content.denominator == 1
            and _integer(str(content.numerator), name) != ILL_TYPED
        )
    if name == "decimal":
        return kind == "number"
    if name == "dateTimeStamp":
        return kind == "dateTime" and isinstance(content, tuple) and content[2] is not None
    return kind == name.removeprefix(RDF.iri)


def _is_text(content: Hashable, datatype: ox.NamedNode) -> bool:
    if datatype == PLAIN_LITERAL:
        return True
    if datatype == LANG_STRING:
        return isinstance(content, tuple)
    return isinstance(content, str) and bool(_STRINGS[_STRING_TYPES[datatype]].fullmatch(content))


def forms(literal: ox.Literal) -> tuple[ox.Literal, ...]:
    """The literals of the same value, as the store keeps them: itself first, then those of other datatypes.

    The store keeps one form of a value for each datatype; hexBinary and base64Binary, which it does not, are left out.
    """
    known = value(literal)
    if known is None or known == ILL_TYPED:
        return (literal,)
    kind, content = known
    found = [literal]
    if kind == "number" and isinstance(content, Fraction):
        found += _numbers(content)
    elif kind == "text" and isinstance(content, str):
        found += [ox.Literal(content, datatype=datatype) for datatype in _STRING_TYPES]
    elif kind == "dateTime":
        found += [ox.Literal(literal.value, datatype=XSD(name)) for name in ("dateTime", "dateTimeStamp")]
    return tuple(dict.fromkeys(form for form in found if form == literal or value(form) == known))


def _numbers(number: Fraction) -> list[ox.Literal]:
    found = []
    if number.denominator == 1:
        found = [ox.Literal(str(number.numerator), datatype=XSD(name)) for name in ("integer", "decimal")]
    return found


def equal(one: object, other: object) -> bool:
    """The same term, or two literals of the same value (dt-eq)."""
    if one == other:
        return True
    if isinstance(one, ox.Literal) and isinstance(other, ox.Literal):
        known = value(one)
        return known is not None and known != ILL_TYPED and known == value(other)
    return False


def differ(one: object, other: object) -> bool | None:
    """Whether two literals have different values (dt-diff); None where either value is not known, or is none."""
    if one == other:
        return False
    known = [value(term) if isinstance(term, ox.Literal) else None for term in (one, other)]
    return None if None in known or ILL_TYPED in known else known[0] != known[1]


def lies_in(literal: object, datatype: object) -> bool | None:
    """Whether a literal's value lies in a datatype (dt-type2, dt-not-type); None when either is unknown."""
    if not isinstance(literal, ox.Literal) or not isinstance(datatype, ox.NamedNode) or datatype not in SUPPORTED:
        return None
    known = value(literal)
    if known is None:
        return datatype == RDFS("Literal") or None
    return known != ILL_TYPED and belongs(known, datatype)


def first_day(literal: object) -> tuple[int, int, int] | None:
    """The first day of an `xsd:gYear`, `xsd:gYearMonth` or `xsd:date`; None for anything else."""
    if not isinstance(literal, ox.Literal) or literal.datatype not in (XSD("gYear"), XSD("gYearMonth"), XSD("date")):
        return None
    known = value(literal)
    if known is None or known == ILL_TYPED or not isinstance(known[1], tuple):
        return None
    parts = [int(part) for part in known[1][:-1]]
    return (parts + [1, 1])[0], (parts + [1, 1])[1], (parts + [1, 1])[2]
