"""What the suites judge: the functions that a worker runs, called in process."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.engine.evaluate import evaluate
from cnrs_kg.engine.frames import FORMS, Job, Request
from cnrs_kg.engine.requests import Limits, QueryRequest
from cnrs_kg.engine.spool import Spool
from cnrs_kg.federation.services.endpoint import ServiceEndpoint
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS

from ..federation.services.places import Remote, services

_LIMITS = Limits()
SILENT = "http://invalid.endpoint.org/sparql"
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


def federated(store: ox.Store, text: str, base_iri: str, endpoints: Mapping[str, ox.Store]) -> tuple[str, bytes]:
    """The same for a query with SERVICE, whose endpoints are in this process too; one more never answers."""
    known = {url: ServiceEndpoint(url, private=True) for url in (*endpoints, SILENT)}
    with tempfile.TemporaryDirectory() as directory:
        found, _ = services(store, Remote(endpoints), Path(directory), **known)
        reply = found.query(QueryRequest(text, Path(), base_iri=base_iri), 1)
        found.close()
    return reply.form, reply.read()


def _spool(limit: int) -> Spool:
    return Spool(tempfile.gettempdir(), limit, limit, lambda: None)
