"""`/units`, `/offices`, `/partners`, `/institutes`, `/countries`: lists to filter, on a map, as CSV, XLSX and JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.lists import KINDS, Item, Kind, Listing, Named
from cnrs_kg.browsing.names import folded
from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.web import atlas, list_data, memento
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.memento import Asked
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import HTML, NotAcceptable, best
from cnrs_kg.web.paging import Paged
from cnrs_kg.web.problems import wants_page
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.sorting import Order
from cnrs_kg.web.sparql import identity
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

FORMATS = {"html": HTML, "json": list_data.JSON, "csv": CSV, "xlsx": XLSX}
_OFFERS = tuple((media_type, (media_type,)) for media_type in (list_data.JSON, CSV, XLSX))
_COMMON = frozenset({"format", "lang", "page", "sort", "version"})
_COUNTED = ("units", "offices", "partners")
"""Lists of which a country is a filter, and which are counted for it."""
_SHOWN = 5
"""Values of a facet that a cell of a page shows."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list: the chosen values by facet, values and filters that it does not have."""

    chosen: dict[str, Named]
    unknown: dict[str, str]
    foreign: list[str]

    @property
    def sound(self) -> bool:
        """Whether all of it can be asked."""
        return not self.unknown and not self.foreign


@dataclass(frozen=True)
class _Found:
    """A list as it was asked for: what a filter leaves, in order; `counts` are of the columns that count."""

    listing: Listing
    wanted: Wanted
    items: Sequence[Item]
    order: Order
    moment: Asked
    counts: Mapping[str, Mapping[str, int]]


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """A resource for each list."""
    found = Blueprint("lists", __name__)

    def answer(name: str) -> ResponseReturnValue:
        return response(_answer(kg, pages, name, current_request()))

    for name in KINDS:
        found.add_url_rule(f"/{name}", name, partial(answer, name))
    return found


def _answer(kg: "KnowledgeGraph", pages: Pages, name: str, incoming: Incoming) -> Reply:
    options = dict(parameters(incoming.query_string))
    media_type = _media_type(options.get("format"), incoming)
    moment = memento.requested(kg, incoming)
    listing = kg.lists.listing(name, moment.version)
    language = language_of(incoming)[0]
    wanted = wanted_of(listing, options)
    items = listing.having({facet: value.iri for facet, value in wanted.chosen.items()}) if wanted.sound else []
    order = Order.of(options.get("sort"), columns_of(listing.kind))
    counts = _counts(kg, moment) if name == "countries" else {}
    items.sort(key=lambda item: folded(item.thing.label(language)))
    found = _Found(listing, wanted, order.sorted(items, _key(order.column, language, counts)), order, moment, counts)
    Paged.of(items, options.get("page"), f"/{name}", ())  # a page that is no number is refused in any format
    if media_type == HTML:
        return _page(pages, incoming, found)
    if not wanted.sound:
        raise BadRequest(*complaint(listing, wanted))
    return list_data.reply(incoming, listing, found.items, media_type, language, moment)


def _media_type(name: str | None, incoming: Incoming) -> str:
    if name is not None:
        if name not in FORMATS:
            raise NotAcceptable(f"format: {name[:80]!r} is not a format of a list", available=list(FORMATS))
        return FORMATS[name]
    if wants_page(incoming):
        return HTML
    chosen, _ = best(_OFFERS, incoming.header("Accept") or "")
    if chosen is None:
        raise NotAcceptable("A list comes in none of the formats that you accept", available=list(FORMATS))
    return chosen


def wanted_of(listing: Listing, options: Mapping[str, str]) -> Wanted:
    """What the parameters of a request ask of a list."""
    facets = {facet.name for facet in listing.kind.facets}
    chosen: dict[str, Named] = {}
    unknown: dict[str, str] = {}
    for name, text in options.items():
        if name in facets and text.strip():
            value = listing.resolve(name, text.strip())
            if value is None:
                unknown[name] = text[:80]
            else:
                chosen[name] = value
    return Wanted(chosen, unknown, sorted(options.keys() - facets - _COMMON))


