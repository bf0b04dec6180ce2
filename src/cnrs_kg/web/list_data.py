"""Lists for programs and spreadsheets: JSON, CSV and XLSX."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from cnrs_kg.browsing.lists import Item, Kind, Listing
from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.rdf.namespaces import XSD
from cnrs_kg.spreadsheets.tables import EMPTY, Cell, Row, write_csv, write_xlsx, written
from cnrs_kg.web import memento
from cnrs_kg.web.memento import Asked
from cnrs_kg.web.messages import Incoming, Reply
from cnrs_kg.web.reading_texts import READING
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.sparql import identity

JSON = "application/json"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""By which spreadsheets know UTF-8."""
_DATATYPES = {4: XSD("gYear").value, 10: XSD("date").value}
_BETWEEN = " | "


def reply(
    incoming: Incoming, listing: Listing, items: Sequence[Item], media_type: str, language: str, moment: Asked
) -> Reply:
    """The things of a list in a format."""
    name = listing.kind.name

    def body() -> bytes:
        if media_type == JSON:
            return _json(listing, items, moment)
        table = _table(listing.kind, items, language)
        if media_type == CSV:
            return _BYTE_ORDER_MARK + written(partial(write_csv, table))
        return written(partial(write_xlsx, READING[language][f"list_{name}"], table))

    extension = {CSV: "csv", XLSX: "xlsx"}.get(media_type)
    saved = (("Content-Disposition", f'attachment; filename="{name}.{extension}"'),) if extension else ()
    return tagged(
        incoming,
        ("list", name, identity(moment.version), incoming.query_string, language),
        f"{CSV}; charset=utf-8; header=present" if media_type == CSV else media_type,
        body,
        headers=(
            ("Content-Language", language),
            *saved,
            *memento.headers(moment, incoming.path, incoming.query_string),
        ),
    )


def _json(listing: Listing, items: Sequence[Item], moment: Asked) -> bytes:
    found = {
        "list": listing.kind.name,
        "version": moment.version.number,
        "total": len(items),
        "items": [_told(listing.kind, item) for item in items],
    }
    return json.dumps(found, ensure_ascii=False).encode()


def _told(kind: Kind, item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "iri": item.thing.iri,
        "labels": dict(item.thing.labels),
        "names": list(item.thing.names),
        **{
            facet.name: [{"iri": one.iri, "labels": dict(one.labels)} for one in item.values.get(facet.name, ())]
            for facet in kind.facets
        },
    }
    if kind.dates:
        found |= {"founded": list(item.founded), "closed": list(item.closed)}
    if item.place is not None:
        found |= {"latitude": item.place[0], "longitude": item.place[1]}
    return found


def _table(kind: Kind, items: Sequence[Item], language: str) -> Iterator[Row]:
    texts = READING[language]
    dates = [texts["founded"], texts["closed"]] if kind.dates else []
    facets = [texts[f"facet_{facet.name}"] for facet in kind.facets]
    names = [texts["thing_name"], texts["other_names"], *facets, *dates, "latitude", "longitude", "IRI"]
    yield [Cell(name) for name in names]
    for item in items:
        values = [_joined([one.label(language) for one in item.values.get(facet.name, ())]) for facet in kind.facets]
        when = [_when(item.founded), _when(item.closed)] if kind.dates else []
        place = [Cell(str(one), XSD("decimal").value) for one in item.place] if item.place else [EMPTY, EMPTY]
        label, others = Cell(item.thing.label(language)), _joined(item.thing.names)
        yield [label, others, *values, *when, *place, Cell(item.thing.iri)]


def _joined(values: Sequence[str]) -> Cell:
    return Cell(_BETWEEN.join(values))


def _when(days: Sequence[str]) -> Cell:
    """A day or year as such; as text where there are several."""
    return Cell(days[0], _DATATYPES.get(len(days[0]), "")) if len(days) == 1 else _joined(days)
