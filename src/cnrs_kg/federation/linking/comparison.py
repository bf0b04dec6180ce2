"""Two records compared: for each named feature how well they agree, in words."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import asin, cos, log, radians, sin, sqrt

from rapidfuzz import fuzz

from cnrs_kg.federation.linking import wording
from cnrs_kg.federation.linking.records import Place, Record

Levels = Mapping[str, str]
NEAR = 30.0
"""Kilometres within which two cities are one agglomeration."""
_RATIO = 0.9
_NAME = ((0.97, "same"), (0.85, "near"), (0.65, "close"), (0.4, "partly"), (0.0, "different"))


@dataclass(frozen=True)
class Wording:
    """A name in the forms in which it is compared.

    `part` if it is only a part of a longer name, `placeless` if the city was taken out of it.
    """

    text: str
    stems: frozenset[str]
    part: bool = False
    placeless: bool = False


class Signature:
    """A record in the forms in which it is compared."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @cached_property
    def team(self) -> bool:
        """Whether it is a team, by its source or by its name: what its name holds besides may be its laboratory."""
        return self.record.team or any(wording.names_team(name) for name in self.record.names)

    @cached_property
    def names(self) -> tuple[Wording, ...]:
        """Its names, acronyms of several words among them, their parts, and the same without its own city."""
        found: dict[tuple[str, ...], Wording] = {}
        city = frozenset(word for name in self.cities for word in name.split())
        phrases = (name for name in self.record.acronyms if len(wording.words(name)) > 1)
        for name in (*self.record.names, *phrases):
            for position, variant in enumerate(islice(wording.variants(name), 1 if self.team else None)):
                plain = tuple(sorted(wording.words(variant)))
                if position == 0 or plain not in found:
                    found[plain] = _worded(plain, part=position > 0)
        for plain, known in list(found.items()):
            rest = tuple(word for word in plain if word not in city)
            if rest and rest not in found:
                found[rest] = _worded(rest, part=known.part, placeless=True)
        return tuple(found.values())

    @cached_property
    def stems(self) -> frozenset[str]:
        """The beginnings of all words of its names."""
        return frozenset().union(*(name.stems for name in self.names))

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """Its acronyms."""
        return frozenset(filter(None, map(wording.acronym, self.record.acronyms)))

    @cached_property
    def spoken(self) -> frozenset[str]:
        """What may be an acronym in its names: short words, whole short names, initials."""
        names = self.record.names
        return frozenset(
            [wording.initials(name) for name in names]
            + [wording.acronym(name) for name in names]
            + [word for name in names for word in wording.words(name)]
        )

    @cached_property
    def codes(self) -> frozenset[wording.Code]:
        """Its codes, those that its names hold among them."""
        return wording.codes([*self.record.codes, *self.record.names])

    @cached_property
    def cities(self) -> frozenset[str]:
        """The names of the cities of its places."""
        return frozenset(filter(None, (wording.city(place.name) for place in self.record.places)))


