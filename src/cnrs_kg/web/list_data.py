"""Lists for programs and spreadsheets: JSON, CSV and XLSX."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cnrs_kg.browsing.lists import Item, Kind, Listing, Named
from cnrs_kg.rdf.formats import XLSX
from cnrs_kg.web import caching, memento, security
from cnrs_kg.web.memento import Asked
from cnrs_kg.web.messages import Reply
from cnrs_kg.web.reading_texts import READING
from cnrs_kg.web.tables import comma_separated, workbook

JSON, CSV = "application/json", "text/csv"
_BETWEEN = " | "


def reply(listing: Listing, items: Sequence[Item], media_type: str, language: str, moment: Asked) -> Reply:
    """The things of a list in a format."""
    name = listing.kind.name
    if media_type == JSON:
        body = _json(listing, items, moment)
    elif media_type == CSV:
        # with the mark by which spreadsheets know UTF-8
        body = comma_separated(_table(listing.kind, items, language)).encode("utf-8-sig")
    else:
        body = workbook(READING[language][f"list_{name}"], _table(listing.kind, items, language))
    extension = {CSV: "csv", XLSX: "xlsx"}.get(media_type)
    headers = [
        ("Content-Type", f"{CSV}; charset=utf-8; header=present" if media_type == CSV else media_type),
        ("Content-Length", str(len(body))),
        ("Content-Language", language),
        ("Cache-Control", "no-cache"),
        ("Vary", caching.VARY),
        *memento.headers(moment, f"/{name}", f"/{name}", moved=False),
        *security.CROSS_ORIGIN,
        *security.HEADERS,
    ]
    if extension:
        headers.append(("Content-Disposition", f'attachment; filename="{name}.{extension}"'))
    return Reply(200, tuple(headers), body)


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


def _table(kind: Kind, items: Sequence[Item], language: str) -> Iterator[list[str]]:
    texts = READING[language]
    dates = [texts["founded"], texts["closed"]] if kind.dates else []
    facets = [texts[f"facet_{facet.name}"] for facet in kind.facets]
    yield [texts["thing_name"], texts["other_names"], *facets, *dates, "latitude", "longitude", "IRI"]
    for item in items:
        values = [_joined(item.values.get(facet.name, ()), language) for facet in kind.facets]
        when = [_BETWEEN.join(item.founded), _BETWEEN.join(item.closed)] if kind.dates else []
        place = [str(one) for one in item.place] if item.place else ["", ""]
        label, names = item.thing.label(language), _BETWEEN.join(item.thing.names)
        yield [label, names, *values, *when, *place, item.thing.iri]


def _joined(values: Sequence[Named], language: str) -> str:
    return _BETWEEN.join(value.label(language) for value in values)
