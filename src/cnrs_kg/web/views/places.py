"""An answer on the map."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from cnrs_kg.browsing import maps
from cnrs_kg.browsing.lists import Item
from cnrs_kg.web import atlas
from cnrs_kg.web.terms import Table, Term
from cnrs_kg.web.views.columns import number

Known = Callable[[Collection[str]], Mapping[str, Item]]
"""What is known of things, by their IRIs."""
_WKT = re.compile(r"(?:<[^<>]*> ?)?POINT ?(?:Z ?)?\( ?(-?[\d.]+) (-?[\d.]+)(?: -?[\d.]+)? ?\)", re.IGNORECASE)
_COLUMNS = (re.compile(r"lat(itude)?", re.IGNORECASE), re.compile(r"lon(g|gitude)?|lng", re.IGNORECASE))


def fits(table: Table, base_iri: str) -> bool:
    """Whether the answer tells places, or has things of ours that may have one."""
    return any(True for _ in _points(table)) or bool(_things(table, base_iri))


def drawn(table: Table, base_iri: str, known: Known, language: str) -> atlas.Map | None:
    """The rows where they say they are, or else the things that they name; None if no place is known."""
    points = [(maps.project(*point), _label(row), f"#row-{number}") for number, row, point in _points(table)]
    if points:
        return atlas.of_spots(points, ())
    things = _things(table, base_iri)
    items = known(things)
    spots = [
        (spot, item.thing.label(language), things[iri].href or "")
        for iri, item in items.items()
        if (spot := _spot(item)) is not None
    ]
    lands = [land.country_code for item in items.values() if (land := atlas.country(item)) and land.country_code]
    return atlas.of_spots(spots, lands) if spots else None


def _spot(item: Item) -> atlas.Spot | None:
    """Where a thing is, itself a city or a country perhaps."""
    if item.thing.place is not None:
        return maps.project(*item.thing.place)
    if item.thing.country_code is not None:
        return maps.middle(item.thing.country_code)
    return atlas.spot(item)


def _things(table: Table, base_iri: str) -> dict[str, Term]:
    return {
        term.title: term
        for row in table.rows
        for term in row
        if term and term.kind == "iri" and term.title and term.title.startswith(f"{base_iri}id/")
    }


def _points(table: Table) -> Iterator[tuple[int, Sequence[Term | None], tuple[float, float]]]:
    """The rows, by number, with a WKT point, or with a latitude and a longitude in columns of those names."""
    pair = [place for pattern in _COLUMNS for place, name in enumerate(table.columns) if pattern.fullmatch(name)]
    for count, row in enumerate(table.rows, 1):
        texts = [(match[2], match[1]) for term in row if term and (match := _WKT.fullmatch(term.text))]
        if len(pair) == 2 and (latitude := row[pair[0]]) and (longitude := row[pair[1]]):
            texts.append((latitude.text, longitude.text))
        for text in texts[:1]:
            point = number(text[0]), number(text[1])
            if point[0] is not None and point[1] is not None and abs(point[0]) <= 90 and abs(point[1]) <= 180:
                yield count, row, (point[0], point[1])


def _label(row: Sequence[Term | None]) -> str:
    """What a row is called: its first text, or else its first thing."""
    terms = [term for term in row if term]
    named = [term for term in terms if term.kind == "literal" and not _WKT.fullmatch(term.text)]
    return (named or terms)[0].text
