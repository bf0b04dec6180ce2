"""What changes, by thing: as pages show it, and the forms in which it can be had."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cnrs_kg.reviewing.answers import Changed, Row
from cnrs_kg.reviewing.watched import Watched
from cnrs_kg.submissions import diff
from cnrs_kg.submissions.proposal import PATCH
from cnrs_kg.web import negotiation
from cnrs_kg.web.messages import Incoming, parameters
from cnrs_kg.web.negotiation import HTML, NotAcceptable
from cnrs_kg.web.terms import short, term

JSON, TEXT = "application/json", "text/plain"
FORMS = {"json": JSON, "text": TEXT, "patch": PATCH, "html": HTML}
SHOWN = 300
"""Statements of a diff that a page shows; the whole is a download away."""

ROWS = 20
"""Rows that an answer gains, and loses, that a page shows."""
_NOTHING = {"text": "–", "href": None}


@dataclass(frozen=True)
class Part:
    """A thing of a diff as a page shows it: its name, where it leads, its rows (sign, predicate, object, graph)."""

    name: str
    href: str | None
    rows: tuple[tuple[str, Any, Any, str], ...]


def parts(things: Sequence[diff.Thing], language: str, base_iri: str) -> Iterator[Part]:
    """The first statements of a diff, by thing."""
    left = SHOWN
    for thing in things:
        if left <= 0:
            return
        rows = tuple(
            (
                row.sign,
                _cell(row.quad.predicate, row.predicate_label, language, base_iri),
                _cell(row.quad.object, row.object_label, language, base_iri),
                short(row.graph or ""),
            )
            for row in thing.rows[:left]
        )
        left -= len(rows)
        cell = _cell(thing.node, thing.label, language, base_iri)
        yield Part(cell["text"], cell["href"], rows)


def more(things: Sequence[diff.Thing]) -> bool:
    """Whether a diff is longer than what `parts` gives."""
    return sum(len(thing.rows) for thing in things) > SHOWN


@dataclass(frozen=True)
class Answer:
    """A question whose answer changes as a page shows it: the first rows that it gains and loses."""

    question: Watched
    unanswered: str | None
    gained: tuple[tuple[Any, ...], ...]
    lost: tuple[tuple[Any, ...], ...]
    gained_total: int
    lost_total: int


def answers(changed: Iterable[Changed], base_iri: str) -> Iterator[Answer]:
    """The answers that change."""

    def shown(rows: Sequence[Row]) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            tuple(_cell(node, {}, "", base_iri) if node is not None else _NOTHING for node in row)
            for row in rows[:ROWS]
        )

    for one in changed:
        totals = one.gained_total, one.lost_total
        yield Answer(one.question, one.unanswered, shown(one.gained), shown(one.lost), *totals)


def _cell(node: Any, label: diff.Label, language: str, base_iri: str) -> dict[str, Any]:
    shown = term(str(node), base_iri)
    text = diff.said(label, node, language) if label else shown.text if shown else str(node)
    return {
        "text": text,
        "href": shown.href if shown else None,
        "title": str(node),
        "lang": getattr(shown, "language", None),
    }


def form(incoming: Incoming, names: Iterable[str] = tuple(FORMS)) -> str:
    """The media type that was asked for, by `format` or by what the client accepts; else `NotAcceptable`."""
    name, accept = dict(parameters(incoming.query_string)).get("format"), incoming.header("Accept") or ""
    known = {known: FORMS[known] for known in names}
    chosen = negotiation.form(name, accept, known)
    if chosen is None:
        raise NotAcceptable("That is none of the formats of a diff", available=list(known))
    return chosen
