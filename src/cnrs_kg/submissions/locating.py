"""Where documents say what: the places that a result, or a proof, leads back to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import pyoxigraph as ox

from cnrs_kg.rdf.terms import Term, term_of_json, triple_of_json
from cnrs_kg.spreadsheets.conversion import cell_text
from cnrs_kg.validation.report import Result

Place = dict[str, Any]


class Spot(Protocol):
    """A part of a document: a span of its text, or a cell."""

    def place(self, name: str) -> Place:
        """PLACE of the contract, in the document of this name."""
        ...

    def beside(self, predicate: str) -> "Spot | None":
        """Where a property's value would stand beside this part, if the document has a place for it."""
        ...


@dataclass
class Places:
    """Where documents say each statement, by the form in which the graph keeps it; the first place counts."""

    spots: dict[ox.Triple, tuple[str, Spot]] = field(default_factory=dict)

    def add(self, name: str, spots: Mapping[ox.Triple, Spot]) -> None:
        """The spots of one more document."""
        for triple, spot in spots.items():
            self.spots.setdefault(triple, (name, spot))

    def of(self, triple: ox.Triple) -> Place | None:
        """PLACE of a statement; None if no document says it."""
        found = self.spots.get(triple)
        return None if found is None else found[1].place(found[0])

    def located(self, result: Result) -> Result:
        """The result with the places that made it: of its proof's leaves, else of the value, the property, the node.

        A value may have been inferred for this property from another one that says the same.
        """
        proof = None if result.proof is None else self._placed(result.proof)
        places = tuple((list(_leaves(proof)) if proof else []) or self._making(result))
        fixes = tuple(self._fitting(fix, result, places) for fix in result.fixes)
        return replace(result, places=places, proof=proof, fixes=fixes)

    def _fitting(self, fix: Mapping[str, Any], result: Result, places: Sequence[Place]) -> Mapping[str, Any]:
        """A correction as the first place would have it: in a cell no Turtle; with the place of what is beside."""
        beside = fix.get("beside")
        if beside is not None:
            path, value = ox.NamedNode(beside["path"].strip("<>")), term_of_json(beside["value"])
            place = self.of(ox.Triple(result.focus_node, path, value))  # type: ignore[arg-type]
            fix = {**fix, "beside": {**_as_of(beside, place), "place": place}}
        return _as_of(fix, places[0] if places else None)

    def _making(self, result: Result) -> list[Place]:
        about = self._by_subject.get(result.focus_node, [])
        path = result.path.strip("<>") if result.path else None
        of_path = [triple for predicate, triple in about if predicate == path]
        of_value: list[ox.Triple] = []
        if result.value is not None:
            of_value = [triple for triple in of_path if triple.object == result.value]
            of_value = of_value or [triple for _, triple in about if triple.object == result.value]
        if of_value or of_path:
            return [self._place(triple) for triple in of_value or of_path]
        nearest = [triple for _, triple in about[:1]] or self._by_object.get(result.focus_node, [])[:1]
        return [self._empty(triple, path) or self._place(triple) for triple in nearest]

    def _place(self, triple: ox.Triple) -> Place:
        name, spot = self.spots[triple]
        return spot.place(name)

    def _empty(self, triple: ox.Triple, path: str | None) -> Place | None:
        """The empty cell in which a missing value would stand."""
        name, spot = self.spots[triple]
        beside = None if path is None else spot.beside(path)
        return None if beside is None else beside.place(name)

    @cached_property
    def _by_subject(self) -> Mapping[Term | None, list[tuple[str, ox.Triple]]]:
        """The statements about each thing, each with its property."""
        found: defaultdict[Term | None, list[tuple[str, ox.Triple]]] = defaultdict(list)
        for triple in self.spots:
            found[triple.subject].append((triple.predicate.value, triple))
        return found

    @cached_property
    def _by_object(self) -> Mapping[Term | None, list[ox.Triple]]:
        found: defaultdict[Term | None, list[ox.Triple]] = defaultdict(list)
        for triple in self.spots:
            found[triple.object].append(triple)
        return found

    def _placed(self, proof: Mapping[str, Any]) -> dict[str, Any]:
        """The proof with the places of what the documents say."""
        made = {**proof, "premises": [self._placed(premise) for premise in proof["premises"]]}
        if proof["rule"] == "asserted":
            place = self.of(triple_of_json(proof["statement"]))
            if place is not None:
                made["place"] = place
        return made


def _as_of(fix: Mapping[str, Any], place: Place | None) -> dict[str, Any]:
    """The replacement as text of a cell, where the place is one."""
    made = dict(fix)
    if place is not None and "sheet" in place:
        text = cell_text(fix["replacement"])
        told = {lang: said.replace(fix["replacement"], text) for lang, said in fix.get("message", {}).items()}
        made |= {"replacement": text} | ({"message": told} if told else {})
    return made


def _leaves(proof: Mapping[str, Any]) -> Iterator[Place]:
    if proof.get("place"):
        yield dict(proof["place"])
    for premise in proof["premises"]:
        yield from _leaves(premise)
