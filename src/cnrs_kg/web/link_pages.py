"""The pages about links: the list, and one link with both records side by side, the evidence and the map."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from cnrs_kg.federation.linking.links import Link, Standing
from cnrs_kg.federation.linking.records import Record
from cnrs_kg.web import atlas
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.paging import Paged
from cnrs_kg.web.rendering import Pages, day, language_of
from cnrs_kg.web.sign_in import PATH as SIGN_IN
from cnrs_kg.web.sign_in import Who
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/links"
KEYS = {"accept": "a", "close": "c", "reject": "r", "later": "l"}
"""What may be done with a link, and the key for each."""
FEATURES = ("name", "acronym", "code", "city", "parent", "founded", "identifier", "status")
_LINES = 8
"""Values of a feature that are shown of a record."""


@dataclass(frozen=True)
class Row:
    """A feature of both records: what each says, and how well they agree, in words."""

    feature: str
    agreement: str | None
    left: tuple[str, ...]
    right: tuple[str, ...]
    level: str = ""


@dataclass(frozen=True)
class LinkPages:
    """Writes the pages about links."""

    kg: "KnowledgeGraph"
    pages: Pages

    def listed(self, incoming: Incoming, who: Who, found: Sequence[Link], standing: Standing | None) -> Reply:
        """The links, a page at a time."""
        register, pairs = self.kg.registries.links, parameters(incoming.query_string)
        language = language_of(incoming)[0]
        every = register.all().values()
        kept = [(name, value) for name, value in pairs if name == "standing"]
        paged = Paged.of(found, dict(pairs).get("page"), PATH, kept)
        first = register.after(None)
        sides = [register.sides(one) for one in paged.items]
        name = self._namer((side for pair in sides for side in pair), language)
        return self.pages.render(
            "links.html",
            incoming,
            status=404 if paged.beyond else 200,
            who=who,
            paged=paged,
            rows=[(one, *map(name, pair)) for one, pair in zip(paged.items, sides, strict=True)],
            standings=[
                (one, sum(link.standing is one for link in every), url(PATH, {"standing": one}), one is standing)
                for one in Standing
            ],
            total=len(every),
            chosen=standing,
            first=None if first is None else f"{PATH}/{first.slug}",
            sign_in=url(SIGN_IN, {"to": PATH}),
            when=partial(_when, language),
            describe=describe_url,
        )

    def review(self, incoming: Incoming, who: Who, found: Link) -> Reply:
        """A link with what both records say, feature by feature."""
        register, language = self.kg.registries.links, language_of(incoming)[0]
        left, right = register.sides(found)
        labels = register.wording(language)
        waiting = [one for one in register.all().values() if one.standing is Standing.REVIEW]
        place = next((number for number, one in enumerate(waiting, 1) if one == found), None)
        before = dict(parameters(incoming.query_string)).get("after")
        beside = [(one, register.sides(one)) for one in register.beside(found)]
        name = self._namer((left, right, *(side for _, pair in beside for side in pair)), language)
        return self.pages.render(
            "link.html",
            incoming,
            who=who,
            link=found,
            names=(name(left), name(right)),
            rows=list(_rows(found, left, right, labels)),
            rival=labels.get("rival-near") if "rival-near" in found.evidence else None,
            beside=[(one, *map(name, pair)) for one, pair in beside],
            before=register.all().get(before or ""),
            map=_map(left, right, name),
            place=place,
            waiting=len(waiting),
            keys=KEYS,
            may_decide=who.account is not None and who.account.may("curator"),
            sign_in=url(SIGN_IN, {"to": f"{PATH}/{found.slug}"}),
            when=partial(_when, language),
            describe=describe_url,
        )

    def _namer(self, records: Iterable[Record], language: str) -> Callable[[Record], str]:
        """What to call these records: by their label in the language where they have one."""
        version = self.kg.current()
        known = {} if version is None else self.kg.lists.known({one.iri for one in records}, version)

        def name(record: Record) -> str:
            item = known.get(record.iri)
            return _name(record, item.thing.label(language) if item and item.thing.labels else None)

        return name


def _when(language: str, text: str) -> str:
    """A day as the language writes it; a moment that is beyond our calendar as it is written."""
    try:
        return day(datetime.fromisoformat(text), language)
    except ValueError:
        return text


def _name(record: Record, label: str | None) -> str:
    found = label or (record.names[0] if record.names else record.iri)
    return f"{found} ({record.acronyms[0]})" if record.acronyms and record.acronyms[0] not in found else found


def _rows(link: Link, left: Record, right: Record, labels: Mapping[str, str]) -> Iterator[Row]:
    """The features of which a record says something."""
    levels = dict(one.split("-", 1) for one in sorted(link.evidence) if "-" in one)
    for feature in FEATURES:
        ours, theirs = (tuple(dict.fromkeys(_values(feature, record)))[:_LINES] for record in (left, right))
        level = levels.get(feature, "")
        if ours or theirs or level:
            yield Row(feature, _level(labels.get(f"{feature}-{level}")), ours, theirs, level)


def _level(label: str | None) -> str | None:
    """How well a feature agrees, without the name of the feature, which stands beside it."""
    return None if label is None else label.partition(":")[2].strip() or label


def _values(feature: str, record: Record) -> Sequence[str]:
    told: dict[str, Sequence[str]] = {
        "name": record.names,
        "acronym": record.acronyms,
        "code": record.codes,
        "city": [f"{place.name} ({place.country})" if place.country else place.name for place in record.places],
        "parent": record.parents,
        "founded": () if record.founded is None else (str(record.founded),),
        "identifier": sorted(value for _, value in record.identifiers if value != record.iri),
        "status": () if record.active else ("†",),
    }
    return told[feature]


def _map(left: Record, right: Record, name: Callable[[Record], str]) -> atlas.Map | None:
    """Where both records are, as far as they say it by coordinates or by country."""
    points, codes = [], set()
    for record in (left, right):
        for place in record.places:
            codes |= {place.country} if place.country else set()
            if place.latitude is not None and place.longitude is not None:
                label = f"{place.name}: {name(record)}"
                points.append((place.latitude, place.longitude, label, describe_url(record.iri)))
    return atlas.of_points(points, codes) if points or codes else None
