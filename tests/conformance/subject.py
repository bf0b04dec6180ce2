"""What the suites judge: the functions that a worker runs, called in process."""

import tempfile

import pyoxigraph as ox

from cnrs_kg.engine.evaluate import evaluate
from cnrs_kg.engine.frames import FORMS, Job, Request
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.spool import Spool
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS

_LIMITS = Limits()
_RESULTS = {syntax.format: place for place, syntax in enumerate(RESULT_FORMATS)}
_GRAPHS = {syntax.format: place for place, syntax in enumerate(RDF_FORMATS)}


def answer(
    store: ox.Store, text: str, base_iri: str, results: ox.QueryResultsFormat = ox.QueryResultsFormat.JSON
) -> tuple[str, bytes]:
    """The form of a query and its complete answer: solutions and booleans as asked, graphs as N-Triples."""
    request = Request(
        Job.QUERY,
        "",
        text.encode(),
        base_iri,
        result_format=_RESULTS[results],
        graph_format=_GRAPHS[ox.RdfFormat.N_TRIPLES],
    )
    reply = evaluate(store, request, _LIMITS, _spool)
    return FORMS[reply.form], reply.body


def _spool(limit: int) -> Spool:
    return Spool(tempfile.gettempdir(), limit, limit, lambda: None)
