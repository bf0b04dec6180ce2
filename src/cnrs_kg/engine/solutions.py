"""What another endpoint answered to a SERVICE, read in a worker: rows as VALUES has them.

https://www.w3.org/TR/sparql11-results-json/ and https://www.w3.org/TR/rdf-sparql-XMLres/
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

import pyoxigraph as ox

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
