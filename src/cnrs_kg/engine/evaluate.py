"""Evaluating one query in a worker: guards, dataset, complete answer.

https://www.w3.org/TR/sparql11-query/ and, for the dataset, https://www.w3.org/TR/sparql11-protocol/#dataset
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine import tables
from cnrs_kg.engine.counting import count_rows
from cnrs_kg.engine.dataset import Dataset, graph_name, readable
from cnrs_kg.engine.frames import FORMS, NO_FORMAT, TABLES_FROM, Reply, Request, Status
from cnrs_kg.engine.kind import UPDATE, Outline, outline, query_form, refuse_federation
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.spool import Spool
from cnrs_kg.engine.syntax import PADDING, read_syntax_error
from cnrs_kg.errors import (
    QueryCrashed,
    QueryMemory,
    QuerySyntaxError,
    QueryTooComplex,
    ResultTooLarge,
    UnsupportedFormat,
)
from cnrs_kg.rdf import guards
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS

_TELLING = ("service", "from", "load")
"""A query with none of these words needs no look at its tokens."""
_SELECT, _ASK, _CONSTRUCT = FORMS.index("SELECT"), FORMS.index("ASK"), FORMS.index("CONSTRUCT")


def evaluate(store: ox.Store, request: Request, limits: Limits, new_spool: Callable[[int], Spool]) -> Reply:
    """The complete answer, or one of the `QueryError`s."""
    text = request_text(request, limits)
    lowered = text.lower()
    found = outline(text) if any(word in lowered for word in _TELLING) else None
    if found is not None:
        refuse_federation(text, found)
    if request.options().keys() - {"bindings"} or (found is not None and found.has_dataset):
        store, dataset = readable(store, _dataset(request, found or Outline()), limits.merge_triples)
        results = _query(store, text, request, default_graph=dataset.default, named_graphs=dataset.named)
    else:
        results = _query(store, text, request)
    spool = new_spool(limits.result_bytes)
    try:
        return answered(results, text, request, limits, spool)
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryCrashed(f"The query could not be evaluated: {error}") from None


def request_text(request: Request, limits: Limits) -> str:
    """The request's text, once the guards have let it through."""
    data = request.text
    if request.file is not None:
        if os.fstat(request.file).st_size > limits.query_bytes:
            raise request_too_long(limits.query_bytes)
        data = os.pread(request.file, limits.query_bytes, 0)
    elif len(data) > limits.query_bytes:
        raise request_too_long(limits.query_bytes)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise QuerySyntaxError(f"The request is not UTF-8 at byte {error.start + 1}") from None
    guards.check_request(text, nesting=limits.query_nesting, operators=limits.query_operators)
    return text


def request_too_long(limit: int) -> QueryTooComplex:
    """The refusal of a request of more than `limit` bytes."""
    return QueryTooComplex(
        f"The request is longer than {limit:,} bytes",
        limit="query_bytes",
        advice="Send long lists of values as a graph of their own, or split the request.",
    )


def _query(store: ox.Store, text: str, request: Request, **dataset: Any) -> Any:
    try:
        return store.query(text, base_iri=request.base_iri or None, substitutions=_bindings(request), **dataset)
    except SyntaxError:
        raise syntax_error(store, text, request.base_iri or None) from None
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None
    except (RuntimeError, OSError) as error:
        raise QueryCrashed(f"The query could not be evaluated: {error}") from None


def syntax_error(store: ox.Store, text: str, base_iri: str | None, *, shown: str | None = None) -> QuerySyntaxError:
    """What is wrong with a text that the parser refuses, and where; told of `shown`, if it was made from that."""
    if query_form(text) == UPDATE:
        return QuerySyntaxError(
            "This is a SPARQL update where a query is expected",
            position=(1, 1),
            advice="Send it as an update: POST with the parameter `update`.",
        )
    try:
        store.query(text + PADDING, base_iri=base_iri)
    except SyntaxError as error:
        return read_syntax_error(str(error.args[0]), shown or text)
    return QuerySyntaxError("Not SPARQL")


def _bindings(request: Request) -> dict[ox.Variable, Any] | None:
    """What takes the places of variables (https://github.com/w3c/sparql-dev/blob/main/SEP/SEP-0007/sep-0007.md)."""
    return {ox.Variable(name): _term(text) for name, text in request.options().get("bindings", ())} or None


def _term(text: str) -> Any:
    (quad,) = ox.parse(f"<x:> <x:> {text} .", ox.RdfFormat.N_TRIPLES)
    return quad.object


def _dataset(request: Request, found: Outline) -> Dataset:
    """What the protocol says, else what FROM says."""
    options = request.options()
    default, named = options.get("default"), options.get("named")
    if default is None and named is None:
        base = _resolve(found.base, request.base_iri) if found.base is not None else request.base_iri
        default = [_resolve(iri, base) for iri in found.default_graphs]
        named = [_resolve(iri, base) for iri in found.named_graphs]
    return Dataset(
        [graph_name(iri) for iri in dict.fromkeys(default or ())],
        [graph_name(iri) for iri in dict.fromkeys(named or ())],
    )