def complaint(listing: Listing, wanted: Wanted) -> tuple[str, ...]:
    """What cannot be asked, for `BadRequest`."""
    if wanted.foreign:
        names = ", ".join(facet.name for facet in listing.kind.facets)
        return (f"{wanted.foreign[0][:80]!r} is no filter of this list; its filters are: {names}",)
    facet, text = next(iter(wanted.unknown.items()))
    known = ", ".join(value.slug for value, _ in listing.options(facet)[:60])
    return (f"{facet}: nothing in this list has {text!r}; there is: {known}",)


def columns_of(kind: Kind) -> tuple[str, ...]:
    """The columns of a list's table, by which it can be sorted."""
    dates = ("founded",) if kind.dates else ()
    return ("name", *kind.columns, *dates, *(_COUNTED if kind.name == "countries" else ()))


def _key(column: str, language: str, counts: Mapping[str, Mapping[str, int]]) -> Callable[[Item], object]:
    """What is compared of a row in a column."""
    if column in counts:
        return lambda item: counts[column].get(item.thing.iri, 0)
    if column == "founded":
        return lambda item: item.founded[:1]
    if column == "name":
        return lambda item: folded(item.thing.label(language))
    return lambda item: [folded(value.label(language)) for value in item.values.get(column, ())[:1]]


def _page(pages: Pages, incoming: Incoming, found: _Found) -> Reply:
    listing, wanted, moment = found.listing, found.wanted, found.moment
    language, pairs = language_of(incoming)[0], parameters(incoming.query_string)
    path, asked = f"/{listing.kind.name}", dict(pairs).get("page")
    kept = [(name, value) for name, value in pairs if name not in ("lang", "format", "page") and value]
    unsorted = [pair for pair in kept if pair[0] != "sort"]
    paged = Paged.of(found.items, asked, path, kept)
    status = 400 if not wanted.sound else 404 if paged.beyond else 200
    options = {
        facet.name: sorted(
            ((value.slug, value.label(language), count) for value, count in listing.options(facet.name)),
            key=lambda one: one[1].casefold(),
        )
        for facet in listing.kind.facets
        if not facet.many
    }
    return pages.render(
        "list.html",
        incoming,
        status=status,
        etag_of=("list", listing.kind.name, identity(moment.version), tuple(pairs)) if status == 200 else None,
        headers=memento.headers(moment, path, incoming.query_string),
        name=listing.kind.name,
        kind=listing.kind,
        wanted=wanted,
        paged=paged,
        options=options,
        hidden=[(name, value) for name, value in kept if name in ("version", "sort")],
        map=atlas.drawn({path: found.items}, language, zoomed=bool(wanted.chosen)) if _mapped(found.items) else None,
        downloads=[(name, url(path, [*kept, ("format", name)])) for name in ("csv", "xlsx", "json")],
        feed=url("/feed", [("list", listing.kind.name), *(pair for pair in unsorted if pair[0] != "version")]),
        cite=url("/cite", [("list", listing.kind.name), *unsorted]),
        order=found.order,
        columns=columns_of(listing.kind),
        sort=lambda column: found.order.link(column, path, kept),
        without=lambda facet: url(path, [pair for pair in kept if pair[0] != facet]),
        describe=describe_url,
        shown=_SHOWN,
        counts=found.counts,
    )


def _mapped(items: Sequence[Item]) -> bool:
    return any(atlas.spot(item) for item in items)


def _counts(kg: "KnowledgeGraph", moment: Asked) -> dict[str, dict[str, int]]:
    """How many units, offices and partners each country has, by the country's IRI."""
    return {
        name: {value.iri: count for value, count in kg.lists.listing(name, moment.version).options("country")}
        for name in _COUNTED
    }
