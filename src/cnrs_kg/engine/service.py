"""How a query with SERVICE is asked: what to ask here first, what to send there, and where the answers go.

https://www.w3.org/TR/sparql11-federated-query/

A SERVICE in the query's own group or in one of its OPTIONALs becomes a `Call`. What stands before it is asked here, for
the distinct values of the variables that it shares with the body; they are sent before the body as VALUES, a join of
groups, so that the body's filters and limits keep their meaning; the answer takes the place of the SERVICE as VALUES.
Where this could say anything else than the query does, the SERVICE is refused by name.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine.evaluate import request_text, syntax_error
from cnrs_kg.engine.frames import Reply, Request, Status
from cnrs_kg.engine.groups import Element, Group, Query, Unreadable, What, read_query
from cnrs_kg.engine.requests import Limits
from cnrs_kg.errors import ServiceRefused
from cnrs_kg.rdf import guards
from cnrs_kg.rdf.sparql_lexer import Kind, Token, line_and_column, tokens

NESTING = 100
"""How deep a query with SERVICE may be nested: it is read by descent, in Python."""
_VOLATILE = frozenset({"RAND", "UUID", "STRUUID", "BNODE"})
_WHERE = {
    What.SELECT: "in a sub-select",
    What.GROUP: "in a group of its own or a UNION",
    What.GRAPH: "in GRAPH",
    What.MINUS: "in MINUS",
    What.LATERAL: "in LATERAL",
    What.SERVICE: "inside another SERVICE",
    What.OPTIONAL: "in an OPTIONAL inside an OPTIONAL",
}

Text = tuple[str | int, ...]
"""A text in which a number stands for what the call of that number gave."""
_Edit = tuple[int, int, str | int]
"""From where to where something else is to stand."""


@dataclass(frozen=True)
class Call:
    """One SERVICE: whom it asks, and how."""

    endpoint: str
    silent: bool
    position: tuple[int, int]
    local: Text
    """The query to be asked here for the values of `shared`; empty if nothing stands before the SERVICE."""
    shared: tuple[str, ...]
    """The variables whose values may be sent."""
    certain: tuple[str, ...]
    """Those of them that the body binds in every solution."""
    variables: tuple[str, ...]
    """The variables that the answer may bind."""
    head: str
    """Declarations of the query to be sent."""
    body: str
    """Its group."""


@dataclass(frozen=True)
class Plan:
    """What is to be done for a query: its calls in order, and the query itself."""

    calls: tuple[Call, ...]
    query: Text

    @classmethod
    def read(cls, data: bytes) -> "Plan":
        """The plan that a worker made."""
        found = json.loads(data)
        calls = tuple(Call(**{name: _frozen(value) for name, value in call.items()}) for call in found["calls"])
        return cls(calls, tuple(found["query"]))


def written(text: Text, answers: Sequence[str]) -> str:
    """A text with the answers of the calls in their places."""
    return "".join(part if isinstance(part, str) else answers[part] for part in text)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def answer_plan(request: Request, limits: Limits, _: Callable[[int], object]) -> Reply:
    """The plan of a query, as JSON; a `QueryError` if it is no query or asks what cannot be asked."""
    text = request_text(request, limits)
    plan = plan_of(text, request.base_iri, operators=limits.query_operators)
    body = json.dumps({"calls": [vars(call) for call in plan.calls], "query": plan.query}).encode()
    return Reply(Status.ANSWER, 0, len(plan.calls), len(body), body)


def plan_of(text: str, base_iri: str, *, operators: int = guards.OPERATORS) -> Plan:
    """The plan of a query; without calls if it has no SERVICE, whatever it is."""
    places = [token for token in tokens(text) if token.kind is Kind.WORD and token.text.upper() == "SERVICE"]
    if not places:
        return Plan((), (text,))
    guards.check_request(text, nesting=NESTING, operators=operators)
    _check_syntax(text, base_iri)
    try:
        query = read_query(text)
    except Unreadable:
        raise _refused(text, places[0], "in a query whose groups cannot be told apart", "Write it simpler.") from None
    return _Planner(text, query, base_iri).plan(places)


def _check_syntax(text: str, base_iri: str) -> None:
    """Let the parser judge the query with GRAPH in the place of each SERVICE, which has the same grammar and scope.

    So nothing is asked of anybody before the whole query is known to be one.
    """
    harmless = "".join(map(str, _pieces(text, 0, len(text), _as_graphs(text))))
    store = ox.Store()
    try:
        store.query(harmless, base_iri=base_iri or None)
    except SyntaxError:
        raise syntax_error(store, harmless, base_iri or None, shown=text) from None
    except (ValueError, RuntimeError, OSError):
        return  # it is a query; what of it cannot be evaluated is told when it is evaluated


def _as_graphs(text: str) -> Iterator[_Edit]:
    """The edits that make GRAPH of each SERVICE and blanks of its SILENT, every character staying in its place."""
    follows = False
    for token in tokens(text):
        word = token.text.upper() if token.kind is Kind.WORD else ""
        if word == "SERVICE":
            yield token.start, token.end, "GRAPH  "
        elif follows and word == "SILENT":
            yield token.start, token.end, "      "
        follows = word == "SERVICE"


def _refused(text: str, place: Token | Element, where: str, advice: str) -> ServiceRefused:
    line, column = line_and_column(text, place.start)
    return ServiceRefused(
        f"SERVICE at line {line}, column {column}, {where}, is not asked by this endpoint",
        position=(line, column),
        limit="service_allow",
        advice=advice,
    )


def _pieces(text: str, start: int, end: int, edits: Iterable[_Edit]) -> Iterator[str | int]:
    """A stretch of a text with the edits that lie in it, which come in order."""
    place = start
    for first, last, instead in edits:
        if start <= first and last <= end:
            yield text[place:first]
            yield instead
            place = last
    yield text[place:end]


@dataclass(frozen=True)
class _Spot:
    """Where a SERVICE stands: among the elements of the query's group or, if there is one, of an OPTIONAL in it."""

    service: Element
    outer: Element
    """The SERVICE itself or its OPTIONAL."""

    @property
    def optional(self) -> Group | None:
        return self.outer.group if self.outer is not self.service else None