def _resolve(iri: str, base: str | None) -> str:
    """The absolute form of an IRI, as pyoxigraph makes it (RFC 3986)."""
    try:
        (triple,) = ox.parse(f"<{iri}> <a:a> <a:a> .", ox.RdfFormat.TURTLE, base_iri=base or None)
    except (SyntaxError, ValueError):
        return iri
    return triple.subject.value if isinstance(triple.subject, ox.NamedNode) else iri


def answered(results: Any, text: str, request: Request, limits: Limits, spool: Spool) -> Reply:
    """The results of a query whole, in the format that is asked for; `ResultTooLarge` beyond the limits."""
    if _is_table(results, request):
        return _table(results, text, request, limits, spool)
    if isinstance(results, ox.QueryTriples):
        return _graph(results, text, request, limits, spool)
    if request.result_format == NO_FORMAT:
        raise _unsupported("SELECT" if isinstance(results, ox.QuerySolutions) else "ASK")
    syntax = RESULT_FORMATS[request.result_format]
    if isinstance(results, ox.QueryBoolean):
        if syntax.name in ("csv", "tsv"):
            body = b"true" if results else b"false"
        else:
            body = results.serialize(format=syntax.format) or b""
        return Reply(Status.ANSWER, _ASK, 1, len(body), body)
    results.serialize(output=spool.file, format=syntax.format)
    rows = count_rows(syntax.name, spool, limits.result_rows)
    if rows > limits.result_rows:
        raise _too_many(limits.result_rows, "rows")
    return _reply(spool, _SELECT, rows)


def _graph(results: ox.QueryTriples, text: str, request: Request, limits: Limits, spool: Spool) -> Reply:
    found = outline(text)
    form = _graph_form(found)
    if request.graph_format == NO_FORMAT:
        raise _unsupported(FORMS[form])
    syntax = RDF_FORMATS[request.graph_format]
    triples = Triples(results, limits.result_rows)
    prefixes = {name: iri for name, iri in found.prefixes.items() if _is_absolute(iri)}
    ox.serialize(triples.distinct(), output=spool.file, format=syntax.format, prefixes=prefixes)
    return _reply(spool, form, triples.count)


def _graph_form(found: Outline) -> int:
    return FORMS.index(found.form) if found.form in FORMS else _CONSTRUCT


def _is_table(results: Any, request: Request) -> bool:
    place = request.graph_format if isinstance(results, ox.QueryTriples) else request.result_format
    return TABLES_FROM <= place < NO_FORMAT


def _table(results: Any, text: str, request: Request, limits: Limits, spool: Spool) -> Reply:
    if isinstance(results, ox.QueryTriples):
        triples = Triples(results, limits.result_rows)
        tables.write(tables.of_graph(triples.distinct()), request.graph_format, spool.file)
        return _reply(spool, _graph_form(outline(text)), triples.count)
    if isinstance(results, ox.QueryBoolean):
        tables.write(tables.of_boolean(bool(results)), request.result_format, spool.file)
        return _reply(spool, _ASK, 1)
    solutions = Counted(results, limits.result_rows)
    tables.write(tables.of_solutions(results.variables, solutions), request.result_format, spool.file)
    return _reply(spool, _SELECT, solutions.count)


def _is_absolute(iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return True


@dataclass
class Triples:
    """A graph's triples, each once, counted; `ResultTooLarge` beyond the limit."""

    source: Iterable[ox.Triple]
    limit: int
    count: int = 0

    def distinct(self) -> Iterator[ox.Triple]:
        seen: set[ox.Triple] = set()
        for triple in self.source:
            if triple in seen:
                continue
            seen.add(triple)
            self.count += 1
            if self.count > self.limit:
                raise _too_many(self.limit, "triples")
            yield triple


@dataclass
class Counted:
    """Solutions, counted; `ResultTooLarge` beyond the limit."""

    source: Iterable[Any]
    limit: int
    count: int = 0

    def __iter__(self) -> Iterator[Any]:
        for solution in self.source:
            self.count += 1
            if self.count > self.limit:
                raise _too_many(self.limit, "rows")
            yield solution


def _too_many(limit: int, what: str) -> ResultTooLarge:
    return ResultTooLarge(
        f"The complete answer has more than {limit:,} {what}",
        limit="result_limit",
        advice="Ask for less, with LIMIT and OFFSET or a narrower pattern, or take the dump for everything.",
    )


def _unsupported(form: str) -> UnsupportedFormat:
    family = "RDF" if form in ("CONSTRUCT", "DESCRIBE") else "SPARQL results"
    known = RDF_FORMATS if family == "RDF" else RESULT_FORMATS
    names = ", ".join(syntax.media_type for syntax in known)
    detail = f"{form} answers with {family}, which the request does not accept"
    return UnsupportedFormat(detail, advice=f"Accept one of: {names}.")


def _reply(spool: Spool, form: int, rows: int) -> Reply:
    body = b"" if spool.descriptor is not None else spool.body()
    return Reply(Status.ANSWER, form, rows, spool.size, body, spool.descriptor)


def out_of_memory(memory: int) -> QueryMemory:
    """The refusal of a request that wanted more than its memory."""
    return QueryMemory(
        f"The request needs more than the {memory // 2**20:,} MiB of memory that one may use",
        limit="query_memory",
        advice="Sort or group less at a time: a narrower pattern, or a sub-select with LIMIT.",
    )
