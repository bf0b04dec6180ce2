"""The results of validation, one per fault, in the form that programs and people read.

https://www.w3.org/TR/shacl/#validation-report; the JSON is the contract's RESULT.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cnrs_kg.rdf.terms import Term, term_json, term_of_json
from cnrs_kg.telling.french import both

SEVERITIES = ("Violation", "Warning", "Info")


@dataclass(frozen=True)
class Result:
    """One fault: which shape, on which focus node, along which path, with which value, in both languages.

    To help: the focus node's `label`, what was `expected` (both by language) and `found`, a valid `example` of the data
    in Turtle, and `fixes`, texts that could stand in the place.
    """

    severity: str
    kind: str
    message: Mapping[str, str]
    focus_node: Term | None = None
    shape: str | None = None
    constraint: str | None = None
    path: str | None = None
    value: Term | None = None
    proof: Mapping[str, Any] | None = None
    places: tuple[Mapping[str, Any], ...] = ()
    label: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str] | None = None
    found: str | None = None
    example: str | None = None
    fixes: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """RESULT of the contract."""
        return {
            "severity": self.severity,
            "kind": self.kind,
            "shape": self.shape,
            "constraint": self.constraint,
            "focusNode": None if self.focus_node is None else term_json(self.focus_node),
            "path": self.path,
            "value": None if self.value is None else term_json(self.value),
            "message": dict(self.message),
            "places": [dict(place) for place in self.places],
            "proof": self.proof,
            "fixes": [dict(fix) for fix in self.fixes],
            "label": dict(self.label),
            "expected": None if self.expected is None else dict(self.expected),
            "found": self.found,
            "example": self.example,
        }


@dataclass(frozen=True)
class Verdict:
    """What was judged, on which version, and every result; only those of severity Violation refuse.

    `background` are faults that were there before what was judged, found beside it: they refuse nothing. `notes` are
    in English; `told` gives them in the languages of readers. `inferred` is how many statements the change infers, or
    how many there are where everything was inferred anew.
    """

    results: tuple[Result, ...] = ()
    version: int | None = None
    added: int = 0
    withdrawn: int = 0
    inferred: int = 0
    notes: tuple[str, ...] = field(default=())
    background: tuple[Result, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether nothing refuses; warnings and infos never do."""
        return not any(result.severity == "Violation" for result in self.results)

    def told(self) -> list[dict[str, str]]:
        """The notes, each by language."""
        return [both(note) for note in self.notes]

    def to_json(self) -> dict[str, Any]:
        """VERDICT of the contract."""
        return {
            "conforms": self.conforms,
            "version": self.version,
            "added": self.added,
            "withdrawn": self.withdrawn,
            "inferred": self.inferred,
            "results": [result.to_json() for result in self.results],
            "notes": self.told(),
            "background": [result.to_json() for result in self.background],
        }


def verdict_of_json(found: Mapping[str, Any]) -> Verdict:
    """The verdict that `Verdict.to_json` wrote."""
    return Verdict(
        tuple(map(result_of_json, found["results"])),
        found["version"],
        found["added"],
        found["withdrawn"],
        found["inferred"],
        tuple(note if isinstance(note, str) else note["en"] for note in found["notes"]),
        tuple(map(result_of_json, found["background"])),
    )


def result_of_json(found: Mapping[str, Any]) -> Result:
    """The result that `Result.to_json` wrote."""
    return Result(
        found["severity"],
        found["kind"],
        found["message"],
        focus_node=None if found["focusNode"] is None else term_of_json(found["focusNode"]),
        value=None if found["value"] is None else term_of_json(found["value"]),
        places=tuple(found["places"]),
        fixes=tuple(found["fixes"]),
        **{
            name: found[name]
            for name in ("shape", "constraint", "path", "proof", "label", "expected", "found", "example")
        },
    )


def in_order(results: Iterable[Result]) -> tuple[Result, ...]:
    """The results, worst first, then by focus node and path, so that reports compare."""
    return tuple(
        sorted(
            results,
            key=lambda result: (
                SEVERITIES.index(result.severity) if result.severity in SEVERITIES else len(SEVERITIES),
                str(result.focus_node),
                result.path or "",
                str(result.value),
                result.shape or "",
            ),
        )
    )