class _Planner:
    """Makes the plan of one query."""

    def __init__(self, text: str, query: Query, base_iri: str) -> None:
        self._text, self._query, self._base_iri = text, query, base_iri
        prologue = query.prologue
        self._prologue = text[prologue[0].start : prologue[-1].end] if prologue else ""
        self._numbers: dict[int, int] = {}

    def plan(self, places: Sequence[Token]) -> Plan:
        """The plan; `ServiceRefused` at the first SERVICE that cannot be asked."""
        found = {element.start: element for element in self._query.services}
        spots = [self._spot(place, found.get(place.start)) for place in places]
        self._numbers = {spot.service.start: number for number, spot in enumerate(spots)}
        return Plan(
            tuple(self._call(spot) for spot in spots), tuple(_pieces(self._text, 0, len(self._text), self._answers()))
        )

    def _spot(self, place: Token, service: Element | None) -> _Spot:
        advice = "Let it stand in the query's outermost group or in an OPTIONAL there."
        if service is None or service.term is None:
            raise _refused(self._text, place, "in an expression (EXISTS)", advice)
        if service.inside not in ((), (What.OPTIONAL,)):
            around = [_WHERE[what] for what in service.inside if what is not What.OPTIONAL]
            raise _refused(self._text, place, (around or [_WHERE[What.OPTIONAL]])[-1], advice)
        if service.term.kind is Kind.VARIABLE:
            advice = "Write the endpoint's IRI, one SERVICE for each endpoint."
            raise _refused(self._text, place, "with a variable", advice)
        self._refuse_volatile(place)
        elements = self._query.group.elements
        return _Spot(service, next(one for one in elements if one.start <= service.start < one.end))

    def _refuse_volatile(self, place: Token) -> None:
        """What is evaluated anew each time cannot be both sent and joined with its answer."""
        for token in tokens(self._text[self._query.group.start : place.start]):
            if token.kind is Kind.WORD and token.text.upper() in _VOLATILE:
                where = "after a function that gives another value each time"
                raise _refused(self._text, place, where, "Let the SERVICE stand before it.")

    def _call(self, spot: _Spot) -> Call:
        service, group = spot.service, spot.service.group
        assert service.term is not None
        assert group is not None
        before = _before(self._query.group, spot.outer)
        inner = _before(spot.optional, service) if spot.optional else []
        bound = frozenset[str]().union(*(element.visible for element in (*before, *inner)))
        shared = bound & (group.certain if spot.optional else group.visible)
        stands = any(element.what is not What.FILTER for element in (*before, *inner))
        return Call(
            self._resolved(service.term),
            service.silent,
            line_and_column(self._text, service.start),
            tuple(self._local(spot, before, inner, sorted(shared))) if stands else (),
            tuple(sorted(shared)),
            tuple(sorted(shared & group.certain)),
            tuple(sorted(group.visible)),
            self._head(group),
            self._text[group.start : group.end],
        )

    def _local(
        self, spot: _Spot, before: Sequence[Element], inner: Sequence[Element], shared: Sequence[str]
    ) -> Iterator[str | int]:
        """The query for the values of some variables: all that stands before the SERVICE, with the filters that say
        of it what they say of the whole. In an OPTIONAL it is what stands before it, joined with what it begins with.
        """
        group, dataset = self._query.group, self._query.dataset
        projection = " ".join(f"?{name}" for name in shared) or "(1 AS ?found)"
        yield f"{self._prologue} SELECT DISTINCT {projection} {self._text[dataset[0] : dataset[1]]} {{"
        yield from _pieces(self._text, group.start + 1, spot.outer.start, self._edits(before))
        filters = _sayable(group, spot.outer, before)
        if spot.optional:
            yield " {"
            yield from _pieces(self._text, spot.optional.start + 1, spot.service.start, self._edits(inner))
            yield "}"
            filters += _sayable(spot.optional, spot.service, (*before, *inner))
        yield " ".join(("", *(self._text[element.start : element.end] for element in filters), "}"))

    def _edits(self, elements: Sequence[Element]) -> list[_Edit]:
        """The answers in their places, and no filter: what it is about may come later."""
        filters = [(one.start, one.end, "FILTER(true)") for one in elements if one.what is What.FILTER]
        return sorted([*filters, *self._answers()])

    def _answers(self) -> list[_Edit]:
        return [(one.start, one.end, self._numbers[one.start]) for one in self._query.services]

    def _head(self, body: Group) -> str:
        """The declarations that the body needs."""
        used = {
            token.text.split(":")[0]
            for token in tokens(self._text[body.start : body.end])
            if token.kind is Kind.PREFIXED_NAME
        }
        lines = [f"BASE <{self._base_iri}>"] if self._base_iri else []
        prologue = self._query.prologue
        for place, token in enumerate(prologue):
            word = token.text.upper() if token.kind is Kind.WORD else ""
            if word in ("BASE", "VERSION"):
                lines.append(f"{word} {prologue[place + 1].text}")
            elif word == "PREFIX" and prologue[place + 1].text[:-1] in used:
                lines.append(f"PREFIX {prologue[place + 1].text} {prologue[place + 2].text}")
        return "\n".join(lines)

    def _resolved(self, term: Token) -> str:
        """The IRI that a term is, by the parser's own account."""
        text = f"{self._prologue} SELECT ({term.text} AS ?iri) {{}}"
        found = ox.Store().query(text, base_iri=self._base_iri or None)
        assert isinstance(found, ox.QuerySolutions)
        return "".join(row[0].value for row in found)


def _before(group: Group, element: Element) -> list[Element]:
    return [one for one in group.elements if one.start < element.start]


def _sayable(group: Group, stop: Element, before: Sequence[Element]) -> list[Element]:
    """The filters of a group that depend on what stands before an element alone, wherever they stand themselves.

    They may mention what comes later only where it is surely bound before, since it then has the same value.
    """
    later = frozenset[str]().union(*(one.visible for one in group.elements if one.start >= stop.start))
    known = frozenset[str]().union(*(one.certain for one in before))
    return [one for one in group.elements if one.what is What.FILTER and one.mentioned & later <= known]
