"""`/api`: saved queries as resources: plain JSON, CSV, XLSX or Turtle, and a page; described by OpenAPI 3.1."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.browsing.saved import SavedQuery, saved_queries
from cnrs_kg.errors import BadParameter
from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.rdf.namespaces import RDF, Namespace
from cnrs_kg.rdf.writing import serialised
from cnrs_kg.spreadsheets.tables import EMPTY, Cell, Row, write_csv, write_xlsx, written
from cnrs_kg.web import memento, negotiation
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import HTML
from cnrs_kg.web.openapi import FARTHEST, FORMS, JSON, MOST, PAGE, TURTLE, document
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.rendering import Pages, language_of, page_wanted
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.sparql import client
from cnrs_kg.web.terms import describe_url, short

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/api"
_OWN = ("format", "limit", "offset", "version")
RS = Namespace("rs", "http://www.w3.org/2001/sw/DataAccess/tests/result-set#")


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The saved queries and their description."""
    found, resource = Blueprint("api", __name__), Resources(kg, pages)

    @found.get(PATH)
    def index() -> ResponseReturnValue:
        return response(resource.index(current_request()))

    @found.get(f"{PATH}/openapi.json")
    def openapi() -> ResponseReturnValue:
        return response(resource.openapi(current_request()))

    @found.get(f"{PATH}/questions")
    def questions() -> ResponseReturnValue:
        return response(resource.questions(current_request()))

    @found.get(f"{PATH}/<name>")
    def query(name: str) -> ResponseReturnValue:
        return response(resource.query(current_request(), name))

    return found


