"""The value of a cell as an RDF term; or why it is none, with what could stand there instead."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import ID, PREFIXES, RDF, XSD
from cnrs_kg.rdf.terms import NO_XML
from cnrs_kg.spreadsheets.template import Column, Kind
from cnrs_kg.spreadsheets.things import Things

Value = ox.NamedNode | ox.Literal
Text = Mapping[str, str]
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_SLUG = re.compile(r"[a-z][a-z0-9-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+")
_PARTIAL = {
    "gYear": re.compile(r"\d{4}"),
    "gYearMonth": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
}
_OTHER_DATES = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d")
_TRUTH = {"true": True, "yes": True, "oui": True, "vrai": True, "1": True} | dict.fromkeys(
    ("false", "no", "non", "faux", "0"), False
)
_INTEGERS = ("integer", "nonNegativeInteger", "positiveInteger", "int", "long")
_DECIMALS = ("decimal", "double", "float")


class Wrong(Exception):
    """A cell that says nothing that can be kept: why, in both languages, and texts that could stand there."""

    def __init__(self, message: Text, fixes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.fixes = message, fixes


def terms(value: Any, column: Column, things: Things) -> Iterator[Value]:
    """The terms of a cell: where the column allows several, `|` stands between them (and `\\|` for itself)."""
    parts = re.split(r"(?<!\\)\|", value) if isinstance(value, str) and column.many else [value]
    for part in parts:
        text = part.replace("\\|", "|").strip() if isinstance(part, str) else part
        if text != "":
            yield _term(text, column, things)


def _term(value: Any, column: Column, things: Things) -> Value:
    bad = NO_XML.search(value) if isinstance(value, str) else None
    if bad:
        raise Wrong(
            {
                "en": f"The cell has the control character U+{ord(bad[0]):04X}, which neither XML nor a page can hold.",
                "fr": f"La cellule a le caractère de contrôle U+{ord(bad[0]):04X}, que ni XML ni une page "
                "ne peuvent contenir.",
            },
            (NO_XML.sub("", value),),
        )
    if column.kind is Kind.THING:
        return _thing(_written(value), column, things)
    if column.kind is Kind.IRI:
        return _iri(_written(value))
    if column.kind is Kind.DATE:
        return _date(value)
    if column.kind is Kind.ANY:
        return _any(value)
    return _literal(value, column)


def _written(value: Any) -> str:
    """A value as a person would write it: whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return str(value).strip()


def iri_of(text: str) -> ox.NamedNode | None:
    """The IRI that a text is: written out, with a prefix of the project, or as `type/slug`; None if it is none."""
    bare = text.strip().strip("<>")
    if _IRI.fullmatch(bare):
        return ox.NamedNode(bare)
    prefix, colon, local = bare.partition(":")
    if colon and prefix in PREFIXES and re.fullmatch(r"[\w.-]+", local):
        return ox.NamedNode(PREFIXES[prefix] + local)
    return ox.NamedNode(ID.iri + bare) if _SLUG.fullmatch(bare) else None


def cell_text(turtle: str) -> str:
    """A term in Turtle as a cell would say it."""
    try:
        (quad,) = ox.parse(f"<urn:s> <urn:p> {turtle} .", ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError):
        return turtle
    assert isinstance(quad, ox.Quad | ox.Triple)
    term = quad.object
    return term.value.removeprefix(ID.iri) if isinstance(term, ox.NamedNode | ox.Literal) else turtle


def _iri(text: str) -> ox.NamedNode:
    found = iri_of(text)
    if found is None:
        raise Wrong({"en": f"“{text}” is not an IRI.", "fr": f"« {text} » n'est pas un IRI."})
    return found


def _thing(text: str, column: Column, things: Things) -> ox.NamedNode:
    found, written = things.by_label(text, column), iri_of(text)
    if len(found) == 1:
        return found[0]
    if written is not None:
        return written
    if found:
        names = tuple(one.value for one in found)
        raise Wrong(
            {
                "en": f"“{text}” is the name of {len(found)} things: give the IRI of one.",
                "fr": f"« {text} » est le nom de {len(found)} choses : donner l'IRI de l'une d'elles.",
            },
            names[:3],
        )
    raise Wrong(
        {
            "en": f"Nothing that may stand here is called “{text}”.",
            "fr": f"Rien de ce qui peut figurer ici ne s'appelle « {text} ».",
        },
        things.near(text, column),
    )


def _date(value: Any) -> ox.Literal:
    if isinstance(value, datetime | date):
        return ox.Literal(value.strftime("%Y-%m-%d"), datatype=XSD("date"))
    text = _written(value)
    for name, pattern in _PARTIAL.items():
        if pattern.fullmatch(text):
            return ox.Literal(text, datatype=XSD(name))
    raise Wrong(
        {
            "en": f"“{text}” is not a date: write a year, a month or a day, as 2019, 2019-03 or 2019-03-12.",
            "fr": f"« {text} » n'est pas une date : écrire une année, un mois ou un jour (2019, 2019-03, 2019-03-12).",
        },
        tuple(dict.fromkeys(_other_dates(text))),
    )


def _other_dates(text: str) -> Iterator[str]:
    for form in _OTHER_DATES:
        try:
            yield datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    year = re.search(r"\b(1[89]|20)\d\d\b", text)
    if year:
        yield year[0]


def _any(value: Any) -> Value:
    text = _written(value)
    if isinstance(value, bool):
        return ox.Literal(value)
    if isinstance(value, int | float):
        return ox.Literal(text, datatype=XSD("integer" if text.lstrip("-").isdigit() else "decimal"))
    found = iri_of(text)
    if found is not None:
        return found
    dated = next((name for name, pattern in _PARTIAL.items() if pattern.fullmatch(text)), None)
    return ox.Literal(text) if dated is None else ox.Literal(text, datatype=XSD(dated))


def _literal(value: Any, column: Column) -> ox.Literal:
    text, name = _written(value), column.datatype.value.rpartition("#")[2]
    if column.language:
        return ox.Literal(text, language=column.language)
    if name == "boolean":
        if text.lower() not in _TRUTH:
            raise Wrong({"en": f"“{text}” is neither yes nor no.", "fr": f"« {text} » n'est ni oui ni non."})
        return ox.Literal(_TRUTH[text.lower()])
    if name in (*_INTEGERS, *_DECIMALS):
        return _number(text, column.datatype, whole=name in _INTEGERS)
    return ox.Literal(text) if column.datatype == RDF("langString") else ox.Literal(text, datatype=column.datatype)


def _number(text: str, datatype: ox.NamedNode, *, whole: bool) -> ox.Literal:
    close = re.sub(r"[\s\u00a0\u202f']", "", text)
    if close.count(",") == 1 and "." not in close:
        close = close.replace(",", ".")
    try:
        number = Decimal(close)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or (whole and number != number.to_integral_value()):
        kind = ("a whole number", "un nombre entier") if whole else ("a number", "un nombre")
        raise Wrong({"en": f"“{text}” is not {kind[0]}.", "fr": f"« {text} » n'est pas {kind[1]}."})
    return ox.Literal(str(int(number)) if whole else format(number, "f"), datatype=datatype)