class Comparer:
    """Compares records of two sources; how telling a word or a parent is, and where a city lies, comes from them."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        every = list(signatures)
        self._count = len(every)
        self._words = Counter(stem for one in every for stem in one.stems)
        self._places = gazetteer(place for one in every for place in one.record.places)
        self._features: Mapping[str, Callable[[Signature, Signature], str]] = {
            "identifier": identifier,
            "name": self._name,
            "acronym": acronym,
            "code": code,
            "city": self._city,
            "parent": parent,
            "founded": founded,
            "status": status,
        }

    def weight(self, stem: str) -> float:
        """How telling a word is: the rarer, the more."""
        return log(1 + self._count / (1 + self._words[stem]))

    def compare(self, left: Signature, right: Signature) -> Levels:
        """The level of each feature."""
        return {name: feature(left, right) for name, feature in self._features.items()}

    def _name(self, left: Signature, right: Signature) -> str:
        best = max((self.similarity(a, b) for a in left.names for b in right.names), default=None)
        return "unknown" if best is None else next(level for least, level in _NAME if best >= least)

    def similarity(self, left: Wording, right: Wording) -> float:
        """How much of two names is the same (0 to 1), each word with its weight; a part of a name is never whole."""
        if left.placeless and right.placeless:
            return 0.0
        if left.text == right.text:
            found = 1.0
        else:
            shared = sum(map(self.weight, left.stems & right.stems))
            whole = sum(map(self.weight, left.stems)) + sum(map(self.weight, right.stems))
            ratio = fuzz.ratio(left.text, right.text, score_cutoff=100 * _RATIO) / 100
            found = max(2 * shared / whole if whole else 0.0, ratio)
        return min(found, 0.9) if left.part or right.part else found

    def _city(self, left: Signature, right: Signature) -> str:
        if not left.cities or not right.cities:
            return "unknown"
        if left.cities & right.cities:
            return "same"
        distances = [
            distance(self._places[a], self._places[b])
            for a in left.cities & self._places.keys()
            for b in right.cities & self._places.keys()
        ]
        if not distances:
            return "other"
        return "near" if min(distances) <= NEAR else "far"


def _worded(plain: Sequence[str], *, part: bool, placeless: bool = False) -> Wording:
    return Wording(" ".join(plain), frozenset(word[: wording.STEM] for word in plain), part, placeless)


def identifier(left: Signature, right: Signature) -> str:
    """Whether an identifier of another registry is shared."""
    ours, theirs = left.record.identifiers, right.record.identifiers
    if ours & theirs:
        return "shared"
    return "different" if {scheme for scheme, _ in ours} & {scheme for scheme, _ in theirs} else "unknown"


def acronym(left: Signature, right: Signature) -> str:
    """Whether the acronyms agree, or one stands in the names of the other."""
    if left.acronyms & right.acronyms:
        return "same"
    if (left.acronyms & right.spoken) or (right.acronyms & left.spoken):
        return "named"
    return "different" if left.acronyms and right.acronyms else "unknown"


def code(left: Signature, right: Signature) -> str:
    """Whether a code is the same, or the same number under another label of its series."""
    if left.codes & right.codes:
        return "same"
    pairs = [(one, other) for one in left.codes for other in right.codes]
    if any(number == found and wording.renamed(label, other) for (label, number), (other, found) in pairs):
        return "renamed"
    kin = any(wording.series(label) & wording.series(other) for (label, _), (other, _) in pairs)
    return "different" if kin else "unknown"


def parent(left: Signature, right: Signature) -> str:
    """How many parents are shared."""
    ours, theirs = (frozenset(map(wording.fold, one.record.parents)) for one in (left, right))
    if not ours or not theirs:
        return "unknown"
    shared = len(ours & theirs)
    return "several" if shared > 1 else "one" if shared else "none"


def founded(left: Signature, right: Signature) -> str:
    """Whether the years of foundation agree."""
    ours, theirs = left.record.founded, right.record.founded
    if ours is None or theirs is None:
        return "unknown"
    apart = abs(ours - theirs)
    return "same" if apart <= 1 else "near" if apart <= 5 else "apart"


def status(left: Signature, right: Signature) -> str:
    """Whether one of them is no longer active."""
    return "unknown" if left.record.active and right.record.active else "ended"


def gazetteer(places: Iterable[Place]) -> dict[str, tuple[float, float]]:
    """Where the cities lie, by name; names that several cities share are left out unless they lie together."""
    found: dict[str, tuple[float, float]] = {}
    doubtful = set()
    for place in places:
        if place.latitude is None or place.longitude is None:
            continue
        name, here = wording.city(place.name), (place.latitude, place.longitude)
        if distance(found.setdefault(name, here), here) > NEAR:
            doubtful.add(name)
    return {name: here for name, here in found.items() if name not in doubtful}


def distance(left: tuple[float, float], right: tuple[float, float]) -> float:
    """Kilometres between two points given as latitude and longitude."""
    (a, b), (c, d) = (map(radians, point) for point in (left, right))
    h = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * 6371 * asin(sqrt(min(1.0, h)))
