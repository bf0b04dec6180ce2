"""What is compared when things of two sources are linked: records, wherever they come from."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """A place where something has a site: its name, its country's code, latitude and longitude if they are known."""

    name: str
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Record:
    """What a source says of an organisation, as far as it helps to recognise it.

    `identifiers` are (scheme, value) pairs, `codes` labels as they are written ("UMR 5608"), `parents` names of the
    bodies that it belongs to; a `team` is part of a laboratory that has a record of its own.
    """

    iri: str
    names: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    parents: tuple[str, ...] = ()
    founded: int | None = None
    identifiers: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    team: bool = False
    active: bool = True
