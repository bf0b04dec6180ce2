"""A proposal as the change that it asks for: what its documents add and withdraw, each with its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine.requests import ParsedUpload
from cnrs_kg.errors import CnrsKgError, RdfError
from cnrs_kg.rdf.skolem import skolemise
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.spreadsheets.spots import Fault, read_lines
from cnrs_kg.submissions.change import Change
from cnrs_kg.submissions.hearing import FAULTS, Heard, HeardProposal, Rows, Update
from cnrs_kg.submissions.intake import CLAIMABLE, claim, claimable_properties, held, withdrawn
from cnrs_kg.submissions.locating import Places, Spot
from cnrs_kg.submissions.scrutiny import Placed, placed_intake, refuse, scrutinise, start
from cnrs_kg.submissions.updates import Whole
from cnrs_kg.telling.french import both
from cnrs_kg.validation.report import Result


@dataclass(frozen=True)
class Read:
    """The change that a proposal asks for, and where its documents say what.

    `faults` are documents that cannot be read (kind `syntax`): the change is then empty. `replaces` is the graph whose
    whole content the change becomes.
    """

    change: Change = field(default_factory=Change)
    places: Places = field(default_factory=Places)
    faults: tuple[Result, ...] = ()
    replaces: ox.NamedNode | None = None


@dataclass
class _Draft:
    """What is read so far."""

    added: set[ox.Quad] = field(default_factory=set)
    removed: set[ox.Quad] = field(default_factory=set)
    places: Places = field(default_factory=Places)
    notes: list[str] = field(default_factory=list)
    told: list[Result] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """Reads proposals made on a version, its `store`; statements of properties that are `claimable` become claims."""

    store: ox.Store
    claimable: frozenset[ox.NamedNode]

    def read(self, proposal: HeardProposal) -> Read:
        """The change."""
        draft, faults = _Draft(), []
        for document in proposal.documents:
            try:
                faults += self._read(document, proposal, draft)
            except FAULTS as error:
                faults.append(fault(document.name, error))
        if faults:
            return Read(faults=tuple(faults))
        change = Change(
            frozenset(draft.added),
            frozenset(draft.removed - draft.added),
            notes=tuple(draft.notes),
            told=tuple(draft.told),
        )
        return Read(change, draft.places, (), proposal.target if proposal.replaces else None)

    def _read(self, document: Heard, proposal: HeardProposal, draft: _Draft) -> list[Result]:
        """Put into the draft what a document says; the faults of its cells."""
        said = document.said
        if isinstance(said, CnrsKgError):
            raise said
        if isinstance(said, Rows):
            self._patch(document.name, said, proposal, draft)
            return []
        if isinstance(said, Update):
            self._update(document.name, said, proposal, draft)
            return []
        found: Iterable[Placed]
        faults: Sequence[Fault] = ()
        if isinstance(said, ParsedUpload):
            found, ignored = said.placed()
            draft.notes += [_IGNORED.format(document.name, *one) for one in ignored]
        else:
            found, faults = read_lines(said.read())
        told = self._add(found, document.name, proposal.target, draft)
        draft.notes += [] if told or faults else [_EMPTY.format(document.name)]
        return [_of_cell(document.name, one) for one in faults]

    def _add(self, found: Iterable[Placed], name: str, graph: ox.NamedNode, draft: _Draft) -> bool:
        """Put statements into the draft; whether there was any."""
        scrutinised = scrutinise(found, name)
        placed = scrutinised.placed
        taken = placed_intake(placed, graph, self.claimable)
        draft.added |= taken.quads
        draft.places.add(name, spots_of(placed, graph))
        draft.told += taken.infos
        draft.notes += [*scrutinised.notes, *taken.notes]
        return bool(placed)

    def _patch(self, name: str, rows: Rows, proposal: HeardProposal, draft: _Draft) -> None:
        self._add(rows.added.placed()[0], name, proposal.target, draft)
        for quad, spot in rows.removed.placed()[0]:
            refuse(quad, spot)
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                raise RdfError("a withdrawal names no blank node: the graph keeps none", position=start(spot))
            found = held(stored_quad(quad), proposal.graph, self.store, self.claimable)
            if not found:
                where = "" if spot is None else "{file}:{line}: ".format(**spot.place(name))
                draft.notes.append(f"{where}nothing to withdraw, no writable graph asserts it: {quad.triple}")
            draft.removed |= found
            if spot is not None:
                draft.places.add(name, {one.triple: spot for one in found})

    def _update(self, name: str, update: Update, proposal: HeardProposal, draft: _Draft) -> None:
        found, whole = update.changes, Whole(update.text)
        for quad in found.added:
            refuse(quad, whole)
        taken = whole.intake(found.added, proposal.target, self.claimable)
        draft.added |= taken.quads
        removed, warnings = withdrawn(found, self.store, self.claimable)
        draft.removed |= removed
        draft.told += taken.infos
        draft.notes += [*warnings, *taken.notes]
        changed = {*taken.quads, *removed}
        draft.places.add(name, {quad.triple: whole for quad in changed})


def reader_of(store: ox.Store) -> Reader:
    """The reader of proposals that are made on this version."""
    return Reader(store, claimable_properties(store.quads_for_pattern(None, CLAIMABLE, None, DEFAULT_GRAPH)))


def spots_of(placed: Iterable[Placed], graph: ox.NamedNode) -> dict[ox.Triple, Spot]:
    """The place of each statement that a graph keeps of a document: in stored form, claims for direct statements."""
    found = list(placed)
    spots: dict[ox.Triple, Spot] = {}
    for quad, (_, spot) in zip(map(stored_quad, skolemise(quad for quad, _ in found)), found, strict=True):
        if spot is None:
            continue
        spots.setdefault(quad.triple, spot)
        home = graph if quad.graph_name == DEFAULT_GRAPH else quad.graph_name
        for part in claim(ox.Quad(quad.subject, quad.predicate, quad.object, home)):
            spots.setdefault(part.triple, spot)
    return spots


def fault(name: str, error: CnrsKgError) -> Result:
    """The result that says why a document cannot be read, and where."""
    where: dict[str, Any] = {"file": name, "line": 1}
    if error.position is not None:
        where |= {"line": error.position[0], "column": error.position[1]}
    return Result("Violation", "syntax", both(error.detail, error.advice), places=(where,))


def _of_cell(name: str, wrong: Fault) -> Result:
    fixes = tuple(
        {"message": {lang: said.format(text) for lang, said in _INSTEAD.items()}, "replacement": text}
        for text in wrong.fixes
    )
    return Result("Violation", "syntax", wrong.message, places=(wrong.spot.place(name),), fixes=fixes)


_IGNORED = "{}:{}: the key {!r} says nothing, since no @context gives it an IRI"
_EMPTY = "{}: there is no statement in it"
_INSTEAD = {"en": "Write “{}” instead.", "fr": "Écrire plutôt « {} »."}