class Resources:
    """Answers of saved queries."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    def index(self, incoming: Incoming) -> Reply:
        """The saved queries with what they answer and take."""
        queries = saved_queries().values()
        if page_wanted(incoming):
            return self._pages.render("api.html", incoming, etag_of=("api",), queries=queries)
        told = [
            {
                "name": query.name,
                "title": dict(query.title),
                "parameters": [one.name for one in query.parameters],
                "href": f"{PATH}/{query.name}",
            }
            for query in queries
        ]
        return _json(incoming, told)

    def openapi(self, incoming: Incoming) -> Reply:
        """The description of the saved queries (https://spec.openapis.org/oas/v3.1.0)."""
        found = document(saved_queries(), public_url(self._kg), installed_version("cnrs-kg"))
        return _json(incoming, found)

    def questions(self, incoming: Incoming) -> Reply:
        """The competency questions in both languages with a query for each, to start from."""
        told = [{"id": one.id, "question": dict(one.question), "query": one.query} for one in self._kg.examples()]
        return _json(incoming, told)

    def query(self, incoming: Incoming, name: str) -> Reply:
        """The answer of a saved query, a page of it at a time."""
        query = saved_queries().get(name)
        if query is None:
            known = ", ".join(saved_queries())
            raise NotFound(f"There is no saved query {name[:80]!r}", advice=f"There are: {known}.")
        options = _once(parameters(incoming.query_string))
        form = _form(incoming, options.get("format"))
        own = {*_OWN, "lang"} - {one.name for one in query.parameters}
        given = {key: value for key, value in options.items() if key not in own}
        if form == HTML:
            spoken = (one.name for one in query.parameters if one.type == "language")
            given = {name: language_of(incoming)[0] for name in spoken} | given
        required = [one.name for one in query.parameters if one.required]
        if form == HTML and required and not any(map(given.get, required)):
            return self._page(incoming, query, given, None)
        bound = query.bind(given)
        limit, offset = _number(options, "limit", PAGE, 1, MOST), _number(options, "offset", 0, 0, FARTHEST)
        asked = memento.asked(self._kg, options.get("version"), incoming.header("Accept-Datetime"))
        bindings = tuple(sorted((key, str(value)) for key, value in bound.items()))
        state = (name, query.text, bindings, limit, offset, asked.version.number, asked.version.digest)
        answer = self._kg.query(
            query.text, bindings=bindings, version=asked.version, client=client(incoming, None)
        ).read()
        found = _Found(query, json.loads(answer), bound, limit, offset, asked)
        if form == HTML:
            return self._page(incoming, query, given, found)
        body = {JSON: found.json, CSV: found.csv, XLSX: found.xlsx, TURTLE: found.turtle}[form]
        headers = [
            *found.links(incoming, options),
            *memento.headers(asked, incoming.path, incoming.query_string),
            ("Link", f'<{PATH}/openapi.json>; rel="service-desc"'),
        ]
        # The answer too, since an engine beside this one may order rows otherwise.
        return tagged(incoming, ("saved", *state, answer), form, body, headers=headers)

    def _page(self, incoming: Incoming, query: SavedQuery, given: Mapping[str, str], found: "_Found | None") -> Reply:
        pairs = [(key, value) for key, value in parameters(incoming.query_string) if key != "format"]
        return self._pages.render(
            "api_query.html",
            incoming,
            query=query,
            given=given,
            found=found,
            cells=[] if found is None else [[_cell(row.get(name)) for name in found.columns] for row in found.rows],
            downloads=[(name, url(incoming.path, [*pairs, ("format", name)])) for name in FORMS if name != "html"],
            next=None if found is None else found.at(incoming, dict(pairs), found.next),
            previous=None if found is None else found.at(incoming, dict(pairs), found.previous),
            sparql=url("/sparql", {"query": query.text}),
        )


class _Found:
    """A page of an answer."""

    def __init__(
        self,
        query: SavedQuery,
        answer: Mapping[str, Any],
        bound: Mapping[str, ox.NamedNode | ox.Literal],
        limit: int,
        offset: int,
        asked: memento.Asked,
    ) -> None:
        self._query, self._bound, self._asked = query, bound, asked
        languages = {one.name for one in query.parameters if one.type == "language"}
        self.columns = [name for name in answer["head"]["vars"] if name not in languages]
        every = answer["results"]["bindings"]
        self.total, self.offset, self.limit = len(every), offset, limit
        self.rows: list[Mapping[str, Any]] = every[offset : offset + limit]

    @property
    def next(self) -> int | None:
        """Where the page after this one begins."""
        return self.offset + self.limit if self.offset + self.limit < self.total else None

    @property
    def previous(self) -> int | None:
        """Where the page before this one begins."""
        return max(0, min(self.offset, self.total) - self.limit) if self.offset else None

    def at(self, incoming: Incoming, options: Mapping[str, str], offset: int | None) -> str | None:
        """The URL of another page of the same answer."""
        return None if offset is None else url(incoming.path, {**options, "offset": str(offset)})

    def links(self, incoming: Incoming, options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The pages before and after, as headers."""
        for name, offset in (("next", self.next), ("prev", self.previous)):
            if target := self.at(incoming, options, offset):
                yield "Link", f'<{target}>; rel="{name}"'

    def json(self) -> bytes:
        """The rows as plain objects: IRIs and texts as strings, numbers as numbers."""
        told = {
            "query": self._query.name,
            "version": self._asked.version.number,
            "parameters": {name: value.value for name, value in self._bound.items()},
            "total": self.total,
            "offset": self.offset,
            "limit": self.limit,
            "columns": self.columns,
            "rows": [{name: _plain(row.get(name)) for name in self.columns} for row in self.rows],
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def csv(self) -> bytes:
        """The rows as CSV."""
        return written(partial(write_csv, self._table()))

    def xlsx(self) -> bytes:
        """The rows as a workbook."""
        return written(partial(write_xlsx, self._query.name, self._table()))

    def _table(self) -> Iterator[Row]:
        yield [Cell(name) for name in self.columns]
        for row in self.rows:
            terms = (row.get(name) for name in self.columns)
            yield [Cell(term["value"], term.get("datatype", "")) if term else EMPTY for term in terms]

    def turtle(self) -> bytes:
        """The rows in the vocabulary for result sets that the SPARQL tests use."""
        triples: list[ox.Triple] = []
        results = ox.BlankNode("results")
        triples.append(ox.Triple(results, RDF("type"), RS("ResultSet")))
        triples += (ox.Triple(results, RS("resultVariable"), ox.Literal(name)) for name in self.columns)
        for number, row in enumerate(self.rows, self.offset + 1):
            solution = ox.BlankNode(f"s{number}")
            triples.append(ox.Triple(results, RS("solution"), solution))
            for name in (name for name in self.columns if name in row):
                binding = ox.BlankNode(f"s{number}{name}")
                triples.append(ox.Triple(solution, RS("binding"), binding))
                triples.append(ox.Triple(binding, RS("variable"), ox.Literal(name)))
                triples.append(ox.Triple(binding, RS("value"), _term(row[name])))
        return serialised(triples, TURTLE, (RS,))


def _term(found: Mapping[str, str]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if found["type"] == "uri":
        return ox.NamedNode(found["value"])
    if found["type"] == "bnode":
        return ox.BlankNode(found["value"])
    if language := found.get("xml:lang"):
        return ox.Literal(found["value"], language=language)
    datatype = found.get("datatype")
    return ox.Literal(found["value"], datatype=ox.NamedNode(datatype) if datatype else None)


def _plain(found: Mapping[str, str] | None) -> Any:
    """A value as programs like it; None where there is none."""
    if found is None:
        return None
    kind = found.get("datatype", "").rpartition("#")[2]
    if kind in ("integer", "decimal", "double", "boolean"):
        try:
            return json.loads(found["value"])
        except ValueError:
            return found["value"]
    return found["value"]


def _cell(found: Mapping[str, str] | None) -> dict[str, str | None]:
    if found is None:
        return {"text": "", "href": None, "lang": None}
    if found["type"] == "uri":
        return {"text": short(found["value"]), "href": describe_url(found["value"]), "lang": None}
    return {"text": found["value"], "href": None, "lang": found.get("xml:lang")}


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadParameter("A parameter is given more than once", advice="Give each once.")
    return found


def _number(options: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = options.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise BadParameter(f"{name}: {text[:40]!r} is not a number from {least} to {most}")
    return int(text)


def _form(incoming: Incoming, name: str | None) -> str:
    accept = incoming.header("Accept") or ""
    chosen = negotiation.form(name, accept, FORMS)
    if chosen is None:
        known = FORMS if name is not None else FORMS.values()
        raise negotiation.not_acceptable(name or accept, [(one, (one,)) for one in known])
    return chosen


def _json(incoming: Incoming, told: object) -> Reply:
    body = json.dumps(told, ensure_ascii=False).encode()
    return tagged(incoming, (body,), JSON, lambda: body)
