"""What is kept of a submission: its RDF patch, the places of its statements, and what speaks against an old patch."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.rdf.patch import Patch, read_patch, rows
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Subject, term_json
from cnrs_kg.spreadsheets.spots import Spot as Cell
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Change
from cnrs_kg.submissions.locating import Place, Places, Spot
from cnrs_kg.submissions.reading import Read
from cnrs_kg.validation.report import result_of_json

_SUBJECT, _PREDICATE, _OBJECT = RDF("subject"), RDF("predicate"), RDF("object")
PLACES = "places"
"""The row in the head of a version's patch that names the kept places of its statements."""
_Key = tuple[Subject, ox.NamedNode]


@dataclass(frozen=True)
class At:
    """A place that was found before; `columns` are the letters of its sheet's columns, by property."""

    found: Place
    columns: Mapping[str, str] = field(default_factory=dict)

    def place(self, name: str) -> Place:
        """PLACE of the contract."""
        return dict(self.found)

    def beside(self, predicate: str) -> "At | None":
        """The cell of the same row where a property's values stand; None if there is none."""
        letter = self.columns.get(predicate)
        return None if letter is None else At({**self.found, "column": letter}, self.columns)


def effective(read: Read, store: ox.Store) -> Read:
    """What was read, as what it really changes in a version: no statement that is there already, or that is not."""
    change = read.change
    removed = set(change.removed)
    if read.replaces is not None:
        removed |= set(store.quads_for_pattern(None, None, None, read.replaces)) - change.added
    added = frozenset(quad for quad in change.added if quad not in store)
    return replace(
        read,
        change=replace(change, added=added, removed=frozenset(quad for quad in removed if quad in store)),
        replaces=None,
    )


def keep(versions: Versions, read: Read) -> tuple[str, str]:
    """Keep a change and its places; the names to ask for them by."""
    change = read.change
    patch = Patch(tuple(sorted(change.added, key=str)), tuple(sorted(change.removed, key=str)))
    places = {
        "notes": change.notes,
        "told": [result.to_json() for result in change.told],
        "places": {str(triple): spot.place(name) for triple, (name, spot) in read.places.spots.items()},
        "sheets": _sheets(read.places),
    }
    written = json.dumps(places, ensure_ascii=False, separators=(",", ":")).encode()
    return versions.keep_input("".join(rows(patch)).encode()), versions.keep_input(written)


def kept_patch(versions: Versions, name: str) -> Patch:
    """A patch that was kept."""
    return read_patch(versions.input(name).splitlines())


def kept(versions: Versions, patch: str, places: str) -> Read:
    """What was kept, as it was read."""
    found, said = kept_patch(versions, patch), json.loads(versions.input(places))
    columns: Mapping[str, Mapping[str, Mapping[str, str]]] = said.get("sheets", {})
    spots: dict[ox.Triple, tuple[str, Spot]] = {
        _triple(text): (place["file"], At(place, columns.get(place["file"], {}).get(place.get("sheet"), {})))
        for text, place in said["places"].items()
    }
    told = tuple(map(result_of_json, said.get("told", ())))
    change = Change(frozenset(found.added), frozenset(found.removed), notes=tuple(said["notes"]), told=told)
    return Read(change, Places(spots))


def kept_place(versions: Versions, places: str, triple: ox.Triple) -> Place | None:
    """Where a statement stands in the documents of a submission; None if they do not say it in so many words."""
    found: Mapping[str, Place] = json.loads(versions.input(places))["places"]
    return found.get(str(triple))


def _sheets(places: Places) -> dict[str, dict[str, dict[str, str]]]:
    """The letters of columns by property, for each sheet of each document."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name, spot in places.spots.values():
        if isinstance(spot, Cell):
            found.setdefault(name, {}).setdefault(spot.sheet, dict(spot.columns))
    return found


def _triple(text: str) -> ox.Triple:
    (quad,) = ox.parse(f"{text} .", ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad, ox.Quad | ox.Triple)
    return quad.triple if isinstance(quad, ox.Quad) else quad


@dataclass(frozen=True)
class Conflict:
    """A statement that a submission withdraws and that `version` withdrew meanwhile, to put something else there.

    `mine` is what the submission says instead, `theirs` what is published instead.
    """

    statement: ox.Quad
    mine: tuple[ox.Quad, ...]
    theirs: tuple[ox.Quad, ...]
    version: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The conflict as JSON; terms as in SPARQL results."""
        quad = self.statement
        terms = {"subject": quad.subject, "predicate": quad.predicate, "object": quad.object}
        return {
            "statement": {name: term_json(term) for name, term in terms.items()},
            "graph": quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else None,
            "submission": [term_json(one.object) for one in self.mine],
            "published": [term_json(one.object) for one in self.theirs],
            "version": self.version,
        }


def conflicts(change: Change, since: Patch) -> list[Conflict]:
    """Where a change and what was published since withdraw the same statement and put different ones in its place.

    A claim counts as the statement that it makes, since another value makes another claim; what is put in the place may
    stand in another graph.
    """
    gone = said(change.removed) & said(since.removed)
    mine, theirs = _by_key(said(change.added)), _by_key(said(since.added))
    found = []
    for quad in sorted(gone, key=str):
        own, others = mine[_key(quad)], theirs[_key(quad)]
        if {one.object for one in own} != {one.object for one in others}:
            found.append(Conflict(quad, own, others))
    return found


def dated(found: Iterable[Conflict], before: int, after: int, patch: Callable[[int], Patch]) -> list[Conflict]:
    """The conflicts, each with the version between these two that withdrew its statement last."""
    withdrawn = {number: said(patch(number).removed) for number in range(before + 1, after + 1)}
    return [
        replace(one, version=max((n for n, quads in withdrawn.items() if one.statement in quads), default=None))
        for one in found
    ]


def said(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """The quads of named graphs, and the statement that each claim among them makes."""
    found = {quad for quad in quads if quad.graph_name != DEFAULT_GRAPH}
    parts: defaultdict[tuple[Any, Any], dict[ox.NamedNode, Any]] = defaultdict(dict)
    for quad in found:
        if quad.predicate in (_SUBJECT, _PREDICATE, _OBJECT):
            parts[quad.subject, quad.graph_name][quad.predicate] = quad.object
    for (_, graph), part in parts.items():
        subject, predicate = part.get(_SUBJECT), part.get(_PREDICATE)
        if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and _OBJECT in part:
            found.add(ox.Quad(subject, predicate, part[_OBJECT], graph))
    return found


def _key(quad: ox.Quad) -> _Key:
    return quad.subject, quad.predicate


def _by_key(quads: Iterable[ox.Quad]) -> defaultdict[_Key, tuple[ox.Quad, ...]]:
    found: defaultdict[_Key, tuple[ox.Quad, ...]] = defaultdict(tuple)
    for quad in sorted(quads, key=str):
        found[_key(quad)] += (quad,)
    return found
