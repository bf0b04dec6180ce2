"""What other endpoints answered, read in a worker: to a SERVICE, as rows of VALUES; to a whole query, as its answer.

https://www.w3.org/TR/sparql11-results-json/ and https://www.w3.org/TR/rdf-sparql-XMLres/
"""

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine.evaluate import answered
from cnrs_kg.engine.frames import Reply, Request, Status
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.spool import Spool
from cnrs_kg.engine.uploads import read_upload
from cnrs_kg.errors import RdfSyntaxError, ResultTooLarge
from cnrs_kg.rdf import guards
from cnrs_kg.rdf.formats import result_syntax
from cnrs_kg.rdf.skolem import GENID


def answer_solutions(request: Request, limits: Limits, new_spool: Callable[[int], Spool]) -> Reply:
    """The rows of a result document, one a line, each with a value or UNDEF for every variable that is asked for.

    Blank nodes become IRIs of this answer alone. What the document binds besides is left out: it was not asked for.
    """
    options = request.options()
    data = guards.utf8_text(read_upload(request, limits.upload_bytes))
    scope = blake2b(options["scope"].encode() + b"\n" + data, digest_size=16).hexdigest()
    spool, most = new_spool(limits.result_bytes), options["rows"]
    for count, row in enumerate(_rows(data, options["media_type"], options["variables"], limits), 1):
        if count > most:
            raise ResultTooLarge(f"more than {most:,} rows", limit="rows")
        spool.write(f"({' '.join('UNDEF' if term is None else _text(term, scope) for term in row)})\n".encode())
    body = b"" if spool.descriptor is not None else spool.body()
    return Reply(Status.ANSWER, 0, 0, spool.size, body, spool.descriptor)


def answer_results(request: Request, limits: Limits, new_spool: Callable[[int], Spool]) -> Reply:
    """A result document in JSON in the format that is asked for, as if the query had been evaluated here.

    Its variables are those asked for, in their order; None stands for true or false.
    """
    data = guards.utf8_text(read_upload(request, limits.upload_bytes))
    guards.check_json_nesting(data, nesting=limits.upload_nesting)
    variables = request.options()["variables"]
    try:
        found = ox.parse_query_results(data, ox.QueryResultsFormat.JSON)
        names = None if isinstance(found, ox.QueryBoolean) else [variable.value for variable in found.variables]
        if names != variables:
            found = ox.parse_query_results(_in_order(data, names, variables), ox.QueryResultsFormat.JSON)
        return answered(found, "", request, limits, new_spool(limits.result_bytes))
    except (SyntaxError, ValueError) as error:
        raise RdfSyntaxError(str(error.args[0])) from None


def _in_order(data: bytes, names: list[str] | None, variables: list[str] | None) -> bytes:
    """The document with its variables in another order."""
    if names is None or variables is None or sorted(names) != sorted(variables):
        raise RdfSyntaxError(f"the variables are {names}, where {variables} were asked for")
    document = json.loads(data)
    document["head"]["vars"] = variables
    return json.dumps(document).encode()


def _rows(data: bytes, media_type: str, variables: Sequence[str], limits: Limits) -> Iterator[list[Any]]:
    syntax = result_syntax(media_type)
    if syntax.name == "json":
        guards.check_json_nesting(data, nesting=limits.upload_nesting)
    else:
        guards.check_xml_entities(data)
        guards.check_xml_nesting(data, nesting=limits.upload_nesting)
    try:
        found = ox.parse_query_results(data, syntax.format)
        if isinstance(found, ox.QueryBoolean):
            raise RdfSyntaxError("true or false where rows were asked for")
        places = {variable.value: place for place, variable in enumerate(found.variables)}
        for row in found:
            yield [row[places[name]] if name in places else None for name in variables]
    except SyntaxError as error:
        raise RdfSyntaxError(str(error.args[0])) from None


def _text(term: Any, scope: str) -> str:
    """A term as SPARQL writes it."""
    if isinstance(term, ox.BlankNode):
        return f"<{GENID}{scope}-{term.value}>"
    if isinstance(term, ox.Triple):
        return f"<<( {_text(term.subject, scope)} {term.predicate} {_text(term.object, scope)} )>>"
    return str(term)
