"""Answers of questions before and after a change: the rows that each gains and loses."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnrs_kg.errors import QueryError, StoreDamaged
from cnrs_kg.rdf.terms import Term, term_json, term_of_json
from cnrs_kg.reviewing.mentions import mentions
from cnrs_kg.reviewing.watched import Watched

LISTED = 200
"""Rows gained, and rows lost, that are told of an answer; how many there are in all is told as well."""
Row = tuple[Term | None, ...]


Ask = Callable[[Watched], bytes]


@dataclass(frozen=True)
class Changed:
    """A question whose answer changes, with the first rows gained and lost; or that was not answered, and why."""

    question: Watched
    columns: tuple[str, ...] = ()
    gained: tuple[Row, ...] = ()
    lost: tuple[Row, ...] = ()
    gained_total: int = 0
    lost_total: int = 0
    unanswered: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The change as JSON; terms as in SPARQL results."""
        return {
            "name": self.question.name,
            "title": dict(self.question.title),
            "href": self.question.href,
            "columns": list(self.columns),
            "gained": list(self._listed(self.gained)),
            "lost": list(self._listed(self.lost)),
            "gainedTotal": self.gained_total,
            "lostTotal": self.lost_total,
            "unanswered": self.unanswered,
        }

    def _listed(self, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
        for row in rows:
            pairs = zip(self.columns, row, strict=True)
            yield {name: term_json(term) for name, term in pairs if term is not None}


def touched(questions: Iterable[Watched], predicates: Iterable[str]) -> list[Watched]:
    """The questions whose answers a change of statements with these predicates can change."""
    changed = frozenset(predicates)
    return [question for question in questions if mentions(question.text).touched_by(changed)]


def changed(questions: Iterable[Watched], before: Ask, after: Ask) -> Iterator[Changed]:
    """The questions that are answered otherwise after a change, or not at all."""
    for question in questions:
        try:
            old, new = json.loads(before(question)), json.loads(after(question))
        except (QueryError, StoreDamaged) as error:
            yield Changed(question, unanswered=error.detail)
            continue
        columns = tuple(new["head"].get("vars", ("answer",)))
        had, has = Counter(_rows(old, columns)), Counter(_rows(new, columns))
        if had != has:
            gained, lost = has - had, had - has
            yield Changed(question, columns, _first(gained), _first(lost), gained.total(), lost.total())


def _rows(answer: Mapping[str, Any], columns: Sequence[str]) -> Iterator[Row]:
    """The rows of an answer; of ASK, one that holds if the answer is yes."""
    bindings = answer["results"]["bindings"] if "results" in answer else [{}] * answer["boolean"]
    for binding in bindings:
        yield tuple(term_of_json(binding[name]) if name in binding else None for name in columns)


def _first(rows: Counter[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows.elements(), key=str)[:LISTED])
