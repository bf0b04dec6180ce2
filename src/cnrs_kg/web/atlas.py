"""Maps as pages draw them: marks of units and offices that lead on, on the outline of the world."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cnrs_kg.browsing import maps
from cnrs_kg.browsing.lists import Item, Named
from cnrs_kg.web.messages import url
from cnrs_kg.web.terms import describe_url

Spot = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """Things at one spot: a circle for units and whatever else, a square for offices."""

    x: float
    y: float
    size: float
    label: str
    href: str
    office: bool = False


@dataclass(frozen=True)
class Map:
    """A part of the world with marks, and the countries that stand out (by ISO 3166-1 code)."""

    view: maps.View
    marks: tuple[Mark, ...]
    countries: tuple[str, ...]

    @property
    def scale(self) -> float:
        """How large a length must be here to look as it does on the map of the world."""
        return self.view.width / maps.WIDTH


def country(item: Item) -> Named | None:
    """The country of a thing."""
    return next((one for one in item.values.get("country", ()) if one.country_code), None)


def spot(item: Item) -> Spot | None:
    """Where a thing is on the map: its place, or else the middle of its country."""
    if item.place is not None:
        return maps.project(*item.place)
    found = country(item)
    return maps.middle(found.country_code) if found is not None and found.country_code else None


def drawn(lists: Mapping[str, Iterable[Item]], language: str, *, zoomed: bool = False) -> Map:
    """The things of lists (by the path of the list) on a map; `zoomed` to the part where they are."""
    marks: list[Mark] = []
    codes: set[str] = set()
    for path, items in lists.items():
        by_spot: dict[Spot, list[Item]] = {}
        for item in items:
            place, land = spot(item), country(item)
            codes |= {land.country_code} if land is not None and land.country_code else set()
            if place is not None:
                by_spot.setdefault((round(place[0], 1), round(place[1], 1)), []).append(item)
        marks += [_mark(path, place, found, language) for place, found in by_spot.items()]
    marks.sort(key=lambda mark: (mark.office, -mark.size, mark.x))
    known = sorted(codes & maps.countries().keys())
    return Map(_view(marks) if zoomed else maps.WORLD, tuple(marks), tuple(known))


def of_points(points: Iterable[tuple[float, float, str, str]], codes: Iterable[str]) -> Map:
    """Places by latitude, longitude, label and link, in the part of the world where they are."""
    found = [(*maps.project(latitude, longitude), label, href) for latitude, longitude, label, href in points]
    marks = tuple(Mark(round(x, 1), round(y, 1), 5.0, label, href) for x, y, label, href in found)
    known = tuple(sorted(set(codes) & maps.countries().keys()))
    boxes = [] if marks else [maps.countries()[code] for code in known]
    return Map(maps.view([(mark.x, mark.y) for mark in marks], boxes), marks, known)


def of_spots(spots: Iterable[tuple[Spot, str, str]], codes: Iterable[str]) -> Map:
    """Things by where they are, label and link: one mark for those at one spot, which leads to the first."""
    by_spot: dict[Spot, list[tuple[str, str]]] = {}
    for (x, y), label, href in spots:
        by_spot.setdefault((round(x, 1), round(y, 1)), []).append((label, href))
    marks = []
    for place, found in by_spot.items():
        told = ", ".join(dict.fromkeys(label for label, _ in found[:6])) + (" …" if len(found) > 6 else "")
        marks.append(Mark(*place, 3.2 + 1.5 * math.sqrt(len(found)), told, found[0][1]))
    marks.sort(key=lambda mark: (-mark.size, mark.x))
    return Map(_view(marks), tuple(marks), tuple(sorted(set(codes) & maps.countries().keys())))


def _view(marks: Iterable[Mark]) -> maps.View:
    return maps.view([(mark.x, mark.y) for mark in marks])


def _mark(path: str, place: Spot, items: list[Item], language: str) -> Mark:
    names = [item.thing.names[0] if item.thing.names else item.thing.label(language) for item in items]
    land = country(items[0])
    told = ", ".join(sorted(names)[:6]) + (" …" if len(names) > 6 else "")
    if len(items) == 1 or land is None:
        href = describe_url(items[0].thing.iri)
    else:
        href = url(path, {"country": land.slug})
    label = f"{told} ({land.label(language)})" if land is not None else told
    return Mark(*place, 3.2 + 1.5 * math.sqrt(len(items)), label, href, path == "/offices")
